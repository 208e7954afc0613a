"""Offers: what people propose, what the creditor offers, and that no offer breaks policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.business_days import is_business_day
from bot.creditors import PlanPolicy
from bot.ledger.offers import Offer, OffPolicy, Proposal, from_proposal, ladder, missing
from bot.ledger.schedule import Frequency
from bot.money import CurrencyMismatch, Money

MONDAY = date(2026, 3, 2)
PER_MONTH = {"weekly": 52 / 12, "biweekly": 26 / 12, "semimonthly": 2, "monthly": 1}
FRIDAY = 4


def dollars(amount: int) -> Money:
    return Money(amount * 100, "USD")


def propose(policy: PlanPolicy, proposal: Proposal, months: int = 12) -> Offer | OffPolicy:
    return from_proposal(dollars(1000), proposal, policy, MONDAY, longest_months=months)


def test_75_every_other_friday(policy: PlanPolicy) -> None:
    offer = propose(policy, Proposal(dollars(75), Frequency.BIWEEKLY, weekday=FRIDAY))
    assert isinstance(offer, Offer)
    assert (offer.count, offer.first, offer.last) == (14, date(2026, 3, 6), date(2026, 9, 4))
    assert offer.terms.instalments[-1].amount == dollars(25)


def test_50_every_other_friday_from_the_4th_begins_on_the_6th(policy: PlanPolicy) -> None:
    offer = propose(
        policy,
        Proposal(dollars(50), Frequency.BIWEEKLY, start=date(2026, 3, 4), weekday=FRIDAY),
    )
    assert isinstance(offer, Offer)
    assert (offer.first, offer.count) == (date(2026, 3, 6), 20)


def test_six_payments_monthly_from_the_31st(policy: PlanPolicy) -> None:
    offer = propose(policy, Proposal(None, Frequency.MONTHLY, date(2026, 3, 31), count=6))
    assert isinstance(offer, Offer)
    amounts = [one.amount.minor for one in offer.terms.instalments]
    assert amounts == [16_666] * 5 + [16_670]
    # 31 May is a Sunday.
    assert [one.due_on.isoformat()[5:] for one in offer.terms.instalments] == [
        "03-31",
        "04-30",
        "06-01",
        "06-30",
        "07-31",
        "08-31",
    ]


def test_half_now_half_later_pays_an_odd_cent(policy: PlanPolicy) -> None:
    proposal = Proposal(None, Frequency.MONTHLY, date(2026, 3, 4), percent=50)
    offer = from_proposal(Money(10_001, "USD"), proposal, policy, MONDAY, longest_months=12)
    assert isinstance(offer, Offer)
    assert [one.amount.minor for one in offer.terms.instalments] == [5_001, 5_000]


def test_all_of_it_on_friday_is_no_instalment_plan(policy: PlanPolicy) -> None:
    offer = propose(policy, Proposal(percent=100, weekday=FRIDAY))
    assert isinstance(offer, Offer)
    assert (offer.terms.kind, offer.terms.frequency) == ("full", Frequency.ONCE)


def test_twice_a_month_from_one_day_said(policy: PlanPolicy) -> None:
    offer = propose(policy, Proposal(dollars(50), Frequency.SEMIMONTHLY, days_of_month=(5,)))
    assert isinstance(offer, Offer)
    assert offer.terms.days_of_month == (5, 20)


def test_a_weekday_said_today_means_the_next_one(policy: PlanPolicy) -> None:
    offer = propose(policy, Proposal(dollars(50), Frequency.WEEKLY, weekday=MONDAY.weekday()))
    assert isinstance(offer, Offer)
    assert offer.first == MONDAY + timedelta(days=7)


@pytest.mark.parametrize(
    ("proposal", "reason", "proposed", "nearest"),
    [
        # $20 is less than the bank's $25.
        (
            Proposal(dollars(20), Frequency.WEEKLY, weekday=FRIDAY),
            "below_least",
            (50, 2_000),
            (40, 2_500),
        ),
        # 34 payments every other week; a year has 26.
        (
            Proposal(dollars(30), Frequency.BIWEEKLY, weekday=FRIDAY),
            "too_long",
            (34, 3_000),
            (26, 3_847),
        ),
        # So long that no agent could either.
        (
            Proposal(Money(1, "USD"), Frequency.WEEKLY, weekday=FRIDAY),
            "below_least",
            None,
            (40, 2_500),
        ),
        (
            Proposal(dollars(50), Frequency.WEEKLY, date(2026, 3, 1)),
            "start_in_past",
            None,
            (20, 5_000),
        ),
        (
            Proposal(dollars(50), Frequency.WEEKLY, date(2026, 5, 4)),
            "start_too_late",
            None,
            (20, 5_000),
        ),
        (Proposal(dollars(5000), Frequency.MONTHLY, MONDAY), "above_balance", None, (1, 100_000)),
        (Proposal(dollars(90), Frequency.ONCE, MONDAY), "below_balance", None, (12, 9_000)),
    ],
)
def test_what_policy_does_not_allow(
    policy: PlanPolicy,
    proposal: Proposal,
    reason: str,
    proposed: tuple[int, int] | None,
    nearest: tuple[int, int],
) -> None:
    answer = propose(policy, proposal)
    assert isinstance(answer, OffPolicy)
    assert answer.reason == reason
    found = answer.proposed and (answer.proposed.count, answer.proposed.amount.minor)
    assert found == proposed
    assert (answer.nearest.count, answer.nearest.amount.minor) == nearest


def test_an_agent_may_allow_what_the_bot_may_not(policy: PlanPolicy) -> None:
    proposal = Proposal(dollars(30), Frequency.BIWEEKLY, weekday=FRIDAY)
    assert isinstance(propose(policy, proposal, months=36), Offer)


def test_a_frequency_that_the_creditor_does_not_take(policy: PlanPolicy) -> None:
    monthly = replace(policy, frequencies=("monthly",))
    answer = propose(monthly, Proposal(dollars(90), Frequency.SEMIMONTHLY))
    assert isinstance(answer, OffPolicy)
    assert answer.reason == "frequency_not_offered"
    assert answer.nearest.terms.frequency is Frequency.MONTHLY


def test_a_day_too_late_is_brought_back_to_the_same_weekday(policy: PlanPolicy) -> None:
    proposal = Proposal(dollars(50), Frequency.WEEKLY, date(2026, 12, 1), weekday=FRIDAY)
    answer = propose(policy, proposal)
    assert isinstance(answer, OffPolicy)
    assert answer.nearest.first == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("proposal", "names"),
    [
        (Proposal(), ("amount", "frequency", "start")),
        (Proposal(dollars(50)), ("frequency", "start")),
        (Proposal(dollars(50), Frequency.WEEKLY), ("start",)),
        (Proposal(None, Frequency.WEEKLY, weekday=0), ("amount",)),
        (Proposal(count=6, frequency=Frequency.MONTHLY), ("start",)),
        (Proposal(dollars(50), Frequency.WEEKLY, weekday=0), ()),
        (Proposal(dollars(50), Frequency.SEMIMONTHLY), ()),
        (Proposal(dollars(50), days_of_month=(1, 15)), ()),
        (Proposal(None, Frequency.ONCE, MONDAY), ()),
        (Proposal(percent=100, weekday=0), ()),
        (Proposal(count=0, frequency=Frequency.WEEKLY, weekday=0), ("amount",)),
    ],
)
def test_what_is_still_missing(proposal: Proposal, names: tuple[str, ...]) -> None:
    assert missing(proposal) == names


def test_an_unfinished_proposal_is_no_offer(policy: PlanPolicy) -> None:
    with pytest.raises(ValueError, match="needs"):
        propose(policy, Proposal(dollars(50)))


def test_pounds_do_not_pay_dollars(policy: PlanPolicy) -> None:
    with pytest.raises(CurrencyMismatch):
        propose(policy, Proposal(Money(5_000, "GBP"), Frequency.WEEKLY, weekday=FRIDAY))


def test_the_ladder_for_1000(policy: PlanPolicy) -> None:
    settling = replace(policy, settlements=((365, 70), (1095, 50)))
    offers = ladder(dollars(1000), settling, MONDAY, account_age_days=400)
    assert [(one.name, one.total.minor, one.amount.minor, one.count) for one in offers] == [
        ("full", 100_000, 100_000, 1),
        ("settlement", 70_000, 70_000, 1),
        ("short", 100_000, 25_000, 4),
        ("longer", 100_000, 8_333, 12),
    ]


def test_a_small_debt_still_has_a_choice(policy: PlanPolicy) -> None:
    assert [one.name for one in ladder(dollars(20), policy, MONDAY, 0)] == ["full", "later"]
    assert [one.name for one in ladder(dollars(50), policy, MONDAY, 0)] == ["full", "longer"]


def test_nothing_is_offered_for_nothing(policy: PlanPolicy) -> None:
    assert ladder(dollars(0), policy, MONDAY, 0) == ()
    assert ladder(dollars(-5), policy, MONDAY, 0) == ()


policies = st.builds(
    PlanPolicy,
    frequencies=st.lists(st.sampled_from(sorted(PER_MONTH)), min_size=1, unique=True).map(tuple),
    least_instalment=st.integers(1, 20_000).map(lambda minor: Money(minor, "USD")),
    longest_months_bot=st.integers(1, 24),
    longest_months_agent=st.integers(24, 48),
    down_payment_percent=st.integers(0, 60),
    settlements=st.sampled_from([(), ((0, 50),), ((365, 70), (1095, 40))]),
    holiday_calendar=st.sampled_from(["US", "GB-ENG"]),
)
balances = st.integers(1, 5_000_000).map(lambda minor: Money(minor, "USD"))
todays = st.dates(date(2024, 1, 1), date(2032, 12, 31))


@st.composite
def proposals(draw: st.DrawFn) -> tuple[date, Proposal]:
    today = draw(todays)
    amount = st.integers(-100, 6_000_000).map(lambda minor: Money(minor, "USD"))
    near = st.integers(-40, 400).map(lambda days: today + timedelta(days=days))
    return today, Proposal(
        amount=draw(st.none() | amount),
        frequency=draw(st.none() | st.sampled_from(list(Frequency))),
        start=draw(st.none() | near),
        weekday=draw(st.none() | st.integers(0, 6)),
        count=draw(st.none() | st.integers(-1, 500)),
        percent=draw(st.none() | st.integers(0, 150)),
        days_of_month=draw(st.sampled_from([(), (5,), (31,), (1, 15), (15, 30), (0, 40)])),
    )


def assert_keeps(
    offer: Offer, balance: Money, policy: PlanPolicy, today: date, months: int
) -> None:
    """Reckoned here once more, from the words of the policy alone."""
    amounts = [one.amount for one in offer.terms.instalments]
    days = [one.due_on for one in offer.terms.instalments]
    frequency = offer.terms.frequency.value
    assert sum(amount.minor for amount in amounts) == offer.total.minor
    assert days == sorted(set(days))
    assert all(is_business_day(day, policy.holiday_calendar) for day in days)
    assert today <= days[0] <= today + timedelta(days=62 + 6)
    if offer.terms.kind == "settlement":
        assert offer.total < balance
    else:
        assert offer.total == balance
    if len(amounts) > 1:
        assert frequency in policy.frequencies
        assert len(amounts) <= months * PER_MONTH[frequency] + 1e-9
        assert min(amounts[:-1]) >= policy.least_instalment
        assert amounts[0] >= balance.percent(policy.down_payment_percent)
        assert days[-1] - days[0] <= timedelta(days=31 * months)


@given(st.data(), policies, balances)
def test_no_offer_breaks_policy(data: st.DataObject, policy: PlanPolicy, balance: Money) -> None:
    today, proposal = data.draw(proposals())
    if missing(proposal):
        return
    months = policy.longest_months_bot
    answer = from_proposal(balance, proposal, policy, today, longest_months=months)
    offer = answer.nearest if isinstance(answer, OffPolicy) else answer
    assert_keeps(offer, balance, policy, today, months)


@given(policies, balances, todays, st.integers(0, 4_000))
def test_the_ladder_keeps_to_policy_and_leaves_a_choice(
    policy: PlanPolicy, balance: Money, today: date, age: int
) -> None:
    offers = ladder(balance, policy, today, age)
    assert len({one.terms.terms_hash for one in offers}) == len(offers) >= 2
    for offer in offers:
        assert_keeps(offer, balance, policy, today, policy.longest_months_bot)


@given(st.data(), policies, balances)
def test_what_was_proposed_is_kept_where_it_can_be(
    data: st.DataObject, policy: PlanPolicy, balance: Money
) -> None:
    """The nearest plan never asks for smaller instalments than they said they could pay."""
    today, proposal = data.draw(proposals())
    if missing(proposal) or proposal.amount is None or proposal.amount.minor <= 0:
        return
    answer = from_proposal(balance, proposal, policy, today, longest_months=12)
    if isinstance(answer, Offer) and answer.count > 1:
        assert answer.terms.instalments[-2].amount >= min(proposal.amount, balance)
        assert answer.terms.frequency == proposal.frequency or proposal.days_of_month
