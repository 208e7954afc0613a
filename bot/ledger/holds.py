"""Holds: while one stands, nobody is asked for money or reminded, and no plan is agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.db import new_id
from bot.ledger import tables
from bot.ledger.accounts import Account
from bot.money import Money

HOLD_KINDS = tables.HOLD_KINDS
HOLD_SCOPES = tables.HOLD_SCOPES


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
    tables.insert_once(
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


def lift(connection: Connection, hold_id: str, *, by: str, reason: str) -> Hold:
    """End a hold. Lifting it again changes nothing. LookupError for an unknown one."""
    connection.execute(
        tables.hold.update()
        .where(tables.hold.c.id == hold_id, tables.hold.c.lifted_at.is_(None))
        .values(lifted_at=clock.now(), lifted_by=by, lifted_because=reason)
    )
    found = _holds(connection, tables.hold.c.id == hold_id)
    if not found:
        raise LookupError(f"no hold {hold_id}")
    return found[0]


def silences_money(holds: Iterable[Hold]) -> bool:
    """Whether these holds forbid asking for money. Every kind does, a dispute of a part too: what
    may still be asked for is then a person's decision (12 CFR 1006.38(d)(2))."""
    return any(True for _ in holds)


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
