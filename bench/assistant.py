"""The assistant as `make run` starts it, with a database of its own, and people who talk to it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent
PATH = "/webhooks/chat"
IDENTITY = "A-1042, born 3 May 1988, 90210"
_OPENINGS = ("", "so ", "and ", "ok ", "right ", "um ")
_ASKED = (
    "how much do i owe",
    "when is it due",
    "what have i paid so far",
    "whats the least i can pay",
    "what is left on it",
    "wen do i have to pay",
    "show me my payments",
    "what is the minimum",
    "how much is still open",
    "what date is it due",
)
_ENDINGS = ("", " please", " now", " thanks")
QUESTIONS = tuple(
    f"{opening}{asked}{ending}" for opening in _OPENINGS for ending in _ENDINGS for asked in _ASKED
)
"""Verified questions, all different, because a repeated one is understood from memory."""

A_MINUTE = 28
"""Questions that one person may ask within a minute, after the identity check."""


@dataclass(frozen=True)
class Running:
    """A started assistant: its port, its process and when it was started."""

    port: int
    process: int
    began: float

    def resident_mb(self) -> float:
        """Memory that the process holds, in MB."""
        status = Path(f"/proc/{self.process}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


@contextmanager
def started(folder: Path, **environment: str) -> Iterator[Running]:
    """`python -m bot up` with its data in `folder` and the model of this checkout, until it answers
    requests. Stopped at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder.mkdir(parents=True, exist_ok=True)
    os.symlink(ROOT / "var" / "model", folder / "model")
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "bot", "up"],
        cwd=ROOT,
        env={**inherited, "PORT": str(port), "DATA_DIR": str(folder), **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_until_up(port, process)
        yield Running(port, process.pid, began)
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_up(port: int, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"http://127.0.0.1:{port}/health", timeout=5).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.02)
    raise RuntimeError("the assistant did not start; `make run` shows why")


class Person:
    """One conversation with its stream open, as a widget has it. Plain sockets, because what the
    client takes on the same cores is counted too."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._token = ""

    async def connect(self) -> None:
        """Open a session and its event stream."""
        self._in, self._out = await asyncio.open_connection("127.0.0.1", self._port)
        self._token = (await self._post("/sessions", {}))["session"]
        self._events, self._stream = await asyncio.open_connection("127.0.0.1", self._port)
        self._stream.write(
            f"GET {PATH}/events HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {self._token}\r\n\r\n".encode()
        )
        await self._until_answered()  # the greeting

    async def ask(self, text: str) -> float:
        """Milliseconds from sending to the first answer on the stream."""
        began = time.perf_counter()
        await self._post("/messages", {"id": str(uuid.uuid4()), "text": text})
        await self._until_answered()
        return (time.perf_counter() - began) * 1000

    async def ask_on(self, count: int, first: int = 0) -> list[float]:
        """So many questions from the `first` on, each as soon as the last is answered;
        milliseconds of each."""
        numbers = range(first, first + count)
        return [await self.ask(QUESTIONS[number % len(QUESTIONS)]) for number in numbers]

    def close(self) -> None:
        """Hang up."""
        self._out.close()
        self._stream.close()

    async def _post(self, path: str, body: dict[str, str]) -> dict[str, str]:
        content = json.dumps(body).encode()
        authorization = f"Authorization: Bearer {self._token}\r\n" if self._token else ""
        self._out.write(
            f"POST {PATH}{path} HTTP/1.1\r\nHost: localhost\r\n{authorization}"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode()
            + content
        )
        first, *headers = (await self._in.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        length = next(int(h.split(":")[1]) for h in headers if h.startswith("content-length"))
        answer = json.loads(await self._in.readexactly(length))
        if int(first.split()[1]) >= 300:
            raise RuntimeError(f"{first}: {answer}")
        return dict(answer)

    async def _until_answered(self) -> None:
        while b'"author": "bot", "text"' not in await self._events.readline():
            if self._events.at_eof():
                raise RuntimeError("the stream ended before the answer")
