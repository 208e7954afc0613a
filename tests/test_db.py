"""Writers queue, and whoever fails leaves the place free for the next."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from bot.conversations import records
from bot.conversations.tables import conversation as table
from bot.db import Database


def _open(database: Database) -> str:
    with database.write() as connection:
        return records.open_conversation(connection, channel="chat", creditor="demo-bank").id


def test_twenty_writers_at_once_lose_nothing(database: Database) -> None:
    opened = _open(database)

    def write(_: int) -> None:
        with database.write() as connection:
            records.hold(connection, opened)
            count = connection.execute(select(table.c.misunderstood)).scalar_one()
            connection.execute(update(table).values(misunderstood=count + 1))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(100)))
    with database.read() as connection:
        assert records.get(connection, opened).misunderstood == 100


class Stumbled(Exception):
    pass


def test_a_writer_that_fails_leaves_nothing_and_blocks_nobody(database: Database) -> None:
    opened = _open(database)

    def stumble() -> None:
        with database.write() as connection:
            records.change(connection, opened, misunderstood=7)
            raise Stumbled

    for _ in range(3):
        with pytest.raises(Stumbled):
            stumble()
    left_open = database.begin_write()
    records.change(left_open, opened, misunderstood=8)
    left_open.close()
    broken = database.begin_write()
    broken.invalidate()
    broken.close()
    with pytest.raises(DBAPIError), database.write() as connection:
        connection.exec_driver_sql("SELECT * FROM nowhere_at_all")
    with database.write() as connection:
        assert records.get(connection, opened).misunderstood == 0
