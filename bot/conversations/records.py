"""Conversations and messages as values, and how they are read from and written to the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select, text, update
from sqlalchemy.engine import Connection, Row
from sqlalchemy.sql import Select

from bot import clock
from bot.conversations.tables import conversation, message
from bot.db import Json, new_id


@dataclass(frozen=True)
class Conversation:
    """One conversation on one channel, as it stood when it was read."""

    id: str
    channel: str
    creditor: str
    language: str
    state: str
    debtor_id: str | None
    account_id: str | None
    named_reference: str | None
    pending: Mapping[str, Any] | None
    said: Mapping[str, int]
    misunderstood: int
    verified_at: datetime | None
    verified_until: datetime | None
    failed_attempts: int
    locked_until: datetime | None
    last_sequence: int
    active_at: datetime
    agent_name: str | None

    @property
    def verified(self) -> bool:
        """Whether the person on this channel is checked, at this moment."""
        return self.verified_until is not None and clock.now() < self.verified_until

    @property
    def locked(self) -> bool:
        """Whether the identity check is locked for this conversation."""
        return self.locked_until is not None and clock.now() < self.locked_until


@dataclass(frozen=True)
class Message:
    """One message, the person's or ours."""

    id: str
    conversation_id: str
    sequence: int
    author: str
    author_name: str
    at: datetime
    text: str
    response: str | None
    choices: list[dict[str, Any]]
    card: dict[str, Any] | None
    notice: str | None
    external_id: str | None
    reading: dict[str, Any] | None
    answers: dict[str, Any] | None
    processing: str | None
    attempts: int
    delivery: str | None


# SQLAlchemy 1.4 knows no RETURNING on SQLite, which has it since 3.35.
_NEXT_SEQUENCE = text(
    "UPDATE conversation SET last_sequence = last_sequence + 1 WHERE id = :id"
    " RETURNING last_sequence"
)
_NEXT_SAID = text(
    "UPDATE conversation SET last_sequence = last_sequence + 1, said = :said WHERE id = :id"
    " RETURNING last_sequence"
).bindparams(bindparam("said", type_=Json))


class UnknownConversation(LookupError):
    """There is no conversation of that id, or no longer."""


PAGE = 500
"""Messages that are read at once."""

_CONVERSATION_COLUMNS = [conversation.c[name] for name in Conversation.__dataclass_fields__]
_MESSAGE_COLUMNS = [message.c[name] for name in Message.__dataclass_fields__]

# Made once: of a statement that is kept, the library keeps the compiled form at hand.
_ONE_CONVERSATION = select(*_CONVERSATION_COLUMNS).where(conversation.c.id == bindparam("id"))
_HELD_CONVERSATION = _ONE_CONVERSATION.with_for_update()
_CHANGE = update(conversation).where(conversation.c.id == bindparam("this"))
_ONE_MESSAGE = select(*_MESSAGE_COLUMNS).where(message.c.id == bindparam("id"))
_MESSAGES_AFTER = (
    select(*_MESSAGE_COLUMNS)
    .where(
        message.c.conversation_id == bindparam("conversation"),
        message.c.sequence > bindparam("after"),
    )
    .order_by(message.c.sequence)
    .limit(bindparam("most"))
)


def open_conversation(
    connection: Connection, *, channel: str, creditor: str, language: str = "en"
) -> Conversation:
    """Begin a conversation. Its id is opaque and carries the channel, so that none can be mistaken
    for another channel's."""
    now = clock.now()
    new = new_id(f"cv_{channel}")
    connection.execute(
        conversation.insert().values(
            id=new,
            channel=channel,
            creditor=creditor,
            language=language,
            state="bot",
            said={},
            misunderstood=0,
            failed_attempts=0,
            last_sequence=0,
            opened_at=now,
            active_at=now,
        )
    )
    return get(connection, new)


def find(connection: Connection, conversation_id: str) -> Conversation | None:
    """The conversation, or None if there is none of that id."""
    return _one(connection, _ONE_CONVERSATION, conversation_id)


def get(connection: Connection, conversation_id: str) -> Conversation:
    """The conversation. Raises UnknownConversation."""
    found = find(connection, conversation_id)
    if found is None:
        raise UnknownConversation(conversation_id)
    return found


