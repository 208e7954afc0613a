"""Rights, obeyed at once: stop, dispute, prove it, a lawyer, the wrong person, and crisis.

The hold was set when the message arrived if its words were unmistakable; setting it again here for
what only the model understood changes nothing. None of this needs the identity check.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from actions import contact, disputes, hardship, representatives
from actions.plain import is_plain
from actions.registry import action
from actions.standing import rights_card
from actions.turn import PERSON, Answer, Pending, Turn, answer, say
from bot import particulars
from bot.compliance.gate import Choice
from bot.conversations import protection, records
from bot.conversations.identity import Answers
from bot.conversations.protection import PROTECTIONS
from bot.ledger import accounts

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

NOTHING_MORE = ("cease_contact", "refuse_to_pay", "opt_out", "report_attorney")
"""Confirmed with nothing besides (12 CFR 1006.14(h), 1006.6(b)(2))."""

COUNTRIES = {"Europe/Dublin": "ie", "Europe/London": "uk", "Europe/Belfast": "uk"}
"""Where somebody is, by their time zone; else where the creditor is. For the help lines."""


def _obeyed(intent: str) -> Callable[[Turn], Answer]:
    def run(turn: Turn) -> Answer:
        if intent in ASKED_FIRST and not is_plain(turn, intent):
            return answer(
                say("utter_stop_sure", choices=SURE_CHOICES), asks=Pending("stop_sure", {})
            )
        return _obey(turn, intent)

    return run


def _obey(turn: Turn, intent: str) -> Answer:
    stated = replace(particulars.read(turn.message.text), phone=turn.answers.phone)
    protection.protect(
        turn.connection,
        turn.conversation,
        turn.creditor,
        intent,
        message_id=turn.message.id,
        particulars=stated,
    )
    # Who turned out to be somebody else is no longer checked.
    turn = replace(turn, conversation=records.get(turn.connection, turn.conversation.id))
    if intent == "crisis":
        return answer(say(f"utter_crisis_{_country(turn)}"))
    if intent == "third_party" and stated.death:
        return _bereaved(turn)
    if intent in WITHOUT_REFERENCE or _is_known(turn):
        return _done(turn, intent)
    pending = Pending("right_reference", {"intent": intent, "message": turn.message.id})
    reference = _given_in_the_check(turn)
    if reference:
        protection.name_account(turn.connection, turn.conversation, reference)
        return _done(turn, intent)
    return answer(say("utter_right_noted"), say("utter_ask_right_reference"), asks=pending)


for _intent in PROTECTIONS:
    if _intent != "opt_out":
        action(f"action_{_intent}")(_obeyed(_intent))


def _is_known(turn: Turn) -> bool:
    """Whether it is known which account a right is about; not whether there is such an account."""
    conversation = turn.conversation
    return bool(conversation.verified or conversation.account_id or conversation.named_reference)


def _given_in_the_check(turn: Turn) -> str | None:
    """The reference that was given to a check that is under way."""
    if turn.pending is None or turn.pending.name != "identify":
        return None
    return Answers.from_json(turn.asked.get("answers")).reference


def _done(turn: Turn, intent: str) -> Answer:
    """What is said of a right that was obeyed."""
    if intent == "opt_out":
        return contact.opted_out(turn)
    if intent == "inconvenient_time":
        return contact.times_kept(turn)
    if intent == "report_attorney":
        return representatives.attorney(turn)
    if intent == "report_adviser":
        return representatives.adviser(turn)
    sees = turn.conversation.verified and turn.conversation.account_id is not None
    card = rights_card(turn) if sees and intent not in NOTHING_MORE else None
    if sees and intent == "dispute_amount":
        return disputes.of_amount(turn, card)
    if sees and intent == "request_validation":
        return disputes.of_validation(turn, card)
    return answer(say(f"utter_{intent}", card=card))


def _country(turn: Turn) -> str:
    """Where the person is, for help lines that answer there."""
    jurisdiction = turn.creditor.jurisdiction.lower()
    if turn.conversation.account_id is None:
        return jurisdiction
    zone = accounts.get(turn.connection, turn.conversation.account_id).time_zone
    return COUNTRIES.get(zone, "us" if zone.startswith("America/") else jurisdiction)


def _bereaved(turn: Turn) -> Answer:
    """Somebody has died. Who writes may be a relative of the person who owed, or the person
    themselves, who lost somebody: condolence for both, nothing revealed, and a person."""
    if turn.conversation.verified:
        return hardship.bereaved(turn)
    if _is_known(turn):
        return answer(say("utter_bereaved"))
    return answer(
        say("utter_bereaved"),
        say("utter_bereaved_reference"),
        asks=Pending("right_reference", {"intent": "death", "message": turn.message.id}),
    )


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
    if intent == "cease_contact":
        # Chosen by its number it was chosen as plainly as by its button.
        return _obey(turn, intent)
    return Answer((), then=({"action": f"action_{intent}", "intent": intent, "entities": []},))


@action("action_inconvenient_time")
def inconvenient_time(turn: Turn) -> Answer:
    """When and where they want to be left in peace, kept for whoever would reach out."""
    if not particulars.wishes(turn.message.text):
        return contact.ask_times()
    return _obey(turn, "inconvenient_time")


@action("action_contact_times")
def contact_times(turn: Turn) -> Answer:
    """The times in other words, when the first were not understood."""
    if particulars.wishes(turn.message.text):
        return _obey(turn, "inconvenient_time")
    return contact.not_understood(turn)


@action("action_right_reference")
def right_reference(turn: Turn) -> Answer:
    """The reference for a right that was stated without a check. The answer is the same whether
    or not there is such an account."""
    pending = turn.pending
    if pending is None or pending.name != "right_reference":
        return answer(say("utter_what_now"))
    intent = str(pending.data["intent"])
    if not turn.answers.reference:
        if intent == "death":
            return answer(say("utter_bereaved_no_reference"))
        return answer(say("utter_right_without_reference", choices=[PERSON]))
    # The hold was set on the account, if there is one, when the message came in.
    protection.name_account(turn.connection, turn.conversation, turn.answers.reference)
    if intent == "death":
        return answer(say("utter_bereaved_noted"))
    return _done(turn, intent)
