"""The audit log cannot be altered unseen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot import audit, clock, schema
from bot.audit import Anchor, Broken, audit_event
from bot.db import Database
from bot.money import Money

NOON = datetime(2026, 3, 2, 20, 0, tzinfo=timezone.utc)

TRIGGERS = {
    True: (
        "audit_event_refuses_update",
        "audit_event_refuses_delete",
        "audit_chain_refuses_update",
        "audit_chain_refuses_delete",
    ),
    False: (
        "audit_event_refuses_change ON audit_event",
        "audit_chain_refuses_update ON audit_chain",
        "audit_chain_refuses_removal ON audit_chain",
    ),
}
"""What stands in the way of altering the log, on SQLite and on PostgreSQL."""


def write(database: Database, subject: str, kind: str = "handoff", **facts: Any) -> None:
    with database.write() as connection:
        audit.record(connection, subject, kind, "bot", facts)


def broken(database: Database) -> list[Broken]:
    with database.read() as connection:
        return audit.verify(connection)


def alter(database: Database, statement: str) -> None:
    """Change rows as somebody with the database's password could, past the triggers."""
    with database.write() as connection:
        for trigger in TRIGGERS[database.is_sqlite]:
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        for part in statement.split(";"):
            connection.exec_driver_sql(part)


def fill(database: Database) -> None:
    for subject in ("cv_one", "cv_two"):
        for number in range(4):
            write(database, subject, number=number, on=date(2026, 3, 2))


def test_a_log_that_nobody_touched_is_whole(database: Database) -> None:
    assert broken(database) == []
    fill(database)
    write(database, "cv_one", "decision", amount=Money(5000, "USD").as_json(), nested={"a": [1]})
    assert broken(database) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET facts = '{\"number\": 7}' WHERE subject='cv_one' AND position=2",
        "UPDATE audit_event SET kind = 'other' WHERE subject='cv_one' AND position=2",
        "UPDATE audit_event SET actor = 'debtor' WHERE subject='cv_one' AND position=2",
        "UPDATE audit_event SET at = '2020-01-01 00:00:00' WHERE subject='cv_one' AND position=2",
        "UPDATE audit_event SET previous = hash WHERE subject='cv_one' AND position=2",
        "DELETE FROM audit_event WHERE subject='cv_one' AND position=2",
        "DELETE FROM audit_event WHERE subject='cv_one' AND position=1",
        "UPDATE audit_event SET position = 9 WHERE subject='cv_one' AND position=2",
        "UPDATE audit_event SET subject = 'cv_six' WHERE subject='cv_one' AND position=2",
        "DELETE FROM audit_event WHERE subject='cv_one' AND position=4",
        "DELETE FROM audit_event WHERE subject='cv_one' AND position>=2",
        "DELETE FROM audit_event WHERE subject='cv_one'",
        "DELETE FROM audit_chain WHERE subject='cv_one'",
        "UPDATE audit_chain SET length = 3 WHERE subject='cv_one'",
        "UPDATE audit_chain SET head = subject WHERE subject='cv_one'",
        # Two rows change places.
        """UPDATE audit_event SET position = 9 WHERE subject='cv_one' AND position=2;
        UPDATE audit_event SET position = 2 WHERE subject='cv_one' AND position=3;
        UPDATE audit_event SET position = 3 WHERE subject='cv_one' AND position=9""",
    ],
)
def test_what_was_altered_is_found(database: Database, statement: str) -> None:
    fill(database)
    alter(database, statement)
    found = broken(database)
    assert found
    assert {place.subject for place in found} <= {"cv_one", "cv_six"}, "and only there"


def test_the_end_of_a_chain_is_said_to_be_missing(database: Database) -> None:
    fill(database)
    alter(database, "DELETE FROM audit_event WHERE subject='cv_two' AND position>=3")
    assert broken(database) == [Broken("cv_two", 3, "2 rows are missing from the end")]


def test_an_anchor_finds_a_log_that_was_made_anew(database: Database) -> None:
    with clock.at(NOON):
        fill(database)
        with database.read() as connection:
            assert audit.anchor(connection).rows == 0, "what is being written is not covered"
    with clock.at(NOON + timedelta(hours=1)):
        with database.read() as connection:
            line = audit.anchor(connection).as_json()
        kept = Anchor.from_json(line)
        assert kept.rows == 8
        write(database, "cv_one", number=5)
        with database.read() as connection:
            assert audit.holds_to(connection, kept), "what came later does not matter"
    alter(database, "DELETE FROM audit_event;DELETE FROM audit_chain")
    with clock.at(NOON):
        for subject in ("cv_one", "cv_two"):
            for number in range(4):
                write(database, subject, number=number, on=date(2026, 3, 3))
    assert broken(database) == [], "the chains themselves show nothing"
    with database.read() as connection:
        assert not audit.holds_to(connection, kept)


def test_a_line_that_is_no_anchor_is_refused() -> None:
    for line in ("", "{}", "[]", '{"before": "x", "rows": 1, "hash": ""}'):
        with pytest.raises(ValueError, match="audit anchor"):
            Anchor.from_json(line)


def test_chains_from_before_their_lengths_were_kept(database: Database) -> None:
    schema.downgrade(database, "0003")
    with database.write() as connection:
        for position in (1, 2):
            row = {"subject": "cv_old", "position": position, "hash": f"h{position}"}
            rest = {"at": NOON, "kind": "x", "actor": "bot", "facts": {}, "previous": "p"}
            connection.execute(audit_event.insert().values(**row, **rest))
    schema.upgrade(database)
    with database.read() as connection:
        rows = connection.execute(audit.audit_chain.select()).all()
    assert [tuple(row) for row in rows] == [("cv_old", 2, "h2")]


def test_the_database_refuses_to_alter_it(database: Database) -> None:
    fill(database)
    chain = audit.audit_chain
    for statement in (
        audit_event.update().values(kind="other"),
        audit_event.delete(),
        chain.delete(),
        chain.update().values(length=2),
        chain.update().values(length=9),
    ):
        with pytest.raises(DBAPIError), database.write() as connection:
            connection.execute(statement)
    assert broken(database) == []


def test_writers_that_race_never_fork_a_chain(database: Database) -> None:
    def race(number: int) -> bool:
        try:
            write(database, "cv_one", number=number)
        except IntegrityError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        written = sum(pool.map(race, range(24)))
    assert written >= 1
    assert broken(database) == []
    with database.read() as connection:
        assert len(connection.execute(audit_event.select()).all()) == written
