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
from bot.conversations import records
from tests.assistant import SECRET, Person, Running

OURS = "https://harborcommunity.example.com"
KEY = "a key that the host site shares with us"
WAIT = 20
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


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


# --- Documents --------------------------------------------------------------------------------


def test_the_transcript_as_a_page_and_as_text(running: Running) -> None:
    person = running.person().verified()
    person.say("<script>alert(1)</script> how much do i owe")
    page = get(running, "transcript", headers=person.headers)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Content-Disposition"] == 'attachment; filename="transcript.html"'
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "1988" not in page.text

    text = get(running, "transcript?format=text", headers=person.headers)
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "[2026-03-02 10:00] Automated assistant: Hi" in text.text
    for message in person.read:
        assert message["text"].splitlines()[0] in text.text
    refused(get(running, "transcript?format=pdf", headers=person.headers), 422, "bad_format")


def test_a_receipt_is_kept_by_whom_it_belongs_to(running: Running) -> None:
    mine, other = running.person().verified(), running.person().verified()
    mine.say("50 every other friday")
    mine.say("yes")
    receipt = mine.card("receipt")["id"]
    page = get(running, f"receipts/{receipt}", headers=mine.headers)
    assert page.status_code == 200
    assert page.headers["Content-Disposition"] == 'attachment; filename="receipt.html"'
    assert "$1,000.00" in page.text
    assert "Dana Whitfield" in page.text
    refused(get(running, f"receipts/{receipt}", headers=other.headers), 404, "no_receipt")
    for guess in ("x", "None", "..%2f..%2fetc%2fpasswd", "%00"):
        refused(get(running, f"receipts/{guess}", headers=mine.headers), 404)


# --- Other origins, and files -----------------------------------------------------------------


def test_a_creditors_site_may_call_and_read(running: Running) -> None:
    person = running.person()
    for path in ("messages", "sessions", "events", "transcript"):
        preflight = requests.options(
            f"{running.url}/{path}",
            headers={"Origin": OURS, "Access-Control-Request-Method": "POST"},
            timeout=WAIT,
        )
        assert preflight.status_code == 204
        assert preflight.headers["Access-Control-Allow-Origin"] == OURS
        assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    for answer in (
        post(running, "sessions", json={}, headers={"Origin": OURS}),
        get(running, "transcript", headers={**person.headers, "Origin": OURS}),
        get(running, "transcript", headers={"Origin": OURS}),
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == OURS
        assert "Origin" in answer.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.com",
        "null",
        f"{OURS}.evil.example.com",
        "http://harborcommunity.example.com",
        f"{OURS}:8443",
        "*",
    ],
)
def test_another_site_may_not_read(running: Running, origin: str) -> None:
    preflight = requests.options(
        f"{running.url}/messages",
        headers={"Origin": origin, "Access-Control-Request-Method": "POST"},
        timeout=WAIT,
    )
    assert "Access-Control-Allow-Origin" not in preflight.headers
    answer = post(running, "sessions", json={}, headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("file", ["evenkeel.js", "evenkeel.css"])
def test_the_widgets_files_are_compressed_for_whoever_takes_it(running: Running, file: str) -> None:
    plain = get(running, f"widget/{file}", headers={"Accept-Encoding": "identity"})
    zipped = get(running, f"widget/{file}", headers={"Accept-Encoding": "gzip, br"})
    assert plain.status_code == zipped.status_code == 200
    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert int(zipped.headers["Content-Length"]) < int(plain.headers["Content-Length"])
    assert plain.content == zipped.content
    assert plain.headers["Vary"] == zipped.headers["Vary"] == "Accept-Encoding"
    assert plain.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "file", ["demo.html", "..%2f.env", "%2e%2e%2fcreditors.yml", "....//.env", "x", ".", "%00"]
)
def test_only_the_widgets_files_are_served(running: Running, file: str) -> None:
    assert get(running, f"widget/{file}").status_code in (400, 404)


def test_the_demo_page_runs_only_what_is_ours(running: Running) -> None:
    page = get(running, "demo")
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "messages", 405),
        ("DELETE", "sessions", 405),
        ("GET", "nothing", 404),
        ("POST", "webhook", 404),
    ],
)
def test_what_is_not_there_is_refused_in_the_same_form(
    running: Running, method: str, path: str, status: int
) -> None:
    answer = requests.request(method, f"{running.url}/{path}", timeout=WAIT)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "detail"}
