"""Replies at hand: responses of `domain.yml` whose values come from the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Connection

from bot.compliance.gate import Outgoing, Refused
from bot.conversations.records import Conversation
from bot.conversations.sending import preview, style_for
from bot.creditors import Creditor
from bot.desk.case import Ledger
from bot.wording import Wording, WordingError, known_values

REPLIES = (
    "utter_canned_hello",
    "utter_canned_moment",
    "utter_canned_balance",
    "utter_canned_next_payment",
    "utter_canned_plan",
    "utter_canned_verify",
    "utter_canned_advice",
    "utter_canned_more",
    "utter_canned_goodbye",
)


@dataclass(frozen=True)
class Reply:
    """A reply as it would be sent now; `why_not` if the gate would refuse it."""

    name: str
    text: str
    why_not: str | None


def offered(
    connection: Connection,
    conversation: Conversation,
    creditor: Creditor,
    ledger: Ledger | None,
    wording: Wording,
) -> list[Reply]:
    """Those whose values the ledger has, in the bot's voice; what may not be said is marked."""
    values = _values(ledger) if conversation.verified else {}
    style = style_for(conversation, creditor)
    replies = []
    for name in REPLIES:
        try:
            text = wording.render(name, {**known_values(creditor), **values}, style).text
        except WordingError:
            continue  # it needs what is not known here
        needed = {key: value for key, value in values.items() if str(value) in text}
        outgoing = Outgoing(name, needed, author="agent")
        verdict = preview(connection, conversation, creditor, outgoing)
        why_not = verdict.reason if isinstance(verdict, Refused) else None
        replies.append(Reply(name, text, why_not))
    return replies


def _values(ledger: Ledger | None) -> Mapping[str, Any]:
    if ledger is None:
        return {}
    values: dict[str, Any] = {"first_name": ledger.debtor.first_name}
    if ledger.balance.minor > 0:
        values |= {"balance": ledger.balance, "due": ledger.account.due_on}
    following = ledger.progress.next if ledger.progress else None
    if following is not None:
        values |= {"next_amount": following.left, "next_due": following.due_on}
    return values
