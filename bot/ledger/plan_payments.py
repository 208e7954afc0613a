"""What was paid, told to the plan: instalments, completion, and the account's status."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, exists, func, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.ledger import accounts, entries, tables
from bot.ledger.accounts import Account
from bot.ledger.plan_changes import record
from bot.ledger.plan_records import Plan, active, get
from bot.money import Money


def follow_entries(connection: Connection, account_id: str) -> Plan | None:
    """Bring the account's plan and status up to date with its entries; call it after posting.

    Payments and refunds recorded since the agreement are put to the instalments, oldest first,
    reckoned anew each time, so that a repeat changes nothing. The plan is completed when all is
    paid, or when nothing is owed any more; a completed settlement posts a `waiver` of what it
    forgives. Returns the plan that was active, as it is now.
    """
    account = accounts.lock(connection, account_id)
    plan = active(connection, account_id)
    if plan is not None:
        paid = _pay_instalments(connection, plan)
        if paid == plan.total:
            _complete(connection, account, plan)
        elif entries.balance(connection, account_id).minor <= 0:
            _close(connection, plan)
    follow_status(connection, [account_id])
    return None if plan is None else get(connection, plan.id)


def follow_status(connection: Connection, account_ids: Sequence[str]) -> None:
    """Set the accounts' status by what they owe and whether they have a plan. `closed` stays."""
    owed = (
        select(func.coalesce(func.sum(tables.entry.c.amount), 0))
        .where(tables.entry.c.account_id == tables.account.c.id)
        .scalar_subquery()
    )
    planned = exists().where(
        tables.plan.c.account_id == tables.account.c.id, tables.plan.c.status == "active"
    )
    settled = exists().where(
        tables.plan.c.account_id == tables.account.c.id,
        tables.plan.c.status == "completed",
        tables.plan.c.kind == "settlement",
    )
    status = case(
        (planned, "in_plan"),
        (owed > 0, "open"),
        (tables.account.c.status == "settled", "settled"),
        (settled, "settled"),
        else_="paid",
    )
    connection.execute(
        tables.account.update()
        .where(
            tables.account.c.id.in_(account_ids),
            tables.account.c.status != "closed",
            tables.account.c.status != status,
        )
        .values(status=status)
    )


def _pay_instalments(connection: Connection, plan: Plan) -> Money:
    """Put what was paid since the agreement to the instalments; returns how much fitted in."""
    since = connection.execute(
        select(func.coalesce(func.sum(-tables.entry.c.amount), 0))
        .select_from(
            tables.entry.join(tables.plan, tables.plan.c.account_id == tables.entry.c.account_id)
        )
        .where(
            tables.plan.c.id == plan.id,
            tables.entry.c.id > tables.plan.c.entries_before,
            tables.entry.c.kind.in_(("payment", "refund")),
        )
    ).scalar_one()
    left = paid = min(max(int(since), 0), plan.total.minor)
    for instalment in plan.instalments:
        if instalment.status == "skipped":
            continue
        part = min(left, instalment.amount.minor)
        left -= part
        if part != instalment.paid.minor:
            connection.execute(
                tables.instalment.update()
                .where(
                    tables.instalment.c.plan_id == plan.id,
                    tables.instalment.c.sequence == instalment.sequence,
                )
                .values(paid=part, status="paid" if part == instalment.amount.minor else "due")
            )
    return Money(paid, plan.total.currency)


def _complete(connection: Connection, account: Account, plan: Plan) -> None:
    if plan.kind == "settlement":
        # Forgiven is what was agreed to be forgiven, not what has been charged since.
        forgiven = min(plan.balance_offered - plan.total, entries.balance(connection, account.id))
        if forgiven.minor > 0:
            entries.post(
                connection,
                account.id,
                posted_on=clock.today(account.time_zone),
                kind="waiver",
                amount=-forgiven,
                memo="Settlement",
                external_id=f"settlement {plan.id}",
            )
    _close(connection, plan)


def _close(connection: Connection, plan: Plan) -> None:
    record(connection, plan, "completed", key=f"completed {plan.id}", evidence={})
    connection.execute(
        tables.plan.update().where(tables.plan.c.id == plan.id).values(status="completed")
    )
