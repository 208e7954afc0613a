"""Rights, obeyed at once: stop, dispute, prove it, a lawyer, the wrong person, and crisis.

The hold was set when the message arrived if its words were unmistakable; setting it again here for
what only the model understood changes nothing. None of this needs the identity check.
"""

from __future__ import annotations

from collections.abc import Callable

from actions.plain import is_plain
from actions.registry import action
from actions.turn import PERSON, Answer, Pending, Turn, answer, say
from bot.compliance.gate import Choice
from bot.conversations import protection
from bot.conversations.protection import PROTECTIONS
from bot.ledger import accounts, holds

WITHOUT_REFERENCE = ("crisis", "wrong_person", "third_party")
"""Obeyed without asking for anything: who says this may know no reference, or must not be asked."""

SURE_CHOICES = (
    Choice("utter_label_stop_contact", "cease_contact"),
    Choice("utter_label_cannot_afford", "report_hardship"),
    Choice("utter_label_stop_nothing", "deny"),
)

STOP_CHOICES = (
    Choice("utter_label_stop_contact", "cease_contact"),
    Choice("utter_label_stop_plan", "cancel_plan"),
    Choice("utter_label_stop_nothing", "deny"),
)


ASKED_FIRST = ("refuse_to_pay", "cease_contact", "opt_out")
"""What would end all contact. Read out of a message without a plain word for it ("I can't pay all
that"), it is asked first: the wrong guess would leave somebody alone who asked for help."""


def _obeyed(intent: str) -> Callable[[Turn], Answer]:
    def run(turn: Turn) -> Answer:
        if intent in ASKED_FIRST and not is_plain(turn, intent):
            return answer(
                say("utter_stop_sure", choices=SURE_CHOICES), asks=Pending("stop_sure", {})
            )
        return _obey(turn, intent)

    return run


def _obey(turn: Turn, intent: str) -> Answer:
    protection.protect(turn.connection, turn.conversation, intent, message_id=turn.message.id)
    if intent == "crisis":
        return answer(say(f"utter_crisis_{turn.creditor.jurisdiction.lower()}"))
    if intent == "third_party" and turn.heard.hardship_reason == "bereavement":
        return _bereaved(turn)
    if intent in WITHOUT_REFERENCE or turn.conversation.verified:
        return answer(say(f"utter_{intent}"))
    pending = Pending("right_reference", {"intent": intent, "message": turn.message.id})
    if turn.answers.reference:
        return _named(turn, pending)
    return answer(say("utter_right_noted"), say("utter_ask_right_reference"), asks=pending)


for _intent in PROTECTIONS:
    if _intent != "opt_out":
        action(f"action_{_intent}")(_obeyed(_intent))


def _bereaved(turn: Turn) -> Answer:
    """Somebody has died. Who writes may be a relative of the person who owed, or the person
    themselves, who lost somebody: condolence for both, nothing revealed, and a person."""
    if turn.conversation.verified:
        return answer(say("utter_hardship_bereavement", choices=[PERSON]))
    holds.place(
        turn.connection,
        scope="conversation",
        scope_id=turn.conversation.id,
        kind="deceased",
        evidence={"conversation": turn.conversation.id, "message": turn.message.id},
        key=turn.key("deceased"),
    )
    return answer(say("utter_bereaved"))


@action("action_stop_sure")
def stop_sure(turn: Turn) -> Answer:
    """A yes to ending all contact, or what was meant instead."""
    place = turn.heard.ordinal or turn.heard.count or (1 if turn.intent == "affirm" else 0)
    if not 1 <= place <= len(SURE_CHOICES):
        return answer(say("utter_stop_sure", choices=SURE_CHOICES), asks=Pending("stop_sure", {}))
    if place == 1:
        return _obey(turn, "cease_contact")
    intent = SURE_CHOICES[place - 1].intent
    return Answer((), then=({"action": f"action_{intent}", "intent": intent, "entities": []},))


@action("action_opt_out")
def opt_out(turn: Turn) -> Answer:
    """Stop messages on a channel. A bare "stop" on the website may mean three things."""
    if turn.heard.option == "bare":
        return answer(say("utter_stop_which", choices=STOP_CHOICES), asks=Pending("stop_which", {}))
    return _obeyed("opt_out")(turn)


@action("action_stop_choice")
def stop_choice(turn: Turn) -> Answer:
    """Which stop was meant, by its place in the list."""
    place = turn.heard.ordinal or turn.heard.count or 0
    if not 1 <= place <= len(STOP_CHOICES):
        return answer(say("utter_stop_which", choices=STOP_CHOICES), asks=Pending("stop_which", {}))
    intent = STOP_CHOICES[place - 1].intent
    return Answer((), then=({"action": f"action_{intent}", "intent": intent, "entities": []},))


@action("action_right_reference")
def right_reference(turn: Turn) -> Answer:
    """The reference for a right that was stated without a check. The answer is the same whether
    or not there is such an account."""
    pending = turn.pending
    if pending is None or pending.name != "right_reference":
        return answer(say("utter_what_now"))
    if not turn.answers.reference:
        return answer(say("utter_right_without_reference", choices=[PERSON]))
    return _named(turn, pending)


def _named(turn: Turn, pending: Pending) -> Answer:
    intent = str(pending.data["intent"])
    account = accounts.find(turn.connection, turn.creditor.slug, turn.answers.reference or "")
    if account is not None:
        protection.protect(
            turn.connection,
            turn.conversation,
            intent,
            message_id=str(pending.data["message"]),
            account=account,
        )
    return answer(say(f"utter_{intent}"))
