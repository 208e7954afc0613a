"""Asking who somebody is: one question a message, answered in any order and any words."""

from __future__ import annotations

from dataclasses import replace

from actions.registry import action
from actions.turn import PERSON, Answer, Pending, Turn, answer, say
from bot.compliance.gate import Outgoing
from bot.conversations import handoffs, identity, protection
from bot.conversations.identity import Answers, Verified
from bot.ledger import accounts

_ASK = {
    "account": "utter_ask_reference",
    "birth_date": "utter_ask_birth_date",
    "postal_code": "utter_ask_postal_code",
}
_HELP = {
    "account": "utter_help_reference",
    "birth_date": "utter_help_birth_date",
    "postal_code": "utter_help_postal_code",
}


def begin(turn: Turn, wanted: str) -> Answer:
    """Start the check, or go on with it, for the sake of the action `wanted`, which runs right
    after it."""
    wish = turn.question(wanted)
    if turn.pending is not None and turn.pending.name == "identify":
        waiting = [w for w in turn.asked.get("then", []) if w["action"] != wanted]
        return _go_on(turn, turn.pending.with_data(then=[*waiting, wish]), started=True)
    before = turn.pending.as_json() if turn.pending else None
    known = Answers()
    if turn.conversation.account_id is not None:
        # Checked before in this conversation: the account need not be named again.
        account = accounts.get(turn.connection, turn.conversation.account_id)
        known = Answers(reference=account.reference)
    pending = Pending("identify", {"answers": known.as_json(), "then": [wish], "before": before})
    return _go_on(turn, pending, started=False)


@action("action_identify")
def identify(turn: Turn) -> Answer:
    """Somebody answered, or did not answer, a question of the check."""
    pending = turn.pending
    if pending is None or pending.name != "identify":
        pending = Pending("identify", {"answers": Answers().as_json(), "then": [], "before": None})
        return _go_on(turn, pending, started=False)
    if turn.answers.empty and not turn.conversation.locked:
        missing = Answers.from_json(turn.asked.get("answers")).missing or "account"
        return answer(say(_HELP[missing], choices=[PERSON]), asks=pending)
    return _go_on(turn, pending, started=True)


def question(pending: Pending) -> Outgoing:
    """The question of the check that is open."""
    missing = Answers.from_json(pending.data.get("answers")).missing or "account"
    return say(_ASK[missing])


def _go_on(turn: Turn, pending: Pending, *, started: bool) -> Answer:
    if turn.conversation.locked:
        return answer(say("utter_identity_locked", choices=[PERSON]))
    answers = Answers.from_json(pending.data.get("answers")).with_newer(turn.answers)
    pending = pending.with_data(answers=answers.as_json())
    if answers.missing:
        if started:
            return answer(question(pending), asks=pending)
        first = "utter_check_again" if answers.reference and not turn.answers.reference else None
        return answer(
            say(first or f"utter_check_first_{answers.missing}"),
            *([question(pending)] if first else []),
            asks=pending,
        )
    outcome = identity.check(
        turn.connection, turn.conversation, turn.creditor, answers, turn.secret
    )
    if isinstance(outcome, Verified):
        return _verified(turn, outcome, pending)
    if outcome.attempts_left:
        again = pending.with_data(answers=Answers().as_json())
        return answer(say("utter_check_failed", choices=[PERSON]), asks=again)
    handoffs.open_handoff(
        turn.connection, outcome.conversation, "identity_locked", message_id=turn.message.id
    )
    return answer(say("utter_identity_locked", choices=[PERSON]))


def _verified(turn: Turn, outcome: Verified, pending: Pending) -> Answer:
    protection.carry_over(turn.connection, outcome.conversation)
    debtor = accounts.debtor_of(turn.connection, outcome.accounts[0])
    same = turn.conversation.debtor_id in (None, debtor.id)
    # What was on the table for another person must not be answered by this one.
    before = Pending.from_json(pending.data.get("before")) if same else None
    then = tuple(pending.data.get("then", ())) if same else ()
    thanks = say("utter_verified", first_name=debtor.first_name)
    if then:
        return replace(answer(thanks, asks=before), then=then)
    return answer(thanks, say("utter_what_now"), asks=before)
