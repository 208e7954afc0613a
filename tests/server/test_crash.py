"""Killed in the middle of its work, the assistant owes nothing when it is back."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select

from bot import audit
from bot.conversations.tables import message
from bot.db import Database
from bot.ledger import accounts, entries, plans
from bot.money import Money
from tests.started import Started

WAIT = 30
PEOPLE = (
    "A-1042, 3 May 1988, 90210",
    "A-1042, 3 May 1988, 90210",
    "A-1063, 14 Feb 1993, 98103",
)
QUESTIONS = ("how much do i owe", "50 every other friday", "yes", "when is it due", "yes", "thanks")


def post(started: Started, path: str, body: dict[str, Any], session: str = "") -> Any:
    headers = {"Authorization": f"Bearer {session}"} if session else {}
    answer = requests.post(f"{started.url}/{path}", json=body, headers=headers, timeout=WAIT)
    assert answer.status_code in (201, 202, 200), answer.text
    return answer.json()


def send(started: Started, session: str, text: str) -> str | None:
    """The id of a message if it was accepted, None if the assistant was gone before it said so."""
    new = str(uuid.uuid4())
    try:
        post(started, "messages", {"id": new, "text": text}, session)
    except requests.RequestException:
        return None
    return new


def messages(database: Database) -> list[Any]:
    """All messages, as they are stored."""
    with database.read() as connection:
        return list(connection.execute(select(message).order_by(message.c.sequence)))


def settled(database: Database) -> list[Any]:
    """All messages, once none is owed an answer."""
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        rows = messages(database)
        if not any(row.processing in ("received", "running") for row in rows):
            return rows
        time.sleep(0.05)
    raise AssertionError("messages are still owed an answer")


def test_killed_with_messages_in_flight(tmp_path: Path, model: Path) -> None:
    with Started(tmp_path, model) as started:
        sessions = [post(started, "sessions", {})["session"] for _ in PEOPLE]
        for session, who in zip(sessions, PEOPLE, strict=True):
            send(started, session, who)
        accepted: list[str] = []

        def talk(session: str) -> None:
            for text in QUESTIONS * 3:
                new = send(started, session, text)
                if new is None:
                    return
                accepted.append(new)

        with ThreadPoolExecutor(len(PEOPLE)) as pool:
            talking = [pool.submit(talk, session) for session in sessions]
            while len(accepted) < 20 and not all(t.done() for t in talking):
                time.sleep(0.005)
            started.kill()
    database = Database(started.database_url)
    owed = [r for r in messages(database) if r.processing in ("received", "running")]
    assert owed, "it was killed too late"

    with Started(tmp_path, model):
        rows = settled(database)
    try:
        said = {row.external_id: row for row in rows if row.author == "debtor"}
        assert set(accepted) <= set(said)
        assert {row.processing for row in said.values()} == {"answered"}
        for row in said.values():
            answers = [r.answer_index for r in rows if r.in_reply_to == row.id]
            assert answers == list(range(len(answers))), "each answer once, in order"
            assert answers
        for conversation in {row.conversation_id for row in rows}:
            numbers = [r.sequence for r in rows if r.conversation_id == conversation]
            assert numbers == list(range(1, len(numbers) + 1))
        with database.read() as connection:
            assert audit.verify(connection) == []
            account = accounts.find(connection, "demo-bank", "A-1042")
            assert account is not None
            agreed = [
                p for p in plans.of_account(connection, account.id) if p.agreed_at is not None
            ]
            assert Counter(p.status for p in agreed) == {"active": 1}
            total = sum((i.amount for i in agreed[0].instalments), Money(0, "USD"))
            assert total == entries.balance(connection, account.id)
    finally:
        database.close()
