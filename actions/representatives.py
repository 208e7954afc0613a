"""Somebody speaks for the person: a lawyer, a debt adviser. Who they are is asked once, and kept
with the hold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from actions.registry import action
from actions.standing import rights_card
from actions.turn import Answer, Pending, Turn, answer, say
from bot.conversations.protection import account_meant
from bot.ledger import holds
from bot.ledger.holds import Hold

_NOT_A_NAME = re.compile(
    r"^\W*(?:no+|nope|nah|dunno|idk|i (?:don'?t|dont|do not|cant|can't).*|not (?:sure|yet).*|later"
    r"|why|what|skip|never ?mind)\b\W*$",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^\W*(?:(?:it'?s|its|his|her|their|the|my|name|names|name's|is|lawyer|attorney|solicitor|ref"
    r"|reference|case|number|no|nr)\b[\s:.#']*)+",
    re.IGNORECASE,
)
_MOST_WORDS = 14


def attorney(turn: Turn) -> Answer:
    """From now on their lawyer is spoken to, if they tell us who that is."""
    named = _named_person(turn)
    if named:
        _note(turn, "attorney", lawyer=named)
        return answer(say("utter_report_attorney"), say("utter_attorney_named"))
    return answer(
        say("utter_report_attorney"),
        say("utter_ask_attorney_name"),
        asks=Pending("attorney_name", {}),
    )


def adviser(turn: Turn) -> Answer:
    """Time for their adviser: sixty days of breathing space where the law knows it."""
    asks = Pending("adviser_reference", {})
    until = next((hold.until for hold in _standing(turn, "adviser") if hold.until), None)
    known = turn.conversation.verified and turn.conversation.account_id is not None
    if until is not None and known:
        told = say("utter_breathing_space", until=until, card=rights_card(turn))
    else:
        told = say("utter_report_adviser", card=rights_card(turn) if known else None)
    return answer(told, say("utter_ask_adviser_reference"), asks=asks)


@action("action_attorney_name")
def attorney_name(turn: Turn) -> Answer:
    """The lawyer's name, in whatever words; or none, which is fine."""
    name = _named_person(turn) or _answer(turn)
    if name is None:
        return answer(say("utter_attorney_unnamed"))
    _note(turn, "attorney", lawyer=name)
    return answer(say("utter_attorney_named"))


@action("action_adviser_reference")
def adviser_reference(turn: Turn) -> Answer:
    """The adviser's reference; or none."""
    reference = _answer(turn)
    if reference is None:
        return answer(say("utter_adviser_unnamed"))
    _note(turn, "adviser", reference=reference)
    return answer(say("utter_adviser_named"))


def _named_person(turn: Turn) -> str | None:
    named = [str(e["value"]) for e in turn.entities if e.get("entity") == "person"]
    return named[-1] if named else None


def _answer(turn: Turn) -> str | None:
    """What was written, as an answer; None for a no and for a speech."""
    text = turn.message.text.strip()
    if turn.intent == "deny" or _NOT_A_NAME.match(text) or len(text.split()) > _MOST_WORDS:
        return None
    return _LEAD.sub("", text).strip(" .!") or None


def _standing(turn: Turn, kind: str) -> Iterable[Hold]:
    found = list(holds.of_conversation(turn.connection, turn.conversation.id))
    account = account_meant(turn.connection, turn.conversation)
    if account is not None:
        found += holds.standing(turn.connection, account)
    return [hold for hold in found if hold.kind == kind]


def _note(turn: Turn, kind: str, **more: str) -> None:
    holds.note(turn.connection, _standing(turn, kind), **more)
