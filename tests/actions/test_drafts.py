"""What a plan in the making becomes as more is said of it."""

from __future__ import annotations

from datetime import date

import pytest

from actions import drafts
from actions.heard import Heard
from bot.ledger.offers import Proposal
from bot.ledger.schedule import Frequency
from bot.money import Money

SUNDAY = date(2026, 12, 6)
DRAFT = Proposal(amount=Money(8333, "USD"), frequency=Frequency.MONTHLY, start=SUNDAY)


@pytest.mark.parametrize("frequency", ["weekly", "biweekly"])
def test_a_day_of_the_month_on_a_weekend_does_not_become_a_rhythm_of_sundays(
    frequency: str,
) -> None:
    merged = drafts.merge(DRAFT, Heard(amount=Money(2500, "USD"), frequency=frequency))
    assert merged.start == date(2026, 12, 7)
    assert merged.amount == Money(2500, "USD")


def test_a_weekday_that_was_chosen_is_kept() -> None:
    merged = drafts.merge(DRAFT, Heard(frequency="weekly", weekday=6))
    assert merged.weekday == 6


def test_a_date_that_was_said_is_kept_as_it_was_said() -> None:
    merged = drafts.merge(DRAFT, Heard(frequency="weekly", date=date(2026, 12, 12)))
    assert merged.start == date(2026, 12, 12)


def test_another_amount_alone_leaves_the_day_of_the_month() -> None:
    assert drafts.merge(DRAFT, Heard(amount=Money(4000, "USD"))).start == SUNDAY
