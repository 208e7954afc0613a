"""The assistant as an operator starts it: a process of its own, which can be killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from bot.server import training
from tests.assistant import SECRET, free_port
from tests.moments import MONDAY

START_SECONDS = 60
UP = ("-m", "bot", "up")


@dataclass
class Started:
    """`python -m bot up` with its data in `folder`, on a port of its own."""

    folder: Path
    model: Path
    program: tuple[str, ...] = UP
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    desk_port: int = field(default_factory=free_port)

    def __enter__(self) -> Started:
        kept = self.folder / "model"
        if not kept.exists():
            kept.mkdir(parents=True)
            shutil.copy(self.model, training.model_path(kept))
            (kept / training.FINGERPRINT).write_text(training.fingerprint())
        self._out = (self.folder / "output").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, *self.program],
            env={
                **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "HOST")},
                "DATA_DIR": str(self.folder),
                "PORT": str(self.port),
                "DESK_PORT": str(self.desk_port),
                "SECRET_KEY": SECRET,
                "CLOCK_AT": MONDAY.isoformat(),
                **self.environment,
            },
            stdout=self._out,
            stderr=subprocess.STDOUT,
        )
        self.status = self._wait_until_up()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(20)
        self._out.close()

    @property
    def root(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Where the chat is."""
        return f"{self.root}/webhooks/chat"

    @property
    def database_url(self) -> str:
        """Where it keeps everything."""
        return f"sqlite:///{self.folder / 'evenkeel.db'}"

    @property
    def output(self) -> str:
        """All it has written to standard output and error."""
        return (self.folder / "output").read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    def _wait_until_up(self) -> dict[str, Any]:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.output
            try:
                health: dict[str, Any] = requests.get(f"{self.root}/health", timeout=5).json()
            except requests.ConnectionError:
                time.sleep(0.05)
                continue
            return health
        raise AssertionError(f"it did not start: {self.output}")
