"""What people wrote and is owed an answer: accepted once, claimed in order, never lost.

A message is stored as `received` before anything else happens to it. From then on it is owed an
answer, whatever becomes of the request that brought it. One worker at a time holds a conversation,
by a lease in the database, so that another process takes over after a crash; and whoever finishes
a turn must still hold the lease, so that a process that was only slow cannot answer twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.engine import Connection

from bot import clock
from bot.audit import text_hash
from bot.conversations import records
from bot.conversations.records import Conversation, Message
from bot.conversations.tables import conversation, message
from bot.db import new_id

LEASE = timedelta(seconds=30)
"""How long a worker may be silent before another takes its conversation over; well above the
longest turn, which the bounds on actions and statements keep under 15 s."""

MOST_OWED = 20
"""Messages of one conversation that may wait for an answer at once."""

MOST_ATTEMPTS = 3
"""How often a message is tried before the person is told that it did not work."""

_OWED = message.c.processing.in_(("received", "running"))

# Statements of every turn, made once: of a kept statement the library keeps the compiled form.
_THIS = message.c.conversation_id == bindparam("conversation")
_KNOWN = select(message.c.id, message.c.sequence).where(
    _THIS, message.c.external_id == bindparam("external")
)
_COUNT_OWED = select(func.count()).select_from(message).where(_THIS, _OWED)
_OLDEST_OWED = select(message.c.id).where(_THIS, _OWED).order_by(message.c.sequence).limit(1)
_TAKE = (
    update(conversation)
    .where(
        conversation.c.id == bindparam("conversation"),
        or_(
            conversation.c.lease_owner.is_(None),
            conversation.c.lease_owner == bindparam("owner"),
            conversation.c.lease_until < bindparam("now"),
        ),
    )
    .values(lease_owner=bindparam("owner"), lease_until=bindparam("until"))
)
_RUN = (
    update(message)
    .where(message.c.id == bindparam("message"))
    .values(processing="running", attempts=message.c.attempts + 1)
)
_LET_GO = (
    update(conversation)
    .where(
        conversation.c.id == bindparam("conversation"),
        conversation.c.lease_owner == bindparam("owner"),
    )
    .values(active_at=bindparam("now"), lease_owner=None, lease_until=None)
)
_CLOSE = (
    update(message)
    .where(message.c.id == bindparam("message"))
    .values(processing=bindparam("outcome"), answers=None)
)


class TooManyWaiting(Exception):
    """So many messages of this conversation wait already that no further one is accepted."""


@dataclass(frozen=True)
class Claimed:
    """A message that is its owner's to answer, in a conversation as it stood when claimed."""

    conversation: Conversation
    message: Message


@dataclass(frozen=True)
class Accepted:
    """A message is stored. `repeated` if it had been before, and then nothing has happened.

    `claimed` is the message if the owner who was named may answer it right away.
    """

    message_id: str
    sequence: int
    repeated: bool
    claimed: Message | None = None


def accept(
    connection: Connection,
    conversation_id: str,
    *,
    external_id: str,
    text: str,
    answers: Mapping[str, Any] | None = None,
    reading: Mapping[str, Any] | None = None,
    owner: str | None = None,
) -> Accepted:
    """Store what a person wrote, redacted already, as received.

    `external_id` is the client's or the carrier's id: a second message with it is the same one.
    If nothing else waits for an answer and nobody works on the conversation, it is claimed for
    `owner` in the same stroke. Raises TooManyWaiting, LookupError.
    """
    sequence = records.next_sequence(connection, conversation_id)
    known = connection.execute(
        _KNOWN, {"conversation": conversation_id, "external": external_id}
    ).first()
    if known:
        records.change(connection, conversation_id, last_sequence=sequence - 1)
        return Accepted(known.id, known.sequence, repeated=True)
    owed = connection.execute(_COUNT_OWED, {"conversation": conversation_id}).scalar_one()
    if owed >= MOST_OWED:
        raise TooManyWaiting(conversation_id)
    claimed = owner is not None and owed == 0 and _take(connection, conversation_id, owner)
    new = Message(
        id=new_id("mg"),
        conversation_id=conversation_id,
        sequence=sequence,
        author="debtor",
        author_name="",
        at=clock.now(),
        text=text,
        response=None,
        choices=[],
        card=None,
        notice=None,
        external_id=external_id,
        reading=dict(reading) if reading else None,
        answers=dict(answers) if answers else None,
        processing="running" if claimed else "received",
        attempts=1 if claimed else 0,
        delivery=None,
    )
    stored = {**vars(new), "choices": None, "text_hash": text_hash(text)}
    connection.execute(message.insert(), stored)
    return Accepted(new.id, sequence, repeated=False, claimed=new if claimed else None)


def claim(connection: Connection, conversation_id: str, owner: str) -> Claimed | None:
    """Take the conversation's oldest owed message, for `owner`, with a lease.

    None if nothing is owed or another worker holds the conversation.
    """
    if not _take(connection, conversation_id, owner):
        return None
    oldest = connection.execute(_OLDEST_OWED, {"conversation": conversation_id}).scalar()
    if oldest is None:
        release(connection, conversation_id, owner)
        return None
    connection.execute(_RUN, {"message": oldest})
    return Claimed(
        records.get(connection, conversation_id), records.get_message(connection, oldest)
    )


def _take(connection: Connection, conversation_id: str, owner: str) -> bool:
    now = clock.now()
    taken = connection.execute(
        _TAKE,
        {"conversation": conversation_id, "owner": owner, "now": now, "until": now + LEASE},
    )
    return bool(taken.rowcount == 1)


def finish(
    connection: Connection, answered: Message, owner: str, *, processing: str = "answered"
) -> bool:
    """Close a turn: the message is answered (or failed), its sealed answers are gone, and the
    conversation is free for any worker.

    False if the lease was lost meanwhile: the caller must roll back everything it did.
    """
    held = connection.execute(
        _LET_GO,
        {"conversation": answered.conversation_id, "owner": owner, "now": clock.now()},
    )
    if held.rowcount != 1:
        return False
    connection.execute(_CLOSE, {"message": answered.id, "outcome": processing})
    return True


def owes(connection: Connection, conversation_id: str) -> bool:
    """Whether a message of the conversation waits for an answer."""
    found = connection.execute(_OLDEST_OWED, {"conversation": conversation_id})
    return found.first() is not None


def release(connection: Connection, conversation_id: str, owner: str) -> None:
    """Give the conversation free for any worker."""
    connection.execute(
        update(conversation)
        .where(conversation.c.id == conversation_id, conversation.c.lease_owner == owner)
        .values(lease_owner=None, lease_until=None)
    )


def owed(connection: Connection) -> list[str]:
    """Conversations with an owed message that no living worker holds."""
    now = clock.now()
    rows = connection.execute(
        select(message.c.conversation_id)
        .join(conversation, conversation.c.id == message.c.conversation_id)
        .where(
            and_(
                _OWED,
                or_(conversation.c.lease_owner.is_(None), conversation.c.lease_until < now),
            )
        )
        .distinct()
    )
    return [row.conversation_id for row in rows]


def forget_leases(connection: Connection) -> None:
    """Void all leases. Only for a start of the embedded set-up, where this process is the only
    one and every lease is of a dead one."""
    connection.execute(
        update(conversation)
        .where(conversation.c.lease_owner.isnot(None))
        .values(lease_owner=None, lease_until=None)
    )
