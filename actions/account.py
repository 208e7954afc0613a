"""Questions about the account: what is owed, when, why, to whom, and what was paid."""

from __future__ import annotations

from typing import Any

from actions import cards, disputes, identity
from actions.registry import action
from actions.turn import OPTIONS_OFFERED, SEE_OPTIONS, Answer, Pending, Turn, aside, say
from bot.compliance.gate import Choice, Outgoing
from bot.ledger import entries, holds, plans
from bot.money import Money

NEXT_STEP = (SEE_OPTIONS, Choice("utter_label_why", "ask_breakdown"))


@action("action_ask_balance", needs="account")
def ask_balance(turn: Turn) -> Answer:
    """What is owed, on which account, as of today; a next step is offered, never pushed."""
    balance = _balance(turn)
    if balance.minor <= 0:
        return aside(nothing_owed(turn, balance))
    card = cards.account_card(turn, balance)
    values: dict[str, Any] = {
        "balance": balance,
        "reference": turn.account.reference,
        "today": turn.today,
    }
    if plans.active(turn.connection, turn.account.id):
        return aside(say("utter_balance_with_plan", card=card, **values))
    if _quiet(turn) or turn.pending is not None:
        # Nothing further is offered under a hold, nor in the middle of something else.
        return aside(say("utter_balance_only", card=card, **values))
    return aside(say("utter_balance", card=card, choices=NEXT_STEP, **values), asks=OPTIONS_OFFERED)


@action("action_ask_due_date", needs="account")
def ask_due_date(turn: Turn) -> Answer:
    """When the next amount is due: the plan's next instalment if there is a plan."""
    balance = _balance(turn)
    if balance.minor <= 0:
        return aside(nothing_owed(turn, balance))
    if turn.pending is not None and turn.pending.name == "confirm_plan":
        return aside(dates_on_the_table(turn, turn.pending))
    plan = plans.active(turn.connection, turn.account.id)
    following = plans.progress(plan).next if plan else None
    if following is not None:
        due, amount = following.due_on, following.amount - following.paid
    else:
        due = turn.account.due_on
        amount = min(turn.account.minimum_due or balance, balance)
    days = (due - turn.today).days
    values: dict[str, Any] = {"amount": amount, "due": due, "balance": balance}
    if days > 0:
        return aside(say("utter_due_in", days=days, **values))
    if days == 0:
        return aside(say("utter_due_today", **values))
    if _quiet(turn):
        return aside(say("utter_due_passed_on_hold", **values))
    return aside(say("utter_due_passed", choices=[SEE_OPTIONS], **values), asks=OPTIONS_OFFERED)


@action("action_ask_minimum", needs="account")
def ask_minimum(turn: Turn) -> Answer:
    """The least that keeps the account as it is, and until when."""
    balance = _balance(turn)
    if balance.minor <= 0:
        return aside(nothing_owed(turn, balance))
    plan = plans.active(turn.connection, turn.account.id)
    following = plans.progress(plan).next if plan else None
    if following is not None:
        left = following.amount - following.paid
        return aside(say("utter_minimum_plan", amount=left, due=following.due_on))
    least = turn.account.minimum_due
    choices = () if _quiet(turn) else [SEE_OPTIONS]
    if least is None or least.minor == 0:
        return aside(say("utter_minimum_none", balance=balance, choices=choices))
    return aside(
        say(
            "utter_minimum",
            amount=min(least, balance),
            due=turn.account.due_on,
            balance=balance,
            choices=choices,
        )
    )


@action("action_ask_breakdown", needs="account")
def ask_breakdown(turn: Turn) -> Answer:
    """How the balance came about, kind by kind, summing to it."""
    history = entries.history(turn.connection, turn.account.id)
    balance = _balance(turn)
    nothing = Money(0, balance.currency)
    sums: dict[str, Money] = {}
    for entry in history:
        sums[entry.kind] = sums.get(entry.kind, nothing) + entry.amount
    recent = [
        (f"{e.memo or e.kind} · {cards.day(turn, e.posted_on)['text']}", e.amount) for e in history
    ]
    charged = sum((sums.get(k, nothing) for k in ("charge",)), nothing)
    added = sum((sums.get(k, nothing) for k in ("interest", "fee")), nothing)
    paid = -sums.get("payment", nothing)
    other = balance - charged - added + paid
    return aside(
        say(
            "utter_breakdown" if other.minor == 0 else "utter_breakdown_other",
            charged=charged,
            added=added,
            paid=paid,
            other=other,
            balance=balance,
            card=cards.account_card(turn, balance, recent),
        )
    )


@action("action_ask_history", needs="account")
def ask_history(turn: Turn) -> Answer:
    """What was paid so far, as a chart with its numbers, and the last payment in words."""
    paid = entries.payments(turn.connection, turn.account.id)
    balance = _balance(turn)
    if not paid:
        return aside(say("utter_history_none", balance=balance))
    nothing = Money(0, balance.currency)
    last = paid[-1]
    return aside(
        say(
            "utter_history",
            count=len(paid),
            paid=sum((-p.amount for p in paid), nothing),
            last_amount=-last.amount,
            last_day=last.posted_on,
            card=cards.history_card(turn, paid, balance),
        )
    )


@action("action_ask_creditor")
def ask_creditor(turn: Turn) -> Answer:
    """Who we are, to anybody who asks; after the check, who is owed and who was at first."""
    wish = turn.question("action_ask_whose_account")
    if turn.conversation.verified:
        return Answer((), turn.pending, then=(wish,))
    introduced = Answer((say("utter_who_we_are"),))
    return introduced.before(identity.begin(turn, "action_ask_whose_account"))


@action("action_ask_whose_account", needs="account")
def ask_whose_account(turn: Turn) -> Answer:
    """Who is owed now, and who was owed at first."""
    account = turn.account
    original = account.original_creditor
    if original and original != turn.creditor.name:
        told = say("utter_creditor_original", original=original, reference=account.reference)
        if disputes.original_creditor(turn):
            return aside(told, say("utter_original_creditor_asked"))
        return aside(told)
    return aside(say("utter_creditor", reference=account.reference))


def _balance(turn: Turn) -> Money:
    return entries.balance(turn.connection, turn.account.id)


def _quiet(turn: Turn) -> bool:
    """Whether nothing that leads to a payment may be offered now."""
    return holds.silences_money(turn.holds)


def dates_on_the_table(turn: Turn, pending: Pending) -> Outgoing:
    """When the plan that was just shown would begin and end."""
    shown = plans.get(turn.connection, str(pending.data["plan"]))
    first, last = shown.instalments[0], shown.instalments[-1]
    return say("utter_dates_on_the_table", first=first.due_on, last=last.due_on)


def nothing_owed(turn: Turn, balance: Money) -> Outgoing:
    """That nothing is owed, or that the creditor owes."""
    if balance.minor < 0:
        return say("utter_credit_balance", credit=-balance, reference=turn.account.reference)
    return say("utter_nothing_owed", reference=turn.account.reference, balance=balance)
