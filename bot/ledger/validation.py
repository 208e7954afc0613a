"""Validation information of a debt: how the amount came about since its itemisation date, and that
the information was sent (12 CFR 1006.34)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot import audit, clock
from bot.db import new_id
from bot.ledger import entries, tables
from bot.ledger.accounts import Account
from bot.money import Money


@dataclass(frozen=True)
class Itemisation:
    """The debt on its itemisation date and what has changed it since: 1006.34(c)(2)(vii)–(ix).
    `total` is the balance now, which the parts sum to."""

    on: date
    then: Money
    interest: Money
    fees: Money
    payments_and_credits: Money
    other: Money
    total: Money

    def __post_init__(self) -> None:
        parts = self.then + self.interest + self.fees - self.payments_and_credits + self.other
        if parts != self.total:
            raise ValueError(f"the parts come to {parts}, the total to {self.total}")


def itemisation(connection: Connection, account: Account) -> Itemisation:
    """How the balance came about since the account's itemisation date, or since it was opened."""
    on = account.itemization_date or account.opened_on
    nothing = Money(0, account.currency)
    then = interest = fees = credited = other = nothing
    for entry in entries.history(connection, account.id):
        if entry.posted_on <= on:
            then += entry.amount
        elif entry.kind == "interest":
            interest += entry.amount
        elif entry.kind == "fee":
            fees += entry.amount
        elif entry.kind in ("payment", "waiver"):
            credited -= entry.amount
        else:
            other += entry.amount
    total = entries.balance(connection, account.id)
    return Itemisation(on, then, interest, fees, credited, other, total)


def record_sending(
    connection: Connection,
    account: Account,
    *,
    conversation_id: str,
    channel: str,
    content: Mapping[str, Any],
    until: date,
    key: str,
) -> None:
    """Write down that the information was sent, once for each `key`. The first sending opens the
    period; a later copy does not shorten or lengthen it."""
    added = tables.insert_once(
        connection,
        tables.validation_notice,
        id=new_id("vn"),
        account_id=account.id,
        conversation_id=conversation_id,
        channel=channel,
        sent_at=clock.now(),
        disputes_until=until,
        content=dict(content),
        key=key,
    )
    if not added:
        return
    if account.validation_sent_on is None:
        connection.execute(
            tables.account.update()
            .where(tables.account.c.id == account.id)
            .values(validation_sent_on=clock.today(account.time_zone))
        )
    facts = {"section": "1006.34", "conversation": conversation_id, "until": until.isoformat()}
    audit.record(connection, account.id, "validation_sent", "bot", facts)


def latest(
    connection: Connection, account_id: str, conversation_id: str
) -> Mapping[str, Any] | None:
    """The content of what was last sent in a conversation, to be shown again as it was."""
    found = connection.execute(
        select(tables.validation_notice.c.content)
        .where(
            tables.validation_notice.c.account_id == account_id,
            tables.validation_notice.c.conversation_id == conversation_id,
        )
        .order_by(tables.validation_notice.c.sent_at.desc())
        .limit(1)
    ).scalar()
    return dict(found) if found else None


def as_json(itemised: Itemisation) -> dict[str, Any]:
    """An itemisation as plain values."""
    amounts = ("then", "interest", "fees", "payments_and_credits", "other", "total")
    return {
        "on": itemised.on.isoformat(),
        **{name: getattr(itemised, name).as_json() for name in amounts},
    }
