"""One assistant for all dialogues: the trained model behind the real channel, with the demo
accounts of a Monday in March."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
import sqlalchemy

from bot import clock, schema
from bot.channels import chat
from bot.creditors import Creditors
from bot.db import Database
from bot.ledger import imports
from bot.server import training
from bot.settings import ROOT
from tests import assistant
from tests.assistant import Running

MONDAY = datetime(2026, 3, 2, 18, 0, tzinfo=timezone.utc)
"""Ten in the morning in Los Angeles, one in the afternoon in New York."""


@pytest.fixture(scope="session")
def model() -> Path:
    """The model of `make test`, trained if the training data changed."""
    folder = Path(os.environ.get("DATA_DIR") or ROOT / "var") / "model"
    if not training.is_current(folder):
        training.train(folder)
    return training.model_path(folder)


@pytest.fixture(scope="session")
def running(
    tmp_path_factory: pytest.TempPathFactory, creditors: Creditors, model: Path
) -> Iterator[Running]:
    """The assistant, for the whole run; each test loads its own accounts (`ledger`)."""
    folder = tmp_path_factory.mktemp("assistant")
    database = Database(f"sqlite:///{folder / 'evenkeel.db'}")
    schema.upgrade(database)
    settings = assistant.settings_for(database.url, folder)
    with pytest.MonkeyPatch.context() as patch, clock.at(MONDAY):
        # All tests come from one address, on a clock that is set back for each of them.
        patch.setattr(chat, "SESSIONS_A_MINUTE", 1_000_000)
        yield from assistant.run(settings, database, creditors, model)
    database.close()


@pytest.fixture(autouse=True)
def _fresh(running: Running, creditors: Creditors) -> Iterator[None]:
    """Each test begins on the same Monday with the demo accounts untouched."""
    with clock.at(MONDAY):
        empty(running.database)
        imports.demo(running.database, creditors, clock.today("UTC"))
        yield


def empty(database: Database) -> None:
    """Take every row out of a SQLite database, past the triggers that keep history."""
    with database.write() as connection:
        triggers = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).all()
        tables = [
            row.name
            for row in connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                " AND name <> 'alembic_version'"
            )
        ]
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for trigger in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {trigger.name}")
        for table in tables:
            connection.execute(sqlalchemy.table(table).delete())
        for trigger in triggers:
            connection.exec_driver_sql(trigger.sql)
