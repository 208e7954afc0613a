"""Holds: while one stands, nobody is asked for money or reminded, and no plan is agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.engine import Connection

from bot import audit, clock
from bot.db import new_id
from bot.ledger import tables
from bot.ledger.accounts import Account
from bot.money import Money

HOLD_KINDS = tables.HOLD_KINDS
HOLD_SCOPES = tables.HOLD_SCOPES
PARTLY_DISPUTED = "dispute_part"
"""What a dispute of a part stands as: the rest may be paid if the person wants."""


@dataclass(frozen=True)
class Hold:
    """A protection of an account, a person, a contact point or a conversation.

    `amount` is the disputed part, where only a part is disputed. `until` is the first day, where
    the debtor is, on which it no longer stands; None: until somebody lifts it. `evidence` says
    what it rests on: ids and quotes, never more.
    """

    id: str
    scope: str
    scope_id: str
    kind: str
    amount: Money | None
    placed_at: datetime
    until: date | None
    evidence: Mapping[str, Any]
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_because: str | None

    @property
    def stands_as(self) -> str:
        """The kind, told apart from a dispute of only a part."""
        part = self.kind == "dispute" and self.amount is not None
        return PARTLY_DISPUTED if part else self.kind


def place(
    connection: Connection,
    *,
    scope: str,
    scope_id: str,
    kind: str,
    evidence: Mapping[str, Any],
    until: date | None = None,
    amount: Money | None = None,
    key: str,
) -> Hold:
    """Place a hold, once for each `key`: the same key again returns the first.

    `scope` is one of HOLD_SCOPES (`person` takes a debtor's id), `kind` one of HOLD_KINDS;
    IntegrityError for others.
    """
    placed_now = tables.insert_once(
        connection,
        tables.hold,
        id=new_id("hd"),
        scope=scope,
        scope_id=scope_id,
        kind=kind,
        amount=amount.minor if amount else None,
        currency=amount.currency if amount else None,
        placed_at=clock.now(),
        until=until,
        evidence=dict(evidence),
        key=key,
    )
    (placed,) = _holds(connection, tables.hold.c.key == key)
    if placed_now:
        facts = {"hold": placed.id, "kind": kind, "scope": scope, "part": amount is not None}
        audit.record(connection, scope_id, "hold_placed", "debtor", facts)
    return placed


def standing(connection: Connection, account: Account) -> tuple[Hold, ...]:
    """The holds that protect the account now, its own and its debtor's, oldest first."""
    return _read(
        connection.execute(
            _STANDING,
            {
                "account": account.id,
                "person": account.debtor_id,
                "today": clock.today(account.time_zone),
            },
        )
    )


def protecting(
    connection: Connection,
    *,
    conversation_id: str,
    debtor_id: str | None,
    account_id: str | None,
    today: date,
) -> tuple[Hold, ...]:
    """The holds that stand on `today` on a conversation, or on its person or account as far as they
    are known, oldest first."""
    return _read(
        connection.execute(
            _PROTECTING,
            {
                "conversation": conversation_id,
                "person": debtor_id,
                "account": account_id,
                "today": today,
            },
        )
    )


def history(connection: Connection, account: Account) -> tuple[Hold, ...]:
    """All holds that the account and its debtor ever had, oldest first."""
    return _holds(connection, _on(account.id, account.debtor_id))


def of_conversation(connection: Connection, conversation_id: str) -> tuple[Hold, ...]:
    """What was set on a conversation, before or beside the account, and stands; oldest first."""
    return _holds(
        connection,
        tables.hold.c.scope == "conversation",
        tables.hold.c.scope_id == conversation_id,
        tables.hold.c.lifted_at.is_(None),
    )


def lift(connection: Connection, hold_id: str, *, by: str, reason: str) -> Hold:
    """End a hold, and those that the same statement set elsewhere (on the conversation, before the
    account was known). Only a person does this, and says why: ValueError without a reason.

    `by` is `agent:<id>`; `debtor` for what only they may end. Lifting it again changes nothing.
    LookupError for an unknown one.
    """
    row = connection.execute(
        select(tables.hold.c.key, tables.hold.c.kind).where(tables.hold.c.id == hold_id)
    ).first()
    if row is None:
        raise LookupError(f"no hold {hold_id}")
    if not reason.strip():
        raise ValueError("a hold is lifted for a reason")
    statement = row.key.rsplit(":", 1)[0] + ":"
    together = _holds(
        connection,
        or_(
            tables.hold.c.id == hold_id,
            and_(
                tables.hold.c.key.startswith(statement, autoescape=True),
                tables.hold.c.kind == row.kind,
            ),
        ),
        tables.hold.c.lifted_at.is_(None),
    )
    for hold in together:
        connection.execute(
            tables.hold.update()
            .where(tables.hold.c.id == hold.id)
            .values(lifted_at=clock.now(), lifted_by=by, lifted_because=reason)
        )
        facts = {"hold": hold.id, "kind": hold.kind, "reason": audit.text_hash(reason)}
        audit.record(connection, hold.scope_id, "hold_lifted", by, facts)
    (lifted,) = _holds(connection, tables.hold.c.id == hold_id)
    return lifted


def narrow(
    connection: Connection, hold: Hold, amount: Money, *, evidence: Mapping[str, Any], key: str
) -> Hold:
    """Hold only a part of what was disputed as a whole, because the person says so: the rest may be
    paid or planned if they want (12 CFR 1006.38(d)(2): "or any disputed portion")."""
    part = place(
        connection,
        scope=hold.scope,
        scope_id=hold.scope_id,
        kind=hold.kind,
        amount=amount,
        evidence={**hold.evidence, **evidence},
        key=key,
    )
    lift(connection, hold.id, by="debtor", reason="only a part of it is disputed")
    return part


def note(connection: Connection, holds: Iterable[Hold], **more: Any) -> None:
    """Add to what holds rest on, such as a lawyer's name that was given later."""
    for hold in holds:
        connection.execute(
            tables.hold.update()
            .where(tables.hold.c.id == hold.id)
            .values(evidence={**hold.evidence, **more})
        )


def silences_money(holds: Iterable[Hold]) -> bool:
    """Whether these holds forbid that we ask for money or remind. Every kind does, a dispute of a
    part too."""
    return any(True for _ in holds)


def bars_plans(holds: Iterable[Hold]) -> bool:
    """Whether these holds forbid a plan or a payment that the person asks for by themselves. Only
    where nothing but a part is disputed the rest is theirs to pay."""
    return any(hold.amount is None or hold.kind != "dispute" for hold in holds)


def undisputed(balance: Money, holds: Iterable[Hold]) -> Money:
    """What of a balance nobody disputes. Nothing is ever asked for, planned or paid beyond it
    (12 CFR 1006.30(c))."""
    left = balance
    for hold in holds:
        if hold.kind == "dispute" and hold.amount is not None:
            left -= hold.amount
    return max(left, Money(0, balance.currency)) if balance.minor > 0 else balance


def _on(account: Any, person: Any) -> Any:
    return or_(
        and_(tables.hold.c.scope == "account", tables.hold.c.scope_id == account),
        and_(tables.hold.c.scope == "person", tables.hold.c.scope_id == person),
    )


# Kept, because asked in every turn: of a kept statement the library keeps the compiled form.
_UNLIFTED = (
    select(tables.hold)
    .where(
        tables.hold.c.lifted_at.is_(None),
        or_(tables.hold.c.until.is_(None), tables.hold.c.until > bindparam("today")),
    )
    .order_by(tables.hold.c.placed_at, tables.hold.c.id)
)
_STANDING = _UNLIFTED.where(_on(bindparam("account"), bindparam("person")))
_PROTECTING = _UNLIFTED.where(
    or_(
        _on(bindparam("account"), bindparam("person")),
        and_(
            tables.hold.c.scope == "conversation",
            tables.hold.c.scope_id == bindparam("conversation"),
        ),
    )
)


def _holds(connection: Connection, *conditions: Any) -> tuple[Hold, ...]:
    return _read(
        connection.execute(
            select(tables.hold)
            .where(*conditions)
            .order_by(tables.hold.c.placed_at, tables.hold.c.id)
        )
    )


def _read(rows: Any) -> tuple[Hold, ...]:
    return tuple(
        Hold(
            id=row.id,
            scope=row.scope,
            scope_id=row.scope_id,
            kind=row.kind,
            amount=None if row.amount is None else Money(row.amount, row.currency),
            placed_at=row.placed_at,
            until=row.until,
            evidence=row.evidence,
            lifted_at=row.lifted_at,
            lifted_by=row.lifted_by,
            lifted_because=row.lifted_because,
        )
        for row in rows
    )
