"""The entries file: one row a posting, checked field by field."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from bot import clock
from bot.ledger.accounts import reference_key
from bot.ledger.csv_rows import Problem, Row, read
from bot.ledger.tables import ENTRY_KINDS, LOWERING_KINDS, RAISING_KINDS

REQUIRED = ("reference", "posted_on", "kind", "amount", "external_id")
OPTIONAL = ("memo", "creditor")

AnAccount = TypeVar("AnAccount")


class EntryRow:
    """One posting of the file. Its amount can be read once its account, and so its currency, is
    known; `values` are the columns of its table then."""

    COMPARED = ("posted_on", "kind", "amount")

    def __init__(self, source: Row) -> None:
        self.source = source
        self.reference_key = reference_key(source.text("reference", longest=64) or "")
        self.creditor = source.text("creditor")
        self.values: dict[str, Any] = {
            "posted_on": source.day("posted_on"),
            "kind": source.one_of("kind", ENTRY_KINDS),
            "memo": source.text("memo") or "",
            "external_id": source.text("external_id"),
        }

    def choose(self, accounts: Sequence[AnAccount]) -> AnAccount | None:
        """The account that it belongs to, of those with its reference."""
        fitting = [
            account
            for account in accounts
            if self.creditor in (None, getattr(account, "creditor", None))
        ]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            self.source.wrong("reference", "is of several creditors; add a column creditor")
        elif self.reference_key:
            self.source.wrong("reference", "is of no account")
        return None

    def read_amount(self, currency: str) -> bool:
        """Read the amount; False, with the problem noted, if it is none or has the wrong sign."""
        amount = self.source.money("amount", currency)
        kind = self.values["kind"]
        if amount is None:
            return False
        if amount.is_zero:
            self.source.wrong("amount", "is zero")
        elif kind in RAISING_KINDS and amount.minor < 0:
            self.source.wrong("amount", f"a {kind} is positive; take one back as an adjustment")
        elif kind in LOWERING_KINDS and amount.minor > 0:
            self.source.wrong("amount", f"a {kind} is negative; take one back as an adjustment")
        self.values["amount"] = amount.minor
        return True


def read_entries(
    path: Path, problems: list[Problem], shift: timedelta = timedelta(0)
) -> list[EntryRow]:
    """The rows of an entries file; what is wrong with them is added to `problems`."""
    # Wherever the creditor is, tomorrow's date has begun nowhere a day later.
    latest = clock.today("UTC") + timedelta(days=1)
    first_lines: dict[tuple[str | None, str, str], int] = {}
    found = []
    for row in read(path, required=REQUIRED, optional=OPTIONAL, problems=problems, shift=shift):
        entry = EntryRow(row)
        posted_on = entry.values["posted_on"]
        if posted_on and posted_on > latest:
            row.wrong("posted_on", f"{posted_on} has not come yet")
        identity = (entry.creditor, entry.reference_key, str(entry.values["external_id"]))
        if entry.values["external_id"] and identity in first_lines:
            row.wrong("external_id", f"stands on line {first_lines[identity]} already")
        first_lines.setdefault(identity, row.line)
        found.append(entry)
    return found
