"""Leads back to what was under way after a side question."""

from __future__ import annotations

from dataclasses import replace

from actions import identity
from actions.turn import Answer, Pending, Turn, say
from bot.compliance.gate import Choice, Outgoing
from bot.conversations import records

YES_NO = (Choice("utter_label_yes", "affirm"), Choice("utter_label_no", "deny"))

_RESPONSES = {
    "choose_account": "utter_resume_choose_account",
    "choose_plan": "utter_resume_choose_plan",
    "plan_amount": "utter_resume_plan_amount",
    "plan_frequency": "utter_resume_plan_frequency",
    "plan_start": "utter_resume_plan_start",
    "off_policy": "utter_resume_off_policy",
    "confirm_plan": "utter_resume_confirm_plan",
    "move_date": "utter_resume_move_date",
    "confirm_move": "utter_resume_confirm_move",
    "confirm_skip": "utter_resume_confirm_skip",
    "confirm_cancel": "utter_resume_confirm_cancel",
    "hardship_choice": "utter_resume_hardship_choice",
    "right_reference": "utter_ask_right_reference",
    "affordability": "utter_resume_afford_other",
    "time_barred": "utter_time_barred_sure",
    "dispute_part": "utter_resume_dispute_part",
    "validation_delivery": "utter_resume_validation",
    "attorney_name": "utter_ask_attorney_name",
    "adviser_reference": "utter_ask_adviser_reference",
    "vulnerability_consent": "utter_resume_vulnerability",
}
"""How each open question is taken up again. One that is not here (such as an offered person) is
dropped by a side question instead."""


ASKED_OF_ANYBODY = (
    "right_reference",
    "attorney_name",
    "adviser_reference",
    "vulnerability_consent",
)
"""Open questions that hold nothing of an account and need no check."""


def leads_back(pending: Pending) -> bool:
    """Whether this question is taken up again after a side question."""
    return pending.name in _RESPONSES or pending.name == "identify"


def after(turn: Turn, answer: Answer) -> Answer:
    """The answer to a side question, with the way back to what was asked before it."""
    pending = turn.pending
    if pending is None:
        return answer
    if pending.name == "identify":
        return replace(answer, say=(*answer.say, identity.question(pending)), pending=pending)
    if not leads_back(pending):
        return answer
    if not turn.conversation.verified and pending.name not in ASKED_OF_ANYBODY:
        # It stays open, but is not repeated to whoever sits there now.
        return replace(answer, pending=pending)
    # What leads back must be the only thing that asks: choices beside it would ask twice.
    told = tuple(replace(outgoing, choices=()) for outgoing in answer.say)
    return replace(answer, say=(*told, _way_back(turn, pending)), pending=pending)


def _way_back(turn: Turn, pending: Pending) -> Outgoing:
    """The question once more, with the choices that it had."""
    asked = records.last_with_choices(turn.connection, turn.conversation.id)
    choices = [
        Choice(
            "utter_label_again",
            choice["intent"],
            tuple(choice["entities"]),
            {"label": choice["label"]},
            key=choice["key"],
        )
        for choice in (asked.choices if asked else ())
    ]
    if pending.name == "right_reference" and pending.data.get("intent") == "death":
        return say("utter_bereaved_reference")
    heading = pending.data.get("heading")
    if pending.name == "affordability" and heading:
        return say(f"utter_resume_afford_{heading}", choices=choices)
    return say(_RESPONSES[pending.name], choices=choices)
