"""A small chart of what was paid and what is to come: bars over time, drawn as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.ledger.entries import Entry
from bot.ledger.plans import Plan
from bot.money import Money

WIDTH, HEIGHT, FLOOR = 320, 96, 78
_MOST_BARS = 24


@dataclass(frozen=True)
class Bar:
    """A payment that was made, or one that is due; in the chart's units."""

    x: float
    y: float
    width: float
    height: float
    paid: bool
    title: str


@dataclass(frozen=True)
class Chart:
    """The bars, the first and last day, and the same in words."""

    bars: tuple[Bar, ...]
    first: date
    last: date
    summary: str


def of(payments: tuple[Entry, ...], plan: Plan | None) -> Chart | None:
    """The latest payments and the next instalments; None if there are neither."""
    due = [one for one in plan.instalments if one.is_open] if plan else []
    points: list[tuple[date, Money, bool]] = [(p.posted_on, -p.amount, True) for p in payments]
    points = points[-_MOST_BARS // 2 :]
    points += [(one.due_on, one.left, False) for one in due[: _MOST_BARS - len(points)]]
    if not points:
        return None
    points.sort(key=lambda point: point[0])
    most = max(amount.minor for _, amount, _ in points) or 1
    step = WIDTH / max(len(points), 6)
    bars = tuple(
        Bar(
            x=round(number * step + step * 0.15, 1),
            y=round(FLOOR - FLOOR * 0.9 * amount.minor / most, 1),
            width=round(step * 0.7, 1),
            height=round(FLOOR * 0.9 * amount.minor / most, 1),
            paid=paid,
            title=f"{amount} {'paid' if paid else 'due'} {when.isoformat()}",
        )
        for number, (when, amount, paid) in enumerate(points)
    )
    made = sum(1 for _, _, paid in points if paid)
    summary = f"{made} payments made, {len(points) - made} to come."
    return Chart(bars, points[0][0], points[-1][0], summary)
