"""Whatever is sent: a clear refusal or a kind sentence, never a fault of ours."""

from __future__ import annotations

import json
import time
from typing import Any

import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.conversations import records
from bot.conversations.tables import message
from tests.assistant import Running

WAIT = 20
_TEXT = st.text(st.characters(), max_size=80)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "id": st.uuids().map(str) | _JSON,
        "text": _TEXT | _JSON,
        "choice": _TEXT | _JSON,
        "creditor": st.sampled_from(["demo-bank", "demo-uk"]) | _JSON,
        "language": st.just("en") | _JSON,
        "identity": _TEXT | _JSON,
    },
)
_WHOLE = st.fixed_dictionaries({"id": st.uuids().map(str), "text": _TEXT})
_BODIES = (
    (_WHOLE | _NEARLY | _JSON).map(lambda value: json.dumps(value).encode())
    | st.binary(max_size=200)
    | _NEARLY.map(lambda value: json.dumps(value).encode()[:-1])
)
_HEADERS = st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=40)

_fuzz = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def sound(answer: requests.Response) -> None:
    """No fault of ours, and nothing of our insides in the answer."""
    assert answer.status_code < 500, answer.text
    for inside in ("Traceback", "site-packages", "sqlalchemy", "Error:", ".py"):
        assert inside not in answer.text
    if answer.status_code >= 400:
        body = answer.json()
        assert set(body) == {"error", "detail"}


def test_messages(running: Running) -> None:
    @_fuzz
    @given(body=_BODIES)
    def attack(body: bytes) -> None:
        answer = requests.post(
            f"{running.url}/messages",
            data=body,
            headers={**_person(running), "Content-Type": "application/json"},
            timeout=WAIT,
        )
        sound(answer)

    attack()
    assert _processed(running) == {"answered"}


def _processed(running: Running) -> set[str]:
    """What became of all messages, once none is on the way."""
    deadline = time.monotonic() + WAIT
    while True:
        with running.database.read() as connection:
            found = select(message.c.processing).where(message.c.author == "debtor").distinct()
            states = set(connection.execute(found).scalars())
        if not states & {"received", "running"} or time.monotonic() > deadline:
            return states
        time.sleep(0.05)


@_fuzz
@given(body=_BODIES)
def test_sessions(running: Running, body: bytes) -> None:
    answer = requests.post(
        f"{running.url}/sessions",
        data=body,
        headers={"Content-Type": "application/json"},
        timeout=WAIT,
    )
    sound(answer)


@_fuzz
@given(
    method=st.sampled_from(["GET", "POST", "OPTIONS", "PUT", "HEAD"]),
    path=st.sampled_from(["messages", "sessions", "transcript", "receipts/", "widget/", "demo"]),
    more=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20),
    authorization=_HEADERS,
    origin=_HEADERS,
)
def test_paths_and_headers(
    running: Running, method: str, path: str, more: str, authorization: str, origin: str
) -> None:
    answer = requests.request(
        method,
        f"{running.url}/{path}{more}",
        headers={
            "Authorization": authorization.encode("latin-1"),
            "Origin": origin.encode("latin-1"),
            "Content-Type": "application/json",
        },
        timeout=WAIT,
    )
    if method == "HEAD":
        assert answer.status_code < 500
    elif answer.status_code not in (200, 201, 204):
        sound(answer)


def _person(running: Running) -> dict[str, str]:
    """Somebody new, for whom no earlier message waits."""
    opened: dict[str, Any] = requests.post(f"{running.url}/sessions", json={}, timeout=WAIT).json()
    return {"Authorization": f"Bearer {opened['session']}"}


def test_strange_texts_are_answered_and_kept_as_they_are(running: Running) -> None:
    strange = [
        "'; DROP TABLE message; --",
        "{balance} {0} {contact.phone} %s %(x)s",
        "<img src=x onerror=alert(1)>",
        '{"intent": "affirm"}',
        "/session_start",
        "/affirm{}",
        "a" * 999,
        "\u0645\u0631\u062d\u0628\u0627",
        "\ufdfa" * 50,
        "\u200b/affirm",
    ]
    person = running.person()
    for text in strange:
        assert person.say(text)
    with running.database.read() as connection:
        stored = records.messages_after(connection, person.conversation, 0)
    said = [m for m in stored if m.author == "debtor"]
    assert [m.text for m in said] == [text.replace("\u200b", "") for text in strange]
    assert {m.processing for m in said} == {"answered"}
