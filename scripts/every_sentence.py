"""Writes docs/every-sentence.md: every sentence that people read, by topic, with its measures.

Run it after a change of domain.yml, creditors.yml or a policy pack. `--check` writes nothing and
ends with 1 if the page is not what would be written now.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot import creditors  # noqa: E402
from bot.creditors import Creditor  # noqa: E402
from bot.voice import grade, measure, segments  # noqa: E402
from bot.voice.responses import Reading, readings, together  # noqa: E402
from bot.wording import Wording  # noqa: E402

PAGE = "docs/every-sentence.md"
TOPIC = re.compile(r"^  # --- (?P<topic>.+?) -*$")
NAME = re.compile(r"^  (?P<name>utter_[a-z0-9_]+):")


def page(root: Path) -> str:
    """The whole page for the project at `root`."""
    wording = Wording.load(root / "domain.yml")
    creditor = next(iter(creditors.load(root / "creditors.yml").values()))
    read = list(readings(wording.responses, [creditor]))
    by_name: dict[str, list[Reading]] = {}
    for reading in _once_each(read):
        by_name.setdefault(reading.response, []).append(reading)
    lines = [*_opening(read, creditor)]
    for topic, names in topics((root / "domain.yml").read_text(encoding="utf-8")).items():
        lines += ["", f"## {topic}"]
        lines += _labels([r for name in names for r in by_name.get(name, []) if r.piece])
        for name in names:
            lines += _messages([r for r in by_name.get(name, []) if not r.piece])
    lines += _prescribed(root / "bot/compliance/packs")
    return "\n".join(lines) + "\n"


def topics(domain: str) -> dict[str, list[str]]:
    """The names of responses under each topic's heading, a comment in domain.yml, in order."""
    found: dict[str, list[str]] = {}
    topic = "Without a topic"
    for line in domain.splitlines():
        if heading := TOPIC.match(line):
            topic = heading["topic"]
        elif response := NAME.match(line):
            found.setdefault(topic, []).append(response["name"])
    return found


def _once_each(read: Sequence[Reading]) -> Iterator[Reading]:
    """Each variation once: as it is read on the website, or on its own channel."""
    seen = set()
    for reading in read:
        key = (reading.response, reading.variation)
        if key not in seen:
            seen.add(key)
            yield reading


def _opening(read: Sequence[Reading], creditor: Creditor) -> Iterator[str]:
    total = together(read)
    messages = [r for r in _once_each(read) if not r.piece]
    yield from (
        "# Every sentence",
        "",
        "What people read, with sample values, for review. Made from `domain.yml` and the policy",
        "packs by `scripts/every_sentence.py`; [wording.md](wording.md) tells how it is measured.",
        f"Names are those of {creditor.name}, the first of `creditors.yml`.",
        "",
        "| all messages together | | limit |",
        "| --- | ---: | ---: |",
        f"| responses | {len({r.response for r in messages})} | |",
        f"| variations | {len(messages)} | |",
        f"| sentences | {total.sentences} | |",
        f"| Flesch-Kincaid grade | {grade(total):.1f} | 6 |",
        f"| words in a sentence, on average | {total.mean_sentence:.1f} | 15 |",
        f"| words in the longest sentence | {total.longest} | 25 |",
        "",
        "Under each text: words in all and in its longest sentence, grade, and how many SMS it is",
        "with the opt-out. A grade below 1 is easier than first grade.",
    )


def _messages(read: Sequence[Reading]) -> Iterator[str]:
    if not read:
        return
    yield from ("", f"### {read[0].response}")
    for reading in read:
        counts = measure(reading.text, reading.names)
        only = "" if reading.channel == "chat" else f" · only on {reading.channel}"
        texts = segments(f"{reading.text}\n{reading.footer}").count
        size = f"{counts.words} words, {counts.longest} · grade {grade(counts):.1f}"
        yield f"{reading.variation}. {_escaped(reading.text)}"
        yield f"   <br><sub>{size} · {texts} SMS{only}</sub>"


def _labels(read: Sequence[Reading]) -> Iterator[str]:
    if read:
        yield from ("", "| label or phrase | words |", "| --- | --- |")
    for reading in read:
        yield f"| {reading.response} | {_escaped(reading.text)} |"


def _prescribed(folder: Path) -> Iterator[str]:
    packs = {path.stem: _texts(path) for path in sorted(folder.glob("*.yml"))}
    if not any(packs.values()):
        return
    yield from (
        "",
        "## Prescribed by law",
        "Not ours to reword, and not measured against the limits above; they stand in the policy",
        "packs. `from memory` marks what must be compared with the source before use.",
    )
    for pack, texts in packs.items():
        if texts:
            yield from ("", f"### {pack}", "| name | section | text | words | grade |")
            yield "| --- | --- | --- | ---: | ---: |"
        for name, entry in texts.items():
            counts = measure(entry["text"])
            origin = str(entry["origin"]) + (", from memory" if entry.get("memory") else "")
            yield (
                f"| {name} | {entry['section']} ({origin}) | {_escaped(entry['text'])}"
                f" | {counts.words} | {grade(counts):.1f} |"
            )


def _texts(path: Path) -> Mapping[str, Any]:
    document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    texts = document.get("texts") or {}
    return {name: entry for name, entry in texts.items() if isinstance(entry, Mapping)}


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def main() -> int:
    """Write the page, or with --check tell whether it is stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    path = arguments.root / PAGE
    text = page(arguments.root)
    if not arguments.check:
        path.write_text(text, encoding="utf-8")
        return 0
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        print(f"{PAGE} is stale: run .venv/bin/python scripts/every_sentence.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
