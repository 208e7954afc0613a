"""Whether what people read is true: every amount and date in every answer against the ledger.

What may be named is put together here from the rows of the ledger, by other arithmetic than the
bot's; only the options of the ladder are computed by the ledger itself, for the day of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate, combinations
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.business_days import is_business_day
from bot.conversations.tables import conversation, message
from bot.creditors import Creditor, Creditors
from bot.db import Database
from bot.ledger import offers, tables
from bot.money import Money

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_AMOUNT = re.compile(r"[$£](\d[\d,]*\.\d\d)")
_DAY = re.compile(
    r"(?P<weekday>\w+day),? (?:(?P<month>{m}) (?P<day>\d+)|(?P<day_>\d+) (?P<month_>{m}))"
    r"(?:,? (?P<year>\d{{4}}))?".format(m="|".join(_MONTHS))
)
_FIGURE = re.compile(r"\b\d[\d,]*\b")
_FROM_WHAT_IS_SPARE = ("utter_afford", "utter_over_spare")
"""Answers that rest on what the person said they can spare. The amounts to choose from below it are
suggestions that stand nowhere; picked, they are a plan and checked as such."""

PARTS = 130
"""The most parts that a balance is split into: a longest plan of an agent, by the week."""


@dataclass
class Truth:
    """What may be named of one account on one day."""

    amounts: set[int]
    days: set[date]


def untrue(database: Database, creditors: Creditors) -> list[str]:
    """What was said or shown of an account and stands nowhere in its ledger; empty if all is
    true."""
    with database.read() as connection:
        talks = connection.execute(
            select(conversation).where(conversation.c.account_id.isnot(None))
        ).all()
        return [
            f"{said.response}: {wrong} in {said.text!r}"
            for talk in talks
            for said in _said(connection, talk.id)
            for wrong in _wrong(connection, talk, said, creditors[talk.creditor])
        ]


def _said(connection: Connection, conversation_id: str) -> list[Any]:
    return connection.execute(
        select(message)
        .where(message.c.conversation_id == conversation_id, message.c.author == "bot")
        .order_by(message.c.sequence)
    ).all()


def _wrong(connection: Connection, talk: Any, said: Any, creditor: Creditor) -> Iterator[str]:
    # A person may speak of one account and then of another, and then give the phone away.
    here = select(tables.plan.c.account_id).where(tables.plan.c.conversation_id == talk.id)
    owned = connection.execute(
        select(tables.account).where(
            or_(tables.account.c.debtor_id == talk.debtor_id, tables.account.c.id.in_(here))
        )
    ).all()
    known = [_truth(connection, account, talk, creditor, said.at) for account in owned]
    amounts = set().union(*(one.amounts for one in known), _spare(connection, talk.id, said))
    days = set().union(*(one.days for one in known))
    suggested = (said.response or "").startswith(("utter_off_policy", "utter_sent_for_approval"))
    reckoned = (said.response or "").startswith(_FROM_WHAT_IS_SPARE)
    for amount in _amounts(said, with_choices=not reckoned):
        if amount not in amounts:
            yield f"{amount} minor units"
    for told in _days(said):
        if told not in days and not (suggested and _could_fall_due(told, said.at, creditor)):
            yield told.isoformat()


def _spare(connection: Connection, conversation_id: str, said: Any) -> set[int]:
    """What is left of an income after four costs, and the half of it, from the figures that the
    person named before: their answers themselves may be deleted by then."""
    if not (said.response or "").startswith(_FROM_WHAT_IS_SPARE):
        return set()
    told = connection.execute(
        select(message.c.text).where(
            message.c.conversation_id == conversation_id,
            message.c.author == "debtor",
            message.c.sequence < said.sequence,
        )
    ).scalars()
    figures = [
        int(number.replace(",", "")) * 100 for text in told for number in _FIGURE.findall(text)
    ]
    left = {
        income - sum(costs)
        for income in figures
        for costs in combinations([each for each in figures if each != income], 4)
    }
    return left | {each // 2 for each in left}


def _could_fall_due(day: date, at: datetime, creditor: Creditor) -> bool:
    """Whether a plan that was only suggested, and so stands nowhere, could have a payment then."""
    calendar = creditor.plan_policy.holiday_calendar
    last = at.date() + timedelta(days=31 * (creditor.plan_policy.longest_months_agent + 1))
    return at.date() <= day + timedelta(days=1) and day <= last and is_business_day(day, calendar)


def _truth(
    connection: Connection, account: Any, talk: Any, creditor: Creditor, at: datetime
) -> Truth:
    rows = {
        table: connection.execute(
            select(table).where(table.c.account_id == account.id).order_by(table.c.id)
        ).all()
        for table in (tables.entry, tables.plan)
    }
    entries, plans = rows[tables.entry], rows[tables.plan]
    instalments = connection.execute(
        select(tables.instalment).where(
            tables.instalment.c.plan_id.in_([plan.id for plan in plans])
        )
    ).all()
    holds = connection.execute(
        select(tables.hold).where(
            tables.hold.c.scope_id.in_([account.id, account.debtor_id, talk.id])
        )
    ).all()
    today = {clock.local(at, zone).date() for zone in (creditor.time_zone, "UTC")}
    today |= {
        clock.local(at, debtor.time_zone).date()
        for debtor in connection.execute(
            select(tables.debtor).where(tables.debtor.c.id == account.debtor_id)
        )
    }
    balances = set(accumulate(row.amount for row in entries))
    amounts = {0, creditor.plan_policy.least_instalment.minor, account.minimum_due or 0}
    amounts |= balances | {row.amount for row in entries}
    for count in range(1, len(entries) + 1):
        amounts |= _sums(entries[:count])
    for balance in balances:
        for _, percent in creditor.plan_policy.settlements:
            balances = balances | {balance * percent // 100}
    for whole in balances:
        for parts in range(1, PARTS):
            for part in (whole // parts, -(-whole // parts)):
                amounts |= {part, whole - (parts - 1) * part}
    for plan in plans:
        own = [row for row in instalments if row.plan_id == plan.id]
        amounts |= {plan.total, plan.amount, plan.balance_offered}
        amounts |= {row.amount for row in own}
        # What is paid and left goes on with each payment, by whole instalments and parts of one.
        for paid in {0, *accumulate(-row.amount for row in entries if row.kind == "payment")}:
            amounts |= {paid, plan.total - paid}
        for done in accumulate(row.amount for row in own):
            amounts |= {done, plan.total - done}
    amounts |= {row.amount for row in holds if row.amount is not None}
    days = {account.opened_on, account.due_on, account.validation_sent_on, *today}
    if account.validation_sent_on is not None:
        days.add(_dispute_until(account.validation_sent_on))
    days |= {account.time_barred_on, account.itemization_date}
    days |= {row.posted_on for row in entries} | {row.until for row in holds}
    days |= {row.due_on for row in instalments} | {row.moved_from for row in instalments}
    days |= {plan.starts_on for plan in plans}
    days.add(creditor.next_opening(at).date())
    for day in today:
        for balance in {b for b in balances if b > 0}:
            for option in offers.ladder(
                Money(balance, account.currency),
                creditor.plan_policy,
                day,
                (day - account.opened_on).days,
            ):
                days |= {option.first, option.last}
                amounts |= {option.total.minor, option.amount.minor}
    return Truth({abs(amount) for amount in amounts}, {day for day in days if day is not None})


def _dispute_until(sent: date) -> date:
    """Received five business days later (comment 34(b)(5)-1), and thirty days from then."""
    day, left = sent, 5
    while left:
        day += timedelta(days=1)
        left -= is_business_day(day, "US")
    return day + timedelta(days=30)


def _sums(entries: list[Any]) -> set[int]:
    by_kind: dict[str, int] = {}
    for row in entries:
        by_kind[row.kind] = by_kind.get(row.kind, 0) + row.amount
    added = by_kind.get("interest", 0) + by_kind.get("fee", 0)
    other = sum(by_kind.get(kind, 0) for kind in ("refund", "adjustment", "waiver"))
    paid = by_kind.get("payment", 0)
    return {*by_kind.values(), added, other, paid, paid + other, by_kind.get("charge", 0) + added}


def _amounts(said: Any, *, with_choices: bool) -> Iterator[int]:
    for text in _texts(said) if with_choices else (said.text,):
        for match in _AMOUNT.finditer(text):
            yield round(float(match[1].replace(",", "")) * 100)


def _days(said: Any) -> Iterator[date]:
    for text in _texts(said):
        for match in _DAY.finditer(text):
            found = match.groupdict()
            month = _MONTHS.index(found["month"] or found["month_"]) + 1
            day = int(found["day"] or found["day_"])
            told = date(int(found["year"] or clock.local(said.at, "UTC").year), month, day)
            assert told.strftime("%A") == found["weekday"], f"{match.group()} in {text!r}"
            yield told


def _texts(said: Any) -> Iterator[str]:
    yield said.text
    yield from (choice["label"] for choice in said.choices or ())
    yield from _strings(said.card)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
