"""Open event streams of this process, and what wakes them.

What this process wrote is handed to its streams, committed already. It is sent on only if it goes
on where the client is; else the stream looks into the database. A poller makes streams look for
what other processes wrote, so that nothing depends on which process did the work.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from bot import clock, faults
from bot.conversations import records
from bot.conversations.records import Message
from bot.conversations.tables import conversation
from bot.db import Database

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
RECORD_SECONDS = 1.0
MOST_STREAMS = 4
"""Streams of one conversation at once: a phone and a laptop, and their reconnects."""


@dataclass(frozen=True)
class News:
    """Messages of a conversation, oldest first and without a gap, and its state with them; None
    where it is not known."""

    messages: tuple[Message, ...]
    state: str | None


@dataclass
class Stream:
    """One open stream: how far its client is, an event to wait on, and what is to be told."""

    seen: int
    told: str = ""
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    changed: bool = True
    news: list[News] = field(default_factory=list)
    signals: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    closed: bool = False

    def take_news(self) -> list[News]:
        """What has been handed over since the last time and goes on where the client is. Marks the
        stream as changed if something lies between."""
        taken, self.news = self.news, []
        fresh, seen = [], self.seen
        for news in taken:
            messages = tuple(m for m in news.messages if m.sequence > seen)
            if messages and messages[0].sequence != seen + 1:
                self.changed = True
                return []
            seen = messages[-1].sequence if messages else seen
            fresh.append(News(messages, news.state))
        return fresh

    def tell(self, news: News) -> str:
        """The events of some news, as they go over the wire; the client is then so far."""
        text = ""
        if news.state is not None and news.state != self.told:
            self.told = news.state
            text = event_text("state", {"state": news.state})
        for message in news.messages:
            self.seen = message.sequence
            text += event_text("message", as_event(message), message.sequence)
        return text

    def signal(self, event: str, data: dict[str, Any]) -> None:
        """Tell the client something that passes, such as that somebody types."""
        self.signals.append((event, data))
        self.woken.set()

    def take_signals(self) -> list[tuple[str, dict[str, Any]]]:
        """What has been signalled since the last time."""
        taken, self.signals = self.signals, []
        return taken


class Streams:
    """All open streams. Used on the event loop only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._open: dict[str, list[Stream]] = defaultdict(list)
        self._typing: set[str] = set()
        self._agents_typing: set[str] = set()
        self._delivered: dict[str, int] = {}
        self._closing = False

    @asynccontextmanager
    async def opened(self, conversation_id: str, seen: int) -> AsyncIterator[Stream]:
        """Register a stream while it is open; the oldest of too many is closed."""
        stream = Stream(seen)
        streams = self._open[conversation_id]
        streams.append(stream)
        for old in streams[:-MOST_STREAMS]:
            old.closed = True
            old.woken.set()
        if conversation_id in self._typing:
            stream.signal("typing", {"author": "bot", "on": True})
        if conversation_id in self._agents_typing:
            stream.signal("typing", {"author": "agent", "on": True})
        if self._closing:
            stream.closed = True
        try:
            yield stream
        finally:
            streams.remove(stream)
            if not streams:
                self._open.pop(conversation_id, None)

    def push(self, conversation_id: str, messages: Sequence[Message], state: str | None) -> None:
        """These messages are committed, and the conversation is in that state."""
        for stream in self._open.get(conversation_id, ()):
            stream.news.append(News(tuple(messages), state))
            stream.woken.set()

    def typing(self, conversation_id: str, on: bool) -> None:
        """The bot began or ended writing."""
        (self._typing.add if on else self._typing.discard)(conversation_id)
        for stream in self._open.get(conversation_id, ()):
            stream.signal("typing", {"author": "bot", "on": on})

    def delivered(self, conversation_id: str, sequence: int) -> None:
        """A client was sent the messages up to `sequence`; `record` writes it down."""
        self._delivered[conversation_id] = max(sequence, self._delivered.get(conversation_id, 0))

    async def record(self) -> None:
        """Write down once a second what was delivered, together; until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(RECORD_SECONDS)
            if not self._delivered:
                continue
            delivered, self._delivered = self._delivered, {}
            try:
                await loop.run_in_executor(None, self._write, delivered)
            except Exception as error:
                log.error("noting deliveries failed: %s", faults.describe(error))

    async def watch(self) -> None:
        """Wake streams for what other processes wrote; until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(POLL_SECONDS)
            if not self._open:
                continue
            try:
                now = await loop.run_in_executor(None, self._read, list(self._open))
            except Exception as error:
                log.error("looking for new messages failed: %s", faults.describe(error))
                await asyncio.sleep(1)
                continue
            for conversation_id, (last, state, agent_types) in now.items():
                streams = self._open.get(conversation_id, ())
                for stream in streams:
                    if stream.seen < last or stream.told != state:
                        stream.changed = True
                        stream.woken.set()
                if agent_types != (conversation_id in self._agents_typing):
                    for stream in streams:
                        stream.signal("typing", {"author": "agent", "on": agent_types})
            self._agents_typing = {one for one, (_, _, types) in now.items() if types}

    def close(self) -> None:
        """End all streams, so that a shutdown need not wait for them."""
        self._closing = True
        for streams in self._open.values():
            for stream in streams:
                stream.closed = True
                stream.woken.set()

    def _write(self, delivered: dict[str, int]) -> None:
        with self._database.write() as connection:
            for conversation_id, sequence in delivered.items():
                records.mark_delivered(connection, conversation_id, sequence)

    def _read(self, ids: list[str]) -> dict[str, tuple[int, str, bool]]:
        """The last message's number and the state of each, and whether an agent is writing."""
        columns = [
            conversation.c[name] for name in ("id", "last_sequence", "state", "typing_until")
        ]
        now = clock.now()
        with self._database.read() as connection:
            rows = connection.execute(select(*columns).where(conversation.c.id.in_(ids)))
            return {
                row.id: (
                    row.last_sequence,
                    row.state,
                    row.typing_until is not None and now < row.typing_until,
                )
                for row in rows
            }


def as_event(message: Message) -> dict[str, Any]:
    """A message as the widget gets it."""
    data: dict[str, Any] = {
        "seq": message.sequence,
        "author": message.author,
        "text": message.text,
        "at": message.at.isoformat(),
    }
    if message.author == "debtor":
        data["id"] = message.external_id
    if message.author_name:
        data["name"] = message.author_name
    if message.choices:
        data["choices"] = [{"id": c["id"], "label": c["label"]} for c in message.choices]
    if message.card:
        data["card"] = message.card
    if message.notice:
        data["notice"] = message.notice
    return data


def event_text(event: str, data: Mapping[str, Any], number: int | None = None) -> str:
    """One event as it goes over the wire."""
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
