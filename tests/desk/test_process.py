"""The desk as the assistant's child: it answers, comes back if it dies, ends with its parent."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from bot import schema
from bot.db import Database
from bot.desk.process import PARENT, DeskProcess
from tests.assistant import SECRET, free_port

WAIT = 20


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("not in time")


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> int:
    """Where the desk will listen, on a database of its own."""
    database = Database(f"sqlite:///{tmp_path / 'evenkeel.db'}")
    schema.upgrade(database)
    database.close()
    port = free_port()
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name, value in {"DATA_DIR": tmp_path, "DESK_PORT": port, "SECRET_KEY": SECRET}.items():
        monkeypatch.setenv(name, str(value))
    return port


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/health", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def test_it_answers_comes_back_and_ends(port: int) -> None:
    with DeskProcess() as desk:
        until(lambda: answers(port))
        first = desk.process
        assert first is not None
        first.kill()
        until(lambda: desk.process is not first and answers(port))
        second = desk.process
    assert second is not None
    assert second.poll() == -signal.SIGTERM or second.poll() == 0
    assert not answers(port)


def test_it_ends_when_its_parent_is_gone(port: int) -> None:
    # A parent that starts the desk and is killed at once, as in a crash.
    program = f"""
import os, subprocess, sys, time
os.environ["{PARENT}"] = str(os.getpid())
subprocess.Popen([sys.executable, "-m", "bot", "desk"])
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", program])
    until(lambda: answers(port))
    parent.kill()
    parent.wait(WAIT)
    until(lambda: not answers(port))
