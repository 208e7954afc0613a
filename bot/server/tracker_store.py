"""Keeps Rasa's view of a conversation: its slots and last events, one row each.

The row is read when a turn is claimed and written in the turn's own transaction. Texts and
rankings of what people wrote are not kept in it: the policies need intents only, and the words
stand in the message table, where `forget` finds them. Capped, so that the 300th message takes no
longer than the tenth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection

from bot.conversations.tables import tracker as tracker_table
from bot.db import Database

MOST_EVENTS = 16
"""Events kept for a conversation. The longest look back of a policy is three turns (config.yml,
max_history), and a turn is four events."""

_OF = tracker_table.c.conversation_id == bindparam("conversation")
# Kept, because asked in every turn: of a kept statement the library keeps the compiled form.
_READ = select(tracker_table).where(_OF)
_WRITE = update(tracker_table).where(_OF)


class CappedTrackerStore(TrackerStore):  # type: ignore[misc]
    """One row for a conversation in our own database."""

    def __init__(self, domain: Domain, database: Database | None) -> None:
        super().__init__(domain)
        self._database = database

    def _stored(self) -> Database:
        if self._database is None:
            raise LookupError("this tracker store was made without a database")
        return self._database

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store a tracker in a transaction of its own (for Rasa's own callers)."""
        with self._stored().write() as connection:
            self.write(connection, tracker)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The stored tracker, or None for a new conversation."""
        with self._stored().read() as connection:
            return self.read(connection, sender_id)

    async def keys(self) -> Iterable[str]:
        """The ids of all conversations that have a tracker."""
        with self._stored().read() as connection:
            return [row[0] for row in connection.execute(select(tracker_table.c.conversation_id))]

    def read(self, connection: Connection, conversation_id: str) -> DialogueStateTracker | None:
        """The tracker as stored, within the caller's transaction."""
        row = connection.execute(_READ, {"conversation": conversation_id}).first()
        if row is None:
            return None
        events = [SlotSet(name, value) for name, value in row.slots.items()]
        events += [_event(stored) for stored in row.events]
        return DialogueStateTracker.from_events(conversation_id, events, self.domain.slots)

    def write(self, connection: Connection, tracker: DialogueStateTracker) -> None:
        """Store the tracker within the caller's transaction."""
        values = {
            "slots": {k: v for k, v in tracker.current_slot_values().items() if v is not None},
            "events": [_bare(event) for event in _last_turns(tracker)],
        }
        done = connection.execute(_WRITE, {"conversation": tracker.sender_id, **values})
        if done.rowcount == 0:
            connection.execute(
                tracker_table.insert(), {"conversation_id": tracker.sender_id, **values}
            )


def _last_turns(tracker: DialogueStateTracker) -> list[Event]:
    """The last events, from the beginning of a turn on: a turn cut in half matches no rule."""
    events = [event for event in tracker.events if isinstance(event, tuple(_KEPT))]
    for start in range(max(0, len(events) - MOST_EVENTS), len(events)):
        event = events[start]
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME:
            return events[start:]
    return []


_KEPT: dict[type[Event], Callable[[Any], list[Any]]] = {
    SlotSet: lambda event: ["slot", event.key, event.value],
    UserUttered: lambda event: ["user", event.intent.get("name")],
    ActionExecuted: lambda event: ["action", event.action_name],
}
"""What is kept of each kind of event. Rasa's own form of them is many times as long to read."""


def _bare(event: Event) -> list[Any]:
    return _KEPT[type(event)](event)


def _event(stored: list[Any]) -> Event:
    kind, *values = stored
    if kind == "slot":
        return SlotSet(*values)
    if kind == "action":
        return ActionExecuted(*values)
    return UserUttered(text="", intent={"name": values[0], "confidence": 1.0})
