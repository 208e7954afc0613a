"""How long a verified question takes over the real chat channel, and where the time goes.

    .venv/bin/python -m bench.verified_question [--questions 200]

Asks over HTTP and waits for the answer on the event stream; then asks the same in this process
with a clock at each step.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.assistant import A_MINUTE, IDENTITY, QUESTIONS, ROOT, Person, Running, started
from bench.report import line, reference_ms

PEOPLE = 4
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
        with started(Path(folder) / "http") as assistant:
            asyncio.run(over_http(assistant, reference))
        by_step(Path(folder), options.questions, reference)
    return 0


async def over_http(assistant: Running, reference: float) -> None:
    """A few people one after the other, as each may ask only so much in a minute."""
    times = []
    for number in range(PEOPLE):
        person = Person(assistant.port)
        await person.connect()
        await person.ask(IDENTITY)
        if number == 0:
            seconds = time.perf_counter() - assistant.began
            print(f"{'start to first answer':32} {seconds:8.1f} s")
        times += await person.ask_on(A_MINUTE, number * A_MINUTE)
        person.close()
    print(line("a verified question over HTTP", times, reference))
    print(f"{'resident memory':32} {assistant.resident_mb():8.0f} MB")


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

    ask(IDENTITY)
    for number in range(10):
        ask(QUESTIONS[-1 - number])
    steps.clear()
    for number in range(count):
        ask(QUESTIONS[number % len(QUESTIONS)])
    for step in ("the whole", "accept", "turn", "understanding", "policies"):
        inside = "  " if step in ("understanding", "policies") else ""
        print(line(f"{inside}{step}", steps[step], reference))


if __name__ == "__main__":
    raise SystemExit(main())
