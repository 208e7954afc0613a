"""The event stream: in order, nothing lost, nothing twice, and never silent."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from bot.channels import chat, streams
from bot.compliance.gate import Outgoing
from bot.conversations import records, takeover
from bot.server import worker
from tests.assistant import Person, Running, events

WAIT = 20


@contextmanager
def stream(person: Person, **headers: str) -> Iterator[Iterator[str]]:
    """The lines of a stream, as they come."""
    with requests.get(
        f"{person.running.url}/events",
        headers={**person.headers, **headers},
        stream=True,
        timeout=WAIT,
    ) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/event-stream"
        assert answer.headers["Cache-Control"] == "no-store"
        yield (line.decode() for line in answer.iter_lines(chunk_size=1))


def take(person: Person, after: int, until: int) -> list[tuple[str, dict[str, Any]]]:
    """Events of a new stream, up to the message with that number."""
    taken = []
    for event, data in events(person.running.url, person.headers, after):
        taken.append((event, data))
        if event == "message" and data["seq"] >= until:
            break
    return taken


def numbers(taken: list[tuple[str, dict[str, Any]]]) -> list[int]:
    return [data["seq"] for event, data in taken if event == "message"]


def test_the_state_comes_first(running: Running) -> None:
    person = running.person()
    with stream(person) as lines:
        assert next(lines).startswith(":"), "at once, so that the client knows it is connected"
        assert next(lines) == ""
        assert next(lines) == "event: state"
        assert next(lines) == 'data: {"state": "bot"}'
        assert next(lines) == ""
        assert next(lines) == "id: 1"
        assert next(lines) == "event: message"


def test_all_that_came_after_and_nothing_twice(running: Running) -> None:
    person = running.person()
    for text in ("hello", "how much do i owe", "thanks"):
        person.say(text)
    last = person.read[-1]["seq"]
    assert numbers(take(person, 0, last)) == list(range(1, last + 1))
    assert numbers(take(person, 3, last)) == list(range(4, last + 1))
    assert [m["seq"] for m in person.read] == list(range(1, last + 1))


def test_the_last_event_id_goes_before_after(running: Running) -> None:
    person = running.person()
    person.say("hello")
    headers = {**person.headers, "Last-Event-ID": "2"}
    taken = next(d for e, d in events(running.url, headers, 0) if e == "message")
    assert taken["seq"] == 3


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "\u0661", "9" * 30, "1 OR 1=1"])
def test_an_after_that_is_no_number(running: Running, after: str) -> None:
    person = running.person()
    answer = requests.get(
        f"{running.url}/events", params={"after": after}, headers=person.headers, timeout=WAIT
    )
    assert answer.status_code == 422
    assert answer.json()["error"] == "bad_after"


def test_an_open_stream_hears_of_what_is_said(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = running.person()
    told: list[tuple[str, dict[str, Any]]] = []
    listening = threading.Event()

    def listen() -> None:
        for event, data in events(running.url, person.headers, 1):
            listening.set()
            told.append((event, data))
            if event == "typing" and not data["on"]:
                return

    thread = threading.Thread(target=listen)
    thread.start()
    listening.wait(WAIT)
    monkeypatch.setattr(worker, "TYPING_AFTER_SECONDS", 0.0)
    person.say("hello")
    thread.join(WAIT)
    assert not thread.is_alive()
    assert told[0] == ("state", {"state": "bot"})
    assert numbers(told) == [2, 3]
    kinds = [(event, data.get("author")) for event, data in told]
    assert kinds.index(("typing", "bot")) < kinds.index(("message", "bot"))
    assert told[-1] == ("typing", {"author": "bot", "on": False})


def test_a_change_of_state_is_told(running: Running) -> None:
    person = running.person()
    person.control("person")
    after = person.read[-1]["seq"]
    told = next(d for e, d in events(running.url, person.headers, after) if e == "state")
    assert told == {"state": "waiting"}


def test_what_another_process_writes_is_heard(running: Running) -> None:
    person = running.person()
    coming = events(running.url, person.headers, 1)
    assert next(coming)[0] == "state"
    creditor = running.assistant.creditors["demo-bank"]
    began = time.perf_counter()
    with running.database.write() as connection:
        # As the desk does, without telling this process.
        conversation = records.get(connection, person.conversation)
        message = Outgoing("", text="I'm Dana.", author="agent", author_name="Dana")
        running.assistant.worker._turns.sender.send(connection, conversation, creditor, message)
        records.change(connection, person.conversation, state="with_agent")
    told = [next(coming), next(coming)]
    assert time.perf_counter() - began < 2
    assert ("state", {"state": "with_agent"}) in told
    message_told = next(data for event, data in told if event == "message")
    assert (message_told["author"], message_told["name"]) == ("agent", "Dana")


def test_that_an_agent_writes_is_seen(running: Running) -> None:
    person = running.person()
    coming = events(running.url, person.headers, 1)
    assert next(coming)[0] == "state"
    dana = takeover.Agent("ag_dana", "Dana")
    with running.database.write() as connection:
        takeover.claim(connection, person.conversation, dana)
        takeover.typing(connection, person.conversation, dana, on=True)
    told = [next(coming), next(coming)]
    assert ("state", {"state": "with_agent"}) in told
    assert ("typing", {"author": "agent", "on": True}) in told
    with running.database.write() as connection:
        takeover.typing(connection, person.conversation, dana, on=False)
    assert next(coming) == ("typing", {"author": "agent", "on": False})


def test_a_closed_conversation_opens_again_with_a_message(running: Running) -> None:
    person = running.person()
    dana = takeover.Agent("ag_dana", "Dana")
    with running.database.write() as connection:
        held = takeover.claim(connection, person.conversation, dana)
        takeover.resolve(connection, held, dana, "answered")
    assert person.state == "closed"
    assert person.say("hello again")
    assert person.state == "bot"


def test_the_bot_is_silent_while_a_person_has_the_conversation(running: Running) -> None:
    person = running.person()
    with running.database.write() as connection:
        records.change(connection, person.conversation, state="with_agent")
    assert person.say("how much do i owe") == ""
    assert [m["author"] for m in person.read] == ["bot", "debtor"]


def test_a_silent_stream_beats(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    assert chat.HEARTBEAT_SECONDS <= 20
    monkeypatch.setattr(chat, "HEARTBEAT_SECONDS", 0.05)
    person = running.person()
    with stream(person, **{"Last-Event-ID": "1"}) as lines:
        comments = [line for line, _ in zip(lines, range(12), strict=False) if line[:1] == ":"]
    assert len(comments) >= 3


def test_the_oldest_of_too_many_streams_is_closed(running: Running) -> None:
    person = running.person()
    opened = [
        requests.get(f"{running.url}/events", headers=person.headers, stream=True, timeout=WAIT)
        for _ in range(streams.MOST_STREAMS + 1)
    ]
    try:
        assert sum(1 for _ in opened[0].iter_lines()) > 0, "it ends, or this would time out"
    finally:
        for answer in opened:
            answer.close()
    deadline = time.monotonic() + WAIT
    while running.assistant.streams._open and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not running.assistant.streams._open, "streams whose client has gone are forgotten"


def test_a_client_that_leaves_at_once_is_answered_all_the_same(running: Running) -> None:
    person = running.person()
    host, port = running.url.removeprefix("http://").split("/")[0].split(":")
    body = b'{"id": "left-at-once", "text": "how much do i owe"}'
    head = (
        f"POST /webhooks/chat/messages HTTP/1.1\r\nHost: {host}\r\n"
        f"Authorization: {person.headers['Authorization']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port))) as client:
        client.sendall(head.encode() + body)
        time.sleep(0.02)
    assert numbers(take(person, 1, 3)) == [2, 3]


def test_what_was_streamed_is_noted_as_delivered(running: Running) -> None:
    person = running.person()
    person.say("hello there")
    for _ in range(100):
        with running.database.read() as connection:
            messages = records.messages_after(connection, person.conversation, 0)
        states = {m.delivery for m in messages if m.author == "bot"}
        if states == {"delivered"}:
            return
        time.sleep(0.05)
    raise AssertionError(states)
