"""The migrations make exactly the tables that the code declares, and can take them back."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from bot import schema
from bot.db import Database, metadata

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _everything_declared() -> None:
    """Import each module that declares tables, so that the metadata holds them all."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        if "metadata," in path.read_text(encoding="utf-8"):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def tables(connection: Connection) -> dict[str, dict[str, Any]]:
    names = set(inspect(connection).get_table_names()) - {"alembic_version"}
    return {name: described(connection, name) for name in names}


def described(connection: Connection, name: str) -> dict[str, Any]:
    """A table as the database itself describes it, in an order that does not matter."""
    found = inspect(connection)
    primary = found.get_pk_constraint(name)
    return {
        "columns": sorted(
            (column["name"], str(column["type"]), column["nullable"])
            for column in found.get_columns(name)
        ),
        "primary key": (primary["name"], primary["constrained_columns"]),
        "foreign keys": sorted(
            (key["name"], key["constrained_columns"], key["referred_table"])
            for key in found.get_foreign_keys(name)
        ),
        "unique": sorted(
            (one["name"], one["column_names"]) for one in found.get_unique_constraints(name)
        ),
        "checks": sorted(
            (one["name"], one["sqltext"]) for one in found.get_check_constraints(name)
        ),
        "indexes": sorted(
            (index["name"], index["column_names"], bool(index["unique"]), where(index))
            for index in found.get_indexes(name)
        ),
    }


def where(index: dict[str, Any]) -> str:
    options = index.get("dialect_options", {})
    return str(options.get("sqlite_where", options.get("postgresql_where", "")))


def test_migrated_tables_are_the_declared_ones(database: Database) -> None:
    with database.write() as connection:
        migrated = tables(connection)
    schema.downgrade(database, "base")
    with database.write() as connection:
        metadata.create_all(connection)
        declared = tables(connection)
    assert {"debtor", "account", "entry", "hold", "plan", "instalment"} <= migrated.keys()
    assert migrated == declared


def test_a_downgrade_leaves_nothing_and_can_be_undone(database: Database) -> None:
    assert schema.is_current(database)
    schema.downgrade(database, "base")
    assert not schema.is_current(database)
    with database.read() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    schema.upgrade(database)
    assert schema.is_current(database)


def test_an_upgrade_of_what_is_current_changes_nothing(database: Database) -> None:
    schema.upgrade(database)
    assert schema.is_current(database)
