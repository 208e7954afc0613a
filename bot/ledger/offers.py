"""Offers: what a person may agree to. From their own words, or from the creditor's ladder.

Pure: a balance, a policy and a day in, schedules out. Nothing here that is called an `Offer` and
returned as such ever breaks the policy; what the person proposed may, and is then an `OffPolicy`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.creditors import PlanPolicy
from bot.ledger import schedule
from bot.ledger.schedule import Frequency, Terms
from bot.money import Money

LATEST_START_DAYS = 62
"""A first instalment may wait until the end of next month, whatever today is."""

_FULL_IN_DAYS = 14
_PLAN_STARTS_IN_DAYS = 14
_LATER_IN_DAYS = 30


@dataclass(frozen=True)
class Proposal:
    """What the person has said so far; None where they have not said it.

    `weekday` counts from Monday, 0. `percent` is of the balance, in place of an amount. Where both
    an amount and a count were said, the amount counts. `days_of_month` are the one or two days on
    which they want to pay.
    """

    amount: Money | None = None
    frequency: Frequency | None = None
    start: date | None = None
    weekday: int | None = None
    count: int | None = None
    percent: int | None = None
    days_of_month: tuple[int, ...] = ()


@dataclass(frozen=True)
class Offer:
    """Terms under a name: `full`, `settlement`, `short`, `longer`, `later` on the ladder;
    `proposed` as the person said it; `nearest` as near to that as policy allows."""

    name: str
    terms: Terms

    @property
    def total(self) -> Money:
        """All instalments together."""
        return self.terms.total

    @property
    def amount(self) -> Money:
        """The regular instalment."""
        return self.terms.amount

    @property
    def count(self) -> int:
        """How many instalments."""
        return len(self.terms.instalments)

    @property
    def first(self) -> date:
        """When the first is due."""
        return self.terms.instalments[0].due_on

    @property
    def last(self) -> date:
        """When the last is due."""
        return self.terms.instalments[-1].due_on


@dataclass(frozen=True)
class OffPolicy:
    """The proposal breaks the policy.

    `reason` is one of `start_in_past`, `start_too_late`, `above_balance`, `below_balance` (one
    payment of less than all), `frequency_not_offered`, `below_least`, `too_long`. `proposed` is
    the schedule as they said it, for a person to approve; None where no agent could either.
    `nearest` keeps to the policy.
    """

    reason: str
    proposed: Offer | None
    nearest: Offer


def missing(proposal: Proposal) -> tuple[str, ...]:
    """What still has to be asked before a schedule can be computed, in the order in which to ask:
    some of `amount`, `frequency`, `start`."""
    frequency = _frequency(proposal)
    sized = proposal.amount is not None or proposal.percent is not None or _count(proposal)
    dated = proposal.start is not None or proposal.weekday is not None or _days(proposal)
    asked = (
        ("amount", not sized and frequency is not Frequency.ONCE),
        ("frequency", frequency is None),
        ("start", not dated and frequency is not Frequency.SEMIMONTHLY),
    )
    return tuple(name for name, is_missing in asked if is_missing)


def from_proposal(
    balance: Money,
    proposal: Proposal,
    policy: PlanPolicy,
    today: date,
    *,
    longest_months: int,
) -> Offer | OffPolicy:
    """The schedule that the person proposed, or why not and what comes nearest.

    `longest_months` is the policy's for whoever is asking: the bot's or an agent's. A policy's down
    payment is added to what they said. Raises ValueError if something is missing or nothing is
    owed, CurrencyMismatch for an amount in another currency than the balance.
    """
    frequency = _frequency(proposal)
    if missing(proposal) or frequency is None or balance.minor <= 0:
        raise ValueError("a proposal needs an amount, a frequency, a start, and a balance to pay")
    base = proposal.start or today + timedelta(days=1)
    count = _count(proposal)
    wish = _Wish(
        balance=balance,
        frequency=frequency,
        start=_first_day(base, frequency, proposal),
        days_of_month=_days_for(frequency, proposal),
        size=_size(balance, proposal, policy),
        count=count if proposal.amount is None and proposal.percent is None else None,
    )
    reason = wish.reason(policy, today, longest_months, said=base)
    if reason is None:
        return Offer("proposed", wish.terms(policy))
    return OffPolicy(
        reason=reason,
        proposed=(
            Offer("proposed", wish.terms(policy))
            if reason in ("frequency_not_offered", "below_least", "too_long")
            and wish.size.minor > 0
            and wish.length(policy) <= _longest(wish.frequency, policy.longest_months_agent)
            else None
        ),
        nearest=Offer(
            "nearest", _nearest(wish, proposal, policy, today, longest_months).terms(policy)
        ),
    )


def ladder(
    balance: Money, policy: PlanPolicy, today: date, account_age_days: int
) -> tuple[Offer, ...]:
    """What the creditor offers, from all at once to the smallest instalments: at least two real
    options whenever anything is owed, none when nothing is."""
    if balance.minor <= 0:
        return ()

    def once(name: str, kind: str, total: Money, in_days: int) -> Offer:
        start = today + timedelta(days=in_days)
        calendar = policy.holiday_calendar
        return Offer(name, schedule.terms(kind, Frequency.ONCE, start, (total,), calendar))

    offers = [once("full", "full", balance, _FULL_IN_DAYS)]
    percent = policy.settlement_percent(account_age_days)
    if percent is not None and balance.percent(percent).minor > 0:
        settled = balance.percent(percent)
        offers.append(once("settlement", "settlement", settled, _LATER_IN_DAYS))
    frequency = _preferred(policy)
    most = _most_instalments(balance, policy, frequency)
    counts = {"short": -(-most // 3) if most > 3 else 2, "longer": most}
    for name, count in counts.items():
        if 1 < count <= most and (name == "longer" or count < most):
            start = today + timedelta(days=_PLAN_STARTS_IN_DAYS)
            part = _even_part(balance, count, policy)
            plan = _Wish(balance, frequency, start, (), part, count)
            offers.append(Offer(name, plan.terms(policy)))
    if len(offers) == 1:
        offers.append(once("later", "full", balance, _LATER_IN_DAYS))
    return tuple(offers)


@dataclass(frozen=True)
class _Wish:
    """A proposal with nothing left open. `size` is the regular instalment; with a `count`, the
    smallest of so many equal parts."""

    balance: Money
    frequency: Frequency
    start: date
    days_of_month: tuple[int, ...]
    size: Money
    count: int | None

    def length(self, policy: PlanPolicy) -> int:
        """How many instalments, without making them: a cent a week may be a hundred million."""
        if self.count is not None:
            return self.count
        head = max(self.size, self._down_payment(policy))
        return 1 + max(0, -(-(self.balance - head).minor // self.size.minor))

    def reason(
        self, policy: PlanPolicy, today: date, longest_months: int, *, said: date
    ) -> str | None:
        """Why it breaks the policy, if it does; `said` is the first day in their own words."""
        if said < today:
            return "start_in_past"
        if self.start > _latest_start(today):
            return "start_too_late"
        if self.size > self.balance:
            return "above_balance"
        if self.frequency is Frequency.ONCE and self.size < self.balance:
            return "below_balance"
        if self.size < min(policy.least_instalment, self.balance):
            return "below_least"
        length = self.length(policy)
        if length > 1 and self.frequency not in policy.frequencies:
            return "frequency_not_offered"
        return "too_long" if length > _longest(self.frequency, longest_months) else None

    def terms(self, policy: PlanPolicy) -> Terms:
        """The schedule."""
        down = self._down_payment(policy)
        amounts = (
            schedule.amounts_by_size(self.balance, self.size, down)
            if self.count is None
            else schedule.amounts_by_count(self.balance, self.count, down)
        )
        if len(amounts) == 1:
            return schedule.terms(
                "full", Frequency.ONCE, self.start, amounts, policy.holiday_calendar
            )
        return schedule.terms(
            "instalments",
            self.frequency,
            self.start,
            amounts,
            policy.holiday_calendar,
            days_of_month=self.days_of_month,
        )

    def _down_payment(self, policy: PlanPolicy) -> Money:
        return self.balance.percent(policy.down_payment_percent)


def _nearest(
    wish: _Wish, proposal: Proposal, policy: PlanPolicy, today: date, longest_months: int
) -> _Wish:
    """The wish with everything that breaks the policy moved just inside it."""
    frequency = wish.frequency
    if frequency is Frequency.ONCE and wish.size < wish.balance:
        frequency = _preferred(policy)
    elif frequency is not Frequency.ONCE and frequency not in policy.frequencies:
        offered = map(Frequency, policy.frequencies)
        frequency = min(offered, key=lambda one: abs(one.per_year - wish.frequency.per_year))
    base = max(today, min(proposal.start or today + timedelta(days=1), _latest_start(today)))
    while _first_day(base, frequency, proposal) > _latest_start(today):
        base -= timedelta(days=1)
    longest = _longest(frequency, longest_months)
    least = max(
        _least_size(wish.balance, policy, longest), min(policy.least_instalment, wish.balance)
    )
    keeps_count = wish.count is not None and wish.count <= longest and wish.size >= least
    return _Wish(
        balance=wish.balance,
        frequency=frequency,
        start=_first_day(base, frequency, proposal),
        days_of_month=_days_for(frequency, proposal),
        size=max(least, min(wish.size, wish.balance)),
        count=wish.count if keeps_count else None,
    )


def _least_size(balance: Money, policy: PlanPolicy, longest: int) -> Money:
    """The smallest regular instalment that pays the balance in `longest` instalments."""
    even = -(-balance.minor // longest)
    down = balance.percent(policy.down_payment_percent).minor
    if down > even:
        even = -(-(balance.minor - down) // max(longest - 1, 1))
    return Money(even if longest > 1 else balance.minor, balance.currency)


def _most_instalments(balance: Money, policy: PlanPolicy, frequency: Frequency) -> int:
    """In how many equal parts the bot may split the balance, with none below the least."""
    counts = range(_longest(frequency, policy.longest_months_bot), 1, -1)
    least = policy.least_instalment
    return next((one for one in counts if _even_part(balance, one, policy) >= least), 1)


def _longest(frequency: Frequency, months: int) -> int:
    """How many instalments a term of so many months holds."""
    return 1 if frequency is Frequency.ONCE else months * frequency.per_year // 12


def _latest_start(today: date) -> date:
    return today + timedelta(days=LATEST_START_DAYS)


def _preferred(policy: PlanPolicy) -> Frequency:
    return Frequency(policy.frequencies[0])


def _frequency(proposal: Proposal) -> Frequency | None:
    if len(_days(proposal)) == 2 and proposal.frequency in (None, Frequency.MONTHLY):
        return Frequency.SEMIMONTHLY
    all_at_once = proposal.count == 1 or proposal.percent == 100
    return Frequency.ONCE if proposal.frequency is None and all_at_once else proposal.frequency


def _size(balance: Money, proposal: Proposal, policy: PlanPolicy) -> Money:
    """The regular instalment; a share is rounded up, so that two halves pay an odd cent."""
    if proposal.amount is not None:
        return proposal.amount
    if proposal.percent is not None:
        return -((-balance).percent(proposal.percent))
    return _even_part(balance, _count(proposal) or 1, policy)


def _even_part(balance: Money, count: int, policy: PlanPolicy) -> Money:
    """The smallest of `count` instalments that are equal but for the down payment."""
    part = balance.minor // count
    down = balance.percent(policy.down_payment_percent).minor
    if down > part and count > 1:
        part = (balance.minor - down) // (count - 1)
    return Money(part, balance.currency)


def _count(proposal: Proposal) -> int | None:
    return proposal.count if proposal.count and proposal.count > 0 else None


def _days(proposal: Proposal) -> tuple[int, ...]:
    return tuple(sorted({day for day in proposal.days_of_month if 1 <= day <= 31}))[:2]


def _days_for(frequency: Frequency, proposal: Proposal) -> tuple[int, ...]:
    """The days of the month as the frequency takes them. Twice a month with one day said takes the
    day half a month away as well."""
    days = _days(proposal)
    if frequency is Frequency.MONTHLY:
        return days[:1]
    if frequency is Frequency.SEMIMONTHLY and len(days) == 1:
        return tuple(sorted((days[0], days[0] + 15 if days[0] <= 15 else days[0] - 15)))
    return days if frequency is Frequency.SEMIMONTHLY else ()


def _first_day(base: date, frequency: Frequency, proposal: Proposal) -> date:
    """The first day from `base` on that fits the weekday or days of the month they want."""
    days = _days_for(frequency, proposal)
    if days or frequency is Frequency.SEMIMONTHLY:
        return schedule.first_day(frequency, base, days)
    if _days(proposal):
        return schedule.first_day(Frequency.MONTHLY, base, _days(proposal)[:1])
    if proposal.weekday is not None:
        return base + timedelta(days=(proposal.weekday - base.weekday()) % 7)
    return base
