"""Forgetting a person: words and names are blanked for good; ids, hashes and sums stay.

What stays names nobody, and keeps whole what must stay whole: the ledger's balance, the plan's
terms, and the audit log's chains.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from bot import audit, clock
from bot.ledger import tables
from bot.ledger.accounts import Account
from bot.privacy.reach import Person, Personal, personal, rows, theirs

_ID = re.compile(r"[a-z]{1,4}_[0-9a-f]{32}|[a-z_]{1,40}")
_EVIDENCE = ("conversation", "message", "intent")
"""What of a piece of evidence is kept: ids, and the fixed name of what was meant."""


class TooEarly(ValueError):
    """The law asks for the records still; the message names the day on which it no longer does."""


class PlanRuns(ValueError):
    """A payment plan is active, so that the person cannot be forgotten."""


@dataclass(frozen=True)
class Kept:
    """Until when records are kept: `years` after `last`, the day of the last activity."""

    last: date
    years: int

    @property
    def until(self) -> date:
        """The last day on which they are kept."""
        try:
            return self.last.replace(year=self.last.year + self.years)
        except ValueError:
            # From the 29th of February; the day after is the stricter reading.
            return date(self.last.year + self.years, 3, 1)


def kept(connection: Connection, person: Person, years: int) -> Kept:
    """Until when this person's records are kept (12 CFR 1006.100(a)).

    Any row that was written about them counts as collection activity, save those of the audit log:
    the stricter reading. With none, the account's opening does.
    """
    moments = [
        moment
        for one in personal()
        for column in one.activity
        if (moment := _latest(connection, person, one, column)) is not None
    ]
    days = [moment.date() for moment in moments]
    opened = [account.opened_on for account in person.accounts]
    return Kept(max([*days, *opened], default=clock.now().date()), years)


def forget(
    connection: Connection, person: Person, until: Kept, *, despite: str = ""
) -> Mapping[str, int]:
    """Blank everything about the person that is not an id, a hash or a sum; rows by table.

    Refuses with TooEarly while the records have to be kept, unless `despite` says why it is lawful
    all the same, and with PlanRuns while a plan is active. What was done is an audit row of each
    account, or of the conversation of a visitor without one.
    """
    if not despite and clock.now().date() <= until.until:
        raise TooEarly(
            f"records are kept until {until.until.isoformat()}, {until.years} years after the last"
            f" activity on {until.last.isoformat()}"
        )
    _without_active_plan(connection, person.accounts)
    done = preview(connection, person)
    for one in personal():
        if one.delete:
            connection.execute(one.table.delete().where(theirs(person, one)))
        elif one.blank:
            _blank(connection, person, one)
    connection.execute(
        tables.account.update()
        .where(tables.account.c.id.in_(sorted(person.of("account"))))
        .values(status="closed")
    )
    for subject in sorted(person.of("account")) or sorted(person.of("conversation")):
        facts = {"rows": dict(done), "kept_until": until.until, "despite": despite or None}
        audit.record(connection, subject, "forgotten", "operator", facts)
    return done


def preview(connection: Connection, person: Person) -> dict[str, int]:
    """How many rows `forget` would blank or remove, by table."""
    counts = {
        one.table.name: connection.execute(
            select(func.count()).select_from(one.table).where(theirs(person, one))
        ).scalar_one()
        for one in personal()
        if one.blank or one.delete
    }
    return {name: count for name, count in counts.items() if count}


def _without_active_plan(connection: Connection, owned: tuple[Account, ...]) -> None:
    active = connection.execute(
        select(tables.plan.c.id).where(
            tables.plan.c.account_id.in_([account.id for account in owned]),
            tables.plan.c.status == "active",
        )
    ).first()
    if active is not None:
        raise PlanRuns("a payment plan is active; cancel it first")


def _blank(connection: Connection, person: Person, one: Personal) -> None:
    key = list(one.table.primary_key.columns)
    for row in rows(connection, person, one):
        values = {name: _emptied(row, name, value) for name, value in one.blank.items()}
        connection.execute(
            one.table.update()
            .where(*(column == row._mapping[column.name] for column in key))
            .values(values)
        )


def _emptied(row: Any, column: str, value: Any) -> Any:
    stands = row._mapping[column]
    if value == "unique":
        return f"forgotten:{row.id}"
    if stands is None:
        return None
    if value == "ids":
        return {
            name: stands[name]
            for name in _EVIDENCE
            if isinstance(stands.get(name), str) and _ID.fullmatch(stands[name])
        }
    return value


def _latest(connection: Connection, person: Person, one: Personal, column: str) -> datetime | None:
    found: datetime | None = connection.execute(
        select(func.max(one.table.c[column])).where(theirs(person, one))
    ).scalar_one()
    return found
