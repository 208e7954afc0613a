"""A turn is done whole and once, or not at all, and then it is said."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
from sqlalchemy import select

from actions import ACTIONS
from actions.registry import Function
from actions.turn import Answer, Turn
from bot import audit, clock
from bot.conversations import handoffs, inbox, records
from bot.conversations.tables import conversation as conversation_table
from bot.conversations.tables import message
from bot.db import STATEMENT_TIMEOUT_SECONDS
from bot.ledger import holds
from bot.money import Money
from bot.server import processor
from bot.server.processor import Processor
from tests.assistant import Person, Running
from tests.server.conftest import Somebody

WAIT = 30
HONEST = "something went wrong on our side"


@contextmanager
def acting(name: str, run: Callable[[Function, Turn], Answer]) -> Iterator[None]:
    """Let `run` stand in for an action; it is given the real one."""
    real = ACTIONS[name]
    ACTIONS[name] = replace(real, run=lambda turn: run(real.run, turn))
    try:
        yield
    finally:
        ACTIONS[name] = real


def writing(turn: Turn) -> None:
    """Something that an action may write."""
    holds.place(
        turn.connection,
        scope="account",
        scope_id=turn.account.id,
        kind="hardship_pause",
        evidence={"message": turn.message.id},
        key=turn.key("a test"),
    )


def processing(person: Person) -> list[str]:
    with person.running.database.read() as connection:
        rows = records.messages_after(connection, person.conversation, 0)
    return [str(m.processing) for m in rows if m.author == "debtor"]


def test_one_plan_agreed_fifty_times_at_once(
    served: Running, somebody: Callable[[], Somebody], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MOST_OWED", 1000)
    owing = somebody()
    people = [owing.person(), owing.person()]
    for person in people:
        person.say("50 every other friday")
    presses = [
        (person, {"id": str(uuid.uuid4()), "choice": person.last["choices"][0]["id"]})
        for person in people * 25
    ]

    def press(what: tuple[Person, dict[str, str]]) -> int:
        person, body = what
        return requests.post(
            f"{served.url}/messages", json=body, headers=person.headers, timeout=WAIT
        ).status_code

    with ThreadPoolExecutor(10) as pool:
        assert Counter(pool.map(press, presses)) == {202: 50}
    for person in people:
        _settled(person)
        assert set(processing(person)) == {"answered"}
    agreed = [p for p in served.plans(owing.reference) if p.agreed_at is not None]
    assert [p.status for p in agreed] == ["active"]
    assert sum((i.amount for i in agreed[0].instalments), Money(0, "USD")) == Money(100000, "USD")
    with served.database.read() as connection:
        assert audit.verify(connection) == []


def test_two_different_plans_agreed_at_once_leave_one(
    served: Running, somebody: Callable[[], Somebody]
) -> None:
    owing = somebody()
    people = [owing.person(), owing.person()]
    for person, amount in zip(people, ("50", "100"), strict=True):
        person.say(f"{amount} every other friday")
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda person: person.press("Yes"), people))
    statuses = Counter(p.status for p in served.plans(owing.reference))
    assert statuses["active"] == 1


def test_a_slow_action_leaves_nothing_and_says_so(
    served: Running, somebody: Callable[[], Somebody], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert STATEMENT_TIMEOUT_SECONDS < processor.ACTION_SECONDS <= 5
    owing = somebody()
    person = owing.person()
    tries: list[int] = []

    def slow(real: Function, turn: Turn) -> Answer:
        tries.append(1)
        writing(turn)
        time.sleep(0.25)
        return real(turn)

    monkeypatch.setattr(processor, "ACTION_SECONDS", 0.2)
    with acting("action_ask_balance", slow):
        told = person.say("how much do i owe")
    assert HONEST in told
    assert "$" not in told
    assert len(tries) == inbox.MOST_ATTEMPTS
    assert served.holds(owing.reference) == set()
    assert processing(person)[-1] == "failed"


def test_an_action_that_fails_is_tried_again_and_then_given_up(
    served: Running, somebody: Callable[[], Somebody]
) -> None:
    owing = somebody()
    person = owing.person()
    tries: list[int] = []

    def failing(real: Function, turn: Turn) -> Answer:
        tries.append(1)
        writing(turn)
        raise RuntimeError(f"secret words about {turn.message.text}")

    with acting("action_ask_balance", failing):
        told = person.say("how much do i owe")
    assert HONEST in told
    assert "secret words" not in told
    assert [c["label"] for c in person.last["choices"]] == ["Talk to a person"]
    assert len(tries) == inbox.MOST_ATTEMPTS
    assert served.holds(owing.reference) == set()
    assert processing(person)[-1] == "failed"
    with served.database.read() as connection:
        waiting = handoffs.standing(connection, person.conversation)
    assert waiting is not None
    assert (waiting.reason, waiting.priority) == ("failed", "high")

    assert "$1,000.00" in person.say("how much do i owe"), "and what comes after works"


def test_an_action_that_fails_once_is_answered_once(
    served: Running, somebody: Callable[[], Somebody]
) -> None:
    owing = somebody()
    person = owing.person()
    tries: list[int] = []

    def failing_once(real: Function, turn: Turn) -> Answer:
        tries.append(1)
        answer = real(turn)
        if len(tries) == 1:
            raise RuntimeError
        return answer

    with acting("action_ask_balance", failing_once):
        told = person.say("how much do i owe")
    assert told.count("$1,000.00") == 1
    assert HONEST not in told
    assert processing(person)[-1] == "answered"


def test_a_plan_whose_commit_fails_is_never_confirmed(
    served: Running, somebody: Callable[[], Somebody]
) -> None:
    owing = somebody()
    person = owing.person()
    person.say("50 every other friday")

    def failing(real: Function, turn: Turn) -> Answer:
        real(turn)
        raise RuntimeError

    with acting("action_agree_plan", failing):
        told = person.press("Yes")
    assert HONEST in told
    assert served.plan(owing.reference) is None
    assert served.account(owing.reference).status == "open"

    person.say("yes")
    assert served.plan(owing.reference) is not None, "the offer still stands"


def test_a_turn_that_says_nothing_is_a_failure(
    served: Running, somebody: Callable[[], Somebody]
) -> None:
    person = somebody().person()
    with acting("action_ask_balance", lambda real, turn: Answer(())):
        assert HONEST in person.say("how much do i owe")


def test_a_lease_lost_to_another_worker_takes_everything_back(
    served: Running, somebody: Callable[[], Somebody], monkeypatch: pytest.MonkeyPatch
) -> None:
    owing = somebody()
    person = owing.person()
    understand = Processor.understand
    stolen: list[str] = []

    def steal(self: Processor, *args: Any) -> Any:
        if not stolen:
            stolen.append(person.conversation)
            with served.database.write() as connection:
                records.change(
                    connection,
                    person.conversation,
                    lease_owner="another process",
                    lease_until=clock.now() + timedelta(seconds=30),
                )
        return understand(self, *args)

    monkeypatch.setattr(Processor, "understand", steal)

    def writes(real: Function, turn: Turn) -> Answer:
        writing(turn)
        return real(turn)

    with acting("action_ask_balance", writes):
        new = requests.post(
            f"{served.url}/messages",
            json={"id": str(uuid.uuid4()), "text": "how much do i owe"},
            headers=person.headers,
            timeout=WAIT,
        ).json()
        deadline = time.monotonic() + WAIT
        while not stolen and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.5)
        with served.database.read() as connection:
            after = records.messages_after(connection, person.conversation, new["seq"])
            owner = connection.execute(
                select(conversation_table.c.lease_owner).where(
                    conversation_table.c.id == person.conversation
                )
            ).scalar()
        assert owner == "another process"
        assert after == []
        assert served.holds(owing.reference) == set()
        assert processing(person)[-1] == "running"
    # The other process dies; its lease runs out.
    clock.travel(inbox.LEASE + timedelta(seconds=1))
    _settled(person)
    with served.database.read() as connection:
        after = records.messages_after(connection, person.conversation, new["seq"])
    assert sum("$1,000.00" in m.text for m in after) == 1


def test_a_message_left_by_a_dead_process_is_taken_up(
    served: Running, somebody: Callable[[], Somebody]
) -> None:
    person = somebody().person()
    with served.database.write() as connection:
        # Accepted elsewhere: nobody here was woken.
        inbox.accept(
            connection, person.conversation, external_id="elsewhere", text="how much do i owe"
        )
    _settled(person)
    assert processing(person)[-1] == "answered"


def _settled(person: Person) -> None:
    """Wait until nothing is owed in this conversation."""
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        with person.running.database.read() as connection:
            found = connection.execute(
                select(message.c.id).where(
                    message.c.conversation_id == person.conversation,
                    message.c.processing.in_(("received", "running")),
                )
            ).first()
        if found is None:
            return
        time.sleep(0.02)
    raise AssertionError("messages are still owed an answer")


def test_a_person_who_takes_over_meanwhile_is_not_spoken_over(
    served: Running, somebody: Callable[[], Somebody], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = somebody().person()
    understood = Processor._parse_message_with_graph

    def slowly(self: Processor, *arguments: Any) -> dict[str, Any]:
        with served.database.write() as connection:
            records.change(connection, person.conversation, state="with_agent")
        return understood(self, *arguments)

    monkeypatch.setattr(Processor, "_parse_message_with_graph", slowly)
    assert person.say("what do you know about my account") == ""
    assert processing(person)[-1] == "answered"
