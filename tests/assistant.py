"""The real assistant for tests: trained model, HTTP, event streams, in a thread of this process, so
that a test can move its clock and look into its ledger."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import sqlalchemy
from sanic import Sanic
from sqlalchemy import select

from bot import settings as bot_settings
from bot.conversations.tables import conversation, message
from bot.creditors import Creditors
from bot.db import Database
from bot.ledger import accounts, entries, holds, plans
from bot.ledger.accounts import Account
from bot.money import Money
from bot.server import app as bot_app
from bot.server import training
from bot.settings import Settings

SECRET = "a secret of the tests, long enough to be one"
WAIT_SECONDS = 30


@dataclass(frozen=True)
class Running:
    """An assistant that listens."""

    url: str
    assistant: bot_app.Assistant

    @property
    def database(self) -> Database:
        """Its database."""
        return self.assistant.database

    def person(self, creditor: str = "demo-bank", **more: Any) -> Person:
        """Somebody who opens the chat."""
        body = {"creditor": creditor, **more}
        answer = requests.post(f"{self.url}/sessions", json=body, timeout=WAIT_SECONDS)
        assert answer.status_code == 201, answer.text
        return Person(self, answer.json())

    def account(self, reference: str, creditor: str = "demo-bank") -> Account:
        """An account of the ledger."""
        with self.database.read() as connection:
            found = accounts.find(connection, creditor, reference)
        assert found is not None
        return found

    def balance(self, reference: str, creditor: str = "demo-bank") -> Money:
        """What the ledger says is owed."""
        account = self.account(reference, creditor)
        with self.database.read() as connection:
            return entries.balance(connection, account.id)

    def plan(self, reference: str, creditor: str = "demo-bank") -> plans.Plan | None:
        """The plan that stands in the ledger."""
        account = self.account(reference, creditor)
        with self.database.read() as connection:
            return plans.active(connection, account.id)

    def plans(self, reference: str, creditor: str = "demo-bank") -> tuple[plans.Plan, ...]:
        """All plans in the ledger, offers too."""
        account = self.account(reference, creditor)
        with self.database.read() as connection:
            return plans.of_account(connection, account.id)

    def holds(self, reference: str, creditor: str = "demo-bank") -> set[str]:
        """The kinds of holds that stand."""
        account = self.account(reference, creditor)
        with self.database.read() as connection:
            return {hold.kind for hold in holds.standing(connection, account)}


@dataclass
class Person:
    """One person in one chat, who speaks and reads through the real protocol."""

    running: Running
    opened: dict[str, Any]
    read: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listen(until=1)

    @property
    def conversation(self) -> str:
        """The conversation's id."""
        return str(self.opened["conversation"])

    @property
    def headers(self) -> dict[str, str]:
        """What authenticates them."""
        return {"Authorization": f"Bearer {self.opened['session']}"}

    def say(self, text: str) -> str:
        """Type something; the bot's answer, its messages joined."""
        return self.post({"text": text})

    def press(self, label: str) -> str:
        """Press the choice with this label (or whose label begins so) on the newest message."""
        choices = self.last.get("choices", [])
        found = [c for c in choices if c["label"].startswith(label)]
        assert found, f"no choice {label!r} among {[c['label'] for c in choices]}"
        return self.post({"choice": found[0]["id"]})

    def control(self, kind: str) -> str:
        """Use a control that is always in reach."""
        found = next(c for c in self.opened["controls"] if c["kind"] == kind)
        return self.post({"choice": found["id"]})

    def verified(
        self, reference: str = "A-1042", born: str = "3 May 1988", code: str = "90210"
    ) -> Person:
        """Pass the identity check."""
        answer = self.say(f"ref {reference}, born {born}, {code}")
        assert "matches" in answer or "all I need" in answer, answer
        return self

    def post(self, body: dict[str, Any]) -> str:
        """Send a message and read until it is answered."""
        before = len(self.read)
        sent = requests.post(
            f"{self.running.url}/messages",
            json={"id": str(uuid.uuid4()), **body},
            headers=self.headers,
            timeout=WAIT_SECONDS,
        )
        assert sent.status_code == 202, sent.text
        self._listen(until=self._answered(sent.json()["seq"]))
        return " ".join(m["text"] for m in self.read[before:] if m["author"] == "bot")

    @property
    def last(self) -> dict[str, Any]:
        """The newest message of the bot."""
        return next(m for m in reversed(self.read) if m["author"] == "bot")

    def card(self, kind: str) -> dict[str, Any]:
        """The newest card of this kind."""
        return next(m["card"] for m in reversed(self.read) if m.get("card", {}).get("kind") == kind)

    @property
    def pending(self) -> str | None:
        """What the bot asked last, by name."""
        with self.running.database.read() as connection:
            stored = connection.execute(
                select(conversation.c.pending).where(conversation.c.id == self.conversation)
            ).scalar()
        return str(stored["name"]) if stored else None

    @property
    def state(self) -> str:
        """Who has the conversation."""
        with self.running.database.read() as connection:
            return str(
                connection.execute(
                    select(conversation.c.state).where(conversation.c.id == self.conversation)
                ).scalar_one()
            )

    def _answered(self, sequence: int) -> int:
        """Wait until the message with that sequence is answered; the newest sequence then."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            with self.running.database.read() as connection:
                processing = connection.execute(
                    select(message.c.processing).where(
                        message.c.conversation_id == self.conversation,
                        message.c.sequence == sequence,
                    )
                ).scalar_one()
                newest = connection.execute(
                    select(conversation.c.last_sequence).where(
                        conversation.c.id == self.conversation
                    )
                ).scalar_one()
            if processing in ("answered", "failed"):
                return int(newest)
            time.sleep(0.01)
        raise AssertionError("no answer in time")

    def _listen(self, until: int) -> None:
        seen = self.read[-1]["seq"] if self.read else 0
        if seen >= until:
            return
        for event, data in events(self.running.url, self.headers, seen):
            if event == "message":
                self.read.append(data)
                if data["seq"] >= until:
                    return


def events(url: str, headers: dict[str, str], after: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The event stream, as it comes."""
    with requests.get(
        f"{url}/events",
        params={"after": after},
        headers=headers,
        stream=True,
        timeout=WAIT_SECONDS,
    ) as stream:
        assert stream.status_code == 200, stream.text
        event = "message"
        for raw in stream.iter_lines(chunk_size=1):
            line = raw.decode("utf-8")
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield event, json.loads(line.removeprefix("data: "))


