"""What people agreed to besides a plan, each with the message that says so. Only ever added to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot import audit, clock
from bot.ledger import tables

KINDS = tables.CONSENT_KINDS


def record(
    connection: Connection,
    kind: str,
    *,
    given: bool,
    conversation_id: str,
    evidence: Mapping[str, Any],
    key: str,
    debtor_id: str | None = None,
    account_id: str | None = None,
) -> None:
    """Write down a yes or a no, once for each `key`.

    `electronic`: to get notices here and not on paper (E-SIGN). `time_barred`: to go on although
    nobody could sue for the debt any more. `vulnerability`: that we keep what they told us.
    `contact`: to be written to.
    """
    added = tables.insert_once(
        connection,
        tables.consent_event,
        debtor_id=debtor_id,
        account_id=account_id,
        conversation_id=conversation_id,
        kind=kind,
        given=given,
        evidence=dict(evidence),
        key=key,
        at=clock.now(),
    )
    if added:
        facts = {"kind": kind, "given": given, **evidence}
        audit.record(connection, account_id or conversation_id, "consent", "debtor", facts)


def given_in(connection: Connection, kind: str, conversation_id: str, account_id: str) -> bool:
    """Whether the latest word on `kind` about this account, in this very conversation, was a
    yes."""
    latest = connection.execute(
        select(tables.consent_event.c.given)
        .where(
            tables.consent_event.c.kind == kind,
            tables.consent_event.c.conversation_id == conversation_id,
            tables.consent_event.c.account_id == account_id,
        )
        .order_by(tables.consent_event.c.id.desc())
        .limit(1)
    ).scalar()
    return bool(latest)
