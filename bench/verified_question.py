"""How long a verified question takes over the real chat channel, and where the time goes.

    .venv/bin/python bench/verified_question.py [--questions 200]

Starts the assistant as `make run` does, with a database of its own, asks through HTTP and waits for
the answer on the event stream. Then asks the same in this process with a clock at each step. A time
means little on a shared machine, so each is also given as a multiple of a fixed piece of work
(reckoned in the same run) that costs one core about 10 ms on the machine the targets were set on.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

QUESTIONS = (
    "how much do i owe",
    "when is it due",
    "what have i paid so far",
    "whats the least i can pay",
)
PATH = "/webhooks/chat"
OVER_HTTP = 28
"""Questions over HTTP: as many as one person may ask at once."""

OWNER = "wk_measuring"
SECRET = "a secret for measuring, of no use to anybody"  # noqa: S105


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        reference = reference_ms()
        print(f"{'reference work':32} {reference:8.1f} ms")
        over_http(Path(folder), reference)
        by_step(Path(folder), options.questions, reference)
    return 0


def reference_ms() -> float:
    """A fixed piece of pure Python, the fastest of five."""

    def once() -> float:
        began = time.perf_counter()
        sum(number * number for number in range(100_000))
        return (time.perf_counter() - began) * 1000

    return min(once() for _ in range(5))


def over_http(folder: Path, reference: float) -> None:
    """Start the real process, ask, and read the answers from the stream."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "http").mkdir()
    os.symlink(ROOT / "var" / "model", folder / "http" / "model")
    environment = {**os.environ, "PORT": str(port), "DATA_DIR": str(folder / "http")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "up"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    base = f"http://127.0.0.1:{port}{PATH}"
    try:
        session = wait_for(lambda: requests.post(f"{base}/sessions", json={}, timeout=5).json())
        listener = Listener(port, session["session"])
        listener.ask("A-1042, born 3 May 1988, 90210")
        print(f"{'start to first answer':32} {time.perf_counter() - began:8.1f} s")
        times = []
        for number in range(OVER_HTTP):
            times.append(listener.ask(QUESTIONS[number % len(QUESTIONS)]))
        report("a verified question over HTTP", times, reference)
        resident = Path(f"/proc/{process.pid}/status").read_text().split("VmRSS:")[1].split()[0]
        print(f"{'resident memory':32} {int(resident) / 1024:8.0f} MB")
    finally:
        process.terminate()
        process.wait(20)


class Listener:
    """One session with its stream open, as a widget has it. Plain sockets, because what the client
    takes on the same cores is counted too."""

    def __init__(self, port: int, token: str) -> None:
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self._http.connect()
        self._stream = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        self._stream.request("GET", f"{PATH}/events", headers=self._headers)
        self._events = self._stream.getresponse()
        self._until_answered()  # the greeting

    def ask(self, text: str) -> float:
        """Milliseconds from sending to the first answer on the stream."""
        body = json.dumps({"id": str(uuid.uuid4()), "text": text})
        began = time.perf_counter()
        self._http.request("POST", f"{PATH}/messages", body, self._headers)
        sent = self._http.getresponse()
        sent.read()
        if sent.status != 202:
            raise RuntimeError(f"status {sent.status}")
        self._until_answered()
        return (time.perf_counter() - began) * 1000

    def _until_answered(self) -> None:
        while b'"author": "bot", "text"' not in self._events.readline():
            pass


def by_step(folder: Path, count: int, reference: float) -> None:
    """The same questions in this process, with a clock at each step."""
    from rasa.shared.core.domain import Domain

    from bot import clock, creditors, schema
    from bot.channels import intake
    from bot.conversations import inbox, records
    from bot.conversations.sending import Sender
    from bot.db import Database
    from bot.ledger import imports
    from bot.server import logs, training
    from bot.server.processor import Processor
    from bot.server.tracker_store import CappedTrackerStore
    from bot.server.turns import Turns
    from bot.wording import Wording

    logs.configure("ERROR")
    database = Database(f"sqlite:///{folder / 'steps.db'}")
    schema.upgrade(database)
    known = creditors.load(ROOT / "creditors.yml")
    imports.demo(database, known, clock.today("UTC"))
    processor = Processor(
        training.model_path(ROOT / "var" / "model"), CappedTrackerStore(Domain.empty(), database)
    )
    turns = Turns(database, known, processor, Sender(Wording.load()), SECRET, OWNER)
    steps: dict[str, list[float]] = defaultdict(list)

    @contextlib.contextmanager
    def timed(step: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        steps[step].append((time.perf_counter() - began) * 1000)

    def clocked(owner: Any, name: str, step: str) -> None:
        original = getattr(owner, name)

        def wrapped(*arguments: Any, **more: Any) -> Any:
            with timed(step):
                return original(*arguments, **more)

        setattr(owner, name, wrapped)

    clocked(processor, "_parse_message_with_graph", "understanding")
    clocked(processor, "_predict_next_with_tracker", "policies")
    with database.write() as connection:
        conversation = records.open_conversation(connection, channel="chat", creditor="demo-bank")

    def ask(text: str) -> None:
        with timed("the whole"):
            with timed("accept"), database.write() as connection:
                held = records.hold(connection, conversation.id)
                accepted = intake.take_text(
                    connection,
                    held,
                    known["demo-bank"],
                    text,
                    external_id=str(uuid.uuid4()),
                    secret=SECRET,
                    owner=OWNER,
                )
            if accepted.claimed is None:
                raise LookupError("nothing was claimed")
            with timed("turn"):
                turns.answer(inbox.Claimed(held, accepted.claimed))

    ask("A-1042, born 3 May 1988, 90210")
    for number in range(10):
        ask(QUESTIONS[number % len(QUESTIONS)])
    steps.clear()
    for number in range(count):
        ask(QUESTIONS[number % len(QUESTIONS)])
    for step in ("the whole", "accept", "turn", "understanding", "policies"):
        inside = "  " if step in ("understanding", "policies") else ""
        report(f"{inside}{step}", steps[step], reference)


def report(what: str, times: list[float], reference: float) -> None:
    """A line of the table."""
    middle = statistics.median(times)
    slow = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else middle
    ratio = f"{middle / reference:6.2f} x reference"
    print(f"{what:32} {middle:8.1f} ms median {slow:8.1f} ms 95th {ratio}")


def wait_for(attempt: Callable[[], Any], seconds: float = 120) -> Any:
    """The first answer of `attempt` that is no error."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except (requests.RequestException, ValueError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    raise SystemExit(main())
