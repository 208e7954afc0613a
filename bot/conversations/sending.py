"""The only sender: whatever reaches a person, on any channel and from any author, passes here."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot import audit, clock
from bot.audit import text_hash
from bot.compliance import decisions, gate
from bot.compliance.gate import Choice, Cleared, Context, Outgoing, Reach, Refused
from bot.conversations import records
from bot.conversations.ground import Ground, with_shown
from bot.conversations.records import Conversation
from bot.conversations.tables import message
from bot.creditors import Creditor
from bot.db import new_id
from bot.wording import Phrase, Style, Wording, known_values

REFUSED_RESPONSE = "utter_not_sent"
"""What a person reads instead of a message that the gate refused, where nothing says it better."""

_INSTEAD = {
    "crisis": "utter_crisis_still",
    "attorney": "utter_not_sent_attorney",
    "deceased": "utter_bereaved",
    "hardship_pause": "utter_on_pause",
}
"""What is said under a hold in the place of what it forbids; under any other, that there is one."""

_MESSAGE = message.insert()


@dataclass(frozen=True)
class Sent:
    """What became of a message: the conversation afterwards, and what the gate said. A refused
    message of the bot was replaced by an honest sentence; any other was not sent at all."""

    conversation: Conversation
    verdict: Cleared | Refused


@dataclass(frozen=True)
class Sender:
    """What sending needs besides the message: the wording, which model is speaking, and the
    channels that the operator signed off."""

    wording: Wording
    model: str = ""
    channels_on: tuple[str, ...] = ("chat",)

    def send(
        self,
        connection: Connection,
        conversation: Conversation,
        creditor: Creditor,
        outgoing: Outgoing,
        *,
        holds: tuple[str, ...] = (),
        in_reply_to: str | None = None,
        answer_index: int | None = None,
        started_by_us: bool = False,
        reach: Reach | None = None,
        ground: Ground | None = None,
    ) -> Conversation:
        """Ask the gate, render, and store as the conversation's next message.

        Returns the conversation as it stands afterwards. A repeated (`in_reply_to`,
        `answer_index`) violates a constraint, so that a turn run again answers once. `ground` is
        what was read of the account and its holds in this turn, `holds` are kinds that stand
        besides; `reach` is the address of a message that we start.
        """
        return self.attempt(
            connection,
            conversation,
            creditor,
            outgoing,
            holds=holds,
            in_reply_to=in_reply_to,
            answer_index=answer_index,
            started_by_us=started_by_us,
            reach=reach,
            ground=ground,
        ).conversation

    def attempt(
        self,
        connection: Connection,
        conversation: Conversation,
        creditor: Creditor,
        outgoing: Outgoing,
        *,
        holds: tuple[str, ...] = (),
        in_reply_to: str | None = None,
        answer_index: int | None = None,
        started_by_us: bool = False,
        reach: Reach | None = None,
        ground: Ground | None = None,
    ) -> Sent:
        """As `send`, and tells what the gate said. Every decision stands in the audit log."""
        ground = ground or self.ground(connection, conversation, creditor)

        def judged(candidate: Outgoing) -> tuple[Cleared | Refused, Context]:
            context = ground.context(
                candidate,
                conversation,
                more_holds=holds,
                started_by_us=started_by_us,
                reach=reach,
            )
            return gate.check(candidate, context), context

        verdict, context = judged(outgoing)
        cleared = verdict
        if isinstance(cleared, Refused):
            # A message that is stored holds the conversation; a refusal must not race for the log.
            records.hold(connection, conversation.id)
            self._log(connection, outgoing, context, cleared)
            if outgoing.author != "bot" or started_by_us:
                return Sent(conversation, verdict)
            for instead in (instead_of(cleared, context), REFUSED_RESPONSE):
                cleared, context = judged(Outgoing(instead))
                if isinstance(cleared, Cleared):
                    break
        if isinstance(cleared, Refused):
            return Sent(conversation, verdict)
        for notice in (each for each in cleared.notices if each.alone):
            alone = Cleared(Outgoing("", text=notice.text))
            conversation, _ = self._store(connection, conversation, creditor, alone)
        conversation, message_id = self._store(
            connection,
            conversation,
            creditor,
            cleared,
            in_reply_to=in_reply_to,
            answer_index=answer_index,
        )
        self._log(connection, cleared.outgoing, context, cleared, message_id)
        return Sent(conversation, verdict)

    def ground(
        self, connection: Connection, conversation: Conversation, creditor: Creditor
    ) -> Ground:
        """What the gate must know of the account and its holds, for all messages of a turn."""
        return Ground(connection, conversation, creditor, self.channels_on)

    def _store(
        self,
        connection: Connection,
        conversation: Conversation,
        creditor: Creditor,
        cleared: Cleared,
        *,
        in_reply_to: str | None = None,
        answer_index: int | None = None,
    ) -> tuple[Conversation, str]:
        """Render a message that was cleared and store it; the conversation then, and its id."""
        outgoing = cleared.outgoing
        style = style_for(conversation, creditor)
        words, said = self._words(outgoing, conversation, creditor, style)
        with_it = [notice.text for notice in cleared.notices if not notice.alone]
        text = "\n\n".join([words, *with_it])
        choices, card = self._choices(outgoing, creditor, style)
        said = with_shown(said, conversation, cleared.notices)
        sequence = records.next_sequence(connection, conversation.id, said)
        message_id = new_id("mg")
        connection.execute(
            _MESSAGE,
            {
                "id": message_id,
                "conversation_id": conversation.id,
                "sequence": sequence,
                "author": outgoing.author,
                "author_name": outgoing.author_name,
                "at": clock.now(),
                "text": text,
                "text_hash": text_hash(text),
                "response": outgoing.response or None,
                "choices": choices or None,
                "card": card,
                "notice": cleared.on_screen.text if cleared.on_screen else None,
                "in_reply_to": in_reply_to,
                "answer_index": answer_index,
                "attempts": 0,
                "delivery": "queued",
                "model": self.model,
                "pack": creditor.policy_pack,
            },
        )
        return replace(conversation, said=said, last_sequence=sequence), message_id

    def _log(
        self,
        connection: Connection,
        outgoing: Outgoing,
        context: Context,
        verdict: Cleared | Refused,
        message_id: str | None = None,
    ) -> None:
        audit.record(
            connection,
            context.conversation,
            "refused" if isinstance(verdict, Refused) else "cleared",
            outgoing.author,
            decisions.as_json(outgoing, context, verdict, message=message_id),
        )

    def label(self, name: str, values: Mapping[str, Any], style: Style) -> str:
        """The words of a label, such as a control of the widget."""
        return self.wording.render(name, values, style).text

    def _words(
        self, outgoing: Outgoing, conversation: Conversation, creditor: Creditor, style: Style
    ) -> tuple[str, Mapping[str, int]]:
        if not outgoing.response:
            return outgoing.text, conversation.said
        rendered = self.wording.render(
            outgoing.response,
            {**known_values(creditor), **outgoing.values},
            style,
            conversation.said.get(outgoing.response),
        )
        return rendered.text, {**conversation.said, outgoing.response: rendered.variation}

    def _choices(
        self, outgoing: Outgoing, creditor: Creditor, style: Style
    ) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        # The id is random, so that no choice can be guessed or carried to another conversation.
        stored = [
            {
                "id": f"ch_{secrets.token_hex(8)}",
                "key": choice.key,
                "label": self.label(
                    choice.label, {**known_values(creditor), **choice.values}, style
                ),
                "intent": choice.intent,
                "entities": [dict(entity) for entity in choice.entities],
            }
            for choice in outgoing.choices
        ]
        card = self._spelled(outgoing.card, style) if outgoing.card is not None else None
        if card is not None and card.get("kind") == "options":
            ids = {choice["key"]: choice["id"] for choice in stored}
            card["options"] = [
                {**option, "choice": ids[option["choice"]]} for option in card["options"]
            ]
        return stored, card

    def _spelled(self, value: Any, style: Style) -> Any:
        """A card with its phrases in words."""
        if isinstance(value, Phrase):
            return self.label(value.name, value.values, style)
        if isinstance(value, Mapping):
            return {key: self._spelled(inner, style) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._spelled(inner, style) for inner in value]
        return value


def picked_choice(
    connection: Connection, conversation_id: str, choice_id: str
) -> dict[str, Any] | None:
    """The choice of that id which was issued in this very conversation, or None.

    Older choices stay known, so that a slow thumb on an old button gets an answer; what it can do
    is decided by the action, which checks that what it names still stands.
    """
    rows = connection.execute(
        select(message.c.choices)
        .where(message.c.conversation_id == conversation_id, message.c.choices.isnot(None))
        .order_by(message.c.sequence.desc())
        .limit(50)
    )
    for row in rows:
        for choice in row.choices or []:
            if choice["id"] == choice_id:
                return dict(choice)
    return None


def preview(
    connection: Connection,
    conversation: Conversation,
    creditor: Creditor,
    outgoing: Outgoing,
    *,
    started_by_us: bool = False,
    reach: Reach | None = None,
    channels_on: tuple[str, ...] = ("chat",),
) -> Cleared | Refused:
    """What the gate would say of a message now. Nothing is sent and nothing is recorded."""
    ground = Ground(connection, conversation, creditor, channels_on)
    context = ground.context(outgoing, conversation, started_by_us=started_by_us, reach=reach)
    return gate.check(outgoing, context)


def instead_of(refused: Refused, context: Context) -> str:
    """The response that a person reads in the place of a refused one: honest, and of use."""
    if refused.rule == "time_barred":
        return "utter_not_sent_time_barred"
    if refused.rule == "hold":
        worded = [_INSTEAD[kind] for kind in _INSTEAD if kind in context.standing_holds]
        return worded[0] if worded else "utter_on_hold"
    return REFUSED_RESPONSE


def style_for(conversation: Conversation, creditor: Creditor) -> Style:
    """How to write dates and which variations to take in this conversation."""
    return Style(
        channel=conversation.channel,
        day_first=creditor.jurisdiction != "US",
        today=clock.today(creditor.time_zone),
    )


__all__ = ["Choice", "Outgoing", "Sender", "Sent", "picked_choice", "preview", "style_for"]
