"""Answers what is owed: one turn after another, each in a single transaction.

Whatever an action wrote, what is said about it, what is asked next and the mark that the message
is answered are committed together or not at all. So a crash at any moment leaves a message either
answered once or still owed; and nothing is ever said to be done that was not committed.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.engine import Connection

from actions import perform
from actions.turn import Pending, Turn
from bot import clock, faults
from bot.compliance.gate import Choice, Outgoing
from bot.conversations import handoffs, identity, inbox, records
from bot.conversations.inbox import Claimed
from bot.conversations.records import Message
from bot.conversations.sending import Sender
from bot.creditors import Creditor, Creditors
from bot.db import Database
from bot.server.processor import Processor, TurnOutput

log = logging.getLogger(__name__)


class NothingSaid(Exception):
    """A turn ended without an answer, which nobody who wrote may be left with."""


class LeaseLost(Exception):
    """Another process took the conversation over while this one was working on it."""


@dataclass(frozen=True)
class Done:
    """A message has its answer: what was said, the conversation's state, and whether another
    message of the conversation waits."""

    said: tuple[Message, ...]
    state: str
    more: bool


class Turns:
    """Runs turns, each on one thread from its claim to its commit.

    One thread and one transaction a turn, so that a turn never waits for a second thread while it
    holds the database's write lock. Safe to use from many threads at once.
    """

    def __init__(
        self,
        database: Database,
        creditors: Creditors,
        processor: Processor,
        sender: Sender,
        secret: str,
        owner: str,
    ) -> None:
        self.database = database
        self.creditors = creditors
        self.processor = processor
        self.sender = sender
        self.secret = secret
        self._owner = owner
        self._thread = threading.local()

    def owed(self) -> list[str]:
        """Conversations that wait for an answer and that nobody works on."""
        with self.database.read() as connection:
            return inbox.owed(connection)

    def claim(self, conversation_id: str) -> Claimed | None:
        """Take the oldest owed message of a conversation, or None."""
        with self.database.write() as connection:
            return inbox.claim(connection, conversation_id, self._owner)

    def answer(self, claimed: Claimed) -> Done | None:
        """Answer a claimed message, or give it up with an honest sentence.

        None if it is left owed: to be tried again, or because another process took it over.
        """
        message = claimed.message
        if message.attempts <= inbox.MOST_ATTEMPTS:
            running = _Running(self, claimed)
            try:
                return running.run(self._loop())
            except LeaseLost:
                running.undo()
                log.warning("conversation %s was taken over", claimed.conversation.id)
                return None
            except Exception as error:
                running.undo()
                log.error(
                    "message %s of %s, attempt %d: %s",
                    message.id,
                    claimed.conversation.id,
                    message.attempts,
                    faults.describe(error),
                )
            if message.attempts < inbox.MOST_ATTEMPTS:
                time.sleep(0.2 * message.attempts)
                return None
        return self._give_up(claimed)

    def finish(self, connection: Connection, message: Message, processing: str) -> Done:
        """Close a message in the turn's transaction. Raises LeaseLost."""
        said = records.messages_after(connection, message.conversation_id, message.sequence)
        if not inbox.finish(connection, message, self._owner, processing=processing):
            raise LeaseLost(message.conversation_id)
        return Done(
            tuple(said),
            records.get(connection, message.conversation_id).state,
            inbox.owes(connection, message.conversation_id),
        )

    def _loop(self) -> asyncio.AbstractEventLoop:
        # Rasa's processor is written as coroutines; each thread drives them on a loop of its own.
        if not hasattr(self._thread, "loop"):
            self._thread.loop = asyncio.new_event_loop()
        loop: asyncio.AbstractEventLoop = self._thread.loop
        return loop

    def _give_up(self, claimed: Claimed) -> Done:
        with self.database.write() as connection:
            conversation = records.hold(connection, claimed.conversation.id)
            self.sender.send(
                connection,
                conversation,
                self.creditors[conversation.creditor],
                Outgoing("utter_turn_failed", choices=(Choice("utter_label_person", "ask_human"),)),
                in_reply_to=claimed.message.id,
                answer_index=0,
            )
            handoffs.open_handoff(connection, conversation, "failed", message_id=claimed.message.id)
            return self.finish(connection, claimed.message, "failed")


