"""The audit log: what was decided, on which inputs, chained so that no row can be altered unseen.

A chain belongs to one subject (an account or a conversation), because a single global chain would
make every process wait for every other. Rows hold ids, the inputs of decisions and hashes of
texts, never personal text, so that `forget` can blank a text and leave the chain whole.

What each kind of tampering is found by: a changed row by its own hash, one removed from the middle
or put in another order by the next row, one removed from the end by the chain's length and head in
`audit_chain`. Somebody who may write all of it can make a chain anew from the first row on; that is
found by an anchor, a line taken before and kept elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
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

audit_chain = Table(
    "audit_chain",
    metadata,
    Column("subject", String(64), primary_key=True),
    Column("length", Integer, nullable=False),
    Column("head", String(64), nullable=False),
)
"""How long each chain is and the hash of its last row. It only ever grows by one."""

_FIRST = "0" * 64

SETTLED = timedelta(minutes=1)
"""After so long no transaction that writes an event is still open; anchors cover what is older."""

# Made once, because asked for every message: of a kept statement the compiled form is at hand.
_HEAD = select(audit_chain.c.length, audit_chain.c.head).where(
    audit_chain.c.subject == bindparam("of")
)
_APPEND = audit_event.insert()
_BEGIN = audit_chain.insert()
_GROW = audit_chain.update().where(
    audit_chain.c.subject == bindparam("of"), audit_chain.c.length == bindparam("before")
)


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
    last = connection.execute(_HEAD, {"of": subject}).first()
    position, previous = (last.length + 1, last.head) if last else (1, _FIRST)
    at = clock.now()
    plain = json.loads(json.dumps(dict(facts), default=str))
    digest = _digest(previous, subject, position, at, kind, actor, plain)
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
            "hash": digest,
        },
    )
    head = {"length": position, "head": digest}
    if last:
        connection.execute(_GROW, {"of": subject, "before": last.length, **head})
    else:
        connection.execute(_BEGIN, {"subject": subject, **head})


def verify(connection: Connection) -> list[Broken]:
    """All places where a row was changed, removed (also from the end) or put in another order."""
    broken: list[Broken] = []
    heads = {row.subject: row for row in connection.execute(select(audit_chain))}
    rows = connection.execute(
        select(audit_event).order_by(audit_event.c.subject, audit_event.c.position)
    )
    for subject, chain in groupby(rows, key=lambda row: str(row.subject)):
        position, previous = 0, _FIRST
        for row in chain:
            if row.position != position + 1:
                broken.append(Broken(subject, position + 1, "a row is missing"))
            elif row.previous != previous:
                broken.append(Broken(subject, row.position, "does not follow the row before"))
            if _digest_of(row) != row.hash:
                broken.append(Broken(subject, row.position, "was changed"))
            position, previous = row.position, row.hash
        broken += _end(subject, position, previous, heads.pop(subject, None))
    return broken + [
        Broken(subject, 1, f"all {head.length} rows are missing") for subject, head in heads.items()
    ]


def _end(subject: str, position: int, hash_: str, head: Any) -> list[Broken]:
    """What does not fit between a chain's last row and the length and head noted of it."""
    if head is None:
        return [Broken(subject, position, "the note of its length is missing")]
    if head.length > position:
        missing = head.length - position
        return [Broken(subject, position + 1, f"{missing} rows are missing from the end")]
    if (head.length, head.head) != (position, hash_):
        return [Broken(subject, position, "is not the last row that was noted")]
    return []


@dataclass(frozen=True)
class Anchor:
    """What the whole log was at one moment, in a line to be kept where the database's
    administrators cannot write: how many rows older than `before`, and a hash over all of them."""

    before: datetime
    rows: int
    hash: str

    def as_json(self) -> str:
        """One line of JSON."""
        return json.dumps({"before": self.before.isoformat(), "rows": self.rows, "hash": self.hash})

    @classmethod
    def from_json(cls, line: str) -> Anchor:
        """Back from `as_json`; ValueError for anything else."""
        try:
            values = json.loads(line)
            return cls(
                datetime.fromisoformat(values["before"]), int(values["rows"]), str(values["hash"])
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{line.strip()[:80]!r} is no line of `audit anchor`") from error


def anchor(connection: Connection, before: datetime | None = None) -> Anchor:
    """The anchor of all rows older than `before`, an aware moment; by default a minute ago."""
    before = before or clock.now() - SETTLED
    digest, count = hashlib.sha256(), 0
    rows = connection.execute(
        select(audit_event.c.subject, audit_event.c.position, audit_event.c.hash)
        .where(audit_event.c.at < before)
        .order_by(audit_event.c.subject, audit_event.c.position)
    )
    for row in rows:
        digest.update(f"{row.subject} {row.position} {row.hash}\n".encode())
        count += 1
    return Anchor(before, count, digest.hexdigest())


def holds_to(connection: Connection, kept: Anchor) -> bool:
    """Whether everything that an anchor covers still stands as it did."""
    return anchor(connection, kept.before) == kept


def _digest_of(row: Any) -> str:
    return _digest(row.previous, row.subject, row.position, row.at, row.kind, row.actor, row.facts)


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
