"""Plans outside the policy, which a supervisor accepts or refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot import clock
from bot.db import new_id
from bot.ledger import tables
from bot.ledger.accounts import Account
from bot.ledger.schedule import Terms


@dataclass(frozen=True)
class Approval:
    """A request for approval. `terms` is `Terms.as_json()`; `status` `requested`, `approved` or
    `refused`."""

    id: str
    account_id: str
    status: str
    terms: Mapping[str, Any]
    terms_hash: str
    requested_at: datetime


def request(
    connection: Connection,
    account: Account,
    terms: Terms,
    *,
    evidence: Mapping[str, Any],
    key: str,
) -> Approval:
    """Ask for approval of these terms, once for each `key`."""
    tables.insert_once(
        connection,
        tables.approval,
        id=new_id("ap"),
        account_id=account.id,
        status="requested",
        terms=terms.as_json(),
        terms_hash=terms.terms_hash,
        evidence=dict(evidence),
        key=key,
        requested_at=clock.now(),
    )
    (found,) = _read(connection, tables.approval.c.key == key)
    return found


def requested(connection: Connection, account_id: str) -> tuple[Approval, ...]:
    """The requests about an account that nobody has decided, oldest first."""
    return _read(
        connection,
        tables.approval.c.account_id == account_id,
        tables.approval.c.status == "requested",
    )


def decide(connection: Connection, approval_id: str, *, approved: bool, by: str) -> Approval:
    """Accept or refuse the terms, once. LookupError if there is no such request still open."""
    decided = connection.execute(
        tables.approval.update()
        .where(tables.approval.c.id == approval_id, tables.approval.c.status == "requested")
        .values(status="approved" if approved else "refused", decided_at=clock.now(), decided_by=by)
    )
    if decided.rowcount != 1:
        raise LookupError(f"no request {approval_id} to decide")
    (found,) = _read(connection, tables.approval.c.id == approval_id)
    return found


def _read(connection: Connection, *conditions: Any) -> tuple[Approval, ...]:
    rows = connection.execute(
        select(tables.approval).where(*conditions).order_by(tables.approval.c.requested_at)
    )
    return tuple(
        Approval(
            id=row.id,
            account_id=row.account_id,
            status=row.status,
            terms=row.terms,
            terms_hash=row.terms_hash,
            requested_at=row.requested_at,
        )
        for row in rows
    )
