"""Holes of stock Rasa that are closed here, each tried from outside. The numbers are of the list
that the design was checked against."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy.exc import OperationalError

from actions import ACTIONS
from actions.turn import Answer, Turn
from bot import clock
from bot.conversations import inbox, records
from bot.conversations.tables import tracker
from bot.db import STATEMENT_TIMEOUT_SECONDS, Database
from bot.server import processor
from bot.server.tracker_store import CappedTrackerStore
from tests.assistant import Person, Running
from tests.started import Started

WAIT = 30
HONEST = "something went wrong on our side"


def root(running: Running) -> str:
    return running.url.removesuffix("/webhooks/chat")


def post(person: Person, **body: Any) -> requests.Response:
    body = {"id": str(uuid.uuid4()), **body}
    return requests.post(
        f"{person.running.url}/messages", json=body, headers=person.headers, timeout=WAIT
    )


def acting(
    monkeypatch: pytest.MonkeyPatch, name: str, run: Callable[[Turn], Answer]
) -> Callable[[Turn], Answer]:
    """Let `run` stand in for an action; returns the real one."""
    real = ACTIONS[name]
    monkeypatch.setitem(ACTIONS, name, replace(real, run=run))
    return real.run


def test_03_nobody_takes_over_a_conversation_by_naming_it(running: Running) -> None:
    victim = running.person().verified()
    for key in ("conversation", "sender", "sender_id", "session_id", "session"):
        opened = requests.post(
            f"{running.url}/sessions", json={key: victim.conversation}, timeout=WAIT
        ).json()
        assert opened["conversation"] != victim.conversation
    thief = running.person()
    assert post(thief, text="hi", sender=victim.conversation).status_code == 422
    assert post(thief, text="hi", conversation=victim.conversation).status_code == 422
    assert "$" not in thief.say("how much do i owe")
    assert re.fullmatch(r"cv_chat_[0-9a-f]{32}", victim.conversation), "opaque, with its channel"


def test_04_there_is_no_socket_io(running: Running) -> None:
    for path in ("/socket.io/?EIO=4&transport=polling", "/webhooks/socketio/"):
        assert requests.get(root(running) + path, timeout=WAIT).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/webhooks/rest/webhook"),
        ("POST", "/webhooks/callback/webhook"),
        ("POST", "/webhooks/twilio/webhook"),
        ("GET", "/webhooks/rest/"),
        ("POST", "/model/parse"),
        ("PUT", "/model"),
        ("POST", "/model/train"),
        ("GET", "/domain"),
        ("GET", "/status"),
        ("GET", "/version"),
        ("GET", "/conversations/x/tracker"),
        ("POST", "/conversations/x/messages"),
        ("POST", "/conversations/x/execute"),
        ("POST", "/conversations/x/trigger_intent"),
        ("POST", "/webhook"),
        ("GET", "/"),
    ],
)
def test_05_there_is_no_rest_channel_and_no_api(running: Running, method: str, path: str) -> None:
    body = {"sender": "x", "message": "/affirm", "next_action": "action_agree_plan"}
    answer = requests.request(method, root(running) + path, json=body, timeout=WAIT)
    assert answer.status_code == 404


@pytest.mark.parametrize("before", ["", " ", "\t\n", "\u200b", "\u2060 ", "\u00a0"])
def test_06_typed_intents_stay_text(running: Running, before: str) -> None:
    person = running.person()
    for typed in (
        '/action_agree_plan{"plan": "x"}',
        '/inform{"verified": true}',
        '/ask_balance{"account_id": "A-1042"}',
        "/restart",
        "/session_start",
        "/back",
    ):
        assert "$" not in person.say(before + typed)
    read = running.assistant.processor
    assert read is not None
    reading = read.understand(before + '/offer_amount{"amount": "1"}', {})
    assert len(reading["intent_ranking"]) > 1, "a classifier read it, not the command parser"
    assert not any(e.get("value") == "1" for e in reading["entities"])
    with running.database.read() as connection:
        assert not records.get(connection, person.conversation).verified


def test_06_a_payload_typed_by_hand_agrees_to_nothing(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every other friday")
    offered = running.plans("A-1042")[0]
    for typed in (
        f'/agree_plan{{"plan": "{offered.id}"}}',
        f'{{"intent": "affirm", "entities": [{{"entity": "plan", "value": "{offered.id}"}}]}}',
        f'{{"choice": "{person.last["choices"][0]["id"]}"}}',
        person.last["choices"][0]["id"],
    ):
        person.say(typed)
        assert running.plan("A-1042") is None


def test_07_no_port_for_actions_and_no_exception_in_an_answer(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(turn: Turn) -> Answer:
        raise RuntimeError("a detail of our insides")

    acting(monkeypatch, "action_ask_balance", failing)
    person = running.person().verified()
    assert "insides" not in person.say("how much do i owe") + str(person.read)
    answer = requests.post(
        root(running) + "/webhook", json={"next_action": "action_ask_balance"}, timeout=WAIT
    )
    assert answer.status_code == 404


def test_08_what_failed_is_never_confirmed(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def saved_and_failed(turn: Turn) -> Answer:
        real(turn)
        raise RuntimeError

    real = acting(monkeypatch, "action_agree_plan", saved_and_failed)
    person = running.person().verified()
    person.say("50 every other friday")
    told = person.press("Yes")
    assert HONEST in told
    assert running.plan("A-1042") is None
    assert person.state == "waiting", "and a person looks into it"


def test_09_a_message_delivered_many_times_is_answered_once(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every other friday")
    body = {"id": str(uuid.uuid4()), "text": "yes"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(person, **body), range(16)))
    assert sorted(a.status_code for a in answers) == [200] * 15 + [202]
    person.say("thanks")
    assert [m["text"] for m in person.read].count("yes") == 1
    assert len(running.plans("A-1042")) == 1
    assert running.plan("A-1042") is not None


def test_10_a_slow_action_is_bounded_and_undone(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert STATEMENT_TIMEOUT_SECONDS < processor.ACTION_SECONDS
    assert inbox.LEASE.total_seconds() > processor.ACTION_SECONDS * inbox.MOST_ATTEMPTS
    monkeypatch.setattr(processor, "ACTION_SECONDS", 0.1)

    def slow(turn: Turn) -> Answer:
        answer = real(turn)
        time.sleep(0.15)
        return answer

    real = acting(monkeypatch, "action_agree_plan", slow)
    person = running.person().verified()
    person.say("50 every other friday")
    assert HONEST in person.press("Yes")
    assert running.plan("A-1042") is None


def test_11_an_outage_forgets_nothing_and_is_said(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = running.person().verified()
    real = CappedTrackerStore.write

    def down(*_: Any) -> None:
        raise OperationalError("UPDATE tracker", {}, Exception("the disk is full"))

    monkeypatch.setattr(CappedTrackerStore, "write", down)
    assert HONEST in person.say("how much do i owe")
    monkeypatch.setattr(CappedTrackerStore, "write", real)
    assert "$1,000.00" in person.say("how much do i owe"), "the check still stands"

    with monkeypatch.context() as patch:
        patch.setattr(Database, "write", down)
        answer = post(person, text="50 every other friday")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert set(answer.json()) == {"error", "detail"}


def test_11_an_emptied_tracker_gives_the_bot_no_say_and_takes_no_check(running: Running) -> None:
    person = running.person().verified()
    with running.database.write() as connection:
        connection.execute(tracker.delete())
    assert "$1,000.00" in person.say("how much do i owe")
    with running.database.write() as connection:
        connection.execute(tracker.delete())
        records.change(connection, person.conversation, state="with_agent")
    assert person.say("how much do i owe") == ""


def test_12_a_check_expires_and_is_no_slot(running: Running) -> None:
    person = running.person().verified()
    with running.database.read() as connection:
        slots = connection.execute(tracker.select()).one().slots
    assert set(slots) <= {"pending"}, "nothing about who somebody is stands in the tracker"
    with running.database.write() as connection:
        connection.execute(tracker.update().values(slots={"verified": True, "pending": None}))
    clock.travel(timedelta(minutes=31))
    assert "$" not in person.say("how much do i owe")
    assert "$" not in running.person().say("how much do i owe")


FAILING = """
import sys
import actions
from dataclasses import replace
from actions.registry import ACTIONS

