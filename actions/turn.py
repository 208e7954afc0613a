"""One turn as an action sees it, and what an action gives back.

An action is a function from a `Turn` to an `Answer`. It may write through the ledger, on the
turn's connection; it never commits, sends or sets what is asked next by itself. Whoever runs it
commits all of that together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy.engine import Connection

from actions.heard import Heard
from bot import clock
from bot.compliance.gate import Basis, Choice, Outgoing
from bot.conversations.identity import Answers
from bot.conversations.records import Conversation, Message
from bot.creditors import Creditor
from bot.ledger import accounts, entries, holds
from bot.ledger.accounts import Account, Debtor
from bot.ledger.holds import Hold
from bot.money import Money


@dataclass(frozen=True)
class Pending:
    """What the bot asked last: a name that rules branch on, and what is needed to go on."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, conversation: Conversation) -> Pending | None:
        """What is pending in a conversation, if anything."""
        return cls.from_json(conversation.pending)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Pending | None:
        """From the database."""
        return cls(stored["name"], stored.get("data", {})) if stored else None

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return {"name": self.name, "data": dict(self.data)}

    def with_data(self, **more: Any) -> Pending:
        """The same question with more known."""
        return Pending(self.name, {**self.data, **more})


@dataclass(frozen=True)
class Answer:
    """What an action says, and what is pending after it.

    `keeps_pending` marks an answer to a side question: whatever was asked before stays asked, and
    the person is led back to it. `then` are wishes put off until now (`Turn.question`), taken up
    right after it. `misunderstood` counts the misunderstandings in a row.
    """

    say: tuple[Outgoing, ...]
    pending: Pending | None = None
    keeps_pending: bool = False
    misunderstood: int = 0
    then: tuple[Mapping[str, Any], ...] = ()

    def before(self, later: Answer) -> Answer:
        """This answer followed by another, in one turn."""
        return replace(later, say=self.say + later.say, then=self.then + later.then)


@dataclass(frozen=True)
class Turn:
    """Everything an action may look at."""

    connection: Connection
    conversation: Conversation
    creditor: Creditor
    message: Message
    intent: str
    ranking: tuple[str, ...]
    also: tuple[str, ...]
    entities: tuple[Mapping[str, Any], ...]
    pending: Pending | None
    answers: Answers
    secret: str

    @classmethod
    def of(
        cls,
        *,
        connection: Connection,
        conversation: Conversation,
        creditor: Creditor,
        message: Message,
        parse_data: Mapping[str, Any],
        secret: str,
    ) -> Turn:
        """The turn of a message with its reading."""
        return cls(
            connection=connection,
            conversation=conversation,
            creditor=creditor,
            message=message,
            intent=(parse_data.get("intent") or {}).get("name") or "nlu_fallback",
            ranking=tuple(r["name"] for r in parse_data.get("intent_ranking", [])),
            also=tuple(parse_data.get("also") or ()),
            entities=tuple(parse_data.get("entities") or ()),
            pending=Pending.of(conversation),
            answers=Answers.from_json(message.answers),
            secret=secret,
        )

    @cached_property
    def heard(self) -> Heard:
        """The amounts, dates and the like in this message."""
        return Heard.of(self.entities, self.creditor.currency)

    @property
    def today(self) -> date:
        """Today where the creditor is, or where the person is once they are known."""
        if self.conversation.verified and self.conversation.account_id is not None:
            return clock.today(self.account.time_zone)
        return clock.today(self.creditor.time_zone)

    @cached_property
    def account(self) -> Account:
        """The account this conversation is about; only where the action needs one."""
        if self.conversation.account_id is None:
            raise LookupError("no account is chosen; the action must say that it needs one")
        return accounts.get(self.connection, self.conversation.account_id)

    @cached_property
    def debtor(self) -> Debtor:
        """The checked person."""
        return accounts.debtor_of(self.connection, self.account)

    @cached_property
    def holds(self) -> tuple[Hold, ...]:
        """What stands in the way of asking for money on this account."""
        if self.conversation.account_id is None:
            return ()
        return holds.standing(self.connection, self.account)

    @cached_property
    def payable(self) -> Money:
        """What is owed on this account and not disputed: all that a plan or payment may be for."""
        return holds.undisputed(entries.balance(self.connection, self.account.id), self.holds)

    @property
    def asked(self) -> Mapping[str, Any]:
        """The data of what is pending; empty if nothing is."""
        return self.pending.data if self.pending else {}

    def key(self, act: str) -> str:
        """The idempotency key of one act of this turn."""
        return f"{self.message.id}:{act}"

    def question(self, action: str) -> dict[str, Any]:
        """This turn's wish, to be taken up again after the identity check."""
        return {
            "action": action,
            "intent": self.intent,
            "entities": [dict(e) for e in self.entities],
        }


def say(
    response: str,
    *,
    choices: Iterable[Choice] = (),
    card: Mapping[str, Any] | None = None,
    basis: Iterable[Basis] = (),
    notice: str = "",
    **values: Any,
) -> Outgoing:
    """One message of the bot. `basis` are the proposed schedules, coming days and stated amounts
    that it names and the ledger cannot know; `notice` is a prescribed text that goes with it."""
    return Outgoing(response, values, card, tuple(choices), basis=tuple(basis), notice=notice)


def answer(*messages: Outgoing, asks: Pending | None = None) -> Answer:
    """These messages; `asks` is what the last of them asks. Whatever was asked before is over."""
    return Answer(messages, asks)


def aside(*messages: Outgoing, asks: Pending | None = None) -> Answer:
    """An answer to a side question: what was asked before stays asked. Only if nothing was, `asks`
    is what it asks itself."""
    return Answer(messages, asks, keeps_pending=True)


SEE_OPTIONS = Choice("utter_label_see_options", "ask_plan")
OPTIONS_OFFERED = Pending("see_options")
"""Beside a message that asks whether to show payment options, so that a plain yes shows them."""

PERSON = Choice("utter_label_person", "ask_human")
"""Offered with everything that may go wrong."""
