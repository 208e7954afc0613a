"""What is no longer kept: people whose time is over, and what only served the moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from bot import clock
from bot.compliance import packs
from bot.conversations.tables import conversation, identity_lock, message, tracker
from bot.creditors import Creditors
from bot.privacy import forgetting, reach
from bot.privacy.reach import Person

OVER = ("paid", "settled", "closed")
"""Statuses of an account on which nothing is collected any more."""

IDLE = timedelta(days=30)
"""After so long a conversation begins anew, and failed checks are forgiven."""


@dataclass(frozen=True)
class Swept:
    """What was done, or would be: people and visitors forgotten, and rows by table."""

    people: int
    visitors: int
    rows: Mapping[str, int]


def years(creditors: Creditors, slug: str) -> int:
    """How long a creditor's records are kept after the last activity; for one that is no longer in
    the file as long as any pack says."""
    creditor = creditors.get(slug)
    if creditor is not None:
        return packs.of(creditor).limits.keep_years
    return max(packs.load(name).limits.keep_years for name in packs.names())


def sweep(connection: Connection, creditors: Creditors, *, dry_run: bool = False) -> Swept:
    """Forget everybody whose accounts are all over and whose records need not be kept any more,
    and visitors who were never known; clear what only served a conversation under way."""
    counted: Counter[str] = Counter()
    people = [
        reach.with_claims(connection, one) for one in reach.known(connection) if _is_over(one)
    ]
    gone = [one for one in people if _forgotten(connection, one, creditors, counted, dry_run)]
    taken = frozenset().union(*(one.of("conversation") for one in gone))
    visitors = [
        one
        for one in reach.unknown(connection)
        if not one.of("conversation") & taken
        and _has_words(connection, one)
        and _forgotten(connection, one, creditors, counted, dry_run)
    ]
    counted.update(_idle(connection, dry_run=dry_run))
    return Swept(len(gone), len(visitors), {name: n for name, n in counted.items() if n})


def _forgotten(
    connection: Connection,
    person: Person,
    creditors: Creditors,
    counted: Counter[str],
    dry_run: bool,
) -> bool:
    """Forget somebody if it is time; adds the rows to `counted` and says whether it was."""
    until = forgetting.kept(connection, person, years(creditors, person.creditor))
    if clock.now().date() <= until.until:
        return False
    counted.update(
        forgetting.preview(connection, person)
        if dry_run
        else forgetting.forget(connection, person, until)
    )
    return True


def _is_over(person: Person) -> bool:
    return all(account.status in OVER for account in person.accounts)


def _has_words(connection: Connection, visitor: Person) -> bool:
    """Whether anything is left to forget of a visitor's conversation."""
    found = connection.execute(
        select(message.c.id)
        .where(message.c.conversation_id.in_(sorted(visitor.of("conversation"))))
        .where(message.c.text != "")
        .limit(1)
    )
    return found.first() is not None


def _idle(connection: Connection, *, dry_run: bool) -> Mapping[str, int]:
    before = clock.now() - IDLE
    idle = select(conversation.c.id).where(conversation.c.active_at < before)
    conditions = {
        tracker: tracker.c.conversation_id.in_(idle),
        identity_lock: (identity_lock.c.failed_at < before)
        & or_(identity_lock.c.locked_until.is_(None), identity_lock.c.locked_until < before),
    }
    counts = {}
    for table, condition in conditions.items():
        key = next(iter(table.primary_key.columns))
        counts[table.name] = len(connection.execute(select(key).where(condition)).all())
        if not dry_run:
            connection.execute(table.delete().where(condition))
    return counts
