"""Plans: offering, agreeing, living with them.

Whoever changes a plan holds its account locked meanwhile, and every change carries a key: done
again with the same key it is not done twice. A yes is bound to the terms that were shown, and to
the balance and the standing plan of that moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.db import new_id
from bot.ledger import accounts, entries, holds, tables
from bot.ledger.accounts import Account
from bot.ledger.plan_changes import Moved, Refused, Skipped, can_move, move, record, skip
from bot.ledger.plan_payments import follow_entries, follow_status
from bot.ledger.plan_records import (
    Plan,
    PlanInstalment,
    Progress,
    active,
    get,
    of_account,
    progress,
)
from bot.ledger.postponing import postpone
from bot.ledger.schedule import Terms
from bot.money import Money

__all__ = [
    "Agreed",
    "Agreement",
    "Moved",
    "Plan",
    "PlanInstalment",
    "Progress",
    "Refused",
    "Skipped",
    "active",
    "agree",
    "can_move",
    "cancel",
    "follow_entries",
    "get",
    "move",
    "of_account",
    "offer",
    "postpone",
    "progress",
    "skip",
]

OFFER_HOURS = 24
"""How long an offer stands."""


@dataclass(frozen=True)
class Agreed:
    """The plan stands."""

    plan: Plan


Agreement: TypeAlias = Agreed | Refused


def offer(
    connection: Connection,
    account: Account,
    terms: Terms,
    *,
    conversation_id: str,
    key: str,
    today: date,
) -> Plan:
    """Put terms on the table, once for each `key`, for 24 hours.

    What this conversation was offered before on the account expires: a yes can only mean the
    newest. What is disputed of the balance is left out of it. Raises ValueError for terms that do
    not fit the balance or begin before `today`.
    """
    accounts.lock(connection, account.id)
    known = connection.execute(
        select(tables.plan.c.id).where(tables.plan.c.offer_key == key)
    ).scalar_one_or_none()
    if known is not None:
        return get(connection, known)
    balance = _payable(connection, account)
    fits = terms.total < balance if terms.kind == "settlement" else terms.total == balance
    if not fits:
        raise ValueError(f"a {terms.kind} of {terms.total} does not fit a balance of {balance}")
    if terms.instalments[0].due_on < today:
        raise ValueError("the first instalment would be due before today")
    connection.execute(
        tables.plan.update()
        .where(
            tables.plan.c.account_id == account.id,
            tables.plan.c.conversation_id == conversation_id,
            tables.plan.c.status == "offered",
        )
        .values(status="expired")
    )
    standing = active(connection, account.id)
    now = clock.now()
    plan_id = new_id("pl")
    connection.execute(
        tables.plan.insert().values(
            id=plan_id,
            account_id=account.id,
            conversation_id=conversation_id,
            kind=terms.kind,
            status="offered",
            frequency=terms.frequency.value,
            total=terms.total.minor,
            amount=terms.amount.minor,
            starts_on=terms.start,
            days_of_month=list(terms.days_of_month),
            terms_hash=terms.terms_hash,
            version=_next_version(connection, account.id),
            replaces=standing.id if standing else None,
            balance_offered=balance.minor,
            offered_at=now,
            expires_at=now + timedelta(hours=OFFER_HOURS),
            offer_key=key,
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


def agree(
    connection: Connection,
    plan_id: str,
    *,
    terms_hash: str,
    evidence: Mapping[str, Any],
    key: str,
) -> Agreement:
    """Make an offer the account's plan. Said twice, from anywhere, it is agreed once.

    `terms_hash` is of the schedule that the person saw; `evidence` holds the message, the channel
    and the exact text agreed to. A plan that stood is replaced: cancelled, kept, and named in
    `replaces`. Refused, with nothing done, for a reason:
    - `not_found`: there is no such offer;
    - `superseded`: other terms were shown or offered since, or another plan was agreed since;
    - `expired`: 24 hours have passed, or the first instalment's day;
    - `held`: a hold stands, and nothing may be agreed under it;
    - `changed_balance`: the balance is not what the offer was reckoned from.
    """
    account_id = connection.execute(
        select(tables.plan.c.account_id).where(tables.plan.c.id == plan_id)
    ).scalar_one_or_none()
    if account_id is None:
        return Refused("not_found")
    account = accounts.lock(connection, account_id)
    plan = get(connection, plan_id)
    standing = active(connection, account_id)
    if standing and standing.terms_hash == plan.terms_hash == terms_hash:
        return Agreed(standing)
    reason = _why_not(connection, account, plan, standing, terms_hash)
    if reason is not None:
        if reason in ("expired", "changed_balance"):
            _set_status(connection, plan_id, "expired")
        return Refused(reason)
    if standing:
        record(connection, standing, "replaced", key=f"replaced by {plan_id}", evidence=evidence)
        _set_status(connection, standing.id, "cancelled")
    connection.execute(
        tables.plan.update()
        .where(tables.plan.c.id == plan_id)
        .values(
            status="active",
            version=_next_version(connection, account_id),
            agreed_at=clock.now(),
            agreement_key=key,
            evidence=dict(evidence),
            entries_before=select(func.coalesce(func.max(tables.entry.c.id), 0))
            .where(tables.entry.c.account_id == account_id)
            .scalar_subquery(),
        )
    )
    follow_status(connection, [account_id])
    return Agreed(get(connection, plan_id))


def cancel(connection: Connection, plan_id: str, *, evidence: Mapping[str, Any], key: str) -> Plan:
    """End an active or offered plan; any other stays as it is. What was paid stays paid.

    Returns the plan as it is then. LookupError for an unknown one.
    """
    account = accounts.lock(connection, get(connection, plan_id).account_id)
    plan = get(connection, plan_id)
    if plan.status in ("active", "offered") and record(
        connection, plan, "cancelled", key=key, evidence=evidence
    ):
        _set_status(connection, plan_id, "cancelled")
        follow_status(connection, [account.id])
    return get(connection, plan_id)


def _why_not(
    connection: Connection,
    account: Account,
    plan: Plan,
    standing: Plan | None,
    terms_hash: str,
) -> str | None:
    if plan.terms_hash != terms_hash or plan.agreed_at is not None or plan.status == "cancelled":
        return "superseded"
    begun = plan.instalments[0].due_on < clock.today(account.time_zone)
    if plan.expires_at <= clock.now() or begun:
        return "expired"
    if plan.status == "expired" or (standing and standing.id != plan.replaces):
        return "superseded"
    if holds.bars_plans(holds.standing(connection, account)):
        return "held"
    if _payable(connection, account) != plan.balance_offered:
        return "changed_balance"
    return None


def _payable(connection: Connection, account: Account) -> Money:
    standing = holds.standing(connection, account)
    return holds.undisputed(entries.balance(connection, account.id), standing)


def _next_version(connection: Connection, account_id: str) -> int:
    latest = connection.execute(
        select(func.coalesce(func.max(tables.plan.c.version), 0)).where(
            tables.plan.c.account_id == account_id, tables.plan.c.agreed_at.is_not(None)
        )
    ).scalar_one()
    return int(latest) + 1


def _set_status(connection: Connection, plan_id: str, status: str) -> None:
    connection.execute(
        tables.plan.update().where(tables.plan.c.id == plan_id).values(status=status)
    )
