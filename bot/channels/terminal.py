"""The website chat in a terminal: the same protocol, from the client's side."""

from __future__ import annotations

import json
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any, TextIO

import requests

TIMEOUT = (5, 60)
"""Seconds to connect, and between two lines of the event stream (heartbeats come every 15 s)."""

LAST_ANSWER_SECONDS = 10
"""How long the answer to the last line is waited for once the input has ended."""


def talk(url: str, creditor: str | None) -> int:
    """Talk to the assistant at `url` until the input ends. Returns the exit status.

    Raises ValueError with what to do if it cannot be reached.
    """
    base = f"{url.rstrip('/')}/webhooks/chat"
    try:
        opened = requests.post(
            f"{base}/sessions", json={"creditor": creditor} if creditor else {}, timeout=TIMEOUT
        )
    except requests.RequestException as error:
        raise ValueError(f"nothing answers at {url}: start it with make run") from error
    body = opened.json()
    if opened.status_code != 201:
        raise ValueError(f"{body.get('detail', opened.reason)}")
    client = _Client(base, body["session"], sys.stdout)
    listener = threading.Thread(target=client.listen, daemon=True)
    listener.start()
    for line in sys.stdin:
        if line.strip():
            client.say(line.strip())
            if not sys.stdin.isatty():
                # Lines from a file are a conversation too: each waits for its answer.
                client.wait(LAST_ANSWER_SECONDS)
    client.wait(LAST_ANSWER_SECONDS)
    return 0


class _Client:
    def __init__(self, base: str, session: str, out: TextIO) -> None:
        self._base = base
        self._headers = {"Authorization": f"Bearer {session}"}
        self._out = out
        self._choices: list[dict[str, str]] = []
        self._notice = ""
        self._sent = self._seen = 0
        self._answered = threading.Event()
        self._answered.set()

    def say(self, text: str) -> None:
        """Send a line, or the choice of that number."""
        message: dict[str, str] = {"id": str(uuid.uuid4())}
        if text.isdigit() and 1 <= int(text) <= len(self._choices):
            message["choice"] = self._choices[int(text) - 1]["id"]
        else:
            message["text"] = text
        self._answered.clear()
        for _ in range(5):
            try:
                answer = requests.post(
                    f"{self._base}/messages", json=message, headers=self._headers, timeout=TIMEOUT
                )
            except requests.RequestException:
                # The same id again: it is stored once however often it arrives.
                time.sleep(0.5)
                continue
            if answer.status_code >= 400:
                self._refused(answer.json().get("detail", answer.reason))
            else:
                self._sent = answer.json()["seq"]
            return
        self._refused("That could not be sent. Please try again.")

    def wait(self, seconds: float) -> None:
        """Until what was said last is answered."""
        self._answered.wait(seconds)

    def listen(self) -> None:
        """Print what comes, and come back after a lost connection."""
        while True:
            try:
                for event, data in self._events():
                    if event == "message":
                        self._show(data)
                    elif event == "typing" and not data["on"] and self._seen > self._sent:
                        self._answered.set()
            except requests.RequestException:
                time.sleep(0.5)

    def _events(self) -> Iterator[tuple[str, dict[str, Any]]]:
        with requests.get(
            f"{self._base}/events",
            params={"after": self._seen},
            headers=self._headers,
            stream=True,
            timeout=TIMEOUT,
        ) as stream:
            stream.raise_for_status()
            event = "message"
            # A stream says nothing of its encoding; it is UTF-8 by definition.
            for raw in stream.iter_lines(chunk_size=1):
                line = raw.decode("utf-8")
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    yield event, json.loads(line.removeprefix("data: "))

    def _show(self, message: dict[str, Any]) -> None:
        self._seen = message["seq"]
        if message["author"] == "debtor":
            return
        if message.get("notice", "") != self._notice:
            self._notice = message.get("notice", "")
            self._print(f"\n({self._notice})" if self._notice else "")
        self._print(f"\n{message.get('name', message['author'])}: {message['text']}")
        for line in _card(message.get("card")):
            self._print(f"    {line}")
        self._choices = message.get("choices", [])
        for number, choice in enumerate(self._choices, start=1):
            self._print(f"  [{number}] {choice['label']}")

    def _refused(self, why: str) -> None:
        self._print(f"({why})")
        self._answered.set()

    def _print(self, line: str) -> None:
        print(line, file=self._out, flush=True)


def _card(card: dict[str, Any] | None) -> Iterator[str]:
    if card is None:
        return
    for instalment in card.get("instalments", ()):
        amount, due = instalment["amount"]["text"], instalment["due"]["text"]
        yield f"{instalment['sequence']:>3}  {due:<18} {amount:>12}  {instalment['status']}"
    for payment in card.get("payments", ()):
        yield f"{payment['date']['text']:<18} {payment['amount']['text']:>12}"
    for line in card.get("lines", ()):
        value = line.get("value") or line["amount"]["text"]
        yield f"{line['label']:<40} {value:>12}"
