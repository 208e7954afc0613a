"""Handing a conversation to a person: recorded at once, with what they need to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from bot import audit, clock
from bot.conversations import records
from bot.conversations.records import Conversation
from bot.conversations.tables import conversation, handoff
from bot.db import new_id
from bot.ledger.tables import account

PRIORITY = {
    "crisis": "urgent",
    "identity_locked": "normal",
    "requested": "normal",
    "misunderstood": "normal",
    "off_policy": "normal",
    "failed": "high",
    "taken_over": "normal",
}
"""How soon a person is needed, by reason; a reason not listed here is high."""

_ORDER = ("normal", "high", "urgent")


@dataclass(frozen=True)
class Handoff:
    """A conversation waiting for a person, or being held by one."""

    id: str
    reason: str
    priority: str
    brief: Mapping[str, Any]
    opened_at: datetime


def open_handoff(
    connection: Connection,
    conversation: Conversation,
    reason: str,
    *,
    message_id: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Handoff:
    """Put the conversation into the queue for a person.

    A second request while one waits adds its reason to the brief and raises the priority if need
    be; there is never more than one open handoff for a conversation.
    """
    priority = PRIORITY.get(reason, "high")
    event = {"reason": reason, "message": message_id, **(facts or {})}
    standing = connection.execute(
        select(handoff).where(
            handoff.c.conversation_id == conversation.id, handoff.c.resolved_at.is_(None)
        )
    ).first()
    if standing:
        brief = {**standing.brief, "events": [*standing.brief.get("events", []), event]}
        highest = max(priority, standing.priority, key=_ORDER.index)
        connection.execute(
            update(handoff)
            .where(handoff.c.id == standing.id)
            .values(
                brief=brief,
                priority=highest,
                # A new reason is one to look at now.
                snoozed_until=None,
                changed_at=clock.now(),
            )
        )
        result = Handoff(standing.id, standing.reason, highest, brief, standing.opened_at)
    else:
        now = clock.now()
        brief = {"events": [event]}
        result = Handoff(new_id("ho"), reason, priority, brief, now)
        connection.execute(
            handoff.insert().values(
                id=result.id,
                conversation_id=conversation.id,
                reason=reason,
                priority=priority,
                brief=brief,
                opened_at=now,
                changed_at=now,
            )
        )
    if conversation.state == "bot":
        records.change(connection, conversation.id, state="waiting")
    audit.record(connection, conversation.id, "handoff", "bot", {"reason": reason})
    return result


def standing(connection: Connection, conversation_id: str) -> Handoff | None:
    """The open handoff of a conversation, if any."""
    row = connection.execute(
        select(handoff).where(
            handoff.c.conversation_id == conversation_id, handoff.c.resolved_at.is_(None)
        )
    ).first()
    return Handoff(row.id, row.reason, row.priority, row.brief, row.opened_at) if row else None


def waiting(connection: Connection) -> list[str]:
    """The conversations that wait for a person, the most pressing first, a line each: since when,
    how pressing, why, and which account."""
    rows = connection.execute(
        select(
            handoff.c.opened_at,
            handoff.c.priority,
            handoff.c.reason,
            handoff.c.conversation_id,
            account.c.reference,
        )
        .select_from(
            handoff.join(conversation, conversation.c.id == handoff.c.conversation_id).outerjoin(
                account, account.c.id == conversation.c.account_id
            )
        )
        .where(handoff.c.resolved_at.is_(None))
        .order_by(handoff.c.opened_at)
    ).all()
    pressing = sorted(rows, key=lambda row: -_ORDER.index(row.priority))
    return [
        f"{row.opened_at:%Y-%m-%d %H:%M} UTC  {row.priority:<6}  {row.reason:<20}  "
        f"{row.reference or 'not checked':<14}  {row.conversation_id}"
        for row in pressing
    ]
