"""From the first question to a plan that stands in the ledger."""

from __future__ import annotations

from datetime import date

import pytest

from bot.ledger import accounts
from bot.money import Money
from tests.assistant import Running


def test_asks_proposes_agrees(running: Running) -> None:
    person = running.person()
    assert "automated assistant" in person.last["text"]

    asked = person.say("how much do i owe u")
    assert "account reference" in asked
    assert "$" not in asked
    assert "date of birth" in person.say("A-1042")
    assert "postal code" in person.say("3 may 1988")
    told = person.say("90210")
    assert "Maria" in told
    assert str(running.balance("A-1042")) in told

    shown = person.say("50 every other friday")
    assert "$50.00" in shown
    assert "every other Friday" in shown
    assert "$1,000.00" in shown
    assert running.plan("A-1042") is None, "nothing stands before the yes"

    done = person.say("yes")
    assert "Dana Whitfield" in done
    plan = running.plan("A-1042")
    assert plan is not None
    assert [i.amount for i in plan.instalments] == [Money(5000, "USD")] * 20
    assert plan.instalments[0].due_on == date(2026, 3, 6)
    assert plan.instalments[1].due_on == date(2026, 3, 20)
    assert running.account("A-1042").status == "in_plan"
    assert person.card("receipt")["id"] == plan.id


def test_the_yes_is_kept_with_what_it_was_said_to(running: Running) -> None:
    person = running.person().verified()
    person.say("100 a month starting april 1st")
    shown = person.last
    person.say("yes please")

    plan = running.plan("A-1042")
    assert plan is not None
    assert plan.evidence is not None
    assert plan.evidence["text"] == shown["text"]
    assert plan.evidence["channel"] == "chat"
    assert plan.evidence["conversation"] == person.conversation


def test_picks_an_option_by_button(running: Running) -> None:
    person = running.person().verified()
    person.say("can i pay it off in parts")
    options = person.card("options")["options"]
    assert len(options) >= 2
    assert all(o["total"]["minor"] == 100000 for o in options)

    person.press("$250.00")
    assert person.card("schedule")["total"]["minor"] == 100000
    person.press("Yes")
    plan = running.plan("A-1042")
    assert plan is not None
    assert len(plan.instalments) == 4


def test_picks_an_option_by_what_it_is(running: Running) -> None:
    person = running.person().verified()
    person.say("can i pay it off in parts")
    person.say("the cheapest one")
    person.say("yes")
    plan = running.plan("A-1042")
    assert plan is not None
    assert len(plan.instalments) == 12


def test_picks_the_second_option_in_words(running: Running) -> None:
    person = running.person().verified()
    person.say("can i pay it off in parts")
    person.say("the 2nd one")
    assert person.pending == "confirm_plan"
    person.say("ok do that")
    plan = running.plan("A-1042")
    assert plan is not None
    assert len(plan.instalments) == 4


def test_answers_piece_by_piece(running: Running) -> None:
    person = running.person().verified()
    person.say("i want to set up my own payment plan")
    person.say("50")
    if person.pending == "plan_frequency":
        person.press("Every week")
    assert person.pending == "plan_start"
    person.say("fridays")
    assert person.pending == "confirm_plan"
    person.say("yes")
    plan = running.plan("A-1042")
    assert plan is not None
    assert plan.start.weekday() == 4
    assert plan.instalments[0].amount == Money(5000, "USD")


def test_a_remainder_is_told_and_agreed_to_the_cent(running: Running) -> None:
    person = running.person().verified()
    shown = person.say("75 every other friday")
    assert "13 times" in shown
    assert "$25.00" in shown
    person.say("yes")
    plan = running.plan("A-1042")
    assert plan is not None
    assert sum(i.amount.minor for i in plan.instalments) == 100000


def test_all_at_once(running: Running) -> None:
    person = running.person().verified()
    assert "one payment of $1,000.00" in person.say("i want to pay all of it next friday")
    person.say("yes")
    plan = running.plan("A-1042")
    assert plan is not None
    assert plan.kind == "full"
    assert [i.due_on for i in plan.instalments] == [date(2026, 3, 13)]


def test_pounds_and_days_first_in_the_united_kingdom(running: Running) -> None:
    person = running.person("demo-uk")
    told = person.say("T-3301 17/09/1991 M1 4BT how much do i owe")
    assert "£520.00" in told
    assert "Monday 2 March" in told
    shown = person.say("20 quid fortnightly from the 13th")
    assert "£20.00" in shown
    person.say("yeah go on then")
    plan = running.plan("T-3301", "demo-uk")
    assert plan is not None
    assert plan.frequency.value == "biweekly"
    assert plan.instalments[0].due_on == date(2026, 3, 13)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("when is it due", "Monday, March 16"),
        ("whats the least i can get away with", "$35.00"),
        ("what have i paid so far", "payments"),
        ("why is it so much", "adds up|came about"),
        ("who do i owe this to", "Harbor Community Bank"),
        ("when is my next payment on the plan", "plan"),
    ],
)
def test_questions_are_answered_from_the_ledger(
    running: Running, question: str, expected: str
) -> None:
    person = running.person().verified()
    told = person.say(question)
    assert any(words in told for words in expected.split("|")), told


def test_the_breakdown_sums_to_the_balance(running: Running) -> None:
    person = running.person().verified()
    person.say("why's it gone up, what are these fees")
    lines = person.card("account")["lines"]
    assert sum(line["amount"]["minor"] for line in lines) == running.balance("A-1042").minor


def test_history_is_the_ledgers(running: Running) -> None:
    person = running.person().verified()
    person.say("what have i paid so far")
    card = person.card("history")
    with running.database.read() as connection:
        account = accounts.find(connection, "demo-bank", "A-1042")
        assert account is not None
    assert card["paid"]["minor"] == sum(p["amount"]["minor"] for p in card["payments"])
    assert card["balance"]["minor"] == 100000
