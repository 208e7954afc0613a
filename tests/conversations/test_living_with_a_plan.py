"""After the yes: how it stands, another day, a skipped payment, an end."""

from __future__ import annotations

from datetime import date

import pytest

from bot.money import Money
from tests.assistant import Person, Running


@pytest.fixture
def person(running: Running) -> Person:
    """Maria, with $50 every other Friday from March 6."""
    maria = running.person().verified()
    maria.say("50 every other friday")
    maria.say("yes")
    assert running.plan("A-1042") is not None
    return maria


def dues(running: Running) -> list[date]:
    plan = running.plan("A-1042")
    assert plan is not None
    return [i.due_on for i in plan.instalments if i.status != "skipped"]


def test_status(person: Person) -> None:
    told = person.say("whens my next payment and how many left")
    assert "$50.00" in told
    assert "March 6" in told
    assert "20 payments" in told


def test_move_one_date(running: Running, person: Person) -> None:
    person.say("can i move the next payment to march 9")
    assert person.pending == "confirm_move"
    assert dues(running)[0] == date(2026, 3, 6)
    person.say("yes")
    assert dues(running)[0] == date(2026, 3, 9)
    assert dues(running)[1] == date(2026, 3, 20), "the others stay"


def test_move_asks_for_the_day(running: Running, person: Person) -> None:
    person.say("i need to change my payment date")
    assert person.pending == "move_date"
    person.say("the 10th")
    person.say("yeah")
    assert dues(running)[0] == date(2026, 3, 10)


def test_a_move_too_far_is_refused_with_the_limit(running: Running, person: Person) -> None:
    person.say("i need to change my payment date")
    assert "10 days" in person.say("april 20th")
    assert dues(running)[0] == date(2026, 3, 6)


def test_a_payment_moves_once(running: Running, person: Person) -> None:
    person.say("can i move the next payment to march 9")
    person.say("yes")
    assert "moved once" in person.say("can i move it again to march 11")
    assert dues(running)[0] == date(2026, 3, 9)


def test_skip_puts_it_last_and_keeps_the_sum(running: Running, person: Person) -> None:
    last = dues(running)[-1]
    person.say("i cant make this payment, can i skip it")
    assert person.pending == "confirm_skip"
    person.say("yes")
    assert dues(running)[0] == date(2026, 3, 20)
    assert dues(running)[-1] > last
    plan = running.plan("A-1042")
    assert plan is not None
    owed = [i.amount.minor for i in plan.instalments if i.status != "skipped"]
    assert sum(owed) == 100000


def test_cancel(running: Running, person: Person) -> None:
    person.say("cancel my plan")
    assert running.plan("A-1042") is not None, "not before the yes"
    told = person.say("yes")
    assert "$1,000.00" in told
    assert running.plan("A-1042") is None
    assert running.account("A-1042").status == "open"


def test_cancel_and_then_not(running: Running, person: Person) -> None:
    person.say("cancel my plan")
    assert "stays as it is" in person.say("no dont") or running.plan("A-1042") is not None
    assert running.plan("A-1042") is not None


def test_balance_speaks_of_the_plan(person: Person) -> None:
    assert "plan" in person.say("how much do i owe")


def test_what_is_due_is_the_plans_next_payment(person: Person) -> None:
    told = person.say("when is it due")
    assert "$50.00" in told
    assert "March 6" in told


def test_without_a_plan_moving_offers_one(running: Running) -> None:
    other = running.person().verified("A-1063", "14 feb 1993", "98103")
    told = other.say("can i change my due date")
    assert "plan" in told
    other.say("yes")
    assert other.pending == "choose_plan"
    assert running.plan("A-1063") is None


def test_money_of_the_next_payment(running: Running, person: Person) -> None:
    plan = running.plan("A-1042")
    assert plan is not None
    assert plan.instalments[0].amount == Money(5000, "USD")
