"""A pause moves the plan along: what would fall due in it comes after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.creditors import PlanPolicy
from bot.db import new_id
from bot.ledger import accounts, schedule, tables
from bot.ledger.plan_changes import record
from bot.ledger.plan_records import Plan, active, get
from bot.ledger.schedule import Frequency, Terms

_DAY = timedelta(days=1)


def postpone(
    connection: Connection,
    account_id: str,
    until: date,
    *,
    policy: PlanPolicy,
    evidence: Mapping[str, Any],
    key: str,
) -> Plan | None:
    """Let the account's plan go on at `until`, once for each `key`.

    All that is still to be paid keeps its amounts, order and rhythm, and begins on the first day of
    the rhythm that is not before `until`: a new version, which replaces the old. Returns the plan
    as it is then, also where nothing fell into the pause; None without a plan.
    """
    accounts.lock(connection, account_id)
    known = connection.execute(
        select(tables.plan.c.id).where(tables.plan.c.agreement_key == key)
    ).scalar()
    if known is not None:
        return get(connection, known)
    plan = active(connection, account_id)
    if plan is None:
        return None
    still = [one for one in plan.instalments if one.is_open]
    if not still or still[0].due_on >= until:
        return plan
    days = plan.days_of_month
    if plan.frequency is Frequency.MONTHLY:
        days = days or (plan.start.day,)
    start = _resumes(plan, until, days)
    terms = schedule.terms(
        plan.kind,
        plan.frequency,
        start,
        [one.left for one in still],
        policy.holiday_calendar,
        days_of_month=days,
    )
    # Settled before we write: two plans of an account are never active together.
    record(connection, plan, "replaced", key=f"replaced by {key}", evidence=evidence)
    connection.execute(
        tables.plan.update().where(tables.plan.c.id == plan.id).values(status="cancelled")
    )
    return _insert(connection, plan, terms, evidence=evidence, key=key)


def _resumes(plan: Plan, until: date, days: tuple[int, ...]) -> date:
    """The first day of the plan's own rhythm from `until` on."""
    if plan.frequency is Frequency.ONCE:
        return until
    if plan.frequency in (Frequency.WEEKLY, Frequency.BIWEEKLY):
        period = 7 if plan.frequency is Frequency.WEEKLY else 14
        return until + timedelta(days=-(until - plan.start).days % period)
    return schedule.first_day(plan.frequency, until, days)


def _insert(
    connection: Connection, old: Plan, terms: Terms, *, evidence: Mapping[str, Any], key: str
) -> Plan:
    paid = old.total - terms.total
    now = clock.now()
    latest = connection.execute(
        select(func.coalesce(func.max(tables.plan.c.version), 0)).where(
            tables.plan.c.account_id == old.account_id, tables.plan.c.agreed_at.is_not(None)
        )
    ).scalar_one()
    plan_id = new_id("pl")
    connection.execute(
        tables.plan.insert().values(
            id=plan_id,
            account_id=old.account_id,
            conversation_id=str(evidence.get("conversation", old.conversation_id)),
            kind=terms.kind,
            status="active",
            frequency=terms.frequency.value,
            total=terms.total.minor,
            amount=terms.amount.minor,
            starts_on=terms.start,
            days_of_month=list(terms.days_of_month),
            terms_hash=terms.terms_hash,
            version=int(latest) + 1,
            replaces=old.id,
            # What a settlement forgives stays what was agreed.
            balance_offered=(old.balance_offered - paid).minor,
            offered_at=now,
            expires_at=now + _DAY,
            offer_key=f"postponed {key}",
            agreed_at=now,
            agreement_key=key,
            evidence={**evidence, "agreed": dict(old.evidence or {}), "postpones": old.id},
            entries_before=select(func.coalesce(func.max(tables.entry.c.id), 0))
            .where(tables.entry.c.account_id == old.account_id)
            .scalar_subquery(),
        )
    )
    connection.execute(
        tables.instalment.insert(),
        [
            {
                "plan_id": plan_id,
                "sequence": one.sequence,
                "due_on": one.due_on,
                "amount": one.amount.minor,
                "paid": 0,
                "status": "due",
            }
            for one in terms.instalments
        ],
    )
    return get(connection, plan_id)