def hold(connection: Connection, conversation_id: str) -> Conversation:
    """The conversation, held against all other writers until this transaction ends; whoever writes
    to it takes this first, so that no two wait for each other. Raises UnknownConversation."""
    found = _one(connection, _HELD_CONVERSATION, conversation_id)
    if found is None:
        raise UnknownConversation(conversation_id)
    return found


def change(connection: Connection, conversation_id: str, **values: Any) -> None:
    """Set columns of a conversation."""
    connection.execute(_CHANGE, {"this": conversation_id, **values})


def next_sequence(
    connection: Connection, conversation_id: str, said: Mapping[str, int] | None = None
) -> int:
    """Take the conversation's next sequence number, and keep what was `said` with it where that is
    given; the update holds the row until the commit. Raises LookupError."""
    if said is None:
        taken = connection.execute(_NEXT_SEQUENCE, {"id": conversation_id}).scalar()
    else:
        keep = {"id": conversation_id, "said": dict(said)}
        taken = connection.execute(_NEXT_SAID, keep).scalar()
    if taken is None:
        raise LookupError(f"no conversation {conversation_id}")
    return int(taken)


def messages_after(
    connection: Connection, conversation_id: str, after: int, limit: int = PAGE
) -> list[Message]:
    """The messages with a sequence above `after`, oldest first."""
    rows = connection.execute(
        _MESSAGES_AFTER, {"conversation": conversation_id, "after": after, "most": limit}
    )
    return [_message(row) for row in rows]


def get_message(connection: Connection, message_id: str) -> Message:
    """One message. Raises LookupError."""
    row = connection.execute(_ONE_MESSAGE, {"id": message_id}).first()
    if row is None:
        raise LookupError(f"no message {message_id}")
    return _message(row)


def blank(connection: Connection, conversation_id: str, message_ids: Sequence[str]) -> None:
    """Take the words, choices and cards out of these messages and of the answers to them; their
    hashes stay."""
    connection.execute(
        update(message)
        .where(
            message.c.conversation_id == conversation_id,
            or_(message.c.id.in_(message_ids), message.c.in_reply_to.in_(message_ids)),
        )
        .values(text="", choices=None, card=None)
    )


def mark_delivered(connection: Connection, conversation_id: str, sequence: int) -> None:
    """The messages to the person up to `sequence` have reached their device's connection."""
    connection.execute(
        update(message)
        .where(
            message.c.conversation_id == conversation_id,
            message.c.sequence <= sequence,
            message.c.delivery == "queued",
        )
        .values(delivery="delivered")
    )


def last_said(connection: Connection, conversation_id: str, response: str) -> Message | None:
    """The latest message of a conversation that spoke `response` (or one that begins so)."""
    row = connection.execute(
        select(*_MESSAGE_COLUMNS)
        .where(
            message.c.conversation_id == conversation_id,
            message.c.response.startswith(response, autoescape=True),
        )
        .order_by(message.c.sequence.desc())
        .limit(1)
    ).first()
    return _message(row) if row else None


def last_with_choices(connection: Connection, conversation_id: str) -> Message | None:
    """The latest message of a conversation that offered choices, unless the person was shown
    something newer that asks without any."""
    row = connection.execute(
        select(*_MESSAGE_COLUMNS)
        .where(message.c.conversation_id == conversation_id, message.c.author == "bot")
        .order_by(message.c.sequence.desc())
        .limit(1)
    ).first()
    last = _message(row) if row else None
    return last if last and last.choices else None


def of_account(connection: Connection, account_id: str) -> list[Conversation]:
    """All conversations about an account, oldest first."""
    rows = connection.execute(
        select(*_CONVERSATION_COLUMNS)
        .where(conversation.c.account_id == account_id)
        .order_by(conversation.c.opened_at)
    )
    return [Conversation(**row._mapping) for row in rows]


def _one(connection: Connection, query: Select, conversation_id: str) -> Conversation | None:
    row = connection.execute(query, {"id": conversation_id}).first()
    return Conversation(**row._mapping) if row else None


def _message(row: Row) -> Message:
    values = dict(row._mapping)
    values["choices"] = values["choices"] or []
    return Message(**values)
