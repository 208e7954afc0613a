"""Promises: that somebody will pay a sum by a day, outside of any plan. Only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot import clock
from bot.db import new_id
from bot.ledger import tables
from bot.ledger.accounts import Account
from bot.money import CurrencyMismatch, Money


@dataclass(frozen=True)
class Promise:
    """A sum that the person said they will pay by a day; `recorded_by` wrote it down."""

    id: str
    amount: Money
    due_on: date
    recorded_by: str
    recorded_at: datetime


def record(
    connection: Connection,
    account: Account,
    amount: Money,
    due_on: date,
    *,
    by: str,
    evidence: Mapping[str, Any],
    key: str,
) -> Promise:
    """Write a promise down, once for each `key`.

    ValueError for a day that has passed where the debtor is, or an amount that is not above zero;
    CurrencyMismatch for another currency than the account's.
    """
    if amount.currency != account.currency:
        raise CurrencyMismatch(f"the account is in {account.currency}")
    if amount.minor <= 0:
        raise ValueError("a promise is of more than nothing")
    if due_on < clock.today(account.time_zone):
        raise ValueError("that day has passed")
    tables.insert_once(
        connection,
        tables.promise,
        id=new_id("pr"),
        account_id=account.id,
        amount=amount.minor,
        due_on=due_on,
        evidence=dict(evidence),
        recorded_by=by,
        recorded_at=clock.now(),
        key=key,
    )
    return next(one for one in of_account(connection, account, tables.promise.c.key == key))


def of_account(connection: Connection, account: Account, *conditions: Any) -> tuple[Promise, ...]:
    """All promises about an account, oldest first."""
    rows = connection.execute(
        select(tables.promise)
        .where(tables.promise.c.account_id == account.id, *conditions)
        .order_by(tables.promise.c.recorded_at, tables.promise.c.id)
    )
    return tuple(
        Promise(
            row.id,
            Money(row.amount, account.currency),
            row.due_on,
            row.recorded_by,
            row.recorded_at,
        )
        for row in rows
    )
