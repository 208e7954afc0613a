"""What wakes the pages that are open: a stream to each, and one reader of the database for all.

A stream only says that something changed; the page then fetches what it shows, through the same
checks as ever. So nothing of a conversation passes here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot import faults
from bot.conversations.tables import conversation, handoff, message
from bot.db import Database

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
HEARTBEAT_SECONDS = 15.0

QUEUE = ""
"""What a stream that shows the queue watches; any other watches a conversation's id."""


@dataclass
class Stream:
    """One open page: what it watches, and whether that has changed."""

    watches: str
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class Live:
    """All open streams of this process. Used on the event loop only."""

    def __init__(self, database: Database, pool: Executor) -> None:
        self._database = database
        self._pool = pool
        self._streams: list[Stream] = []
        self._seen: dict[str, tuple[object, ...]] = {}
        self._closed = asyncio.Event()

    async def watch(self) -> None:
        """Wake streams for whatever was written; until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(POLL_SECONDS)
            watched = sorted({stream.watches for stream in self._streams})
            if not watched:
                self._seen = {}
                continue
            try:
                now = await loop.run_in_executor(self._pool, self._read, watched)
            except Exception as error:
                log.error("looking for changes failed: %s", faults.describe(error))
                await asyncio.sleep(1)
                continue
            for stream in self._streams:
                if self._seen.get(stream.watches) != now.get(stream.watches):
                    stream.woken.set()
            self._seen = now

    async def events(self, watches: str) -> AsyncIterator[str]:
        """The stream of one page, as it goes over the wire: `changed` once at the start and at
        every change, and a comment now and then."""
        stream = Stream(watches)
        stream.woken.set()
        self._streams.append(stream)
        try:
            while not self._closed.is_set():
                try:
                    await asyncio.wait_for(stream.woken.wait(), HEARTBEAT_SECONDS)
                except asyncio.TimeoutError:
                    yield ": still here\n\n"
                    continue
                stream.woken.clear()
                if not self._closed.is_set():
                    yield "event: changed\ndata: {}\n\n"
        finally:
            self._streams.remove(stream)

    def close(self) -> None:
        """End all streams, so that a shutdown need not wait for them; pages come back by
        themselves."""
        self._closed.set()
        for stream in self._streams:
            stream.woken.set()

    def _read(self, watched: list[str]) -> dict[str, tuple[object, ...]]:
        with self._database.read() as connection:
            found = _conversations(connection, [one for one in watched if one != QUEUE])
            if QUEUE in watched:
                found[QUEUE] = _queue(connection)
        return found


def _queue(connection: Connection) -> tuple[object, ...]:
    """Something that changes whenever the queue does."""
    open_ones = handoff.join(conversation, conversation.c.id == handoff.c.conversation_id)
    row = connection.execute(
        select(
            func.count(),
            func.max(handoff.c.changed_at),
            func.sum(conversation.c.last_sequence),
        )
        .select_from(open_ones)
        .where(handoff.c.resolved_at.is_(None))
    ).one()
    return tuple(row)


def _conversations(connection: Connection, ids: list[str]) -> dict[str, tuple[object, ...]]:
    """The same for each of these conversations."""
    if not ids:
        return {}
    waits = (
        select(func.count())
        .select_from(message)
        .where(message.c.conversation_id == conversation.c.id, message.c.delivery == "queued")
        .scalar_subquery()
    )
    changed = (
        select(func.max(handoff.c.changed_at))
        .where(handoff.c.conversation_id == conversation.c.id)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            conversation.c.id,
            conversation.c.last_sequence,
            conversation.c.state,
            conversation.c.verified_until,
            waits,
            changed,
        ).where(conversation.c.id.in_(ids))
    )
    return {row[0]: tuple(row[1:]) for row in rows}
