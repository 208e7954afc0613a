"""The supervisor's figures: how long people wait, why, who helps them, and what comes of it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median, quantiles
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection
from starlette.responses import Response

from bot import clock
from bot.conversations import takeover
from bot.conversations.tables import conversation, handoff
from bot.desk import pages
from bot.desk.tables import agent
from bot.desk.visits import Visit, page
from bot.ledger.tables import account, plan

PERIODS = (7, 30, 90)
"""Days that may be looked at."""

_COLUMNS = (
    "opened_at",
    "creditor",
    "channel",
    "reason",
    "priority",
    "claimed_at",
    "first_reply_at",
    "resolved_at",
    "disposition",
    "agent",
)


@dataclass(frozen=True)
class Times:
    """How long something took, in minutes: the middle one, and the slowest tenth from there on.
    `count` of 0: it never happened."""

    count: int
    middle: float
    slowest_tenth: float


@dataclass(frozen=True)
class Workload:
    """What one agent did."""

    name: str
    taken: int
    open: int
    first_reply: Times


@dataclass(frozen=True)
class Figures:
    """All figures of a period."""

    asked: int
    still_open: int
    returned: int
    first_reply: Times
    resolution: Times
    reasons: tuple[tuple[str, int], ...]
    outcomes: tuple[tuple[str, int], ...]
    workload: tuple[Workload, ...]
    plans: dict[str, int]


def of(connection: Connection, slugs: Collection[str], since: datetime) -> Figures:
    """The figures of what was asked since that moment, for these creditors."""
    rows = _rows(connection, slugs, since)
    by_agent: dict[str, list[Any]] = {}
    for row in rows:
        if row.agent is not None:
            by_agent.setdefault(row.agent, []).append(row)
    plans = connection.execute(
        select(plan.c.status, func.count())
        .join(account, account.c.id == plan.c.account_id)
        .where(plan.c.agreed_at >= since, account.c.creditor.in_(list(slugs)))
        .group_by(plan.c.status)
    ).all()
    ended = [row for row in rows if row.resolved_at is not None]
    return Figures(
        asked=len(rows),
        still_open=len(rows) - len(ended),
        returned=sum(row.disposition == takeover.RETURNED for row in rows),
        first_reply=_times(rows, "first_reply_at"),
        resolution=_times(rows, "resolved_at"),
        reasons=tuple(Counter(row.reason for row in rows).most_common()),
        outcomes=tuple(Counter(row.disposition for row in ended).most_common()),
        workload=tuple(
            Workload(
                name,
                len(theirs),
                sum(row.resolved_at is None for row in theirs),
                _times(theirs, "first_reply_at"),
            )
            for name, theirs in sorted(by_agent.items())
        ),
        plans={status: int(count) for status, count in plans},
    )


def as_csv(connection: Connection, slugs: Collection[str], since: datetime) -> str:
    """Each request for a person in a line of its own, without names of debtors."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    for row in _rows(connection, slugs, since):
        writer.writerow([_cell(getattr(row, name)) for name in _COLUMNS])
    return file.getvalue()


@page("/figures", role="supervisor")
def shown(visit: Visit) -> Response:
    """The page of the figures."""
    days, since, slugs = _asked(visit)
    found = of(visit.connection, slugs, since)
    values = {"figures": found, "days": days, "periods": PERIODS}
    return pages.show(visit, "figures.html", values)


@page("/figures.csv", role="supervisor")
def file(visit: Visit) -> Response:
    """The same as a file."""
    days, since, slugs = _asked(visit)
    return Response(
        as_csv(visit.connection, slugs, since),
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="requests-{days}-days.csv"',
        },
    )


def _asked(visit: Visit) -> tuple[int, datetime, list[str]]:
    given = visit.query.get("days", "30")
    days = int(given) if given in map(str, PERIODS) else 30
    return days, clock.now() - timedelta(days=days), [one.slug for one in visit.creditors]


def _rows(connection: Connection, slugs: Collection[str], since: datetime) -> list[Any]:
    columns = [handoff.c[name] for name in _COLUMNS if name not in ("creditor", "channel", "agent")]
    return list(
        connection.execute(
            select(
                *columns,
                conversation.c.creditor,
                conversation.c.channel,
                agent.c.first_name.label("agent"),
            )
            .select_from(
                handoff.join(
                    conversation, conversation.c.id == handoff.c.conversation_id
                ).outerjoin(agent, agent.c.id == handoff.c.claimed_by)
            )
            .where(handoff.c.opened_at >= since, conversation.c.creditor.in_(list(slugs)))
            .order_by(handoff.c.opened_at)
        )
    )


def _times(rows: Sequence[Any], until: str) -> Times:
    minutes = sorted(
        (getattr(row, until) - row.opened_at).total_seconds() / 60
        for row in rows
        if getattr(row, until) is not None
    )
    if not minutes:
        return Times(0, 0, 0)
    slowest = quantiles(minutes, n=10)[-1] if len(minutes) > 1 else minutes[0]
    return Times(len(minutes), median(minutes), min(slowest, minutes[-1]))


def _cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, datetime):
        return value.isoformat()
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
