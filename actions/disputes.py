"""A disputed amount, whole or in part; proof of the debt; the original creditor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from actions.registry import action
from actions.resume import YES_NO
from actions.standing import rights_card
from actions.turn import PERSON, Answer, Pending, Turn, answer, say
from bot import clock
from bot.compliance import packs, validation, validation_form
from bot.compliance.gate import Choice, Stated
from bot.conversations import protection
from bot.ledger import consents, entries, holds
from bot.ledger import validation as notices
from bot.money import Money

_SHOULD_BE = re.compile(
    r"\b(?:only|just|should(?:'ve| have)?|supposed to|meant to be|borrowed|owe)\b",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"\b(?:original(?:ly)?|at first|first (?:owed|with)|to begin with|who (?:sold|had)|bought (?:it"
    r"|this|the debt)|before (?:you|u))\b",
    re.IGNORECASE,
)
_ALL = Choice("utter_label_dispute_all", "inform", ({"entity": "option", "value": "all"},))


def of_amount(turn: Turn, card: Mapping[str, Any] | None) -> Answer:
    """All of it is held already; if only a part is wrong, the rest need not be."""
    part = _part(turn)
    choices = [_ALL, PERSON]
    if part is not None:
        value = {"minor": part.minor, "currency": part.currency}
        entities = ({"entity": "amount", "value": value},)
        choices.insert(0, Choice("utter_label_dispute_part", "inform", entities, {"amount": part}))
    return answer(
        say("utter_dispute_amount", card=card),
        say("utter_dispute_part_ask", choices=choices, basis=[Stated(part)] if part else []),
        asks=Pending("dispute_part", {}),
    )


@action("action_dispute_part")
def dispute_part(turn: Turn) -> Answer:
    """How much of it is wrong. What is not clear stays held as a whole."""
    if not turn.conversation.verified or turn.conversation.account_id is None:
        return answer(say("utter_dispute_whole"))
    if turn.intent == "deny" or turn.heard.option == "all":
        return answer(say("utter_dispute_whole"))
    part = _part(turn)
    if part is None:
        if turn.asked.get("again"):
            return answer(say("utter_dispute_whole"))
        return answer(
            say("utter_dispute_part_again", choices=[_ALL, PERSON]),
            asks=Pending("dispute_part", {"again": True}),
        )
    whole = [
        hold
        for hold in turn.holds
        if hold.kind == "dispute"
        and hold.amount is None
        and hold.evidence.get("intent") == "dispute_amount"
    ]
    for hold in whole:
        holds.narrow(
            turn.connection,
            hold,
            part,
            evidence={"narrowed_by": turn.message.id},
            key=turn.key(f"part:{hold.scope_id}"),
        )
    return answer(say("utter_dispute_part", amount=part, card=rights_card(turn)))


def of_validation(turn: Turn, card: Mapping[str, Any] | None) -> Answer:
    """Proof comes from a person. What a collector has to tell of a debt can be had at once, where
    the person agrees to get it here (E-SIGN)."""
    asked = say("utter_request_validation", card=card)
    if not validation_form.exists_for(turn.creditor):
        return answer(asked)
    return answer(
        asked,
        say("utter_validation_offer", choices=YES_NO),
        asks=Pending("validation_delivery", {}),
    )


@action("action_send_validation", needs="account")
def send_validation(turn: Turn) -> Answer:
    """A yes: the information is sent, which is written down and opens the period to dispute. A no:
    it comes by post."""
    given = turn.intent == "affirm"
    consents.record(
        turn.connection,
        "electronic",
        given=given,
        debtor_id=turn.account.debtor_id,
        account_id=turn.account.id,
        conversation_id=turn.conversation.id,
        evidence={"message": turn.message.id},
        key=turn.key("electronic"),
    )
    if not given:
        return answer(say("utter_validation_by_post"))
    pack = packs.of(turn.creditor)
    sent_on = turn.account.validation_sent_on or clock.today(turn.account.time_zone)
    until = validation.period_ends_on(sent_on, pack.limits)
    itemised = notices.itemisation(turn.connection, turn.account)
    notices.record_sending(
        turn.connection,
        turn.account,
        conversation_id=turn.conversation.id,
        channel=turn.conversation.channel,
        content={"itemisation": notices.as_json(itemised), "pack": pack.digest},
        until=until,
        key=turn.key("validation"),
    )
    card = rights_card(turn, document=True)
    if until < turn.today:
        return answer(say("utter_validation_sent_again", card=card))
    return answer(say("utter_validation_sent", until=until, card=card))


def original_creditor(turn: Turn) -> bool:
    """Whether a collector was asked in time for the original creditor's name and address: then
    collection stops until a person has sent them (12 CFR 1006.38(c))."""
    original = turn.account.original_creditor
    if turn.creditor.role != "third_party" or not original or original == turn.creditor.name:
        return False
    if not _ORIGINAL.search(turn.message.text):
        return False
    sent_on = turn.account.validation_sent_on
    limits = packs.of(turn.creditor).limits
    if sent_on is not None and validation.period_ends_on(sent_on, limits) < turn.today:
        return False
    protection.protect(
        turn.connection,
        turn.conversation,
        turn.creditor,
        "original_creditor",
        message_id=turn.message.id,
    )
    return True


def _part(turn: Turn) -> Money | None:
    """The part that is wrong: "the 35 fee" is 35; "400 not 900" is 500; "I only borrowed 300" is
    what is owed beyond 300. None where it is not a part of what is owed."""
    balance = entries.balance(turn.connection, turn.account.id)
    amounts = [
        Money(int(e["value"]["minor"]), balance.currency)
        for e in turn.entities
        if e.get("entity") == "amount" and e["value"].get("currency") == balance.currency
    ]
    if turn.heard.percent is not None:
        part = balance.percent(turn.heard.percent)
    elif len(amounts) >= 2:
        part = abs(amounts[-1] - amounts[0])
    elif not amounts:
        return None
    elif _SHOULD_BE.search(turn.message.text):
        part = balance - amounts[0]
    else:
        part = amounts[0]
    return part if Money(0, balance.currency) < part < balance else None
