"""The queue: which conversations need a person, in which order, and how long they have waited."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Select

from bot import clock
from bot.conversations.tables import conversation, handoff, message
from bot.creditors import Creditor, Creditors
from bot.desk.tables import agent
from bot.ledger.accounts import reference_key
from bot.ledger.tables import account, debtor

VIEWS = ("waiting", "mine", "all", "snoozed", "closed")
PAGE = 50

_RANK = case(
    (handoff.c.priority == "urgent", 0),
    (handoff.c.priority == "high", 1),
    else_=2,
)


@dataclass(frozen=True)
class Filter:
    """What the agent wants to see. Empty texts filter nothing. `search` looks at references, names
    and what was written."""

    view: str = "waiting"
    creditor: str = ""
    priority: str = ""
    reason: str = ""
    channel: str = ""
    search: str = ""
    page: int = 1


@dataclass(frozen=True)
class Wait:
    """How long somebody has waited, against what they were told.

    `level` is `fine`, `soon` (more than half of it is over), `late`, or `closed` (nobody is there
    yet; the time counts from the opening). `minutes` may be 0.
    """

    level: str
    minutes: int
    target: int
    opens_at: datetime | None = None


@dataclass(frozen=True)
class Row:
    """A conversation in the queue."""

    conversation_id: str
    creditor: str
    channel: str
    state: str
    reason: str
    priority: str
    opened_at: datetime
    resolved_at: datetime | None
    disposition: str | None
    snoozed_until: datetime | None
    agent_id: str | None
    agent_name: str | None
    reference: str | None
    name: str | None
    excerpt: str
    wait: Wait | None


@dataclass(frozen=True)
class Found:
    """One page of the queue; `more` if another follows."""

    rows: tuple[Row, ...]
    more: bool


def find(
    connection: Connection,
    wanted: Filter,
    *,
    agent_id: str,
    slugs: Collection[str],
    creditors: Creditors,
) -> Found:
    """The conversations that fit, the most pressing first; of closed ones the latest first.

    `slugs` are the creditors whose conversations this agent may see.
    """
    query = _query(slugs, wanted).where(_in_view(wanted.view, agent_id))
    for column, value in (
        (conversation.c.creditor, wanted.creditor),
        (conversation.c.channel, wanted.channel),
        (handoff.c.priority, wanted.priority),
        (handoff.c.reason, wanted.reason),
    ):
        if value:
            query = query.where(column == value)
    if wanted.view == "closed":
        query = query.order_by(handoff.c.resolved_at.desc())
    elif wanted.view == "snoozed":
        query = query.order_by(handoff.c.snoozed_until)
    else:
        query = query.order_by(_RANK, handoff.c.opened_at)
    page = max(1, wanted.page)
    rows = connection.execute(query.limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    excerpts = _excerpts(connection, [row.conversation_id for row in rows[:PAGE]])
    return Found(
        tuple(
            _row(row, excerpts.get(row.conversation_id), creditors[row.creditor])
            for row in rows[:PAGE]
            if row.creditor in creditors
        ),
        more=len(rows) > PAGE,
    )


def counts(connection: Connection, *, agent_id: str, slugs: Collection[str]) -> dict[str, int]:
    """How many conversations stand in each view but the closed one."""
    now = clock.now()
    asleep = and_(handoff.c.snoozed_until.isnot(None), handoff.c.snoozed_until > now)
    awake = or_(handoff.c.snoozed_until.is_(None), handoff.c.snoozed_until <= now)

    def those(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    row = connection.execute(
        select(
            those(and_(awake, handoff.c.claimed_by.is_(None))),
            those(and_(awake, handoff.c.claimed_by == agent_id)),
            those(awake),
            those(asleep),
        )
        .select_from(handoff.join(conversation, conversation.c.id == handoff.c.conversation_id))
        .where(handoff.c.resolved_at.is_(None), conversation.c.creditor.in_(list(slugs)))
    ).one()
    return dict(zip(VIEWS, map(int, row), strict=False))


def reasons(connection: Connection) -> list[str]:
    """The reasons that stand in the queue now, for the filter."""
    rows = connection.execute(
        select(handoff.c.reason).where(handoff.c.resolved_at.is_(None)).distinct()
    )
    return sorted(row.reason for row in rows)


def waited(since: datetime, creditor: Creditor) -> Wait:
    """How long somebody has waited since then, by the creditor's opening hours and target."""
    now = clock.now()
    start = since if creditor.is_open(since) else creditor.next_opening(since)
    target = creditor.reply_target_minutes
    if start > now:
        return Wait("closed", 0, target, start)
    minutes = int((now - start) / timedelta(minutes=1))
    level = "late" if minutes >= target else "soon" if 2 * minutes >= target else "fine"
    return Wait(level, minutes, target)


