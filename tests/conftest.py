"""What all tests share: an empty database of each kind, the one assistant that listens, and
Hypothesis without surprises."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError

from bot import clock, schema
from bot.creditors import Creditors, load
from bot.db import Database
from bot.ledger import imports
from tests.moments import MONDAY

if TYPE_CHECKING:
    # Rasa takes seconds to import; only tests of the assistant itself should wait for it.
    from playwright.sync_api import Browser

    from tests.assistant import Running

settings.register_profile("steady", deadline=None, derandomize=True, database=None)
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parent.parent
POSTGRESQL = make_url(
    os.environ.get("TEST_POSTGRESQL_URL", "postgresql+psycopg2://postgres@127.0.0.1/postgres")
)


def _postgresql_is_there() -> bool:
    engine = create_engine(POSTGRESQL, future=True, connect_args={"connect_timeout": 2})
    try:
        engine.connect().close()
    except OperationalError:
        # On the build machine a missing server is an error, which the tests themselves then show.
        return os.environ.get("CI") == "true"
    finally:
        engine.dispose()
    return True


KINDS = ("sqlite", "postgresql") if _postgresql_is_there() else ("sqlite",)


@pytest.fixture(scope="session")
def creditors() -> Creditors:
    """The demo creditors."""
    return load(ROOT / "creditors.yml")


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database of its own for each test: on SQLite, and on PostgreSQL."""
    new = request.getfixturevalue(f"{request.param}_copies")
    with new(tmp_path) as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture(scope="session")
def sqlite_copies(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], object]:
    """Makes copies of a database file that was migrated once."""
    template = tmp_path_factory.mktemp("template") / "template.db"
    database = Database(f"sqlite:///{template}")
    schema.upgrade(database)
    database.close()

    @contextmanager
    def copy(folder: Path) -> Iterator[str]:
        shutil.copy(template, folder / "evenkeel.db")
        yield f"sqlite:///{folder / 'evenkeel.db'}"

    return copy


@pytest.fixture(scope="session")
def postgresql_copies() -> Iterator[Callable[[Path], object]]:
    """Makes copies of a database on the server that was migrated once; drops all in the end."""
    server = create_engine(POSTGRESQL, future=True, isolation_level="AUTOCOMMIT")
    template = f"evenkeel_test_{secrets.token_hex(6)}"

    def run(statement: str) -> None:
        with server.connect() as connection:
            connection.execute(text(statement))

    def url(name: str) -> str:
        there: URL = POSTGRESQL.set(database=name)
        return str(there.render_as_string(hide_password=False))

    @contextmanager
    def copy(_folder: Path) -> Iterator[str]:
        name = f"{template}_{secrets.token_hex(6)}"
        run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield url(name)
        finally:
            run(f"DROP DATABASE {name} WITH (FORCE)")

    run(f"CREATE DATABASE {template}")
    try:
        database = Database(url(template))
        schema.upgrade(database)
        database.close()
        yield copy
    finally:
        run(f"DROP DATABASE {template} WITH (FORCE)")
        server.dispose()


@pytest.fixture(scope="session")
def model() -> Path:
    """The model of `make test`, trained if the training data changed."""
    from tests import assistant

    return assistant.trained_model()


@pytest.fixture(scope="session")
def running(
    tmp_path_factory: pytest.TempPathFactory, creditors: Creditors, model: Path
) -> Iterator[Running]:
    """The assistant, for the whole run; each test loads its own accounts (`fresh`)."""
    from bot.channels import chat
    from tests import assistant

    folder = tmp_path_factory.mktemp("assistant")
    database = Database(f"sqlite:///{folder / 'evenkeel.db'}")
    schema.upgrade(database)
    settings = assistant.settings_for(database.url, folder)
    with pytest.MonkeyPatch.context() as patch:
        # All tests come from one address, on a clock that is set back for each of them.
        patch.setattr(chat, "SESSIONS_A_MINUTE", 1_000_000)
        yield from assistant.run(settings, database, creditors, model)
    database.close()


@pytest.fixture
def fresh(running: Running, creditors: Creditors) -> Iterator[None]:
    """The assistant on its Monday, with the demo accounts untouched and nothing said yet."""
    from tests import assistant

    with clock.at(MONDAY):
        assistant.empty(running.database)
        imports.demo(running.database, creditors, clock.today("UTC"))
        yield


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A running Chromium, one for all tests of a process: Playwright bears no second one."""
    from tests.widget import chromium

    with chromium.started() as browser:
        yield browser
