"""The database: one engine, explicit transactions, and the column types all tables share.

Tables are SQLAlchemy Core tables on `metadata`, declared beside the code that owns them
(`bot.ledger.tables`, `bot.conversations.tables`, `bot.audit`). Functions take a `Connection` as
their first argument and never commit: whoever opened the transaction decides. SQLite (WAL) and
PostgreSQL are equal citizens; what one of them needs specially is handled here and nowhere else.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, create_engine, event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import JSON, DateTime, TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Json = JSON(none_as_null=True)

STATEMENT_TIMEOUT_SECONDS = 4
"""Longest that one statement or lock may take: shorter than an action's five seconds, because a
thread cannot be stopped from outside (design: One message, step 7)."""


class UtcDateTime(TypeDecorator):  # type: ignore[misc]
    """An aware moment, stored in UTC. Refuses naive ones, which are always a mistake."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Aware in, UTC to the database; ValueError for a naive moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone was about to be stored")
        moment = value.astimezone(timezone.utc)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Always aware, in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=timezone.utc)
        return value.astimezone(timezone.utc)


def new_id(prefix: str) -> str:
    """An opaque, unguessable id such as `cv_4f1c…` (128 random bits)."""
    return f"{prefix}_{secrets.token_hex(16)}"


class Database:
    """An engine and its two kinds of transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine: Engine = _engine(url)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return bool(self.engine.dialect.name == "sqlite")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that may write; commits at the end, rolls back on any exception.

        On SQLite it takes the write lock at once, so that two writers queue instead of failing
        half-way.
        """
        with self.engine.connect() as connection:
            connection = connection.execution_options(evenkeel_write=True)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction for reading only; everything read in it is of one moment on SQLite."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()

    def begin_write(self) -> Connection:
        """A connection with an open writing transaction, for a caller that commits, rolls back and
        closes by itself (a turn, which spans several calls)."""
        connection = self.engine.connect().execution_options(evenkeel_write=True)
        connection.begin()
        return connection

    def compact(self) -> None:
        """Leave nothing in the embedded database's files of what was blanked or removed.

        A file of SQLite keeps old words in its free pages and in its log until it is written anew.
        On PostgreSQL that is the server's own work (autovacuum).
        """
        if self.is_sqlite:
            with closing(self.engine.raw_connection()) as connection:
                connection.execute("VACUUM")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError("DATABASE_URL must name a file for SQLite: sqlite:///path/to/file.db")
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            url,
            future=True,
            hide_parameters=True,  # an error must not print names and messages
            connect_args={"check_same_thread": False, "timeout": STATEMENT_TIMEOUT_SECONDS},
            poolclass=QueuePool,
            pool_size=16,
            max_overflow=16,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        _queue_writers(engine)
        return engine
    if parsed.get_backend_name() == "postgresql":
        return create_engine(
            url,
            future=True,
            hide_parameters=True,
            pool_size=16,
            max_overflow=16,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 5,
                "options": f"-c statement_timeout={STATEMENT_TIMEOUT_SECONDS}s"
                f" -c lock_timeout={STATEMENT_TIMEOUT_SECONDS}s -c timezone=UTC",
            },
        )
    raise ValueError(
        f"DATABASE_URL names {parsed.get_backend_name()!r}; only sqlite and postgresql are known"
    )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # pysqlite would open transactions by itself, too late for what we need; see _begin_sqlite.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _queue_writers(engine: Engine) -> None:
    """Let the writers of this process wait for each other in a queue.

    SQLite has one writer at a time, and a second one tries again after ever longer naps: with ten
    people at once a turn may oversleep for seconds. Other processes still wait in SQLite's way.
    """
    queue = threading.Lock()

    def begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("evenkeel_write", False):
            connection.exec_driver_sql("BEGIN")
            return
        if not queue.acquire(timeout=STATEMENT_TIMEOUT_SECONDS):
            raise TimeoutError("the database is busy with other writers")
        connection.info["holds_queue"] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def give_back(_: Any, record: Any) -> None:
        # Committed, rolled back or broken: whatever became of it, it writes no more.
        if record.info.pop("holds_queue", False):
            queue.release()

    event.listen(engine, "begin", begin)
    event.listen(engine, "checkin", give_back)