def failing(turn):
    raise RuntimeError(f"{turn.message.text} {turn.debtor.first_name} {turn.secret}")

ACTIONS["action_ask_history"] = replace(ACTIONS["action_ask_history"], run=failing)
from bot.cli import main
sys.exit(main(["up"]))
"""


def test_17_logs_hold_nothing_that_was_said(tmp_path: Path, model: Path) -> None:
    program = ("-c", FAILING)
    with Started(tmp_path, model, program, {"LOG_LEVEL": "DEBUG"}) as started:
        begin = len(started.output)
        opened = requests.post(f"{started.url}/sessions", json={}, timeout=WAIT).json()
        headers = {"Authorization": f"Bearer {opened['session']}"}
        said = [
            "xylophone how much do i owe",
            "A-1042, 3 may 1988, 90210 +1 213 555 0142",
            "my card is 4111 1111 1111 1111 zanzibar",
            "what have i paid so far quetzal",
            "/affirm kumquat",
        ]
        for text in said:
            body = {"id": str(uuid.uuid4()), "text": text}
            sent = requests.post(
                f"{started.url}/messages", json=body, headers=headers, timeout=WAIT
            )
            assert sent.status_code == 202
        for bad in (b"{grapefruit", b'{"id": "x", "text": "grapefruit"}'):
            requests.post(
                f"{started.url}/messages",
                data=bad,
                headers={**headers, "Content-Type": "application/json"},
                timeout=WAIT,
            )
        requests.get(f"{started.url}/transcript?x=grapefruit", headers=headers, timeout=WAIT)
        _answered(started, len(said))
        started.process.send_signal(signal.SIGTERM)
        started.process.wait(20)
        logged = started.output[begin:]
    assert "RuntimeError at" in logged, "the failure itself is told"
    # The start names its demo people; after it nothing of anybody may be printed.
    for secret in (
        *("xylophone", "zanzibar", "quetzal", "kumquat", "grapefruit", "how much", "paid so far"),
        *("A-1042", "1988", "90210", "555", "4111", "Maria", "Alvarez"),
        *(opened["session"], opened["session"].split(".")[-1], "a secret of the tests"),
    ):
        assert secret not in logged


def _answered(started: Started, count: int) -> None:
    deadline = time.monotonic() + WAIT
    query = "SELECT count(*) FROM message WHERE processing IN ('answered', 'failed')"
    while time.monotonic() < deadline:
        with closing(sqlite3.connect(started.folder / "evenkeel.db")) as connection:
            if connection.execute(query).fetchone()[0] == count:
                return
        time.sleep(0.05)
    raise AssertionError(started.output)


def test_18_a_broken_model_is_said_and_loses_nothing(tmp_path: Path, model: Path) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(model.read_bytes()[:1000])
    folder = tmp_path / "data"
    with Started(folder, broken) as started:
        health = requests.get(f"{started.root}/health", timeout=WAIT)
        assert health.status_code == 503
        assert health.json()["model"] != "ok"
        opened = requests.post(f"{started.url}/sessions", json={}, timeout=WAIT).json()
        sent = requests.post(
            f"{started.url}/messages",
            json={"id": str(uuid.uuid4()), "text": "i dispute this debt, it is not mine"},
            headers={"Authorization": f"Bearer {opened['session']}"},
            timeout=WAIT,
        )
        assert sent.status_code == 202
        told = requests.get(
            f"{started.url}/transcript?format=text",
            headers={"Authorization": f"Bearer {opened['session']}"},
            timeout=WAIT,
        )
        assert "down on our side" in told.text
    with closing(sqlite3.connect(folder / "evenkeel.db")) as connection:
        stored = connection.execute("SELECT processing FROM message WHERE author = 'debtor'")
        assert stored.fetchall() == [("received",)], "it is answered by the next start that works"
        holds = connection.execute("SELECT kind FROM hold")
        assert holds.fetchall() == [("dispute",)], "rights need no model"


def test_18_health_is_good_when_all_is(running: Running) -> None:
    answer = requests.get(root(running) + "/health", timeout=WAIT)
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "model": "ok", "database": "ok"}


def test_18_health_tells_of_the_database(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_: Database) -> None:
        raise OperationalError("SELECT 1", {}, Exception("no such host"))

    monkeypatch.setattr(Database, "read", down)
    answer = requests.get(root(running) + "/health", timeout=WAIT)
    assert answer.status_code == 503
    assert answer.json()["database"] != "ok"
    assert "host" not in answer.text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_19_streams_do_not_hold_up_a_shutdown(
    tmp_path: Path, model: Path, number: signal.Signals
) -> None:
    with Started(tmp_path, model) as started:
        assert _listening(started.process.pid) == {f"127.0.0.1:{started.port}"}, "one port only"
        opened = requests.post(f"{started.url}/sessions", json={}, timeout=WAIT).json()
        headers = {"Authorization": f"Bearer {opened['session']}"}
        with requests.get(
            f"{started.url}/events", headers=headers, stream=True, timeout=WAIT
        ) as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith(b":")
            began = time.monotonic()
            started.process.send_signal(number)
            started.process.wait(10)
            assert time.monotonic() - began < 5
        assert "Traceback" not in started.output


def _listening(pid: int) -> set[str]:
    """The addresses on which a process listens (Linux)."""
    sockets = set()
    for file in Path(f"/proc/{pid}/fd").iterdir():
        target = os.readlink(file) if file.is_symlink() else ""
        if target.startswith("socket:["):
            sockets.add(target.removeprefix("socket:[").rstrip("]"))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            address, port = fields[1].split(":")
            if fields[3] == "0A" and fields[9] in sockets:
                parts = [str(int(address[i : i + 2], 16)) for i in (6, 4, 2, 0)]
                found.add(f"{'.'.join(parts)}:{int(port, 16)}")
    return found


def test_19_a_body_without_bounds_is_refused_early(running: Running) -> None:
    def endless() -> Any:
        for _ in range(3000):
            yield b"x" * 10_000

    person = running.person()
    headers = {**person.headers, "Content-Type": "application/json"}
    try:
        answer = requests.post(
            f"{running.url}/messages", data=endless(), headers=headers, timeout=WAIT
        )
    except requests.ConnectionError:
        pass  # It was hung up on before all was sent.
    else:
        assert answer.status_code == 413
    assert running.assistant.app.config.REQUEST_MAX_SIZE < 100_000
    assert person.say("hello")


def test_20_nothing_is_reported_home(running: Running) -> None:
    from rasa import telemetry

    assert os.environ["RASA_TELEMETRY_ENABLED"] == "false"
    assert not telemetry.is_telemetry_enabled()
