"""A plan in the making: what the person has said of it so far, over several messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from actions.heard import Heard
from bot.ledger.offers import Proposal
from bot.ledger.schedule import Frequency, Terms, amounts_by_count
from bot.money import Money

SATURDAY = 5


def from_json(stored: Mapping[str, Any] | None, currency: str) -> Proposal:
    """A draft from the database; an empty one if there is none."""
    if not stored:
        return Proposal()
    amount, frequency, start = (stored.get(k) for k in ("amount", "frequency", "start"))
    return Proposal(
        amount=Money(int(amount), currency) if amount is not None else None,
        frequency=Frequency(frequency) if frequency else None,
        start=date.fromisoformat(start) if start else None,
        weekday=stored.get("weekday"),
        count=stored.get("count"),
        percent=stored.get("percent"),
        days_of_month=tuple(stored.get("days_of_month") or ()),
    )


def as_json(draft: Proposal) -> dict[str, Any]:
    """A draft for the database."""
    return {
        "amount": draft.amount.minor if draft.amount else None,
        "frequency": draft.frequency.value if draft.frequency else None,
        "start": draft.start.isoformat() if draft.start else None,
        "weekday": draft.weekday,
        "count": draft.count,
        "percent": draft.percent,
        "days_of_month": list(draft.days_of_month),
    }


def of_terms(terms: Terms) -> Proposal:
    """The draft that a shown schedule is, so that "make it 40" changes only the amount."""
    weekly = terms.frequency in (Frequency.WEEKLY, Frequency.BIWEEKLY)
    count = len(terms.instalments)
    amounts = tuple(instalment.amount for instalment in terms.instalments)
    # Equal parts of the whole are meant by their number, or a change of rhythm would leave cents.
    by_count = count > 1 and amounts == amounts_by_count(terms.total, count)
    return Proposal(
        amount=None if by_count else terms.amount,
        count=count if by_count else None,
        frequency=terms.frequency,
        start=terms.start,
        weekday=terms.start.weekday() if weekly else None,
        days_of_month=terms.days_of_month,
    )


def merge(draft: Proposal, heard: Heard) -> Proposal:
    """The draft with what was just said in the place of what it contradicts."""
    if heard.amount is not None:
        draft = replace(draft, amount=heard.amount, count=None, percent=None)
    elif heard.percent is not None:
        draft = replace(draft, percent=heard.percent, amount=None, count=None)
    elif heard.count is not None:
        draft = replace(draft, count=heard.count, amount=None, percent=None)
    if heard.frequency is not None and Frequency(heard.frequency) is not draft.frequency:
        # The days of one rhythm mean nothing in another.
        draft = replace(draft, frequency=Frequency(heard.frequency), days_of_month=())
        if draft.frequency not in (Frequency.WEEKLY, Frequency.BIWEEKLY):
            draft = replace(draft, weekday=None)
        elif draft.weekday is None and draft.start is not None:
            # A day of the month that nobody chose as a weekday must not become "every Sunday".
            draft = replace(draft, start=_after_weekend(draft.start))
    if len(heard.dates) >= 2 and draft.frequency is Frequency.SEMIMONTHLY:
        days = tuple(sorted({day.day for day in heard.dates[:2]}))
        return replace(
            draft, frequency=Frequency.SEMIMONTHLY, days_of_month=days, start=None, weekday=None
        )
    if heard.date is not None:
        draft = replace(draft, start=heard.date, weekday=heard.weekday, days_of_month=())
    elif heard.weekday is not None:
        draft = replace(draft, weekday=heard.weekday, start=None, days_of_month=())
        if draft.frequency not in (Frequency.WEEKLY, Frequency.BIWEEKLY, Frequency.ONCE):
            draft = replace(draft, frequency=Frequency.WEEKLY)
    return draft


def _after_weekend(day: date) -> date:
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day
