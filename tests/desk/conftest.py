"""The desk on a database with the demo accounts, and people who sit at it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from starlette.testclient import TestClient

from bot import clock
from bot.compliance.gate import Outgoing
from bot.conversations import handoffs, identity, inbox, protection, records
from bot.conversations.records import Conversation
from bot.conversations.sending import Sender
from bot.creditors import Creditors
from bot.db import Database
from bot.desk import agents, app
from bot.ledger import accounts, imports
from bot.wording import Wording
from tests.moments import MONDAY

PASSWORD = "a password for the tests"
SECRET = "a secret of the tests, long enough to be one"


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database for each test: SQLite, or of the kind that the test names."""
    new = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_copies")
    with new(tmp_path) as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture
def books(database: Database, creditors: Creditors) -> Database:
    """A database with the demo accounts."""
    imports.demo(database, creditors, clock.today("UTC"))
    return database


@dataclass
class Seat:
    """Somebody at the desk, with a browser of their own."""

    client: TestClient
    agent: agents.Agent

    def get(self, path: str, **options: Any) -> Response:
        """A page."""
        return self.client.get(path, **options)

    @cached_property
    def csrf(self) -> str:
        """What their forms carry."""
        found = re.search(r'name="csrf" value="(\w+)"', self.get("/me").text)
        assert found is not None
        return found[1]

    def act(self, path: str, *, key: str = "", **fields: str) -> Response:
        """Send a form, as the page's script does."""
        return self.client.post(
            path,
            data={"csrf": self.csrf, "key": key or secrets.token_hex(8), **fields},
            headers={"accept": "application/json"},
        )

    def done(self, path: str, **fields: str) -> dict[str, Any]:
        """Send a form that must not be refused."""
        answer = self.act(path, **fields)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@dataclass
class Office:
    """The desk, and what tests put into its database."""

    database: Database
    creditors: Creditors
    sender: Sender
    asgi: Any

    def browser(self) -> TestClient:
        """A browser that nobody has signed in with."""
        return TestClient(self.asgi, base_url="http://127.0.0.1:5006", follow_redirects=False)

    def hire(
        self, name: str = "Dana", role: str = "agent", creditors: list[str] | None = None
    ) -> agents.Agent:
        """Somebody who may sign in."""
        with self.database.write() as connection:
            return agents.add(
                connection,
                email=f"{name.lower()}@example.com",
                first_name=name,
                password=PASSWORD,
                role=role,
                creditors=creditors,
            )

    def seat(
        self, name: str = "Dana", role: str = "agent", creditors: list[str] | None = None
    ) -> Seat:
        """Somebody who has signed in."""
        agent = self.hire(name, role, creditors)
        client = self.browser()
        answer = client.post("/sign-in", data={"email": agent.email, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return Seat(client, agent)

    def talk(
        self,
        *texts: str,
        reference: str | None = "A-1042",
        creditor: str = "demo-bank",
        reason: str | None = "requested",
    ) -> Conversation:
        """A conversation in which somebody wrote, checked if an account is named, and waits."""
        with self.database.write() as connection:
            opened = records.open_conversation(connection, channel="chat", creditor=creditor)
            self.sender.send(
                connection, opened, self.creditors[creditor], Outgoing("utter_welcome")
            )
            if reference is not None:
                account = accounts.find(connection, creditor, reference)
                assert account is not None
                identity.verify(connection, opened, [account], by="answers", named=True)
            last = None
            for text in texts or ("can I talk to a person?",):
                last = self.write(connection, opened.id, text)
            opened = records.get(connection, opened.id)
            if reason in protection.PROTECTIONS:
                protection.protect(
                    connection, opened, self.creditors[creditor], str(reason), message_id=str(last)
                )
            elif reason is not None:
                handoffs.open_handoff(connection, opened, reason, message_id=last)
            return records.get(connection, opened.id)

    def write(self, connection: Any, conversation_id: str, text: str) -> str:
        """The person writes; returns the message's id."""
        accepted = inbox.accept(
            connection, conversation_id, external_id=secrets.token_hex(8), text=text
        )
        return accepted.message_id

    def read(self, conversation: Conversation) -> Conversation:
        """The conversation as it stands now."""
        with self.database.read() as connection:
            return records.get(connection, conversation.id)

    def said(self, conversation: Conversation) -> list[records.Message]:
        """Everything said in it."""
        with self.database.read() as connection:
            return records.messages_after(connection, conversation.id, 0)


def settings_of(database: Database, folder: Path, **changes: Any) -> Any:
    """Settings for a desk of the tests."""
    from bot.settings import Settings

    values: dict[str, Any] = {
        "environment": "development",
        "host": "127.0.0.1",
        "port": 0,
        "desk_port": 5006,
        "desk_url": "http://127.0.0.1:5006",
        "public_url": "",
        "data_dir": folder,
        "database_url": database.url,
        "redis_url": "",
        "secret_key": SECRET,
        "creditors_file": folder / "creditors.yml",
        "assistants": 1,
        "identity_jwt_key": "",
        "log_level": "INFO",
    }
    return Settings(**{**values, **changes})


@pytest.fixture
def new_office(books: Database, creditors: Creditors, tmp_path: Path) -> Callable[..., Office]:
    """Makes desks with these settings."""

    def make(**changes: Any) -> Office:
        asgi = app.build(settings_of(books, tmp_path, **changes), books, creditors)
        return Office(books, creditors, Sender(Wording.load()), asgi)

    return make


@pytest.fixture
def office(new_office: Callable[..., Office]) -> Office:
    """A desk."""
    return new_office()
