"""Questions whose answer is a fact of the ledger, and no prediction."""

from __future__ import annotations

from actions import time_barred
from actions.people import when_a_person_comes
from actions.registry import action
from actions.turn import PERSON, Answer, Turn, aside, say
from bot.conversations import handoffs
from bot.ledger import entries


@action("action_ask_credit_report", needs="account")
def ask_credit_report(turn: Turn) -> Answer:
    """Whether the account is reported, by the ledger's flag."""
    reported = turn.account.credit_reported
    if reported is None:
        return aside(say("utter_credit_report_unknown", choices=[PERSON]))
    return aside(say("utter_credit_report_yes" if reported else "utter_credit_report_no"))


@action("action_ask_paid_letter", needs="account")
def ask_paid_letter(turn: Turn) -> Answer:
    """A letter once nothing is owed; a person writes it."""
    balance = entries.balance(turn.connection, turn.account.id)
    if balance.minor > 0:
        return aside(say("utter_paid_letter_later", balance=balance))
    handoffs.open_handoff(
        turn.connection, turn.conversation, "paid_letter", message_id=turn.message.id
    )
    return aside(say("utter_paid_letter"), when_a_person_comes(turn))


@action("action_ask_legal_consequences", needs="account")
def ask_legal_consequences(turn: Turn) -> Answer:
    """Only what is true and intended: the ledger's flag; and never arrest (12 CFR 1006.18(b))."""
    if turn.account.legal_action_intended:
        return aside(say("utter_legal_person", choices=[PERSON]))
    return aside(say("utter_legal_none"))


@action("action_ask_time_barred", needs="account")
def ask_time_barred(turn: Turn) -> Answer:
    """Whether the law still allows a claim is told by the ledger's date, in the words that the law
    prescribes; a person explains the rest."""
    notice = time_barred.notice(turn)
    if notice:
        return aside(say("utter_time_barred_yes", notice=notice, choices=[PERSON]))
    return aside(say("utter_time_barred_no", opened=turn.account.opened_on, choices=[PERSON]))
