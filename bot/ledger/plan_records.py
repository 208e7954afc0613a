"""Plans as they stand in the ledger, and reading them. What changes them is in `plans`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.ledger import tables
from bot.ledger.schedule import Frequency, Instalment
from bot.money import Money


@dataclass(frozen=True)
class PlanInstalment(Instalment):
    """An instalment and what became of it.

    `status` is `due`, `moved` (due on another day than first agreed), `missed` (not paid by its
    day, where the debtor is), `paid`, `skipped` (to the end of the plan), or `cancelled` (the plan
    ended before it). `moved_from` is its first day if it was ever moved.
    """

    paid: Money
    status: str
    moved_from: date | None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be paid."""
        return self.status in ("due", "moved", "missed")

    @property
    def left(self) -> Money:
        """What is still to be paid of it."""
        return self.amount - self.paid


@dataclass(frozen=True)
class Plan:
    """A plan: offered, agreed, and lived with.

    `instalments` stand in the order of their days. `total` is what they sum to, without skipped
    ones, which come again at the end. `version` counts the plans that the account agreed to.
    """

    id: str
    account_id: str
    conversation_id: str
    kind: str
    status: str
    frequency: Frequency
    total: Money
    amount: Money
    start: date
    days_of_month: tuple[int, ...]
    terms_hash: str
    version: int
    replaces: str | None
    balance_offered: Money
    offered_at: datetime
    expires_at: datetime
    agreed_at: datetime | None
    evidence: Mapping[str, Any] | None
    instalments: tuple[PlanInstalment, ...]


@dataclass(frozen=True)
class Progress:
    """How far a plan has come. `next` is the oldest instalment that is not paid, even if missed."""

    paid: Money
    left: Money
    next: PlanInstalment | None
    count_left: int


def get(connection: Connection, plan_id: str) -> Plan:
    """The plan with this id. LookupError if there is none."""
    found = _plans(connection, tables.plan.c.id == plan_id)
    if not found:
        raise LookupError(f"no plan {plan_id}")
    return found[0]


def active(connection: Connection, account_id: str) -> Plan | None:
    """The one plan that the account lives by, if any."""
    found = _read(connection, connection.execute(_ACTIVE, {"account": account_id}).all())
    return found[0] if found else None


def of_account(connection: Connection, account_id: str) -> tuple[Plan, ...]:
    """All plans of an account, offers too, in the order in which they were offered."""
    return _plans(connection, tables.plan.c.account_id == account_id)


def progress(plan: Plan) -> Progress:
    """What is paid and what is left of a plan."""
    nothing = Money(0, plan.total.currency)
    paid = sum((one.paid for one in plan.instalments), nothing)
    still = [one for one in plan.instalments if one.is_open]
    left = sum((one.left for one in still), nothing)
    return Progress(paid, left, still[0] if still else None, len(still))


_SELECT = (
    select(tables.plan, tables.account.c.currency, tables.debtor.c.time_zone)
    .select_from(tables.plan.join(tables.account).join(tables.debtor))
    .order_by(tables.plan.c.offered_at, tables.plan.c.id)
)
# Kept, because asked in every turn: of a kept statement the library keeps the compiled form.
_ACTIVE = _SELECT.where(
    tables.plan.c.account_id == bindparam("account"), tables.plan.c.status == "active"
)


def _plans(connection: Connection, *conditions: Any) -> tuple[Plan, ...]:
    return _read(connection, connection.execute(_SELECT.where(*conditions)).all())


def _read(connection: Connection, rows: Any) -> tuple[Plan, ...]:
    instalments = _instalments(connection, rows) if rows else {}
    return tuple(
        Plan(
            id=row.id,
            account_id=row.account_id,
            conversation_id=row.conversation_id,
            kind=row.kind,
            status=row.status,
            frequency=Frequency(row.frequency),
            total=Money(row.total, row.currency),
            amount=Money(row.amount, row.currency),
            start=row.starts_on,
            days_of_month=tuple(row.days_of_month),
            terms_hash=row.terms_hash,
            version=row.version,
            replaces=row.replaces,
            balance_offered=Money(row.balance_offered, row.currency),
            offered_at=row.offered_at,
            expires_at=row.expires_at,
            agreed_at=row.agreed_at,
            evidence=row.evidence,
            instalments=tuple(instalments[row.id]),
        )
        for row in rows
    )


def _instalments(connection: Connection, plans: Any) -> dict[str, list[PlanInstalment]]:
    by_id = {plan.id: plan for plan in plans}
    rows = connection.execute(
        select(tables.instalment)
        .where(tables.instalment.c.plan_id.in_(list(by_id)))
        .order_by(tables.instalment.c.due_on, tables.instalment.c.sequence)
    )
    found = defaultdict(list)
    for row in rows:
        plan = by_id[row.plan_id]
        found[row.plan_id].append(
            PlanInstalment(
                sequence=row.sequence,
                due_on=row.due_on,
                amount=Money(row.amount, plan.currency),
                paid=Money(row.paid, plan.currency),
                status=_status(row, plan.status, clock.today(plan.time_zone)),
                moved_from=row.moved_from,
            )
        )
    return found


def _status(instalment: Any, plan_status: str, today: date) -> str:
    if instalment.status != "due":
        return str(instalment.status)
    if plan_status in ("cancelled", "completed"):
        return "cancelled"
    if plan_status in ("active", "broken") and instalment.due_on < today:
        return "missed"
    return "moved" if instalment.moved_from else "due"
