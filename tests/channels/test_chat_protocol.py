"""The website chat as a client sees it: statuses, bodies, and who may read what."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import jwt
import pytest
import requests

from bot import clock
from bot.channels import chat, sessions
from tests.assistant import SECRET, Person, Running
from tests.channels.wire import WAIT, count, get, post, refused, send

KEY = "a key that the host site shares with us"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


# --- Sessions ---------------------------------------------------------------------------------


def test_a_session(running: Running) -> None:
    answer = post(running, "sessions", json={"creditor": "demo-uk", "language": "en"})
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"session", "conversation", "creditor", "controls"}
    assert body["creditor"]["name"] == "Thistle Credit"
    assert body["creditor"]["phone"] == "+44 1632 960120"
    assert [c["kind"] for c in body["controls"]] == ["person", "stop"]
    assert all(set(c) == {"id", "kind", "label"} and c["label"] for c in body["controls"])


def test_a_session_with_an_empty_body_is_of_the_first_creditor(running: Running) -> None:
    answer = post(running, "sessions")
    assert answer.status_code == 201
    assert answer.json()["creditor"]["name"] == "Harbor Community Bank"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"creditor": "nobody"}, "unknown_creditor"),
        ({"creditor": ["demo-bank"]}, "unknown_creditor"),
        ({"creditor": {}}, "unknown_creditor"),
        ({"language": 7}, "bad_language"),
        ({"language": "not a language"}, "bad_language"),
        ({"language": "e\u0000"}, "bad_language"),
        ({"language": "\ud800\ud800"}, "bad_language"),
        ({"identity": 5}, "bad_identity"),
    ],
)
def test_a_session_that_makes_no_sense(running: Running, body: dict[str, Any], error: str) -> None:
    refused(post(running, "sessions", json=body), 422, error)


def identity_token(algorithm: str = "HS256", key: str = KEY, **changes: Any) -> str:
    claims = {"sub": "A-1042", "aud": "demo-bank", **changes}
    claims.setdefault("exp", (clock.now() + timedelta(minutes=5)).timestamp())
    return jwt.encode(claims, key, algorithm=algorithm)


def test_somebody_logged_in_at_the_host_site_is_checked(running: Running) -> None:
    person = running.person(identity=identity_token())
    assert "$1,000.00" in person.say("how much do i owe")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "demo-uk"},
        {"exp": 1},
        {"algorithm": "none", "key": ""},
        {"sub": "A-9999"},
        {"key": "somebody else's key, also long enough"},
    ],
)
def test_an_identity_token_that_proves_nothing_opens_nothing(
    running: Running, changes: dict[str, Any]
) -> None:
    body = {"creditor": "demo-bank", "identity": identity_token(**changes)}
    refused(post(running, "sessions", json=body), 401, "bad_identity")


def test_a_wrong_account_and_a_wrong_signature_look_the_same(running: Running) -> None:
    tokens = identity_token(sub="A-9999"), identity_token(key="somebody else's key, long enough")
    answers = [post(running, "sessions", json={"identity": token}) for token in tokens]
    assert answers[0].json() == answers[1].json()


def test_too_many_sessions_from_one_address(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat.RateLimit, "allows", lambda *_: False)
    answer = post(running, "sessions", json={})
    refused(answer, 429)
    assert answer.headers["Retry-After"]


# --- Messages ---------------------------------------------------------------------------------


def test_a_message_is_accepted_once(running: Running) -> None:
    person = running.person()
    body = {"id": str(uuid.uuid4()), "text": "hello"}
    first = post(running, "messages", json=body, headers=person.headers)
    assert (first.status_code, first.json()) == (202, {"id": body["id"], "seq": 2})
    person.say("how much do i owe")
    again = post(running, "messages", json={**body, "text": "other"}, headers=person.headers)
    assert (again.status_code, again.json()) == (200, first.json())
    person.say("thanks")
    said = [m["text"] for m in person.read if m["author"] == "debtor"]
    assert said == ["hello", "how much do i owe", "thanks"]


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic dXNlcjpwYXNz",
        "Bearer nonsense",
        "Bearer a.b.c",
        "Bearer \u00e9\u00e9",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "messages"), ("GET", "events"), ("GET", "transcript"), ("GET", "receipts/x")],
)
def test_nothing_without_a_session(
    running: Running, method: str, path: str, header: str | None
) -> None:
    headers = {} if header is None else {"Authorization": header.encode()}
    answer = requests.request(
        method, f"{running.url}/{path}", json={}, headers=headers, timeout=WAIT
    )
    refused(answer, 401, "unauthorized")


def forged(person: Person, **changes: Any) -> dict[str, str]:
    token = person.opened["session"]
    claims = {**jwt.decode(token, options={"verify_signature": False}), **changes}
    return {"alg none": jwt.encode(claims, "", algorithm="none")} | {
        f"key {key[:6]}": jwt.encode(claims, key, algorithm="HS256")
        for key in ("guessed, but long enough for this", SECRET, KEY)
    }


def test_a_forged_session_opens_nothing(running: Running) -> None:
    person, other = running.person(), running.person()
    tokens = forged(person, sub=other.conversation)
    head, _, signature = person.opened["session"].split(".")
    _, claims, _ = other.opened["session"].split(".")
    tokens["mixed"] = f"{head}.{claims}.{signature}"
    tokens["cut"] = person.opened["session"][:-4]
    for token in tokens.values():
        headers = {"Authorization": f"Bearer {token}"}
        refused(get(running, "transcript", headers=headers), 401, "unauthorized")


def test_a_session_token_of_another_purpose_opens_nothing(running: Running) -> None:
    headers = {"Authorization": f"Bearer {identity_token()}"}
    refused(get(running, "transcript", headers=headers), 401, "unauthorized")


def test_an_expired_session_says_so(running: Running) -> None:
    person = running.person()
    clock.travel(sessions.LIFETIME + timedelta(seconds=1))
    refused(send(person, text="hello"), 401, "session_expired")
    refused(get(running, "events", headers=person.headers), 401, "session_expired")


def test_a_session_whose_conversation_is_gone_says_so(running: Running) -> None:
    token = sessions.issue("cv_chat_forgotten", SECRET)
    headers = {"Authorization": f"Bearer {token}"}
    body = {"id": str(uuid.uuid4()), "text": "hello"}
    refused(post(running, "messages", json=body, headers=headers), 401, "session_expired")
    for path in ("events", "transcript", "receipts/x"):
        refused(get(running, path, headers=headers), 401, "session_expired")


ID = "6f1c2d9e-0000-4000-8000-000000000000"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"id": ID}, 422),
        ({"text": "hi"}, 422),
        ({"id": ID, "text": "hi", "choice": "ch_1"}, 422),
        ({"id": ID, "text": ""}, 422),
        ({"id": ID, "text": " \n\t "}, 422),
        ({"id": ID, "text": "\u0000\u0007\u200b\u202e"}, 422),
        ({"id": ID, "text": "\ud83d"}, 422),
        ({"id": ID, "text": "x" * 1001}, 422),
        ({"id": ID, "text": 50}, 422),
        ({"id": ID, "text": 0}, 422),
        ({"id": ID, "text": ["hi"]}, 422),
        ({"id": ID, "text": {"intent": "affirm"}}, 422),
        ({"id": ID, "text": True}, 422),
        ({"id": ID, "choice": ""}, 422),
        ({"id": ID, "choice": "ch_guess"}, 422),
        ({"id": ID, "choice": "ch_\u0000"}, 422),
        ({"id": ID, "choice": "\ud800"}, 422),
        ({"id": "short", "text": "hi"}, 422),
        ({"id": "x" * 65, "text": "hi"}, 422),
        ({"id": 12345678, "text": "hi"}, 422),
        ({"id": "a\u0000" * 8, "text": "hi"}, 422),
        ({"id": "\ud800" * 8, "text": "hi"}, 422),
        ({"id": "line\nbreak", "text": "hi"}, 422),
        ({"id": ID, "text": "hi", "sender": "somebody"}, 422),
        ({"id": ID, "text": "hi", "metadata": {}}, 422),
        ([], 400),
        ("text", 400),
        (None, 400),
        (7, 400),
    ],
)
def test_a_message_that_makes_no_sense_changes_nothing(
    running: Running, body: Any, status: int
) -> None:
    person = running.person()
    headers = {**person.headers, "Content-Type": "application/json"}
    refused(post(running, "messages", data=json.dumps(body), headers=headers), status)
    assert count(person) == 1


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        pytest.param(b"\xff\xfe\x00\x01binary", JSON, 400, id="binary"),
        pytest.param(b'{"text": "\xff"}', JSON, 400, id="not UTF-8"),
        pytest.param(b"", JSON, 400, id="empty"),
        pytest.param(b"{", JSON, 400, id="cut"),
        pytest.param(b"[" * 10_000, JSON, 400, id="deep and cut"),
        pytest.param(b'{"a":' * 2_000 + b"1" + b"}" * 2_000, JSON, 400, id="deep"),
        pytest.param(b"9" * 10_000, JSON, 400, id="a huge number"),
        pytest.param(b'{"id": NaN}', JSON, 422, id="not a number"),
        pytest.param(b'{"id": "12345678", "text": "hi"}', "text/plain", 415, id="text"),
        pytest.param(b"id=12345678&text=hi", FORM, 415, id="a form"),
        pytest.param(b'{"text": "' + b"x" * 20_000 + b'"}', JSON, 413, id="long"),
        pytest.param(b'{"text": "' + b"x" * 200_000 + b'"}', JSON, 413, id="very long"),
    ],
)
def test_a_body_that_is_no_message_changes_nothing(
    running: Running, body: bytes, kind: str, status: int
) -> None:
    person = running.person()
    headers = {**person.headers, "Content-Type": kind}
    refused(post(running, "messages", data=body, headers=headers), status)
    assert count(person) == 1


@pytest.mark.parametrize("text", ["\U0001f389", "\U0001f44d\U0001f3fd", "?!", "x" * 1000, "\u00e9"])
def test_odd_but_readable_text_gets_a_kind_sentence(running: Running, text: str) -> None:
    person = running.person()
    assert len(person.say(text)) > 10
    assert person.read[1]["text"] == text


def test_what_cannot_be_read_is_taken_out_of_a_message(running: Running) -> None:
    person = running.person()
    person.say("hel\u0000lo\u202e the\u200bre\r\nyou")
    assert person.read[1]["text"] == "hello there\nyou"


def test_too_many_messages_in_a_minute(running: Running) -> None:
    person = running.person()
    statuses = [send(person, choice="ch_none").status_code for _ in range(40)]
    assert statuses[:30] == [422] * 30
    assert 429 in statuses[30:]
    answer = send(person, text="hello")
    refused(answer, 429, "too_many_messages")
    assert answer.headers["Retry-After"]
    assert send(running.person(), text="hello").status_code == 202, "others are not kept out"
    clock.travel(timedelta(minutes=1))
    assert send(person, text="hello").status_code == 202


# --- Choices ----------------------------------------------------------------------------------


def test_a_choice_of_another_conversation_is_refused(running: Running) -> None:
    mine, theirs = running.person().verified(), running.person().verified()
    theirs.say("50 every other friday")
    mine.say("100 every other friday")
    yes = theirs.last["choices"][0]["id"]
    before = count(mine)
    refused(send(mine, choice=yes), 422, "unknown_choice")
    refused(send(mine, choice=theirs.opened["controls"][0]["id"]), 422, "unknown_choice")
    assert count(mine) == before
    assert running.plan("A-1042") is None


def test_a_choice_id_typed_as_text_is_only_text(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every other friday")
    person.say(person.last["choices"][0]["id"])
    assert running.plan("A-1042") is None


def test_a_choice_pressed_twice_agrees_once(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every other friday")
    yes = person.last["choices"][0]["id"]
    person.post({"choice": yes})
    plan = running.plan("A-1042")
    assert plan is not None
    person.post({"choice": yes})
    assert running.plan("A-1042") == plan
    assert len(running.plans("A-1042")) == 1


def test_an_old_yes_agrees_to_nothing_newer(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every other friday")
    old = person.last["choices"][0]["id"]
    person.say("make it 100")
    person.post({"choice": old})
    assert running.plan("A-1042") is None
