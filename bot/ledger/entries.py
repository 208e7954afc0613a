"""Entries: everything that ever happened to a balance. They are added, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.ledger import accounts, tables
from bot.money import CurrencyMismatch, Money

KINDS = tables.ENTRY_KINDS


class EntryConflict(ValueError):
    """The external id stands on the account already, with something else under it."""


@dataclass(frozen=True)
class Entry:
    """One posting. `amount` is what it adds to the balance: charges positive, payments negative."""

    id: int
    account_id: str
    posted_on: date
    kind: str
    amount: Money
    memo: str
    external_id: str


def post(
    connection: Connection,
    account_id: str,
    *,
    posted_on: date,
    kind: str,
    amount: Money,
    memo: str,
    external_id: str,
) -> Entry:
    """Add an entry, once: posting it again returns the first, so that a retry is harmless.

    It waits for whoever is deciding about a plan of the account, and counts towards the plan once
    `plans.follow_entries` has been called. Raises LookupError for an unknown account, EntryConflict
    if the external id stands there with another day, kind or amount, CurrencyMismatch for another
    currency than the account's, and IntegrityError for an amount whose sign does not fit its kind.
    """
    currency = accounts.lock(connection, account_id).currency
    if amount.currency != currency:
        raise CurrencyMismatch(f"the account is in {currency}, the entry in {amount.currency}")
    tables.insert_once(
        connection,
        tables.entry,
        account_id=account_id,
        posted_on=posted_on,
        kind=kind,
        amount=amount.minor,
        memo=memo,
        external_id=external_id,
        recorded_at=clock.now(),
    )
    rows = connection.execute(
        _HISTORY.where(tables.entry.c.external_id == external_id), {"account": account_id}
    )
    (found,) = _read(rows)
    if (found.posted_on, found.kind, found.amount) != (posted_on, kind, amount):
        raise EntryConflict(
            f"{external_id} stands as {found.kind} of {found.amount} on {found.posted_on}"
        )
    return found


# Kept, because asked in every turn: of a kept statement the library keeps the compiled form.
_BALANCE = (
    select(tables.account.c.currency, func.coalesce(func.sum(tables.entry.c.amount), 0))
    .select_from(tables.account.outerjoin(tables.entry))
    .where(tables.account.c.id == bindparam("account"))
    .group_by(tables.account.c.currency)
)

_HISTORY = (
    select(tables.entry, tables.account.c.currency)
    .join(tables.account)
    .where(tables.entry.c.account_id == bindparam("account"))
    .order_by(tables.entry.c.posted_on, tables.entry.c.id)
)
_PAYMENTS = _HISTORY.where(tables.entry.c.kind == "payment")


def history(connection: Connection, account_id: str) -> tuple[Entry, ...]:
    """All entries of an account, oldest first; their amounts sum to its balance."""
    return _read(connection.execute(_HISTORY, {"account": account_id}))


def payments(connection: Connection, account_id: str) -> tuple[Entry, ...]:
    """The payments (negative amounts), oldest first."""
    return _read(connection.execute(_PAYMENTS, {"account": account_id}))


def balance(connection: Connection, account_id: str) -> Money:
    """What is owed now; negative when the creditor owes. LookupError for an unknown account."""
    row = connection.execute(_BALANCE, {"account": account_id}).one_or_none()
    if row is None:
        raise LookupError(f"no account {account_id}")
    currency, minor = row
    return Money(int(minor), currency)


def _read(rows: Any) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            id=row.id,
            account_id=row.account_id,
            posted_on=row.posted_on,
            kind=row.kind,
            amount=Money(row.amount, row.currency),
            memo=row.memo,
            external_id=row.external_id,
        )
        for row in rows
    )
