"""The record of conversations alone, without a model and without HTTP, on each database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bot import clock
from bot.compliance.gate import Outgoing
from bot.conversations import inbox, records
from bot.conversations.inbox import Accepted
from bot.conversations.records import Conversation
from bot.conversations.sending import Sender
from bot.creditors import Creditor, Creditors
from bot.db import Database
from bot.ledger import imports
from bot.wording import Wording
from tests.moments import MONDAY

SECRET = "a secret of the tests, long enough to be one"


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def creditor(creditors: Creditors) -> Creditor:
    """Harbor Community Bank."""
    return creditors["demo-bank"]


@pytest.fixture
def books(database: Database, creditors: Creditors) -> Database:
    """A database with the demo accounts."""
    imports.demo(database, creditors, clock.today("UTC"))
    return database


@pytest.fixture
def sender() -> Sender:
    """The sender with the real wording."""
    return Sender(Wording.load(), "a model")


@pytest.fixture
def conversation(database: Database) -> Conversation:
    """A conversation that has just been opened."""
    return open_one(database)


def open_one(database: Database, creditor: str = "demo-bank") -> Conversation:
    """A conversation on the website."""
    with database.write() as connection:
        return records.open_conversation(connection, channel="chat", creditor=creditor)


Say = Callable[..., Accepted]


@pytest.fixture
def say(database: Database, conversation: Conversation) -> Say:
    """Stores a message of the person."""

    def store(external_id: str, text: str = "hello") -> Accepted:
        with database.write() as connection:
            return inbox.accept(connection, conversation.id, external_id=external_id, text=text)

    return store


def tell(
    database: Database, sender: Sender, conversation: Conversation, creditor: Creditor, text: str
) -> None:
    """Send an agent's own words."""
    with database.write() as connection:
        sender.send(
            connection,
            records.get(connection, conversation.id),
            creditor,
            Outgoing("", text=text, author="agent", author_name="Dana"),
        )
