"""The audit log: what was decided, on which inputs, chained so that no row can be altered unseen.

A chain belongs to one subject (an account or a conversation), because a single global chain would
make every process wait for every other. Rows hold ids, the inputs of decisions and hashes of
texts, never personal text, so that `forget` can blank a text and leave the chain whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    select,
)
from sqlalchemy.engine import Connection

from bot import clock
from bot.db import Json, UtcDateTime, metadata

audit_event = Table(
    "audit_event",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("subject", String(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("facts", Json, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("subject", "position"),
)

_FIRST = "0" * 64

# Made once, because asked for every message: of a kept statement the compiled form is at hand.
_LAST = (
    select(audit_event.c.position, audit_event.c.hash)
    .where(audit_event.c.subject == bindparam("subject"))
    .order_by(audit_event.c.position.desc())
    .limit(1)
)
_APPEND = audit_event.insert()


@dataclass(frozen=True)
class Broken:
    """A place where a chain no longer holds."""

    subject: str
    position: int
    reason: str


def text_hash(text: str) -> str:
    """The SHA-256 of a text, which stands in the log instead of the text."""
    return hashlib.sha256(text.encode()).hexdigest()


def record(
    connection: Connection, subject: str, kind: str, actor: str, facts: Mapping[str, Any]
) -> None:
    """Append one event to the chain of `subject`.

    `actor` is `debtor`, `bot`, `agent:<id>`, `operator` or `system`. The unique position makes two
    racing writers of one chain collide rather than fork it.
    """
    last = connection.execute(_LAST, {"subject": subject}).first()
    position, previous = (last.position + 1, last.hash) if last else (1, _FIRST)
    at = clock.now()
    plain = json.loads(json.dumps(dict(facts), default=str))
    connection.execute(
        _APPEND,
        {
            "subject": subject,
            "position": position,
            "at": at,
            "kind": kind,
            "actor": actor,
            "facts": plain,
            "previous": previous,
            "hash": _digest(previous, subject, position, at, kind, actor, plain),
        },
    )


def verify(connection: Connection) -> list[Broken]:
    """All places where a row was changed, removed from the middle or put in another order."""
    broken: list[Broken] = []
    subject, position, previous = "", 0, _FIRST
    rows = connection.execute(
        select(audit_event).order_by(audit_event.c.subject, audit_event.c.position)
    )
    for row in rows:
        if row.subject != subject:
            subject, position, previous = row.subject, 0, _FIRST
        if row.position != position + 1:
            broken.append(Broken(subject, position + 1, "a row is missing"))
        elif row.previous != previous:
            broken.append(Broken(subject, row.position, "does not follow the row before"))
        digest = _digest(
            row.previous, row.subject, row.position, row.at, row.kind, row.actor, row.facts
        )
        if digest != row.hash:
            broken.append(Broken(subject, row.position, "was changed"))
        position, previous = row.position, row.hash
    return broken


def _digest(
    previous: str,
    subject: str,
    position: int,
    at: datetime,
    kind: str,
    actor: str,
    facts: Mapping[str, Any],
) -> str:
    body = json.dumps(
        [previous, subject, position, at.isoformat(), kind, actor, facts],
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(body.encode()).hexdigest()
