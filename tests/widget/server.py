"""A small stand-in for the assistant: it speaks the chat protocol and does as the test says.

It lets a test break what breaks in life: lose an answer after the message has been taken, cut the
streams, refuse, go down, forget sessions.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

WIDGET = Path(__file__).resolve().parents[2] / "widget"
ROOT = "/webhooks/chat/"
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
CREDITOR = {
    "name": "Harbor Community Bank",
    "privacy_url": "https://harbor.example.com/privacy",
    "phone": "+1 213-555-0100",
}
CONTROLS = [
    {"id": "control-person", "kind": "person", "label": "Talk to a person"},
    {"id": "control-stop", "kind": "stop", "label": "Stop contact"},
]
GREETING = "Hello. I'm an automated assistant. What would you like to know?"


@dataclass
class Conversation:
    """What the server remembers of one conversation; `events` is all that was ever streamed."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    passing: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)

    def by_client_id(self, client_id: str) -> dict[str, Any] | None:
        return next((one for one in self.messages if one.get("id") == client_id), None)


@dataclass(frozen=True)
class Refusal:
    """An answer other than success, given to a request instead of doing it."""

    status: int
    error: str
    detail: str
    retry_after: int | None = None


class Assistant:
    """The stand-in. Tests tell it what to say and how to fail, and read what it received."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._conversations: dict[str, Conversation] = {}
        self._cut = 0
        self._opened = 0
        self.received: list[dict[str, Any]] = []  # bodies of POST /messages, repeats included
        self.requests: list[tuple[str, str]] = []  # method and address with query
        self.openings: list[dict[str, Any]] = []  # bodies of POST /sessions
        self.afters: list[int] = []  # `after` of each stream
        self.refusals: dict[str, list[Refusal]] = {"sessions": [], "messages": [], "events": []}
        self.down = False
        self.lose_answers = 0
        self.hold_messages = threading.Event()
        self.hold_messages.set()
        self.echo = True
        self.repeat_all = False
        self.greeting: dict[str, Any] = {"text": GREETING}
        self.at = "2026-03-02T18:00:00Z"
        assistant = self

        class Handler(_Handler):
            pass

        Handler.assistant = assistant
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def demo(self) -> str:
        return f"{self.origin}{ROOT}demo"

    def stop(self) -> None:
        self.down = True
        self.hold_messages.set()
        self.cut()
        self._server.shutdown()
        self._server.server_close()

    # --- what a test makes it do

    def say(self, text: str, *, author: str = "bot", **more: Any) -> None:
        """Says something in the newest conversation: choices=, card=, name=, at=."""
        with self._changed:
            self._add(self._newest(), {"author": author, "text": text, **more})

    def typing(self, on: bool, author: str = "bot") -> None:
        self._pass("typing", {"author": author, "on": on})

    def state(self, state: str) -> None:
        self._pass("state", {"state": state})

    def cut(self) -> None:
        """Ends every stream that is open now."""
        with self._changed:
            self._cut += 1
            self._changed.notify_all()

    def expire(self) -> None:
        """Forgets every session; the next one is a new conversation."""
        with self._changed:
            self._conversations.clear()
            self._cut += 1
            self._changed.notify_all()

    def wait_for_stream(self, count: int, seconds: float = 10) -> None:
        """Until so many streams have been opened in all."""
        end = time.monotonic() + seconds
        while len(self.afters) < count:
            if time.monotonic() > end:
                raise AssertionError(f"{len(self.afters)} streams were opened, not {count}")
            time.sleep(0.02)

    @property
    def texts(self) -> list[str]:
        """What the newest conversation holds of the person's own."""
        with self._changed:
            return [one["text"] for one in self._newest().messages if one["author"] == "debtor"]

    def _newest(self) -> Conversation:
        return list(self._conversations.values())[-1]

    def _add(self, conversation: Conversation, message: dict[str, Any]) -> dict[str, Any]:
        complete = {"seq": len(conversation.messages) + 1, "at": self.at, **message}
        conversation.messages.append(complete)
        self._changed.notify_all()
        return complete

    def _pass(self, event: str, data: dict[str, Any]) -> None:
        with self._changed:
            conversation = self._newest()
            conversation.passing.append((len(conversation.passing), event, data))
            self._changed.notify_all()

    # --- what it answers

    def take_refusal(self, path: str) -> Refusal | None:
        if self.down:
            return Refusal(503, "unavailable", "")
        waiting = self.refusals[path]
        return waiting.pop(0) if waiting else None

    def open(self, body: dict[str, Any]) -> dict[str, Any]:
        with self._changed:
            self._opened += 1
            session = f"secret-session-{self._opened}"
            conversation = self._conversations[session] = Conversation()
            self.openings.append(body)
            self._add(conversation, {"author": "bot", **self.greeting})
        return {
            "session": session,
            "conversation": f"c{self._opened}",
            "creditor": CREDITOR,
            "controls": CONTROLS,
        }

    def find(self, header: str | None) -> Conversation | None:
        return self._conversations.get((header or "").removeprefix("Bearer "))

    def accept(
        self, conversation: Conversation, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        self.hold_messages.wait(10)
        with self._changed:
            self.received.append(body)
            known = conversation.by_client_id(body["id"])
            if known:
                return 200, {"id": body["id"], "seq": known["seq"]}
            text = body.get("text") or self._label(conversation, body["choice"])
            stored = self._add(conversation, {"author": "debtor", "id": body["id"], "text": text})
            return 202, {"id": body["id"], "seq": stored["seq"]}

    def _label(self, conversation: Conversation, choice: str) -> str:
        issued = [one for message in conversation.messages for one in message.get("choices", [])]
        for message in conversation.messages:
            for option in message.get("card", {}).get("options", []):
                issued.append({"id": option["choice"], "label": option["title"]})
        return str(next(one["label"] for one in [*CONTROLS, *issued] if one["id"] == choice))

    def stream(self, conversation: Conversation, after: int) -> Iterator[bytes]:
        if self.repeat_all:
            after = 0
        with self._changed:
            cut, passed = self._cut, len(conversation.passing)
            self.afters.append(after)
        yield b": open\n\n"
        while True:
            with self._changed:
                news = [] if not self.echo else conversation.messages[after:]
                passing = conversation.passing[passed:]
                if self._cut != cut:
                    return
                if not news and not passing:
                    self._changed.wait(1)
            for message in news:
                yield _event("message", message, message["seq"])
                after = message["seq"]
            for _, event, data in passing:
                yield _event(event, data)
            passed += len(passing)


def _event(event: str, data: dict[str, Any], seq: int | None = None) -> bytes:
    lines = ([] if seq is None else [f"id: {seq}"]) + [
        f"event: {event}",
        f"data: {json.dumps(data)}",
    ]
    return ("\n".join(lines) + "\n\n").encode()


class _Handler(BaseHTTPRequestHandler):
    assistant: Assistant
    protocol_version = "HTTP/1.0"

    def log_message(self, *_: object) -> None:
        """Silent: a test's output is its own."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = parse_qs(address.query)
        self.assistant.requests.append(("GET", self.path))
        path = address.path.removeprefix(ROOT)
        if path == "demo":
            return self._file(WIDGET / "demo.html")
        if path.startswith("widget/"):
            return self._file(WIDGET / path.removeprefix("widget/"))
        conversation = self.assistant.find(self.headers["Authorization"])
        if path == "events":
            refusal = self.assistant.take_refusal("events")
            if refusal:
                return self._refuse(refusal)
        if conversation is None:
            return self._json(401, {"error": "session_expired", "detail": "This chat has ended."})
        if path == "events":
            return self._stream(conversation, int(query["after"][0]))
        if path == "transcript":
            kind = query["format"][0]
            return self._attachment(
                f"chat.{kind}", "\n".join(m["text"] for m in conversation.messages)
            )
        if path.startswith("receipts/"):
            return self._attachment("plan.html", f"receipt {path.removeprefix('receipts/')}")
        return self._json(404, {"error": "not_found", "detail": "There is nothing here."})

    def do_POST(self) -> None:
        self.assistant.requests.append(("POST", self.path))
        path = self.path.removeprefix(ROOT)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        refusal = self.assistant.take_refusal(path)
        if refusal:
            return self._refuse(refusal)
        if path == "sessions":
            return self._json(201, self.assistant.open(body))
        conversation = self.assistant.find(self.headers["Authorization"])
        if conversation is None:
            return self._json(401, {"error": "session_expired", "detail": "This chat has ended."})
        status, answer = self.assistant.accept(conversation, body)
        if self.assistant.lose_answers > 0:
            self.assistant.lose_answers -= 1
            return None
        return self._json(status, answer)

    def _file(self, path: Path) -> None:
        if not path.is_file():
            return self._json(404, {"error": "not_found", "detail": str(path.name)})
        return self._send(200, path.read_bytes(), TYPES[path.suffix])

    def _attachment(self, name: str, text: str) -> None:
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        self._send(200, text.encode(), "text/plain; charset=utf-8", disposition)

    def _refuse(self, refusal: Refusal) -> None:
        more = {} if refusal.retry_after is None else {"Retry-After": str(refusal.retry_after)}
        body = {"error": refusal.error, "detail": refusal.detail}
        self._send(refusal.status, json.dumps(body).encode(), "application/json", more)

    def _json(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, json.dumps(body).encode(), "application/json")

    def _send(
        self, status: int, body: bytes, kind: str, more: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, conversation: Conversation, after: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            for part in self.assistant.stream(conversation, after):
                self.wfile.write(part)
                self.wfile.flush()
        except OSError:
            return  # The browser left.
