"""The pages of the queue."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from bot.desk import pages, queue
from bot.desk.queue import VIEWS, Filter
from bot.desk.visits import Visit, page


@page("/")
def whole(visit: Visit) -> Response:
    """The queue with its views and filters."""
    return pages.show(visit, "queue.html", _values(visit))


@page("/queue")
def part(visit: Visit) -> Response:
    """What of it changes by itself: the counts and the rows."""
    return pages.show(visit, "_queue.html", _values(visit))


def wanted(visit: Visit) -> Filter:
    """What the address asks for; what makes no sense there asks for nothing."""
    query = visit.query
    view = query.get("view", "waiting")
    number = query.get("page", "1")
    return Filter(
        view=view if view in VIEWS else "waiting",
        creditor=query.get("creditor", ""),
        priority=query.get("priority", ""),
        reason=query.get("reason", ""),
        channel=query.get("channel", ""),
        search=query.get("q", "")[:200],
        page=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1,
    )


def _values(visit: Visit) -> dict[str, Any]:
    seen = wanted(visit)
    slugs = [creditor.slug for creditor in visit.creditors]
    found = queue.find(
        visit.connection,
        seen,
        agent_id=visit.agent.id,
        slugs=slugs,
        creditors=visit.desk.creditors,
    )

    def address(**changes: Any) -> str:
        """The same view of the queue with something else about it."""
        values = {
            "view": seen.view,
            "creditor": seen.creditor,
            "priority": seen.priority,
            "reason": seen.reason,
            "channel": seen.channel,
            "q": seen.search,
            "page": 1,
            **changes,
        }
        usual = {"view": "waiting", "page": 1}
        kept = {name: value for name, value in values.items() if value not in ("", usual.get(name))}
        return f"/?{urlencode(kept)}" if kept else "/"

    return {
        "seen": seen,
        "found": found,
        "counts": queue.counts(visit.connection, agent_id=visit.agent.id, slugs=slugs),
        "reasons": queue.reasons(visit.connection),
        "address": address,
        "filtered": bool(
            seen.creditor or seen.priority or seen.reason or seen.channel or seen.search
        ),
    }
