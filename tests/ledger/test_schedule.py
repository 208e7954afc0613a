"""Schedules, as an accountant would check them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.business_days import is_business_day
from bot.ledger import schedule
from bot.ledger.schedule import Frequency, Instalment, Terms
from bot.money import Money

REGULAR = [one for one in Frequency if one is not Frequency.ONCE]


def dollars(amount: str) -> Money:
    return Money.parse(amount, "USD")


def days(*texts: str) -> tuple[date, ...]:
    return tuple(map(date.fromisoformat, texts))


def test_1000_at_75_every_other_friday() -> None:
    amounts = schedule.amounts_by_size(dollars("1000"), dollars("75"))
    terms = schedule.terms("instalments", Frequency.BIWEEKLY, date(2026, 3, 6), amounts, "US")
    assert len(terms.instalments) == 14
    assert [one.amount for one in terms.instalments] == [dollars("75")] * 13 + [dollars("25")]
    # 3 July is a Friday, but Independence Day (a Saturday in 2026) is kept on it.
    assert [one.due_on for one in terms.instalments] == list(
        days("2026-03-06", "2026-03-20", "2026-04-03", "2026-04-17", "2026-05-01", "2026-05-15")
        + days("2026-05-29", "2026-06-12", "2026-06-26", "2026-07-10", "2026-07-24", "2026-08-07")
        + days("2026-08-21", "2026-09-04")
    )


def test_100_in_three_months() -> None:
    amounts = schedule.amounts_by_count(dollars("100"), 3)
    assert amounts == (dollars("33.33"), dollars("33.33"), dollars("33.34"))


def test_1000_by_300_with_a_down_payment_of_400() -> None:
    amounts = schedule.amounts_by_size(dollars("1000"), dollars("300"), dollars("400"))
    assert amounts == (dollars("400"), dollars("300"), dollars("300"))


def test_1000_in_four_with_a_down_payment_of_400() -> None:
    amounts = schedule.amounts_by_count(dollars("1000"), 4, dollars("400"))
    assert amounts == (dollars("400"), *[dollars("200")] * 3)


def test_the_31st_clamps_to_short_months_and_comes_back() -> None:
    # 31 January 2028 is a Monday; 2028 is a leap year.
    assert schedule.due_dates(Frequency.MONTHLY, date(2028, 1, 31), 4, "US") == days(
        "2028-01-31", "2028-02-29", "2028-03-31", "2028-05-01"
    )


def test_the_31st_of_january_in_a_common_year() -> None:
    assert schedule.due_dates(Frequency.MONTHLY, date(2025, 1, 31), 3, "US") == days(
        "2025-01-31", "2025-02-28", "2025-03-31"
    )


def test_twice_a_month_is_the_1st_and_15th_unless_said() -> None:
    assert schedule.due_dates(Frequency.SEMIMONTHLY, date(2026, 3, 2), 4, "US") == days(
        "2026-03-16", "2026-04-01", "2026-04-15", "2026-05-01"
    )


def test_the_15th_and_30th_in_february() -> None:
    dates = schedule.due_dates(
        Frequency.SEMIMONTHLY, date(2027, 1, 20), 4, "US", days_of_month=(15, 30)
    )
    # 30 January is a Saturday; 15 February is Presidents' Day; 28 February is a Sunday.
    assert dates == days("2027-02-01", "2027-02-16", "2027-03-01", "2027-03-15")


def test_two_days_that_meet_on_one_monday_follow_each_other() -> None:
    # 14 and 15 March 2026 are a Saturday and a Sunday.
    assert schedule.due_dates(
        Frequency.SEMIMONTHLY, date(2026, 3, 10), 2, "US", days_of_month=(14, 15)
    ) == days("2026-03-16", "2026-03-17")


def test_a_holiday_moves_one_instalment_and_not_those_after_it() -> None:
    # Christmas and Boxing Day 2026: Friday, and Saturday kept on Monday.
    assert schedule.due_dates(Frequency.WEEKLY, date(2026, 12, 18), 3, "GB-ENG") == days(
        "2026-12-18", "2026-12-29", "2027-01-04"
    )


@given(
    frequency=st.sampled_from(REGULAR),
    start=st.dates(date(2020, 1, 1), date(2060, 1, 1)),
    count=st.integers(1, 160),
    calendar=st.sampled_from(["US", "GB-ENG"]),
    wanted=st.lists(st.integers(1, 31), min_size=2, max_size=2, unique=True),
)
def test_days_strictly_rise_and_are_business_days(
    frequency: Frequency, start: date, count: int, calendar: str, wanted: list[int]
) -> None:
    chosen = {Frequency.SEMIMONTHLY: tuple(wanted), Frequency.MONTHLY: tuple(wanted[:1])}
    dates = schedule.due_dates(
        frequency, start, count, calendar, days_of_month=chosen.get(frequency, ())
    )
    assert len(dates) == count
    assert dates[0] >= start
    assert all(a < b for a, b in pairwise(dates))
    assert all(is_business_day(day, calendar) for day in dates)


@given(start=st.dates(date(2020, 1, 1), date(2060, 1, 1)), count=st.integers(1, 60))
def test_monthly_days_stay_within_a_week_of_the_day_agreed(start: date, count: int) -> None:
    dates = schedule.due_dates(Frequency.MONTHLY, start, count, "US")
    for step, day in enumerate(dates):
        years, month = divmod(start.month - 1 + step, 12)
        days_there = monthrange(start.year + years, month + 1)[1]
        nominal = date(start.year + years, month + 1, min(start.day, days_there))
        assert timedelta(0) <= day - nominal < timedelta(days=6)


@given(
    total=st.integers(1, 10**9),
    size=st.integers(1, 10**9),
    first=st.none() | st.integers(1, 10**9),
    start=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
)
def test_a_schedule_by_size_sums_to_its_total(
    total: int, size: int, first: int | None, start: date
) -> None:
    size = max(size, total // 150 + 1)
    down = None if first is None else Money(first, "USD")
    amounts = schedule.amounts_by_size(Money(total, "USD"), Money(size, "USD"), down)
    terms = schedule.terms("instalments", Frequency.WEEKLY, start, amounts, "US")
    assert sum(one.amount.minor for one in terms.instalments) == terms.total.minor == total
    assert all(one.amount.minor <= size for one in terms.instalments[1:])


@given(total=st.integers(1, 10**9), count=st.integers(1, 200), first=st.integers(1, 10**9))
def test_a_schedule_by_count_sums_to_its_total(total: int, count: int, first: int) -> None:
    down = Money(min(first, total), "USD")
    amounts = schedule.amounts_by_count(Money(total, "USD"), count, down)
    assert len(amounts) == count
    assert sum(amount.minor for amount in amounts) == total


def test_terms_that_do_not_add_up_cannot_be() -> None:
    one = Instalment(1, date(2026, 3, 6), dollars("10"))
    two = Instalment(2, date(2026, 3, 6), dollars("10"))
    late = Instalment(2, date(2026, 3, 13), dollars("10"))
    for instalments, total in [
        ((), "10"),
        ((one, two), "20"),
        ((one, late), "21"),
        ((late,), "10"),
        ((Instalment(1, one.due_on, dollars("0")),), "0"),
    ]:
        with pytest.raises(ValueError, match=r"must|above"):
            Terms(
                "instalments",
                dollars(total),
                Frequency.WEEKLY,
                dollars("10"),
                instalments,
                one.due_on,
            )


def test_the_hash_tells_schedules_apart() -> None:
    def hashed(size: str, start: date, kind: str = "instalments") -> str:
        amounts = schedule.amounts_by_size(dollars("1000"), dollars(size))
        return schedule.terms(kind, Frequency.WEEKLY, start, amounts, "US").terms_hash

    shown = hashed("75", date(2026, 3, 6))
    assert shown == hashed("75", date(2026, 3, 6))
    others = {
        hashed("80", date(2026, 3, 6)),
        hashed("75", date(2026, 3, 9)),
        hashed("75", date(2026, 3, 6), "settlement"),
    }
    assert shown not in others
    assert len(others) == 3
