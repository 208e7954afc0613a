"""Runs an action of a turn: checks first what it needs, takes up what else was wished, and leads
back to what was under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from actions import identity, resume, time_barred
from actions.choosing import choose_account
from actions.plain import is_plain
from actions.registry import ACTIONS, Action
from actions.turn import PERSON, Answer, Turn, answer, aside, say
from bot.conversations import protection, records
from bot.conversations.protection import PROTECTIONS
from bot.conversations.redaction import MARKS
from bot.ledger import entries, holds

WITHOUT_WAY_BACK = ("utter_goodbye", "utter_thanks")
"""What was under way stays open, but nobody who takes their leave is led back to it."""

IMPLIED = {
    "wrong_person": ("opt_out", "cease_contact", "dispute_not_mine", "third_party"),
    "third_party": ("opt_out", "cease_contact", "dispute_not_mine", "wrong_person"),
    "dispute_not_mine": ("dispute_amount",),
    "report_hardship": ("ask_plan", "ask_money_help", "express_distress"),
}
"""What is said beside it is done with it: such a person is asked for nothing of somebody else's,
and hard times are met with all the ways there are."""

ABOUT_MONEY = ("utter_ask_payment_methods", "utter_report_payment_failed", "utter_ask_money_help")
"""Plain answers that speak of paying, and so wait while somebody is in crisis."""

_NEVER_SEND = [MARKS["card"], MARKS["ssn"], MARKS["bank_account"]]


def perform(name: str, turn: Turn) -> Answer:
    """Run the action `name`, or speak the response of that name, for this turn."""
    if turn.intent == "dispute_amount" and _disputes_all(turn):
        # The whole is on hold already, so there is no part to ask about.
        name, turn = "action_dispute_not_mine", replace(turn, intent="dispute_not_mine")
    also = [
        replace(turn, intent=intent).question(f"action_{intent}")
        for intent in turn.also
        if f"action_{intent}" in ACTIONS
        and intent != turn.intent
        # A second wish that sets a hold must stand there plainly: "I can't pay" beside something
        # else is no refusal, and must not end all contact.
        and (intent not in PROTECTIONS or is_plain(turn, intent))
        and intent not in IMPLIED.get(turn.intent, ())
        and (intent != "inform" or not turn.answers.empty)
    ]
    result = _one(name, turn)
    waiting = [*result.then, *also]
    result = replace(result, then=())
    while waiting:
        if result.pending is not None and result.pending.name == "identify":
            # Everything that waits is answered right after the check.
            kept = [*result.pending.data.get("then", []), *waiting]
            result = replace(result, pending=result.pending.with_data(then=kept))
            break
        wish, *waiting = waiting
        later = _one(wish["action"], _taking_up(turn, wish, result))
        waiting = [*later.then, *waiting]
        result = result.before(replace(later, then=()))
    if any(mark in turn.message.text for mark in _NEVER_SEND):
        result = Answer((say("utter_number_removed"),)).before(result)
    return result


def _disputes_all(turn: Turn) -> bool:
    return "dispute_not_mine" in turn.also and is_plain(turn, "dispute_not_mine")


def _taking_up(turn: Turn, wish: Mapping[str, Any], before: Answer) -> Turn:
    return replace(
        turn,
        conversation=records.get(turn.connection, turn.conversation.id),
        intent=wish["intent"],
        entities=tuple(wish["entities"]),
        also=(),
        pending=before.pending,
    )


def _one(name: str, turn: Turn) -> Answer:
    if name in WITHOUT_WAY_BACK:
        return Answer((say(name),), turn.pending)
    if name in ABOUT_MONEY and protection.in_crisis(turn.connection, turn.conversation):
        return answer(say("utter_crisis_still"))
    result = aside(say(name)) if name.startswith("utter_") else _needed(ACTIONS[name], turn)
    return resume.after(turn, result) if result.keeps_pending else result


def _needed(wanted: Action, turn: Turn) -> Answer:
    if wanted.needs == "nothing":
        return wanted.run(turn)
    if protection.in_crisis(turn.connection, turn.conversation):
        # Nothing about money until a person has lifted it, not even on request.
        return answer(say("utter_crisis_still"))
    if not turn.conversation.verified:
        return identity.begin(turn, wanted.name)
    if turn.conversation.account_id is None:
        return choose_account(turn, wanted.name)
    return _about_money(wanted, turn) if wanted.needs == "no_hold" else wanted.run(turn)


def _about_money(wanted: Action, turn: Turn) -> Answer:
    """What leads to a payment: not under a hold, and for an old debt only after its notice."""
    all_disputed = bool(turn.holds) and turn.payable.is_zero
    if holds.bars_plans(turn.holds) or (all_disputed and _owed(turn)):
        paused = {hold.kind for hold in turn.holds} == {"hardship_pause"}
        return answer(say("utter_on_pause" if paused else "utter_on_hold", choices=[PERSON]))
    if time_barred.stands_between(turn) and _owed(turn):
        return time_barred.notice_first(turn, wanted.name)
    return wanted.run(turn)


def _owed(turn: Turn) -> bool:
    return entries.balance(turn.connection, turn.account.id).minor > 0