class _Running:
    """One turn while it runs. Understanding comes first, so that it keeps nobody from writing; the
    transaction holds everything that depends on how the conversation stands."""

    def __init__(self, turns: Turns, claimed: Claimed) -> None:
        self._turns = turns
        self._conversation = claimed.conversation
        self._message = claimed.message
        self._creditor: Creditor = turns.creditors[claimed.conversation.creditor]
        self._connection: Connection | None = None
        self._answers = 0

    def run(self, loop: asyncio.AbstractEventLoop) -> Done:
        """Understand, decide, act, say, commit."""
        understood = None if self._silent else self._understood()
        connection = self._open()
        if not self._silent:
            self._answer(connection, understood or self._understood(), loop)
        done = self._turns.finish(connection, self._message, "answered")
        connection.commit()
        connection.close()
        self._connection = None
        return done

    def _answer(
        self, connection: Connection, understood: Mapping[str, Any], loop: asyncio.AbstractEventLoop
    ) -> None:
        processor = self._turns.processor
        tracker = loop.run_until_complete(
            processor.turn(
                processor.tracker_store.read(connection, self._conversation.id),
                conversation_id=self._conversation.id,
                message_id=self._message.id,
                pending=self._pending,
                understood=understood,
                output=TurnOutput(self._perform),
            )
        )
        if not self._answers:
            raise NothingSaid(self._message.id)
        processor.tracker_store.write(connection, tracker)

    @property
    def _silent(self) -> bool:
        """Whether the bot keeps out of it: a person has the conversation, as our database says.

        Only the yes to a schedule that the agent sent is carried out, if it was given with its
        button; what was typed is the agent's to read.
        """
        if self._conversation.state != "with_agent":
            return False
        picked = self._message.reading or {}
        agrees = picked.get("intent") == "affirm" and any(
            entity.get("entity") == "plan" for entity in picked.get("entities", ())
        )
        on_the_table = self._pending == "confirm_plan"
        return not (agrees and on_the_table and self._conversation.verified)

    def _understood(self) -> Mapping[str, Any]:
        """What the message means."""
        return self._given() or self._turns.processor.understand(
            (self._message.answers or {}).get("rest") or self._message.text,
            context_of(self._creditor, self._pending),
        )

    @property
    def _pending(self) -> str | None:
        pending = Pending.of(self._conversation)
        return pending.name if pending else None

    def undo(self) -> None:
        """Take back everything this turn did."""
        if self._connection is not None:
            self._connection.rollback()
            self._connection.close()
            self._connection = None

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._turns.database.begin_write()
            self._conversation = identity.extend(
                self._connection, records.hold(self._connection, self._conversation.id)
            )
        return self._connection

    def _perform(self, name: str, parse_data: Mapping[str, Any]) -> None:
        """Run one action and send what it says."""
        connection = self._open()
        answer = perform(
            name,
            Turn.of(
                connection=connection,
                conversation=self._conversation,
                creditor=self._creditor,
                message=self._message,
                parse_data=parse_data,
                secret=self._turns.secret,
            ),
        )
        conversation = records.get(connection, self._conversation.id)
        ground = self._turns.sender.ground(connection, conversation, self._creditor)
        for outgoing in answer.say:
            conversation = self._turns.sender.send(
                connection,
                conversation,
                self._creditor,
                outgoing,
                ground=ground,
                in_reply_to=self._message.id,
                answer_index=self._answers,
            )
            self._answers += 1
        pending = answer.pending.as_json() if answer.pending else None
        records.change(
            connection,
            conversation.id,
            pending=pending,
            misunderstood=answer.misunderstood,
        )
        self._conversation = replace(
            conversation, pending=pending, misunderstood=answer.misunderstood
        )

    def _given(self) -> dict[str, Any] | None:
        """The reading of a message that needs no understanding: a choice that was picked, or
        nothing but answers to the identity check."""
        reading = self._message.reading
        if reading is None:
            return None
        return {
            "text": self._message.text,
            "intent": {"name": reading["intent"], "confidence": 1.0},
            "intent_ranking": [{"name": reading["intent"], "confidence": 1.0}],
            "entities": reading.get("entities", []),
            "also": [],
            "vital": None,
        }


def context_of(creditor: Creditor, pending: str | None) -> dict[str, Any]:
    """What understanding needs to know of the turn: "the 15th" depends on the day and place, and
    "the second one" on what was asked."""
    return {
        "today": clock.today(creditor.time_zone).isoformat(),
        "time_zone": creditor.time_zone,
        "currency": creditor.currency,
        "day_first": creditor.jurisdiction != "US",
        "pending": {"name": pending},
    }
