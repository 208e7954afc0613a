"""How a schedule is put before a person, whoever offers it: its wording, its card, its rhythm."""

from __future__ import annotations

from datetime import date
from typing import Any

from bot.creditors import Creditor
from bot.ledger.offers import Offer
from bot.ledger.plans import Plan
from bot.ledger.schedule import Frequency, Terms
from bot.money import Money
from bot.wording import Phrase, short_day

SCHEDULE = "utter_plan_schedule"
"""What every response begins with that shows a schedule."""


def money(amount: Money) -> dict[str, Any]:
    """An amount of a card, with the way it is written."""
    return {**amount.as_json(), "text": str(amount)}


def day(creditor: Creditor, value: date) -> dict[str, str]:
    """A date of a card, with the way it is written where this creditor is."""
    return {"date": value.isoformat(), "text": short_day(value, creditor.jurisdiction != "US")}


def rhythm(terms_or_plan: Plan | Terms) -> Phrase:
    """How often, in words: "every other Friday", "on the 1st and 15th"."""
    start = terms_or_plan.start
    days = terms_or_plan.days_of_month or (start.day,)
    if terms_or_plan.frequency is Frequency.SEMIMONTHLY:
        first, second = (*days, *days)[:2] if len(days) > 1 else (1, 15)
        return Phrase("utter_words_semimonthly", {"first": first, "second": second})
    name = f"utter_words_{terms_or_plan.frequency.value}"
    return Phrase(name, {"start": start, "day": days[0]})


def card(creditor: Creditor, terms: Terms) -> dict[str, Any]:
    """A schedule that is offered."""
    return {
        "kind": "schedule",
        "status": "offered",
        "frequency_text": rhythm(terms),
        "total": money(terms.total),
        "instalments": [
            {
                "sequence": one.sequence,
                "due": day(creditor, one.due_on),
                "amount": money(one.amount),
                "status": "due",
            }
            for one in terms.instalments
        ],
    }


def response(terms: Terms) -> str:
    """The wording whose sum is right: all payments equal, all but the last, or otherwise."""
    amounts = [instalment.amount for instalment in terms.instalments]
    if len(amounts) == 1:
        return "utter_plan_schedule_once"
    if len(set(amounts)) == 1:
        return SCHEDULE
    if len(set(amounts[:-1])) == 1:
        return "utter_plan_schedule_last_differs"
    return "utter_plan_schedule_varied"


def values(offer: Offer) -> dict[str, Any]:
    """What a wording may say of an offer."""
    return {
        "total": offer.total,
        "amount": offer.amount,
        "count": offer.count,
        "first": offer.first,
        "last": offer.last,
        "rhythm": rhythm(offer.terms),
    }


def shown(offer: Offer) -> dict[str, Any]:
    """All values of the response that shows the whole schedule."""
    return {
        "regular": offer.count - 1,
        "last_amount": offer.terms.instalments[-1].amount,
        **values(offer),
    }
