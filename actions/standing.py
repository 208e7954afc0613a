"""What stands on an account and what the person can do about it, as a timeline they can keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from actions import cards, identity
from actions.registry import action
from actions.turn import Answer, Turn, aside, say
from bot import clock
from bot.compliance import packs, validation
from bot.ledger import holds
from bot.ledger.holds import Hold
from bot.wording import Phrase


@action("action_ask_rights")
def ask_rights(turn: Turn) -> Answer:
    """The rights that everybody has, to anybody; what stands on the account after the check."""
    wish = turn.question("action_show_rights")
    if turn.conversation.verified:
        return Answer((), turn.pending, then=(wish,))
    told = Answer((say("utter_rights_of_everybody"),))
    return told.before(identity.begin(turn, "action_show_rights"))


@action("action_show_rights", needs="account")
def show_rights(turn: Turn) -> Answer:
    """Whether the account is on hold, since when and until when; and the rights with their days."""
    stands = holds.standing(turn.connection, turn.account)
    response = "utter_rights_on_hold" if stands else "utter_rights"
    return aside(say(response, card=rights_card(turn)))


def rights_card(turn: Turn, *, document: bool = False) -> dict[str, Any]:
    """The holds that stand, oldest first, and what can be done and until when. With the `document`
    it also leads to the validation information."""
    card: dict[str, Any] = {
        "kind": "rights",
        "title": Phrase("utter_label_rights"),
        "holds": _distinct(turn, holds.standing(turn.connection, turn.account)),
        "rights": list(_rights(turn)),
    }
    if document:
        card["document"] = {"name": "validation.pdf", "label": Phrase("utter_label_document")}
    return card


def _distinct(turn: Turn, stands: tuple[Hold, ...]) -> list[dict[str, Any]]:
    """A line for each hold; two statements of the same thing are one line, from the first on."""
    lines: dict[str, dict[str, Any]] = {}
    for hold in stands:
        name = f"utter_hold_{hold.kind}"
        if hold.kind == "dispute" and hold.amount is not None:
            name = "utter_hold_dispute_part"
        elif hold.evidence.get("intent") in ("request_validation", "original_creditor"):
            name = "utter_hold_proof"
        line = _hold(turn, hold, name)
        lines.setdefault(f"{name} {hold.amount}", line)
    return list(lines.values())


def _hold(turn: Turn, hold: Hold, name: str) -> dict[str, Any]:
    since = clock.local(hold.placed_at, turn.account.time_zone).date()
    values = {"amount": hold.amount} if hold.amount is not None else {}
    shown = {"text": Phrase(name, values), "since": cards.day(turn, since)}
    return {**shown, "until": cards.day(turn, hold.until)} if hold.until else shown


def _rights(turn: Turn) -> Iterator[dict[str, Any]]:
    pack = packs.of(turn.creditor)
    until = None
    if "validation_dispute" in pack.texts and turn.account.validation_sent_on is not None:
        until = validation.period_ends_on(turn.account.validation_sent_on, pack.limits)
    if until is not None and until >= turn.today:
        day = cards.day(turn, until)
        yield {"text": Phrase("utter_can_dispute_until", {"day": until}), "until": day}
    else:
        yield {"text": Phrase("utter_can_dispute")}
    yield {"text": Phrase("utter_can_proof")}
    if pack.role == "third_party":
        yield {"text": Phrase("utter_can_original_creditor")}
    yield {"text": Phrase("utter_can_stop")}
    yield {"text": Phrase("utter_can_times")}
    if pack.jurisdiction == "UK":
        yield {"text": Phrase("utter_can_breathing_space")}
    yield {"text": Phrase("utter_can_complain")}
