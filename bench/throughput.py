"""How many turns a second the assistant does for many people at once; fails if one is lost.

    .venv/bin/python -m bench.throughput [--conversations 1 10 50] [--questions 20]

Each person is checked, keeps the event stream open and asks one question after another, the next
as soon as the last is answered.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from bench.assistant import A_MINUTE, IDENTITY, Person, started
from bench.report import line, reference_ms


async def together(port: int, conversations: int, questions: int) -> tuple[float, list[float]]:
    """Turns a second, and milliseconds of each answer, for so many people at once."""
    people = [Person(port) for _ in range(conversations)]
    for person in people:
        await person.connect()
        await person.ask(IDENTITY)
    began = time.perf_counter()
    times = await asyncio.gather(
        *(person.ask_on(questions, number * questions) for number, person in enumerate(people))
    )
    seconds = time.perf_counter() - began
    for person in people:
        person.close()
    return conversations * questions / seconds, [each for some in times for each in some]


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--questions", type=int, default=20, help=f"of each, at most {A_MINUTE}")
    options = parser.parse_args()
    reference = reference_ms()
    print(f"{'reference work':32} {reference:8.1f} ms")
    with tempfile.TemporaryDirectory() as folder, started(Path(folder) / "data") as assistant:
        for conversations in options.conversations:
            rate, times = asyncio.run(together(assistant.port, conversations, options.questions))
            what = f"{conversations} at once: {rate:.1f} turns/s"
            print(line(what, times, reference), flush=True)
        print(f"{'resident memory':32} {assistant.resident_mb():8.0f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
