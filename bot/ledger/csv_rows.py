"""Reading a CSV file strictly: every mistake becomes a `Problem` with its line and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bot.money import Money

_YES = ("true", "yes", "1")
_NO = ("false", "no", "0")
_LARGEST_MINOR = 10**14


@dataclass(frozen=True)
class Problem:
    """What is wrong in a file; `line` counts from 1, `column` is the header's name or empty."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}"
        return (
            f"{where}, {self.column}: {self.reason}" if self.column else f"{where}: {self.reason}"
        )


class ImportRefused(ValueError):
    """Nothing was loaded; `problems` names every bad row."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Row:
    """The cells of one line. A reader of a cell notes what is wrong with it and returns None."""

    def __init__(
        self, file: str, line: int, cells: dict[str, str], problems: list[Problem], shift: timedelta
    ) -> None:
        self.line = line
        self.cells = cells
        self._file = file
        self._problems = problems
        self._shift = shift

    def wrong(self, column: str, reason: str) -> None:
        """Note a problem."""
        self._problems.append(Problem(self._file, self.line, column, reason))

    def text(self, column: str, longest: int = 200) -> str | None:
        """The cell without space around it; None if empty."""
        value = self.cells.get(column)
        if not value:
            return None
        value = value.strip()
        if len(value) > longest:
            self.wrong(column, f"is longer than {longest} characters")
            return None
        if not value.isprintable():
            self.wrong(column, "has control characters")
            return None
        return value or None

    def one_of(
        self, column: str, options: Collection[str], example: str | None = None
    ) -> str | None:
        """One of `options`, of which there may be too many to name; None if empty."""
        value = self.text(column)
        if value is None or value in options:
            return value
        self.wrong(column, f"{value!r} is not {example or ' or '.join(options)}")
        return None

    def like(self, column: str, pattern: re.Pattern[str], example: str) -> str | None:
        """A text that matches all of `pattern`; None if empty."""
        value = self.text(column)
        if value is None or pattern.fullmatch(value):
            return value
        self.wrong(column, f"{value!r} should look like {example}")
        return None

    def day(self, column: str, *, fixed: bool = False) -> date | None:
        """An ISO date, shifted as the file is (a `fixed` one is not); None if empty."""
        value = self.text(column)
        if value is None:
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.wrong(column, f"{value!r} is no date; write e.g. 2026-01-31")
            return None
        return day if fixed else day + self._shift

    def flag(self, column: str) -> bool | None:
        """`true` or `false`; None if empty."""
        value = (self.text(column) or "").lower()
        if value in _YES:
            return True
        if value and value not in _NO:
            self.wrong(column, f"{value!r} is neither true nor false")
            return None
        return False if value else None

    def money(self, column: str, currency: str) -> Money | None:
        """A decimal amount; None if empty."""
        value = self.text(column)
        if value is None:
            return None
        try:
            amount = Money.parse(value, currency)
        except ValueError as error:
            self.wrong(column, str(error))
            return None
        if abs(amount.minor) > _LARGEST_MINOR:
            self.wrong(column, f"{value} is beyond any debt")
            return None
        return amount


def read(
    path: Path,
    *,
    required: Collection[str],
    optional: Collection[str],
    problems: list[Problem],
    shift: timedelta = timedelta(0),
) -> list[Row]:
    """All rows of a UTF-8 file with a header line, in any order of columns.

    What is wrong with the file itself, and every required cell that is empty, is added to
    `problems`. Raises OSError if it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        problems.append(Problem(path.name, line, "", "is not UTF-8"))
        return []
    lines = _lines(path.name, text, problems)
    _, header = next(lines, (1, []))
    header = [name.strip() for name in header]
    faults = [
        *((name, "is missing") for name in required if name not in header),
        *((name, "is no known column") for name in header if name not in {*required, *optional}),
        *((name, "stands twice") for name in sorted(set(header)) if header.count(name) > 1),
    ]
    problems.extend(Problem(path.name, 1, name, reason) for name, reason in faults)
    if faults:
        return []
    rows = []
    for line, cells in lines:
        if len(cells) != len(header):
            reason = f"has {len(cells)} columns, the header {len(header)}"
            problems.append(Problem(path.name, line, "", reason))
            continue
        row = Row(path.name, line, dict(zip(header, cells, strict=True)), problems, shift)
        for name in required:
            if not row.cells[name].strip():
                row.wrong(name, "is empty")
        rows.append(row)
    return rows


def _lines(file: str, text: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins; blank ones are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(Problem(file, line, "", f"is no CSV: {error}"))
            return
        if cells:
            yield line, cells
