"""The amounts and days that a message about an account may name: what stands in its ledger, and
what is computed from that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.compliance import contents, packs, validation
from bot.compliance.context import Facts
from bot.compliance.outgoing import Outgoing
from bot.creditors import Creditor
from bot.ledger import tables
from bot.ledger.accounts import Account
from bot.ledger.holds import Hold, undisputed
from bot.money import Money

_ENTRIES = select(tables.entry.c.kind, tables.entry.c.amount, tables.entry.c.posted_on).where(
    tables.entry.c.account_id == bindparam("account")
)
_PLANS = (
    select(
        tables.plan.c.id,
        tables.plan.c.total,
        tables.plan.c.amount.label("regular"),
        tables.plan.c.balance_offered,
        tables.plan.c.starts_on,
        tables.instalment.c.due_on,
        tables.instalment.c.moved_from,
        tables.instalment.c.amount,
        tables.instalment.c.paid,
        tables.instalment.c.status,
    )
    .join(tables.instalment, tables.instalment.c.plan_id == tables.plan.c.id)
    .where(
        tables.plan.c.account_id == bindparam("account"),
        or_(
            tables.plan.c.status.in_(("active", "completed", "broken")),
            and_(
                tables.plan.c.status.in_(("offered", "cancelled")),
                tables.plan.c.conversation_id == bindparam("conversation"),
            ),
        ),
    )
)
"""Plans that a conversation may speak of: those that stand or stood, and its own offers."""


def load(
    connection: Connection, account: Account, creditor: Creditor, *, holds: Iterable[Hold] = ()
) -> Facts:
    """What the ledger says of this account, but for its plans."""
    entries = connection.execute(_ENTRIES, {"account": account.id}).all()
    sums = _sums(entries)
    balance = sum(row.amount for row in entries)
    today = clock.today(account.time_zone)
    percent = creditor.plan_policy.settlement_percent((today - account.opened_on).days)
    payable = undisputed(Money(balance, account.currency), holds).minor
    settles_for = None if percent is None else payable * percent // 100
    known = {balance, payable, *sums, *(row.amount for row in entries)}
    known.add(creditor.plan_policy.least_instalment.minor)
    known |= {hold.amount.minor for hold in holds if hold.amount is not None}
    if account.minimum_due is not None:
        known |= {account.minimum_due.minor, min(account.minimum_due.minor, balance)}
    if settles_for is not None:
        known.add(settles_for)
    return Facts(
        currency=account.currency,
        amounts=frozenset(map(abs, known)),
        days=frozenset(_days(account, creditor, entries, holds, today)),
        balance=payable,
        settles_for=settles_for,
    )


def with_plans(
    connection: Connection, known: Facts, account_id: str, conversation_id: str
) -> Facts:
    """The same with what the plans say that the conversation may speak of."""
    rows = connection.execute(
        _PLANS, {"account": account_id, "conversation": conversation_id}
    ).all()
    days = {day for row in rows for day in (row.starts_on, row.due_on, row.moved_from) if day}
    return replace(
        known,
        amounts=known.amounts | frozenset(map(abs, _of_plans(rows))),
        days=known.days | frozenset(days),
    )


def covers(known: Facts, outgoing: Outgoing) -> bool:
    """Whether every amount and day of a message without free words is among these already."""
    return (
        not outgoing.text
        and all(map(known.knows, contents.amounts(outgoing)))
        and all(day in known.days for day in contents.days(outgoing))
    )


def in_validation_period(account: Account, creditor: Creditor, now: datetime) -> bool:
    """Whether the person may still dispute with the collector bound to prove the debt: until the
    end of the period, and as long as the information has not been sent."""
    if "overshadowing" not in packs.of(creditor).rules:
        return False
    sent = account.validation_sent_on
    if sent is None:
        return True
    ends = validation.period_ends_on(sent, packs.of(creditor).limits)
    return clock.local(now, account.time_zone).date() <= ends


def _sums(entries: Iterable[Any]) -> set[int]:
    """Sums of entries of one kind, and those that a breakdown puts together."""
    by_kind: dict[str, int] = defaultdict(int)
    for row in entries:
        by_kind[row.kind] += row.amount
    added = by_kind["interest"] + by_kind["fee"]
    other = by_kind["refund"] + by_kind["adjustment"] + by_kind["waiver"]
    credited = by_kind["payment"] + other
    return {*by_kind.values(), added, other, credited, by_kind["charge"] + added}


def _of_plans(rows: Iterable[Any]) -> set[int]:
    """What plans and their instalments are about, what is paid of them and what is left."""
    known: set[int] = set()
    total: dict[str, int] = {}
    paid: dict[str, int] = defaultdict(int)
    left: dict[str, int] = defaultdict(int)
    for row in rows:
        known |= {row.total, row.regular, row.balance_offered, row.amount, row.paid}
        known.add(row.amount - row.paid)
        total[row.id] = row.total
        paid[row.id] += row.paid
        if row.status == "due":
            left[row.id] += row.amount - row.paid
    unpaid = {total[plan] - paid[plan] for plan in total}
    return known | unpaid | set(paid.values()) | set(left.values())


def _days(
    account: Account,
    creditor: Creditor,
    entries: Iterable[Any],
    holds: Iterable[Hold],
    today: date,
) -> set[date]:
    own = {
        account.opened_on,
        account.due_on,
        account.time_barred_on,
        account.itemization_date,
        account.validation_sent_on,
    }
    if account.validation_sent_on is not None:
        own.add(validation.period_ends_on(account.validation_sent_on, packs.of(creditor).limits))
    since = {clock.local(hold.placed_at, account.time_zone).date() for hold in holds}
    known = own | since | {hold.until for hold in holds} | {today, clock.today(creditor.time_zone)}
    known |= {row.posted_on for row in entries}
    return {day for day in known if day is not None}
