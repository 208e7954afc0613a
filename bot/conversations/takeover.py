"""A person takes a conversation over, and gives it back: who has it stands in the database.

One agent at a time has a conversation; a claim takes the conversation's row first, so that of two
who claim at once one wins and the other is told who. While it is `with_agent` the bot is silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from bot import audit, clock
from bot.conversations import handoffs, records
from bot.conversations.records import Conversation
from bot.conversations.tables import conversation as conversation_table
from bot.conversations.tables import handoff

DISPOSITIONS = (
    "answered",
    "plan_agreed",
    "payment_made",
    "protection_set",
    "referred",
    "no_reply",
    "not_for_us",
    "other",
)
"""What became of a conversation that an agent closes."""

RETURNED = "returned"
"""The disposition of one that went back to the bot."""

TYPING = timedelta(seconds=6)
"""How long somebody who pressed a key counts as writing."""


@dataclass(frozen=True)
class Agent:
    """The agent who acts, as far as a conversation knows one."""

    id: str
    first_name: str

    @property
    def actor(self) -> str:
        """The name in the audit log."""
        return f"agent:{self.id}"


class NotYours(Exception):
    """Another agent has the conversation, or nobody has; `by` is the id of who has it, if any."""

    def __init__(self, by: str | None) -> None:
        super().__init__("this conversation is not with you")
        self.by = by


def claim(
    connection: Connection, conversation_id: str, agent: Agent, *, over: bool = False
) -> Conversation:
    """Take the conversation, waiting or with the bot, for `agent`; again changes nothing.

    `over` takes it from another agent too (a supervisor's act). Raises NotYours if another has it,
    UnknownConversation.
    """
    held = records.hold(connection, conversation_id)
    standing = _open(connection, conversation_id)
    if standing is None:
        handoffs.open_handoff(connection, held, "taken_over")
        standing = _open(connection, conversation_id)
    if standing.claimed_by == agent.id:
        return records.get(connection, conversation_id)
    if standing.claimed_by is not None and not over:
        raise NotYours(standing.claimed_by)
    _change(connection, standing.id, claimed_by=agent.id, claimed_at=clock.now())
    records.change(
        connection, held.id, state="with_agent", agent_name=agent.first_name, typing_until=None
    )
    facts = {"from": standing.claimed_by} if standing.claimed_by else {}
    audit.record(connection, held.id, "claimed", agent.actor, facts)
    return records.get(connection, held.id)


def held_by(connection: Connection, conversation_id: str, agent: Agent) -> Conversation:
    """The conversation, if `agent` has it, held until the transaction ends. Raises NotYours."""
    held = records.hold(connection, conversation_id)
    standing = _open(connection, conversation_id)
    if standing is None or standing.claimed_by != agent.id:
        raise NotYours(standing.claimed_by if standing else None)
    return held


def replied(connection: Connection, conversation: Conversation) -> None:
    """The agent has answered: the first time is kept, and nobody is writing any more."""
    connection.execute(
        update(handoff)
        .where(
            handoff.c.conversation_id == conversation.id,
            handoff.c.resolved_at.is_(None),
            handoff.c.first_reply_at.is_(None),
        )
        .values(first_reply_at=clock.now(), changed_at=clock.now())
    )
    records.change(connection, conversation.id, typing_until=None, active_at=clock.now())


def touched(connection: Connection, conversation: Conversation) -> None:
    """Something about the conversation changed that is no message: whoever watches looks again."""
    connection.execute(
        update(handoff)
        .where(handoff.c.conversation_id == conversation.id, handoff.c.resolved_at.is_(None))
        .values(changed_at=clock.now())
    )


def typing(connection: Connection, conversation_id: str, agent: Agent, *, on: bool) -> None:
    """The agent is writing, or stopped. Nothing happens if they do not have the conversation."""
    has_it = select(handoff.c.conversation_id).where(
        handoff.c.resolved_at.is_(None), handoff.c.claimed_by == agent.id
    )
    connection.execute(
        update(conversation_table)
        .where(conversation_table.c.id == conversation_id, conversation_table.c.id.in_(has_it))
        .values(typing_until=clock.now() + TYPING if on else None)
    )


def hand_back(connection: Connection, conversation: Conversation, agent: Agent) -> Conversation:
    """Back to the bot, which goes on with what it asked last."""
    return _end(connection, conversation, agent, RETURNED, "bot")


def resolve(
    connection: Connection, conversation: Conversation, agent: Agent, disposition: str
) -> Conversation:
    """Close it, with one of DISPOSITIONS. A new message opens it again. ValueError for others."""
    if disposition not in DISPOSITIONS:
        raise ValueError(f"{disposition!r} is no disposition")
    return _end(connection, conversation, agent, disposition, "closed")


def transfer(
    connection: Connection, conversation: Conversation, agent: Agent, to: Agent | None
) -> Conversation:
    """Give it to another agent, or (None) back to the queue, where the bot answers meanwhile."""
    standing = _open(connection, conversation.id)
    _change(
        connection,
        standing.id,
        claimed_by=to.id if to else None,
        claimed_at=clock.now() if to else None,
        snoozed_until=None,
    )
    records.change(
        connection,
        conversation.id,
        state="with_agent" if to else "waiting",
        agent_name=to.first_name if to else None,
        typing_until=None,
    )
    audit.record(
        connection, conversation.id, "transferred", agent.actor, {"to": to.id if to else None}
    )
    return records.get(connection, conversation.id)


def snooze(
    connection: Connection, conversation: Conversation, agent: Agent, until: datetime
) -> None:
    """Out of sight until then, or until the person writes. ValueError for a past moment."""
    if until <= clock.now():
        raise ValueError("that moment has passed")
    standing = _open(connection, conversation.id)
    _change(connection, standing.id, snoozed_until=until)
    audit.record(connection, conversation.id, "snoozed", agent.actor, {"until": until.isoformat()})


def heard(connection: Connection, conversation: Conversation) -> Conversation:
    """The person has written again: what was closed is the bot's again, what slept is awake."""
    if conversation.state == "closed":
        records.change(connection, conversation.id, state="bot")
        audit.record(connection, conversation.id, "reopened", "debtor", {})
        return records.get(connection, conversation.id)
    if conversation.state in ("waiting", "with_agent"):
        connection.execute(
            update(handoff)
            .where(
                handoff.c.conversation_id == conversation.id,
                handoff.c.resolved_at.is_(None),
                handoff.c.snoozed_until.isnot(None),
            )
            .values(snoozed_until=None, changed_at=clock.now())
        )
    return conversation


def _end(
    connection: Connection,
    conversation: Conversation,
    agent: Agent,
    disposition: str,
    state: str,
) -> Conversation:
    standing = _open(connection, conversation.id)
    _change(
        connection,
        standing.id,
        resolved_at=clock.now(),
        disposition=disposition,
        snoozed_until=None,
    )
    records.change(connection, conversation.id, state=state, agent_name=None, typing_until=None)
    audit.record(connection, conversation.id, "resolved", agent.actor, {"disposition": disposition})
    return records.get(connection, conversation.id)


def _open(connection: Connection, conversation_id: str) -> Any:
    return connection.execute(
        select(handoff).where(
            handoff.c.conversation_id == conversation_id, handoff.c.resolved_at.is_(None)
        )
    ).first()


def _change(connection: Connection, handoff_id: str, **values: Any) -> None:
    connection.execute(
        update(handoff).where(handoff.c.id == handoff_id).values(changed_at=clock.now(), **values)
    )


__all__ = [
    "DISPOSITIONS",
    "RETURNED",
    "Agent",
    "NotYours",
    "claim",
    "hand_back",
    "heard",
    "held_by",
    "replied",
    "resolve",
    "snooze",
    "touched",
    "transfer",
    "typing",
]
