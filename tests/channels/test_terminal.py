"""The chat in a terminal, against the real assistant."""

from __future__ import annotations

import io

import pytest
import requests

from bot.channels import terminal
from tests.assistant import Running, free_port


def talk(
    running: Running, monkeypatch: pytest.MonkeyPatch, *lines: str, creditor: str | None = None
) -> str:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
    monkeypatch.setattr("sys.stdout", out)
    root = running.url.removesuffix("/webhooks/chat")
    assert terminal.talk(root, creditor) == 0
    return out.getvalue()


def test_a_conversation(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    told = talk(
        running,
        monkeypatch,
        "A-1042, 3 may 1988, 90210",
        "",
        "50 every other friday",
        "yes",
    )
    assert "bot: Hi, I'm the automated assistant of Harbor Community Bank" in told
    assert "Fri Mar 6, 2026" in told
    assert "$1,000.00" in told
    assert running.plan("A-1042") is not None


def test_choices_are_numbered(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    told = talk(running, monkeypatch, "A-1042, 3 may 1988, 90210 can i pay it off in parts")
    assert "  [1] " in told
    assert "  [2] " in told


def test_what_is_refused_is_said(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Please keep it under 1000 characters" in talk(running, monkeypatch, "x" * 1001)


def test_of_another_creditor(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Thistle Credit" in talk(running, monkeypatch, "hello", creditor="demo-uk")
    with pytest.raises(ValueError, match="known creditor"):
        talk(running, monkeypatch, creditor="nobody")


def test_when_nothing_answers() -> None:
    with pytest.raises(ValueError, match="make run"):
        terminal.talk(f"http://127.0.0.1:{free_port()}", None)


def test_a_message_that_did_not_arrive_is_sent_again(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, lost = requests.post, []

    def losing(url: str, **more: object) -> requests.Response:
        answer = real(url, **more)  # type: ignore[arg-type]
        if url.endswith("/messages") and not lost:
            lost.append(url)
            raise requests.ConnectionError
        return answer

    monkeypatch.setattr(requests, "post", losing)
    told = talk(running, monkeypatch, "hello")
    assert lost
    assert told.count("bot: ") == 2
