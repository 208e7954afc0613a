"""The accounts file: one row an account, checked field by field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from bot import clock
from bot.creditors import Creditor, Creditors
from bot.ledger.accounts import reference_key
from bot.ledger.csv_rows import Problem, Row, read
from bot.ledger.entry_rows import EntryRow
from bot.ledger.tables import ACCOUNT_STATUSES
from bot.money import Money

REQUIRED = (
    "reference",
    "creditor",
    "first_name",
    "last_name",
    "birth_date",
    "postal_code",
    "due_on",
    "balance",
    "currency",
)
OPTIONAL = (
    "original_creditor",
    "phone",
    "email",
    "language",
    "time_zone",
    "opened_on",
    "minimum_due",
    "status",
    "time_barred_on",
    "legal_action_intended",
    "state",
    "phone_consent_on",
    "phone_confirmed_on",
    "validation_sent_on",
    "itemization_date",
    "credit_reported",
)

_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
_OLDEST_BIRTH = date(1900, 1, 1)


@dataclass(frozen=True)
class AccountRow:
    """One account of the file: the columns of its tables, and what it must come to."""

    source: Row
    creditor: str
    reference_key: str
    match_key: str
    currency: str
    balance: Money
    debtor: dict[str, Any]
    contact_points: tuple[dict[str, Any], ...]
    account: dict[str, Any]

    def check_history(self, history: Sequence[EntryRow]) -> None:
        """Note a problem unless the entries, if there are any, sum to the balance."""
        if not history:
            return
        total = Money(sum(entry.values["amount"] for entry in history), self.currency)
        if total != self.balance:
            self.source.wrong(
                "balance",
                f"is {self.balance.decimal_text()}, but its entries sum to {total.decimal_text()}",
            )

    def opening(self) -> list[dict[str, Any]]:
        """The one entry of an account that comes without a history; none if nothing is owed."""
        if self.balance.is_zero:
            return []
        return [
            {
                "posted_on": self.account["opened_on"],
                "kind": "charge" if self.balance.minor > 0 else "adjustment",
                "amount": self.balance.minor,
                "memo": "Opening balance",
                "external_id": "opening",
            }
        ]


def read_accounts(
    path: Path, creditors: Creditors, problems: list[Problem], shift: timedelta
) -> tuple[list[AccountRow], set[str]]:
    """All good rows of an accounts file, and the references of the others, whose problems are added
    to `problems`."""
    time_zones, today = available_timezones(), clock.today("UTC")
    first_lines: dict[tuple[str, str], int] = {}
    found, bad = [], set()
    for row in read(path, required=REQUIRED, optional=OPTIONAL, problems=problems, shift=shift):
        before = len(problems)
        account = _account(row, creditors, time_zones, today)
        if account is None or len(problems) > before:
            bad.add(reference_key(row.cells["reference"]))
            continue
        identity = (account.creditor, account.reference_key)
        if identity in first_lines:
            row.wrong("reference", f"stands on line {first_lines[identity]} already")
            continue
        first_lines[identity] = row.line
        found.append(account)
    return found, bad


def _account(
    row: Row, creditors: Creditors, time_zones: set[str], today: date
) -> AccountRow | None:
    """The row's account; None, with all its problems noted, if something is wrong with it."""
    slug = row.one_of("creditor", tuple(creditors))
    reference = row.text("reference", longest=64)
    debtor = {name: row.text(name) for name in ("first_name", "last_name")}
    debtor["postal_code"] = row.text("postal_code", longest=16)
    birth_date = row.day("birth_date", fixed=True)
    due_on = row.day("due_on")
    creditor = creditors[slug] if slug else None
    balance = _balance(row, creditor)
    if reference and not reference_key(reference):
        row.wrong("reference", "has neither letters nor digits")
    if birth_date and not _OLDEST_BIRTH <= birth_date <= today:
        row.wrong("birth_date", f"{birth_date} is no birth date")
    points = _contact_points(row)
    time_zone = row.one_of("time_zone", time_zones, "an IANA name, e.g. America/New_York")
    language = row.like("language", _LANGUAGE, "en")
    details = {
        "original_creditor": row.text("original_creditor"),
        "opened_on": row.day("opened_on"),
        "time_barred_on": row.day("time_barred_on"),
        "itemization_date": row.day("itemization_date"),
        "validation_sent_on": row.day("validation_sent_on"),
        "legal_action_intended": row.flag("legal_action_intended") or False,
        "credit_reported": row.flag("credit_reported"),
    }
    status = row.one_of("status", ACCOUNT_STATUSES)
    if creditor is None or balance is None or reference is None:
        return None
    minimum = row.money("minimum_due", balance.currency)
    if minimum and minimum.minor < 0:
        row.wrong("minimum_due", "is below zero")
    if status in ("paid", "settled") and balance.minor > 0:
        row.wrong("status", f"is {status}, but {balance.decimal_text()} is owed")
    if status in (None, "open") and balance.minor <= 0:
        status = "paid"
    names = (debtor["first_name"], debtor["last_name"], birth_date, debtor["postal_code"])
    match_key = "|".join(" ".join(str(name).casefold().split()) for name in names)
    return AccountRow(
        source=row,
        creditor=creditor.slug,
        reference_key=reference_key(reference),
        match_key=match_key,
        currency=balance.currency,
        balance=balance,
        debtor={
            **debtor,
            "creditor": creditor.slug,
            "match_key": match_key,
            "birth_date": birth_date,
            "state": row.text("state", longest=64),
            "language": language or creditor.language,
            "time_zone": time_zone or creditor.time_zone,
        },
        contact_points=points,
        account={
            **details,
            "creditor": creditor.slug,
            "reference": reference,
            "reference_key": reference_key(reference),
            "opened_on": details["opened_on"] or clock.today(creditor.time_zone),
            "due_on": due_on,
            "minimum_due": minimum.minor if minimum else None,
            "status": status or "open",
            "currency": balance.currency,
        },
    )


def _balance(row: Row, creditor: Creditor | None) -> Money | None:
    currency = row.text("currency", longest=3)
    if currency is None or creditor is None:
        return None
    if currency != creditor.currency:
        row.wrong("currency", f"{creditor.slug} keeps its accounts in {creditor.currency}")
        return None
    return row.money("balance", currency)


def _contact_points(row: Row) -> tuple[dict[str, Any], ...]:
    phone = row.like("phone", _PHONE, "+12135550142")
    email = row.like("email", _EMAIL, "maria@example.com")
    consent_on, confirmed_on = row.day("phone_consent_on"), row.day("phone_confirmed_on")
    if (consent_on or confirmed_on) and not row.cells.get("phone", "").strip():
        row.wrong("phone", "is empty, but consent or confirmation is dated")
    points = (
        {
            "kind": "phone",
            "address": phone,
            "consent_on": consent_on,
            "confirmed_on": confirmed_on,
        },
        {"kind": "email", "address": email, "consent_on": None, "confirmed_on": None},
    )
    return tuple(point for point in points if point["address"])
