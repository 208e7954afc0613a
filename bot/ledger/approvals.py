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
    row = connection.execute(select(tables.approval).where(tables.approval.c.key == key)).one()
    return Approval(
        id=row.id,
        account_id=row.account_id,
        status=row.status,
        terms=row.terms,
        terms_hash=row.terms_hash,
        requested_at=row.requested_at,
    )
