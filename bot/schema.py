"""The database's schema: brought up to date by the migrations in `migrations/`."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.engine import Connection

from bot.db import Database

_MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"

_ONE_AT_A_TIME = 0x45_76_65_6E
"""Key of the PostgreSQL advisory lock under which processes that start together migrate in turn."""


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to the newest revision, all or nothing; nothing to do is no error."""
    with database.write() as connection:
        _prepare(connection)
        command.upgrade(_config(connection), revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to a revision (`base`: to nothing), its newer tables with their rows."""
    with database.write() as connection:
        _prepare(connection)
        command.downgrade(_config(connection), revision)


def is_current(database: Database) -> bool:
    """Whether the schema is at the newest revision."""
    with database.read() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    return set(heads) == set(ScriptDirectory.from_config(_config()).get_heads())


def _prepare(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        # A migration may take longer than a turn of a conversation is allowed to.
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
