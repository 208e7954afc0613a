"""Side questions in the middle of something: answered, and what was under way goes on."""

from __future__ import annotations

from bot.money import Money
from tests.assistant import Running


def test_a_question_in_the_middle_of_a_plan(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every other friday")
    told = person.say("wait, what's the total again?")
    assert "$1,000.00" in told
    assert "Back to your plan" in told
    person.say("yes")
    assert running.plan("A-1042") is not None


def test_the_choices_come_back_after_a_side_question(running: Running) -> None:
    person = running.person().verified()
    person.say("can i pay it off in parts")
    person.say("who is this for")
    person.press("$250.00")
    assert person.pending == "confirm_plan"


def test_several_side_questions(running: Running) -> None:
    person = running.person().verified()
    person.say("40 a week on fridays")
    for question in ("are you a real person?", "when is it due", "what have i paid so far"):
        assert "your plan: " in person.say(question)
    person.say("ok yes")
    plan = running.plan("A-1042")
    assert plan is not None
    assert plan.amount == Money(4000, "USD")


def test_a_question_during_the_identity_check(running: Running) -> None:
    person = running.person()
    person.say("what do i owe")
    told = person.say("are you a bot?")
    assert "automated assistant" in told
    assert "account reference" in told
    assert "$1,000.00" in person.say("A-1042, 3 may 1988, 90210")


def test_a_question_before_the_check_is_answered_right_after_it(running: Running) -> None:
    person = running.person()
    person.say("whats the least i can pay")
    person.say("A-1042")
    person.say("may 3rd 1988")
    assert "$35.00" in person.say("90210")


def test_a_plan_proposed_before_the_check_is_shown_right_after_it(running: Running) -> None:
    person = running.person()
    assert "account reference" in person.say("can i do 50 every other friday")
    shown = person.say("A-1042, 3 may 1988, 90210")
    assert "$50.00" in shown
    assert person.pending == "confirm_plan"


def test_when_the_plan_on_the_table_would_end(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every other friday")
    told = person.say("and when is it due")
    assert "November 27" in told
    assert person.pending == "confirm_plan"


def test_a_goodbye_is_no_occasion_to_ask_again(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every other friday")
    assert "?" not in person.say("ok bye for now")


def test_a_question_beside_the_answers_to_the_check(running: Running) -> None:
    person = running.person()
    assert "$1,000.00" in person.say("A-1042 3 may 1988 90210 how much")


def test_thanks_in_between(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every other friday")
    person.say("thanks")
    person.say("yes")
    assert running.plan("A-1042") is not None


def test_two_questions_in_one_message(running: Running) -> None:
    person = running.person().verified()
    told = person.say("I just lost my job. how much do i owe?")
    assert "job" in told
    assert "$1,000.00" in told
    assert told.index("job") < told.index("$1,000.00")
