"""When, where and how people want to be reached, in their own words made exact.

Whoever starts a message or a call asks `allows` first: what a person has said wins over every hour
that the law leaves open (12 CFR 1006.6(b)(1), 1006.14(h); CONC 7.9).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot import clock
from bot.db import new_id
from bot.ledger import tables
from bot.particulars import ContactWish


@dataclass(frozen=True)
class Preference:
    """A wish that stands until it is withdrawn."""

    id: str
    debtor_id: str | None
    wish: ContactWish
    stated_at: datetime


def state(
    connection: Connection,
    wish: ContactWish,
    *,
    debtor_id: str | None,
    conversation_id: str,
    evidence: Mapping[str, Any],
    key: str,
) -> None:
    """Keep a wish, once for each `key`. Without a debtor it waits until one is known."""
    tables.insert_once(
        connection,
        tables.preference,
        id=new_id("pf"),
        debtor_id=debtor_id,
        conversation_id=conversation_id,
        wanted=wish.wanted,
        days=list(wish.days),
        start_minute=wish.start,
        end_minute=wish.end,
        place=wish.place,
        channel=wish.channel,
        evidence=dict(evidence),
        key=key,
        stated_at=clock.now(),
    )


def standing(connection: Connection, debtor_id: str) -> tuple[Preference, ...]:
    """What the person wishes now, oldest first."""
    return _read(connection, tables.preference.c.debtor_id == debtor_id)


def waiting(connection: Connection, conversation_id: str) -> tuple[Preference, ...]:
    """What was wished in a conversation before anybody was known there."""
    return _read(
        connection,
        tables.preference.c.conversation_id == conversation_id,
        tables.preference.c.debtor_id.is_(None),
    )


def belongs_to(connection: Connection, preference_id: str, debtor_id: str) -> None:
    """A wish that waited is this person's, now that they are known."""
    connection.execute(
        tables.preference.update()
        .where(tables.preference.c.id == preference_id, tables.preference.c.debtor_id.is_(None))
        .values(debtor_id=debtor_id)
    )


def withdraw(connection: Connection, preference_id: str, *, by: str) -> None:
    """End a wish; again changes nothing."""
    connection.execute(
        tables.preference.update()
        .where(tables.preference.c.id == preference_id, tables.preference.c.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now(), withdrawn_by=by)
    )


def allows(preferences: Iterable[Preference], local: datetime, channel: str) -> bool:
    """Whether the person may be reached at `local` (their own wall clock) through `channel`.

    `preferences` stand in the order in which they were stated, and the newest word on a moment
    counts: "mornings are fine too" after "not before six". Where there is an "only", all else is
    refused. A place by itself does not refuse, for nobody knows where they are: see `places`.
    """
    wishes = [p.wish for p in preferences]
    if any(not w.wanted and w.channel == channel and _at_any_time(w) for w in wishes):
        return False
    named = {w.channel for w in wishes if w.wanted and w.channel}
    if named and channel not in named:
        return False
    timed = [w for w in wishes if w.says_when and w.place is None and w.channel in (None, channel)]
    newest = next((w for w in reversed(timed) if w.covers(local)), None)
    if newest is not None:
        return newest.wanted
    return not any(w.wanted and w.says_when for w in wishes)


def _at_any_time(wish: ContactWish) -> bool:
    return not wish.says_when and wish.place is None


def places(preferences: Iterable[Preference]) -> frozenset[str]:
    """Where the person must not be reached: no number of such a place may be used."""
    return frozenset(
        p.wish.place for p in preferences if p.wish.place is not None and not p.wish.wanted
    )


def _read(connection: Connection, *conditions: Any) -> tuple[Preference, ...]:
    rows = connection.execute(
        select(tables.preference)
        .where(*conditions, tables.preference.c.withdrawn_at.is_(None))
        .order_by(tables.preference.c.stated_at, tables.preference.c.id)
    )
    return tuple(
        Preference(
            id=row.id,
            debtor_id=row.debtor_id,
            wish=ContactWish(
                wanted=row.wanted,
                days=tuple(row.days),
                start=row.start_minute,
                end=row.end_minute,
                place=row.place,
                channel=row.channel,
            ),
            stated_at=row.stated_at,
        )
        for row in rows
    )
