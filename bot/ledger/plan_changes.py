"""Living with a plan: moving one instalment, skipping one to the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.business_days import next_business_day
from bot.creditors import PlanPolicy
from bot.ledger import accounts, tables
from bot.ledger.plan_records import Plan, PlanInstalment, get
from bot.ledger.schedule import Frequency, due_dates

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Refused:
    """Not done, and nothing was changed. `reason` is one of those that the function names."""

    reason: str


@dataclass(frozen=True)
class Moved:
    """The instalment is due on its new day."""

    plan: Plan


@dataclass(frozen=True)
class Skipped:
    """The instalment comes after the last one now."""

    plan: Plan


def can_move(
    plan: Plan, sequence: int, new_date: date, *, policy: PlanPolicy, today: date
) -> date | Refused:
    """The business day to which the instalment would move, or why it cannot:
    - `not_found`: the plan is not active, or has no such instalment to pay;
    - `moved_before`: one instalment moves once;
    - `in_past`: before today;
    - `too_far`: further from its day than policy allows, before or after;
    - `same_day`: it is due on that day already;
    - `out_of_order`: it would reach the instalment before or after it.
    """
    instalment = _open_instalment(plan, sequence)
    if instalment is None:
        return Refused("not_found")
    if instalment.moved_from is not None:
        return Refused("moved_before")
    if new_date < today:
        return Refused("in_past")
    if abs(new_date - instalment.due_on) > timedelta(days=policy.move_days):
        return Refused("too_far")
    landing = next_business_day(new_date, policy.holiday_calendar)
    if landing == instalment.due_on:
        return Refused("same_day")
    others = [
        one.due_on
        for one in plan.instalments
        if one.sequence != sequence and one.status != "skipped"
    ]
    low, high = min(landing, instalment.due_on), max(landing, instalment.due_on)
    return Refused("out_of_order") if any(low <= day <= high for day in others) else landing


def move(
    connection: Connection,
    plan_id: str,
    sequence: int,
    new_date: date,
    *,
    policy: PlanPolicy,
    evidence: Mapping[str, Any],
    key: str,
) -> Moved | Refused:
    """Move one instalment, once for each `key`. Refused for the reasons of `can_move`.

    LookupError for an unknown plan.
    """
    plan, today = _locked(connection, plan_id)
    if _done(connection, key):
        return Moved(plan)
    landing = can_move(plan, sequence, new_date, policy=policy, today=today)
    if isinstance(landing, Refused):
        return landing
    record(connection, plan, "moved", key=key, evidence=evidence, sequence=sequence)
    _update(connection, plan, sequence, due_on=landing, moved_from=tables.instalment.c.due_on)
    return Moved(get(connection, plan_id))


def skip(
    connection: Connection,
    plan_id: str,
    sequence: int,
    *,
    policy: PlanPolicy,
    evidence: Mapping[str, Any],
    key: str,
) -> Skipped | Refused:
    """Skip one instalment, once for each `key`: what is unpaid of it falls due one period after the
    last one. The others keep their days, and the sum stays.

    Refused for a reason: `not_found` (the plan is not active, or has no such instalment to pay),
    `only_instalment` (there is no next period), `skipped_before` (as often as policy allows).
    LookupError for an unknown plan.
    """
    plan, today = _locked(connection, plan_id)
    if _done(connection, key):
        return Skipped(plan)
    instalment = _open_instalment(plan, sequence)
    if instalment is None:
        return Refused("not_found")
    if plan.frequency is Frequency.ONCE:
        return Refused("only_instalment")
    if _count_changes(connection, plan, "skipped") >= policy.skips:
        return Refused("skipped_before")
    record(connection, plan, "skipped", key=key, evidence=evidence, sequence=sequence)
    if instalment.paid.is_zero:
        _update(connection, plan, sequence, status="skipped")
    else:
        # What was paid of it stays: it shrinks to that, and only the rest goes to the end.
        _update(connection, plan, sequence, amount=instalment.paid.minor, status="paid")
    connection.execute(
        tables.instalment.insert().values(
            plan_id=plan.id,
            sequence=len(plan.instalments) + 1,
            due_on=_day_after_the_last(plan, policy.holiday_calendar, today),
            amount=instalment.left.minor,
            paid=0,
            status="due",
        )
    )
    return Skipped(get(connection, plan_id))


def record(
    connection: Connection,
    plan: Plan,
    kind: str,
    *,
    key: str,
    evidence: Mapping[str, Any],
    sequence: int | None = None,
) -> bool:
    """Write down a change of a plan; False, and nothing written, if the key stands already."""
    return tables.insert_once(
        connection,
        tables.plan_change,
        plan_id=plan.id,
        kind=kind,
        sequence=sequence,
        evidence=dict(evidence),
        key=key,
        changed_at=clock.now(),
    )


def _locked(connection: Connection, plan_id: str) -> tuple[Plan, date]:
    account = accounts.lock(connection, get(connection, plan_id).account_id)
    return get(connection, plan_id), clock.today(account.time_zone)


def _open_instalment(plan: Plan, sequence: int) -> PlanInstalment | None:
    if plan.status != "active":
        return None
    return next((one for one in plan.instalments if one.sequence == sequence and one.is_open), None)


def _day_after_the_last(plan: Plan, calendar: str, today: date) -> date:
    count = len(plan.instalments)
    days = due_dates(
        plan.frequency, plan.start, count + 1, calendar, days_of_month=plan.days_of_month
    )
    # The last may have been moved past that day, or the whole plan may lie behind us.
    return next_business_day(
        max(days[-1], plan.instalments[-1].due_on + _DAY, today + _DAY), calendar
    )


def _done(connection: Connection, key: str) -> bool:
    found = connection.execute(
        select(tables.plan_change.c.id).where(tables.plan_change.c.key == key)
    )
    return found.first() is not None


def _count_changes(connection: Connection, plan: Plan, kind: str) -> int:
    found = connection.execute(
        select(func.count()).where(
            tables.plan_change.c.plan_id == plan.id, tables.plan_change.c.kind == kind
        )
    )
    return int(found.scalar_one())


def _update(connection: Connection, plan: Plan, sequence: int, **values: Any) -> None:
    connection.execute(
        tables.instalment.update()
        .where(tables.instalment.c.plan_id == plan.id, tables.instalment.c.sequence == sequence)
        .values(**values)
    )