def settings_for(database_url: str, folder: Path, **changes: Any) -> Settings:
    """Settings of a test's own, which no environment changes."""
    values: dict[str, Any] = {
        "environment": "development",
        "host": "127.0.0.1",
        "port": free_port(),
        "desk_port": 0,
        "desk_url": "http://127.0.0.1:0",
        "public_url": "",
        "data_dir": folder,
        "database_url": database_url,
        "redis_url": "",
        "secret_key": SECRET,
        "creditors_file": bot_settings.ROOT / "creditors.yml",
        "assistants": 1,
        "identity_jwt_key": "a key that the host site shares with us",
        "log_level": "INFO",
    }
    return Settings(**{**values, **changes})


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(
    settings: Settings, database: Database, creditors: Creditors, model: Path
) -> Iterator[Running]:
    """Serve an assistant in a thread until the generator is closed."""
    Sanic.test_mode = True  # so that a second one can be started in this process
    assistant = bot_app.build(settings, database, creditors, model)
    loop = asyncio.new_event_loop()
    up = threading.Event()
    failed: list[BaseException] = []

    async def start() -> Any:
        server = await assistant.app.create_server(
            host=settings.host, port=settings.port, return_asyncio_server=True, access_log=False
        )
        await server.startup()
        await server.before_start()
        await server.after_start()
        return server

    async def stop(server: Any) -> None:
        await server.before_stop()
        await server.close()
        for connection in server.connections:
            connection.close_if_idle()
        await server.after_stop()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        try:
            server = loop.run_until_complete(start())
        except BaseException as error:
            failed.append(error)
            up.set()
            return
        up.set()
        loop.run_forever()
        loop.run_until_complete(stop(server))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    up.wait(60)
    if failed:
        raise failed[0]
    try:
        yield Running(f"http://{settings.host}:{settings.port}/webhooks/chat", assistant)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)


def trained_model() -> Path:
    """The model of `make test`, trained if the training data changed."""
    folder = Path(os.environ.get("DATA_DIR") or bot_settings.ROOT / "var") / "model"
    if not training.is_current(folder):
        training.train(folder)
    return training.model_path(folder)


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
