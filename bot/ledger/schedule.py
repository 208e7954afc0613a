"""Schedules: which sums fall due on which days. Pure arithmetic, no database, no clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from itertools import count as count_from
from itertools import islice, pairwise
from typing import Any

from bot.business_days import next_business_day
from bot.money import Money

DEFAULT_SEMIMONTHLY_DAYS = (1, 15)


class Frequency(str, Enum):
    """How often instalments fall due."""

    WEEKLY = "weekly"
    BIWEEKLY = "biweekly"
    SEMIMONTHLY = "semimonthly"
    MONTHLY = "monthly"
    ONCE = "once"

    @property
    def per_year(self) -> int:
        """How many instalments a year holds; 1 for `once`."""
        return _PER_YEAR[self]


_PER_YEAR = {
    Frequency.WEEKLY: 52,
    Frequency.BIWEEKLY: 26,
    Frequency.SEMIMONTHLY: 24,
    Frequency.MONTHLY: 12,
    Frequency.ONCE: 1,
}


@dataclass(frozen=True)
class Instalment:
    """A sum due on a business day; `sequence` counts from 1."""

    sequence: int
    due_on: date
    amount: Money


@dataclass(frozen=True)
class Terms:
    """What a person agrees to, to the cent and the day.

    `kind` is `full` (all at once), `instalments`, or `settlement` (less than the balance, the rest
    is waived once it is paid). `amount` is the regular instalment: the first may be larger (a down
    payment), the last is whatever remains. `start` and `days_of_month` are what the days were
    reckoned from, before weekends and holidays moved them.

    Raises ValueError unless the instalments are positive, count from 1, rise in time and sum to
    the total.
    """

    kind: str
    total: Money
    frequency: Frequency
    amount: Money
    instalments: tuple[Instalment, ...]
    start: date
    days_of_month: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        nothing = Money(0, self.total.currency)
        days = [instalment.due_on for instalment in self.instalments]
        if not days or any(a >= b for a, b in pairwise(days)):
            raise ValueError("instalments must rise in time")
        if [one.sequence for one in self.instalments] != list(range(1, len(days) + 1)):
            raise ValueError("instalments must count from 1")
        if any(one.amount <= nothing for one in self.instalments):
            raise ValueError("every instalment must be above zero")
        if sum((one.amount for one in self.instalments), nothing) != self.total:
            raise ValueError("instalments must sum to the total")

    @property
    def terms_hash(self) -> str:
        """SHA-256 over everything agreed: a yes is bound to exactly this schedule."""
        return hashlib.sha256(
            json.dumps(self.as_json(), sort_keys=True, separators=(",", ":")).encode()
        ).hexdigest()

    def as_json(self) -> dict[str, object]:
        """The terms as plain JSON values."""
        return {
            "kind": self.kind,
            "total": self.total.as_json(),
            "frequency": self.frequency.value,
            "amount": self.amount.as_json(),
            "start": self.start.isoformat(),
            "days_of_month": list(self.days_of_month),
            "instalments": [
                {
                    "sequence": one.sequence,
                    "due_on": one.due_on.isoformat(),
                    "amount": one.amount.as_json(),
                }
                for one in self.instalments
            ],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Terms:
        """What `as_json` gave. Raises ValueError for terms that are none."""

        def money(value: Mapping[str, Any]) -> Money:
            return Money(int(value["minor"]), str(value["currency"]))

        return cls(
            kind=stored["kind"],
            total=money(stored["total"]),
            frequency=Frequency(stored["frequency"]),
            amount=money(stored["amount"]),
            instalments=tuple(
                Instalment(one["sequence"], date.fromisoformat(one["due_on"]), money(one["amount"]))
                for one in stored["instalments"]
            ),
            start=date.fromisoformat(stored["start"]),
            days_of_month=tuple(stored["days_of_month"]),
        )


def due_dates(
    frequency: Frequency,
    start: date,
    count: int,
    calendar: str,
    *,
    days_of_month: Sequence[int] = (),
) -> tuple[date, ...]:
    """`count` business days, strictly rising, reckoned from `start`.

    Weekly and biweekly keep the weekday of `start`. Monthly keeps its day of the month (or the one
    in `days_of_month`), semimonthly the two of `days_of_month` (the 1st and 15th unless given);
    both clamp to a short month's end without forgetting the day: 31 Jan, 28 Feb, 31 Mar. A weekend
    or bank holiday moves to the next business day, the days after it stay where they are.
    """
    days: list[date] = []
    for nominal in islice(_nominal(frequency, start, tuple(days_of_month)), count):
        earliest = max(nominal, days[-1] + timedelta(days=1)) if days else nominal
        days.append(next_business_day(earliest, calendar))
    if len(days) < count:
        raise ValueError(f"{frequency.value} has no {count} days")
    return tuple(days)


def first_day(frequency: Frequency, start: date, days_of_month: Sequence[int] = ()) -> date:
    """The first day of such a schedule, before weekends and holidays move it."""
    return next(_nominal(frequency, start, tuple(days_of_month)))


def amounts_by_count(total: Money, count: int, first: Money | None = None) -> tuple[Money, ...]:
    """`count` equal parts, the remainder on the last; the first at least `first` if given."""
    parts = total.split(count)
    if first is None or first <= parts[0] or count == 1:
        return parts
    return (first, *(total - first).split(count - 1))


def amounts_by_size(total: Money, amount: Money, first: Money | None = None) -> tuple[Money, ...]:
    """As many parts of `amount` as the total holds, then what remains, if anything does; the first
    at least `first` if given. $1,000 by $75 is thirteen of $75, then $25."""
    nothing = Money(0, total.currency)
    if amount <= nothing:
        raise ValueError("an instalment must be above zero")
    head = min(total, max(amount, first or amount))
    whole, remainder = divmod((total - head).minor, amount.minor)
    last = (Money(remainder, total.currency),) if remainder else ()
    return (head, *(amount,) * whole, *last)


def terms(
    kind: str,
    frequency: Frequency,
    start: date,
    amounts: Sequence[Money],
    calendar: str,
    *,
    days_of_month: Sequence[int] = (),
) -> Terms:
    """The schedule that pays `amounts` one after the other from `start`."""
    days = due_dates(frequency, start, len(amounts), calendar, days_of_month=days_of_month)
    # The regular instalment is the second where there are three: the first may hold a down payment.
    regular = amounts[1] if len(amounts) > 2 else amounts[0]
    return Terms(
        kind=kind,
        total=sum(amounts[1:], amounts[0]),
        frequency=frequency,
        amount=regular,
        instalments=tuple(
            Instalment(sequence, day, amount)
            for sequence, (day, amount) in enumerate(zip(days, amounts, strict=True), start=1)
        ),
        start=start,
        days_of_month=tuple(days_of_month),
    )


def _clamped(year: int, month: int, day: int) -> date:
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day, (after - timedelta(days=1)).day))


def _nominal(frequency: Frequency, start: date, days_of_month: tuple[int, ...]) -> Iterator[date]:
    """The days as the frequency alone would have them; they rise, but not always strictly."""
    if frequency is Frequency.ONCE:
        yield start
    elif frequency in (Frequency.WEEKLY, Frequency.BIWEEKLY):
        days = 7 if frequency is Frequency.WEEKLY else 14
        for step in count_from():
            yield start + timedelta(days=days * step)
    else:
        wanted = _days_of_month(frequency, start, days_of_month)
        for month in count_from(start.month - 1):
            for day in wanted:
                nominal = _clamped(start.year + month // 12, month % 12 + 1, day)
                if nominal >= start:
                    yield nominal


def _days_of_month(
    frequency: Frequency, start: date, days_of_month: tuple[int, ...]
) -> tuple[int, ...]:
    default = DEFAULT_SEMIMONTHLY_DAYS if frequency is Frequency.SEMIMONTHLY else (start.day,)
    wanted = tuple(sorted(set(days_of_month))) or default
    if len(wanted) != len(default) or not all(1 <= day <= 31 for day in wanted):
        raise ValueError(f"{frequency.value} takes {len(default)} days from 1 to 31, not {wanted}")
    return wanted
