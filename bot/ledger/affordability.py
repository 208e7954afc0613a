"""What somebody can spare, from five answers of theirs: kept apart, and deleted when they say so.

Income and the essential costs of a month, under the headings of the United Kingdom's Standard
Financial Statement drawn together into four. An instalment above half of what is left asks for
more than is spare.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.db import new_id
from bot.ledger import tables
from bot.ledger.schedule import Frequency, Terms
from bot.money import Money

HEADINGS = ("income", "home", "utilities", "food", "other")
"""In the order in which they are asked: take-home income; rent or mortgage and council tax;
gas, electricity, water and phone; food and housekeeping; transport, care, health and the rest."""

GOOD_FOR = timedelta(days=90)
"""How long the answers are taken to hold."""


@dataclass(frozen=True)
class Affordability:
    """The answers so far; None where there is none yet. Amounts are of a month."""

    id: str
    account_id: str
    income: Money | None
    home: Money | None
    utilities: Money | None
    food: Money | None
    other: Money | None
    messages: tuple[str, ...]
    finished: bool

    def answered(self, heading: str) -> Money | None:
        """The answer under one of HEADINGS."""
        answer: Money | None = getattr(self, heading)
        return answer

    @property
    def missing(self) -> str | None:
        """The next heading to ask about; None when all are answered."""
        return next((h for h in HEADINGS if self.answered(h) is None), None)

    @property
    def left(self) -> Money:
        """What is left of a month's income; negative where it does not reach. Only when complete:
        ValueError otherwise."""
        amounts = [self.answered(heading) for heading in HEADINGS]
        if self.income is None or None in amounts:
            raise ValueError("not everything is answered yet")
        costs = [amount for amount in amounts[1:] if amount is not None]
        return self.income - sum(costs[1:], costs[0])

    @property
    def most(self) -> Money:
        """The most that the instalments of one month may come to: half of what is left."""
        return Money(max(0, self.left.minor // 2), self.left.currency)


def begin(
    connection: Connection, account_id: str, *, conversation_id: str, key: str
) -> Affordability:
    """A fresh check, once for each `key`; older answers of the account are deleted."""
    known = connection.execute(
        select(tables.affordability.c.id).where(tables.affordability.c.key == key)
    ).scalar()
    if known is None:
        forget(connection, account_id)
        tables.insert_once(
            connection,
            tables.affordability,
            id=new_id("af"),
            account_id=account_id,
            conversation_id=conversation_id,
            messages=[],
            key=key,
            started_at=clock.now(),
        )
    found = current(connection, account_id)
    if found is None:
        raise LookupError(f"no check of {account_id}")
    return found


def answer(
    connection: Connection, check: Affordability, heading: str, amount: Money, *, message_id: str
) -> Affordability:
    """Keep or correct one answer, of a month. ValueError for an amount below zero."""
    if heading not in HEADINGS or amount.minor < 0:
        raise ValueError(f"{heading}: {amount} is no answer")
    messages = list(dict.fromkeys([*check.messages, message_id]))
    connection.execute(
        tables.affordability.update()
        .where(tables.affordability.c.id == check.id)
        .values(**{heading: amount.minor}, messages=messages)
    )
    found = current(connection, check.account_id)
    if found is None:
        raise LookupError(f"the answers of {check.account_id} were deleted")
    if found.missing is None and not found.finished:
        connection.execute(
            tables.affordability.update()
            .where(tables.affordability.c.id == check.id)
            .values(finished_at=clock.now())
        )
    return found


def current(connection: Connection, account_id: str) -> Affordability | None:
    """The answers that hold for the account now, complete or not; None if there are none."""
    row = connection.execute(
        select(tables.affordability, tables.account.c.currency)
        .join(tables.account)
        .where(
            tables.affordability.c.account_id == account_id,
            tables.affordability.c.started_at > clock.now() - GOOD_FOR,
        )
        .order_by(tables.affordability.c.started_at.desc(), tables.affordability.c.id)
        .limit(1)
    ).first()
    if row is None:
        return None

    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, row.currency)

    return Affordability(
        id=row.id,
        account_id=row.account_id,
        income=money(row.income),
        home=money(row.home),
        utilities=money(row.utilities),
        food=money(row.food),
        other=money(row.other),
        messages=tuple(row.messages),
        finished=row.finished_at is not None,
    )


def forget(connection: Connection, account_id: str) -> tuple[str, ...]:
    """Delete all answers of an account; the ids of the messages in which they were given."""
    rows = connection.execute(
        select(tables.affordability.c.messages).where(
            tables.affordability.c.account_id == account_id
        )
    ).all()
    connection.execute(
        delete(tables.affordability).where(tables.affordability.c.account_id == account_id)
    )
    return tuple(message for row in rows for message in row.messages)


def monthly(amount: Money, frequency: Frequency | None, *, round_up: bool) -> Money:
    """An amount paid at some rhythm as an amount of a month: $100 a week is $433.33. Costs are
    rounded up and income down, so that nothing is thought spare that is not."""
    times = 12 if frequency in (None, Frequency.ONCE) else frequency.per_year
    yearly = amount.minor * times
    return Money(-(-yearly // 12) if round_up else yearly // 12, amount.currency)


def asks_too_much(check: Affordability | None, terms: Terms) -> bool:
    """Whether instalments of these terms come to more in a month than half of what is left. A
    single payment of all is the person's own affair."""
    if check is None or check.missing or len(terms.instalments) < 2:
        return False
    return monthly(terms.amount, terms.frequency, round_up=True) > check.most


def as_json(check: Affordability) -> dict[str, Any]:
    """The answers for whom they belong to."""
    answers = {heading: check.answered(heading) for heading in HEADINGS}
    return {heading: amount.as_json() if amount else None for heading, amount in answers.items()}
