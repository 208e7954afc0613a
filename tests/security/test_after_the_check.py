"""Once a check has expired, whoever sits there now learns nothing from what was under way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import clock
from tests.assistant import Person, Running


def left_alone(running: Running, *said: str, reference: str = "A-1042", **who: str) -> Person:
    """A checked person who said this, and walked away for longer than a check lasts."""
    person = running.person().verified(reference, **who)
    for text in said:
        person.say(text)
    clock.travel(timedelta(minutes=31))
    return person


def shown(person: Person, before: int) -> str:
    """All that the bot has shown since: texts, labels and cards."""
    return str([m for m in person.read[before:] if m["author"] == "bot"])


@pytest.mark.parametrize(
    "under_way", ["can i pay it off in parts", "50 every other friday", "5 a month from april 1st"]
)
@pytest.mark.parametrize("asked", ["hello", "are you a robot", "say that again", "asdf"])
def test_side_questions_repeat_no_amount(running: Running, under_way: str, asked: str) -> None:
    person = left_alone(running, under_way)
    before = len(person.read)
    person.say(asked)
    assert "$" not in shown(person, before)


def test_side_questions_repeat_no_reference(running: Running) -> None:
    person = running.person()
    person.say("what do i owe")
    person.say("+1 312 555 0157, 20 nov 1975, 60614")
    assert person.pending == "choose_account"
    clock.travel(timedelta(minutes=31))
    before = len(person.read)
    person.say("hello")
    person.say("the 2nd one")
    assert "A-105" not in shown(person, before)
    assert person.pending == "identify"
    person.say("+1 312 555 0157, 20 nov 1975, 60614")
    assert "$142.10" in shown(person, before)


def test_what_was_under_way_goes_on_after_the_next_check(running: Running) -> None:
    person = left_alone(running, "can i pay it off in parts")
    person.say("hello")
    person.say("the 2nd one")
    assert person.pending == "identify"
    person.say("3 may 1988")
    person.say("90210")
    assert person.pending == "confirm_plan"


def test_buttons_of_before_need_the_check(running: Running) -> None:
    person = left_alone(running, "50 every other friday")
    before = len(person.read)
    person.press("Yes")
    assert "$" not in shown(person, before)
    assert running.plan("A-1042") is None
