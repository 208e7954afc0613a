"""Runs an action of a turn: checks first what it needs, takes up what else was wished, and leads
back to what was under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from actions import identity, resume
from actions.choosing import choose_account
from actions.plain import is_plain
from actions.registry import ACTIONS, Action
from actions.turn import PERSON, Answer, Turn, answer, aside, say
from bot.conversations import protection, records
from bot.conversations.protection import PROTECTIONS
from bot.conversations.redaction import MARKS
from bot.ledger import holds

WITHOUT_WAY_BACK = ("utter_goodbye", "utter_thanks")
"""What was under way stays open, but nobody who takes their leave is led back to it."""

_NEVER_SEND = [MARKS["card"], MARKS["ssn"], MARKS["bank_account"]]


def perform(name: str, turn: Turn) -> Answer:
    """Run the action `name`, or speak the response of that name, for this turn."""
    also = [
        replace(turn, intent=intent).question(f"action_{intent}")
        for intent in turn.also
        if f"action_{intent}" in ACTIONS
        and intent != turn.intent
        # A second wish that sets a hold must stand there plainly: "I can't pay" beside something
        # else is no refusal, and must not end all contact.
        and (intent not in PROTECTIONS or is_plain(turn, intent))
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
    if wanted.needs == "no_hold" and holds.silences_money(turn.holds):
        paused = {hold.kind for hold in turn.holds} == {"hardship_pause"}
        return answer(say("utter_on_pause" if paused else "utter_on_hold", choices=[PERSON]))
    return wanted.run(turn)
