"""Checks that every response of domain.yml is written the way we write (docs/wording.md).

Each variation is read with sample values, on each channel it can go to, under each creditor of
creditors.yml. What is found is printed, one line each; the exit status is 1 if there is anything.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Check one project; 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT)
    root: Path = parser.parse_args().root
    sys.path.insert(0, str(ROOT))
    from bot import creditors
    from bot.voice import responses
    from bot.wording import Wording

    wording = Wording.load(root / "domain.yml")
    known = tuple(creditors.load(root / "creditors.yml").values())
    try:
        found = responses.problems(wording.responses, known)
    except responses.NoSample as missing:
        print(missing)
        return 1
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
