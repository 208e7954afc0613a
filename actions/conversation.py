"""The conversation itself: a greeting, what was not understood, a yes to nothing, once more."""

from __future__ import annotations

from dataclasses import replace

from actions import resume
from actions.choosing import switch_account
from actions.people import when_a_person_comes
from actions.registry import action
from actions.turn import PERSON, Answer, Pending, Turn, answer, aside, say
from bot.compliance.gate import Choice
from bot.conversations import handoffs, records

OFFERABLE = (
    "ask_balance",
    "ask_due_date",
    "ask_minimum",
    "ask_breakdown",
    "ask_history",
    "ask_creditor",
    "ask_plan",
    "ask_plan_status",
    "change_due_date",
    "skip_payment",
    "cancel_plan",
    "report_hardship",
    "ask_human",
    "make_payment",
    "report_payment_made",
    "dispute_not_mine",
    "dispute_amount",
    "cease_contact",
    "ask_settlement",
    "opt_out",
    "wrong_person",
    "third_party",
    "report_identity_theft",
    "report_bankruptcy",
    "report_attorney",
    "request_validation",
)
"""Readings that are offered in doubt; the label of each is `utter_reading_<intent>`."""

GREETING = "utter_welcome"
"""What stands at the start of every conversation, before anybody has written."""


@action("action_clarify")
def clarify(turn: Turn) -> Answer:
    """Not understood: the two likeliest readings; a person the second time in a row."""
    times = turn.conversation.misunderstood + 1
    if times >= 2:
        offered = answer(
            say("utter_offer_person", choices=(Choice("utter_label_person_yes", "affirm"), _NO)),
            asks=Pending("offer_human", {"before": _stored(turn)}),
        )
        return replace(offered, misunderstood=times)
    if turn.pending is not None:
        return replace(aside(say("utter_not_understood")), misunderstood=times)
    likeliest = [i for i in turn.ranking if i in OFFERABLE][:2] or ["ask_balance", "ask_plan"]
    choices = [Choice(f"utter_reading_{intent}", intent, turn.entities) for intent in likeliest]
    asked = answer(
        say("utter_clarify", choices=[*choices, PERSON]),
        asks=Pending("clarify", {"readings": likeliest}),
    )
    return replace(asked, misunderstood=times)


@action("action_clarify_choice")
def clarify_choice(turn: Turn) -> Answer:
    """One of the offered readings, by its place in the list; a plain yes means the first."""
    readings = list(turn.asked.get("readings", []))
    place = turn.heard.ordinal or turn.heard.count or (1 if turn.intent == "affirm" else 0)
    if not readings or not -len(readings) <= place <= len(readings) or place == 0:
        return answer(say("utter_what_now"))
    intent = readings[place - 1 if place > 0 else place]
    wish = replace(turn, intent=intent, entities=()).question(f"action_{intent}")
    if wish["action"] == "action_ask_human":
        return replace(answer(), then=(wish,))
    return replace(answer(), then=(wish,))


@action("action_person_wanted")
def person_wanted(turn: Turn) -> Answer:
    """A yes to the offer of a person."""
    handoffs.open_handoff(
        turn.connection, turn.conversation, "misunderstood", message_id=turn.message.id
    )
    return answer(when_a_person_comes(turn), asks=_restored(turn))


@action("action_person_not_wanted")
def person_not_wanted(turn: Turn) -> Answer:
    """A no to the offer of a person: what was under way goes on."""
    before = _restored(turn)
    if before is None:
        return answer(say("utter_what_now"))
    return resume.after(replace(turn, pending=before), aside(say("utter_no_problem")))


@action("action_affirm")
def affirm(turn: Turn) -> Answer:
    """A yes with nothing on the table does nothing."""
    return aside(say("utter_nothing_to_confirm"))


@action("action_deny")
def deny(turn: Turn) -> Answer:
    """A no with nothing on the table."""
    return answer(say("utter_no_problem"))


@action("action_inform")
def inform(turn: Turn) -> Answer:
    """An answer to nothing that was asked: an amount begins a plan, a reference the check."""
    if not turn.answers.empty and not turn.conversation.verified:
        return replace(answer(), then=(turn.question("action_identify"),))
    if turn.answers.reference:
        return switch_account(turn)
    if turn.heard.plan_words:
        return replace(answer(), then=(turn.question("action_offer_amount"),))
    return clarify(turn)


@action("action_ask_repeat")
def ask_repeat(turn: Turn) -> Answer:
    """What was said last, once more. What was said to a checked person is repeated to nobody
    else."""
    if turn.pending is not None and resume.leads_back(turn.pending):
        return aside(say("utter_once_more"))
    if not turn.conversation.verified:
        return aside(say("utter_capabilities"))
    said = [
        m
        for m in records.messages_after(
            turn.connection, turn.conversation.id, max(0, turn.message.sequence - 30)
        )
        if m.author == "bot" and m.sequence < turn.message.sequence
    ]
    if not said or (said[-1].card is None and not said[-1].text):
        return aside(say("utter_capabilities"))
    return aside(replace(say("utter_repeat", text=said[-1].text), card=said[-1].card))


def _stored(turn: Turn) -> dict[str, object] | None:
    return turn.pending.as_json() if turn.pending else None


def _restored(turn: Turn) -> Pending | None:
    return Pending.from_json(turn.asked.get("before"))


_NO = Choice("utter_label_no", "deny")


action("action_default_fallback")(clarify)
