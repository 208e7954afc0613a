"""Everything that is kept of a person, for the person who asks."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.engine import Connection

from bot.privacy.reach import Person, personal, rows


def everything(connection: Connection, person: Person) -> dict[str, list[dict[str, Any]]]:
    """All rows about the person by table, as plain JSON values: amounts in minor units of the
    account's currency, days and moments in ISO. Tables without a row are left out."""
    found = {one.table.name: rows(connection, person, one) for one in personal()}
    return {
        name: [{column: _plain(value) for column, value in row._mapping.items()} for row in listed]
        for name, listed in found.items()
        if listed
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
