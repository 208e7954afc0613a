"""The audit log cannot be altered unseen."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot import audit
from bot.audit import Broken, audit_event
from bot.db import Database
from bot.money import Money


def write(database: Database, subject: str, kind: str = "handoff", **facts: Any) -> None:
    with database.write() as connection:
        audit.record(connection, subject, kind, "bot", facts)


def broken(database: Database) -> list[Broken]:
    with database.read() as connection:
        return audit.verify(connection)


def alter(database: Database, statement: str) -> None:
    """Change rows as somebody with the database's password could, past the triggers."""
    with database.write() as connection:
        if database.is_sqlite:
            for change in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER audit_event_refuses_{change}")
        else:
            connection.exec_driver_sql("DROP TRIGGER audit_event_refuses_change ON audit_event")
        connection.exec_driver_sql(statement)


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
    ],
)
def test_what_was_altered_is_found(database: Database, statement: str) -> None:
    fill(database)
    alter(database, statement)
    found = broken(database)
    assert found
    assert {place.subject for place in found} <= {"cv_one", "cv_six"}, "and only there"


def test_the_database_refuses_to_alter_it(database: Database) -> None:
    fill(database)
    for statement in (audit_event.update().values(kind="other"), audit_event.delete()):
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
