"""Documents, the widget's files, and which sites may read them."""

from __future__ import annotations

import pytest
import requests

from tests.assistant import Running
from tests.channels.wire import WAIT, get, post, refused

OURS = "https://harborcommunity.example.com"


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
