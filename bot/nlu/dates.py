"""Which days a message names, seen from the day on which it is read.

A day for a payment lies ahead: "the 15th" is the next 15th. It lies behind only where the past is
plainly meant ("yesterday", "i paid on the 3rd", "3 days ago").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from bot.nlu import calendar_days, relative_days
from bot.nlu.date_reader import IMPOSSIBLE, Found, Reader
from bot.nlu.expressions import Expression
from bot.nlu.spans import Span, overlaps

__all__ = ["IMPOSSIBLE", "find"]

#: In this order; what one has read the next do not read again.
_RULES: tuple[Callable[[Reader], Iterator[Found]], ...] = (
    calendar_days.full_dates,
    relative_days.nth_weekdays,
    calendar_days.edges,
    relative_days.distances,
    calendar_days.days_of_month,
    relative_days.periods,
    relative_days.near,
    relative_days.named_days,
    calendar_days.months,
)


def find(
    text: str, *, today: date, day_first: bool, expressions: Iterable[Expression]
) -> tuple[Found, ...]:
    """The days named in `text`, in order, resolved from `today`.

    A day that no calendar has ("31 feb") is IMPOSSIBLE: named, but no date.
    """
    reader = Reader(text, today, day_first)
    found: list[Found] = []
    for rule in _RULES:
        for span in rule(reader):
            if not overlaps(span.start, span.end, ((s.start, s.end) for s in found)):
                found.append(span)
    for span in _from_duckling(reader, expressions):
        if not overlaps(span.start, span.end, ((s.start, s.end) for s in found)):
            found.append(span)
    return tuple(sorted(found, key=lambda span: span.start))


def _from_duckling(reader: Reader, expressions: Iterable[Expression]) -> Iterator[Found]:
    """Holidays and whatever else Duckling knows as a day and our rules do not."""
    for expression in expressions:
        if expression.kind != "time" or "holidayBeta" not in expression.value:
            continue
        value = expression.value
        at = value if "value" in value else value.get("from", {})
        if at.get("grain") in ("day", "hour") and "value" in at:
            yield Span(date.fromisoformat(at["value"][:10]), expression.start, expression.end)
