"""A change of mind at any point."""

from __future__ import annotations

from bot.money import Money
from tests.assistant import Running


def test_a_new_amount_after_the_schedule(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every other friday")
    shown = person.say("actually make it 75")
    assert "$75.00" in shown
    assert "every other Friday" in shown
    person.say("yes")
    plan = running.plan("A-1042")
    assert plan is not None
    assert plan.amount == Money(7500, "USD")


def test_only_the_newest_schedule_can_be_agreed(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every other friday")
    old = person.last["choices"][0]
    person.say("make it 75")
    person.post({"choice": old["id"]})
    assert running.plan("A-1042") is None
    assert "waiting for a yes" in person.last["text"] or "a yes to anything" in person.last["text"]


def test_no_then_another_amount(running: Running) -> None:
    person = running.person().verified()
    person.say("100 every friday")
    person.say("nah too much")
    shown = person.say("30")
    assert "$30.00" in shown
    person.say("yes")
    plan = running.plan("A-1042")
    assert plan is not None
    assert plan.amount == Money(3000, "USD")


def test_yes_but_is_no_yes(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every friday")
    shown = person.say("yes but on mondays")
    assert running.plan("A-1042") is None
    assert "every Monday" in shown


def test_wrong_answers_to_the_check_then_right_ones(running: Running) -> None:
    person = running.person()
    person.say("what do i owe")
    assert "don't match" in person.say("A-1042, 4 may 1988, 90210")
    assert "$1,000.00" in person.say("A-1042, 3 may 1988, 90210")


def test_a_plan_that_stands_is_replaced_by_a_new_version(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every other friday")
    person.say("yes")
    first = running.plan("A-1042")
    person.say("can i change it to 80 every other friday")
    assert person.pending == "confirm_plan"
    assert running.plan("A-1042") == first, "the old one stands until the yes"
    person.say("yes")
    second = running.plan("A-1042")
    assert first is not None
    assert second is not None
    assert second.amount == Money(8000, "USD")
    assert second.replaces == first.id
    assert [p.status for p in running.plans("A-1042") if p.id == first.id] == ["cancelled"]


def test_another_rhythm_leaves_no_cents(running: Running) -> None:
    person = running.person().verified()
    person.say("6 payments, monthly, from may 1st")
    person.say("make that every other friday")
    person.say("yes")
    plan = running.plan("A-1042")
    assert plan is not None
    assert len(plan.instalments) == 6
    assert min(i.amount.minor for i in plan.instalments) >= 16666


def test_never_mind(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every other friday")
    person.say("never mind, cancel that")
    person.say("yes")
    assert running.plan("A-1042") is None
