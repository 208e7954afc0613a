"""Requests as a client makes them."""

from __future__ import annotations

import uuid
from typing import Any

import requests

from bot.conversations import records
from tests.assistant import Person, Running

WAIT = 20


def post(running: Running, path: str, **more: Any) -> requests.Response:
    return requests.post(f"{running.url}/{path}", timeout=WAIT, **more)


def get(running: Running, path: str, **more: Any) -> requests.Response:
    return requests.get(f"{running.url}/{path}", timeout=WAIT, **more)


def send(person: Person, **body: Any) -> requests.Response:
    body = {"id": str(uuid.uuid4()), **body}
    return post(person.running, "messages", json=body, headers=person.headers)


def count(person: Person) -> int:
    """How many messages the conversation has."""
    with person.running.database.read() as connection:
        return len(records.messages_after(connection, person.conversation, 0))


def refused(answer: requests.Response, status: int, error: str | None = None) -> None:
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"error", "detail"}
    assert body["detail"]
    assert error is None or body["error"] == error
    assert answer.headers["Cache-Control"] == "no-store"