def _query(slugs: Collection[str], wanted: Filter) -> Select:
    query = (
        select(
            handoff.c.conversation_id,
            handoff.c.reason,
            handoff.c.priority,
            handoff.c.opened_at,
            handoff.c.first_reply_at,
            handoff.c.resolved_at,
            handoff.c.disposition,
            handoff.c.snoozed_until,
            handoff.c.claimed_by,
            conversation.c.creditor,
            conversation.c.channel,
            conversation.c.state,
            agent.c.first_name.label("agent_name"),
            account.c.reference,
            debtor.c.first_name,
            debtor.c.last_name,
        )
        .select_from(
            handoff.join(conversation, conversation.c.id == handoff.c.conversation_id)
            .outerjoin(account, account.c.id == conversation.c.account_id)
            .outerjoin(debtor, debtor.c.id == conversation.c.debtor_id)
            .outerjoin(agent, agent.c.id == handoff.c.claimed_by)
        )
        .where(conversation.c.creditor.in_(list(slugs)))
    )
    return query.where(_matches(wanted.search)) if wanted.search.strip() else query


def _in_view(view: str, agent_id: str) -> Any:
    if view == "closed":
        return handoff.c.resolved_at.isnot(None)
    still_open = handoff.c.resolved_at.is_(None)
    now = clock.now()
    if view == "snoozed":
        return and_(still_open, handoff.c.snoozed_until > now)
    awake = or_(handoff.c.snoozed_until.is_(None), handoff.c.snoozed_until <= now)
    if view == "mine":
        return and_(still_open, awake, handoff.c.claimed_by == agent_id)
    if view == "waiting":
        return and_(still_open, awake, handoff.c.claimed_by.is_(None))
    return and_(still_open, awake)


def _matches(search: str) -> Any:
    """A reference that begins so, a name that holds each word, or a message that holds it all."""
    text = search.strip()
    names = [
        or_(
            debtor.c.first_name.ilike(_like(word), escape="\\"),
            debtor.c.last_name.ilike(_like(word), escape="\\"),
        )
        for word in text.split()[:5]
    ]
    said = select(message.c.conversation_id).where(message.c.text.ilike(_like(text), escape="\\"))
    key = reference_key(text)
    return or_(
        account.c.reference_key.startswith(key, autoescape=True) if key else False,
        and_(*names),
        conversation.c.id.in_(said),
    )


def _like(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{plain}%"


def _excerpts(connection: Connection, ids: Sequence[str]) -> Mapping[str, Any]:
    """The last thing that each person wrote."""
    if not ids:
        return {}
    last = (
        select(message.c.conversation_id, func.max(message.c.sequence).label("sequence"))
        .where(message.c.conversation_id.in_(ids), message.c.author == "debtor")
        .group_by(message.c.conversation_id)
        .subquery()
    )
    rows = connection.execute(
        select(message.c.conversation_id, message.c.text, message.c.at, message.c.sequence).join(
            last,
            and_(
                last.c.conversation_id == message.c.conversation_id,
                last.c.sequence == message.c.sequence,
            ),
        )
    )
    return {row.conversation_id: row for row in rows}


def _row(row: Any, last: Any, creditor: Creditor) -> Row:
    name = f"{row.first_name} {row.last_name}" if row.first_name else None
    waits = row.resolved_at is None and row.first_reply_at is None
    return Row(
        conversation_id=row.conversation_id,
        creditor=row.creditor,
        channel=row.channel,
        state=row.state,
        reason=row.reason,
        priority=row.priority,
        opened_at=row.opened_at,
        resolved_at=row.resolved_at,
        disposition=row.disposition,
        snoozed_until=row.snoozed_until,
        agent_id=row.claimed_by,
        agent_name=row.agent_name,
        reference=row.reference,
        name=name,
        excerpt=last.text if last else "",
        wait=waited(row.opened_at, creditor) if waits else None,
    )
