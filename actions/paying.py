"""Paying, as far as this assistant can help with it: where to pay, and payments gone astray."""

from __future__ import annotations

from datetime import timedelta

from actions.account import nothing_owed
from actions.people import when_a_person_comes
from actions.plans import offer_amount
from actions.registry import action
from actions.turn import OPTIONS_OFFERED, PERSON, SEE_OPTIONS, Answer, Turn, answer, aside, say
from bot.conversations import handoffs
from bot.ledger import entries, offers

_RECENT = timedelta(days=14)


@action("action_make_payment", needs="no_hold")
def make_payment(turn: Turn) -> Answer:
    """How to pay now."""
    balance = turn.payable
    if balance.minor <= 0:
        return aside(nothing_owed(turn, balance))
    return aside(
        say(
            "utter_pay_how",
            reference=turn.account.reference,
            balance=balance,
            choices=[SEE_OPTIONS, PERSON],
        )
    )


@action("action_report_payment_made", needs="account")
def report_payment_made(turn: Turn) -> Answer:
    """Look the payment up; if it is not there, a person looks for it."""
    recent = [
        p
        for p in entries.payments(turn.connection, turn.account.id)
        if p.posted_on >= turn.today - _RECENT
    ]
    if recent:
        last = recent[-1]
        return aside(
            say(
                "utter_payment_found",
                amount=-last.amount,
                day=last.posted_on,
                balance=entries.balance(turn.connection, turn.account.id),
            )
        )
    handoffs.open_handoff(
        turn.connection, turn.conversation, "payment_missing", message_id=turn.message.id
    )
    return aside(say("utter_payment_not_found"), when_a_person_comes(turn))


@action("action_promise_to_pay", needs="no_hold")
def promise_to_pay(turn: Turn) -> Answer:
    """A promise with an amount and a day is a small plan; without, the plan is asked for."""
    if turn.heard.amount is not None or turn.heard.percent is not None:
        return offer_amount(turn)
    return answer(say("utter_promise", choices=[SEE_OPTIONS, PERSON]))


@action("action_ask_settlement", needs="no_hold")
def ask_settlement(turn: Turn) -> Answer:
    """Less than the whole, where the policy offers that; else a person decides."""
    balance = turn.payable
    if balance.minor <= 0:
        return aside(nothing_owed(turn, balance))
    age = (turn.today - turn.account.opened_on).days
    ladder = offers.ladder(balance, turn.creditor.plan_policy, turn.today, age)
    settlement = next((o for o in ladder if o.name == "settlement"), None)
    if settlement is None:
        return answer(
            say("utter_settlement_none", choices=[SEE_OPTIONS, PERSON]), asks=OPTIONS_OFFERED
        )
    return answer(
        say(
            "utter_settlement",
            total=settlement.total,
            balance=balance,
            first=settlement.first,
            basis=[settlement.terms],
            choices=[SEE_OPTIONS, PERSON],
        ),
        asks=OPTIONS_OFFERED,
    )
