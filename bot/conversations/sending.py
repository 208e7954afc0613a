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
from bot.compliance import gate
from bot.compliance.gate import Choice, Context, Outgoing, Refused
from bot.conversations import records
from bot.conversations.records import Conversation
from bot.conversations.tables import message
from bot.creditors import Creditor
from bot.db import new_id
from bot.wording import Phrase, Style, Wording, known_values

REFUSED_RESPONSE = "utter_not_sent"
"""What a person reads instead of a message that the gate refused."""


@dataclass(frozen=True)
class Sender:
    """What sending needs besides the message: the wording, and which model is speaking."""

    wording: Wording
    model: str = ""

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
    ) -> Conversation:
        """Ask the gate, render, and store as the conversation's next message.

        Returns the conversation as it stands afterwards. A repeated (`in_reply_to`,
        `answer_index`) violates a constraint, so that a turn run again answers once.
        """
        verdict = gate.check(
            outgoing,
            Context(
                conversation=conversation.id,
                channel=conversation.channel,
                creditor=creditor.slug,
                role=creditor.role,
                policy_pack=creditor.policy_pack,
                verified=conversation.verified,
                started_by_us=started_by_us,
                standing_holds=holds,
                now=clock.now(),
            ),
        )
        if isinstance(verdict, Refused):
            audit.record(
                connection,
                conversation.id,
                "refused",
                outgoing.author,
                {"section": verdict.section, "response": outgoing.response},
            )
            outgoing = Outgoing(REFUSED_RESPONSE)
        else:
            outgoing = verdict.outgoing
        style = style_for(conversation, creditor)
        text, said = self._words(outgoing, conversation, creditor, style)
        choices, card = self._choices(outgoing, creditor, style)
        sequence = records.next_sequence(connection, conversation.id)
        connection.execute(
            message.insert().values(
                id=new_id("mg"),
                conversation_id=conversation.id,
                sequence=sequence,
                author=outgoing.author,
                author_name=outgoing.author_name,
                at=clock.now(),
                text=text,
                text_hash=text_hash(text),
                response=outgoing.response or None,
                choices=choices or None,
                card=card,
                in_reply_to=in_reply_to,
                answer_index=answer_index,
                attempts=0,
                delivery="queued",
                model=self.model,
                pack=creditor.policy_pack,
            )
        )
        records.change(connection, conversation.id, said=dict(said))
        return replace(conversation, said=said, last_sequence=sequence)

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


def style_for(conversation: Conversation, creditor: Creditor) -> Style:
    """How to write dates and which variations to take in this conversation."""
    return Style(
        channel=conversation.channel,
        day_first=creditor.jurisdiction != "US",
        today=clock.today(creditor.time_zone),
    )


__all__ = ["Choice", "Outgoing", "Sender", "picked_choice", "style_for"]
