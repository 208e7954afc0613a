"""Cards: what a message shows besides its words, as data that the channel draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from actions.turn import Turn
from bot.conversations import schedules
from bot.conversations.schedules import money
from bot.ledger.entries import Entry
from bot.ledger.offers import Offer
from bot.ledger.plans import Plan
from bot.money import Money
from bot.wording import Phrase


def day(turn: Turn, value: date) -> dict[str, str]:
    """A date with the way it is written where this creditor is."""
    return schedules.day(turn.creditor, value)


def account_card(
    turn: Turn, balance: Money, lines: Iterable[tuple[str, Money]] = ()
) -> dict[str, Any]:
    """What is owed on the account and when; `lines` are how the balance came about."""
    account = turn.account
    card: dict[str, Any] = {
        "kind": "account",
        "creditor": turn.creditor.name,
        "reference": account.reference,
        "balance": money(balance),
        "as_of": day(turn, turn.today),
    }
    if account.original_creditor and account.original_creditor != turn.creditor.name:
        card["original_creditor"] = account.original_creditor
    if balance.minor > 0:
        card["due"] = day(turn, account.due_on)
        if account.minimum_due is not None:
            card["minimum"] = money(min(account.minimum_due, balance))
    shown = [{"label": label, "amount": money(amount)} for label, amount in lines]
    if shown:
        card["lines"] = shown
    return card


def history_card(turn: Turn, payments: Sequence[Entry], balance: Money) -> dict[str, Any]:
    """What was paid, when, and what is left."""
    nothing = Money(0, balance.currency)
    return {
        "kind": "history",
        "payments": [
            {"date": day(turn, p.posted_on), "amount": money(-p.amount), "memo": p.memo}
            for p in payments
        ],
        "paid": money(sum((-p.amount for p in payments), nothing)),
        "balance": money(balance),
    }


def plan_card(turn: Turn, plan: Plan, frequency_text: Phrase) -> dict[str, Any]:
    """A plan that stands, with what is paid."""
    nothing = Money(0, plan.total.currency)
    paid = sum((i.paid for i in plan.instalments), nothing)
    return {
        "kind": "schedule",
        "status": plan.status,
        "frequency_text": frequency_text,
        "total": money(plan.total),
        "paid": money(paid),
        "left": money(plan.total - paid),
        "instalments": [
            {
                "sequence": i.sequence,
                "due": day(turn, i.due_on),
                "amount": money(i.amount),
                # What was left of a plan that ended: neither due nor paid.
                "status": "skipped" if i.status == "cancelled" else i.status,
            }
            for i in plan.instalments
        ],
    }


def options_card(turn: Turn, offers: Sequence[tuple[str, Phrase, Offer]]) -> dict[str, Any]:
    """Plans to pick from: (choice key, title, offer)."""
    return {
        "kind": "options",
        "options": [
            {
                "choice": key,
                "title": title,
                "total": money(offer.terms.total),
                "amount": money(offer.terms.amount),
                "count": len(offer.terms.instalments),
                "first": day(turn, offer.terms.instalments[0].due_on),
                "last": day(turn, offer.terms.instalments[-1].due_on),
            }
            for key, title, offer in offers
        ],
    }
