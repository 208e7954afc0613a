"""Rights are obeyed at once, hard times are heard, and a person is there on request."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from bot import clock
from tests.assistant import Running


def test_hardship_is_acknowledged_before_anything_else(running: Running) -> None:
    person = running.person().verified()
    told = person.say("i got laid off last week")
    assert "job" in told.split(".")[0]
    assert person.pending == "hardship_choice"
    assert "$" not in told


def test_a_pause(running: Running) -> None:
    person = running.person().verified()
    person.say("i got laid off last week")
    told = person.press("Pause for 30 days")
    assert "April 1" in told
    assert running.holds("A-1042") == {"hardship_pause"}
    assert "break" in person.say("can i set up a payment plan")


@pytest.mark.parametrize("said", ["a pause", "a break please", "pause it"])
def test_a_pause_in_words(running: Running, said: str) -> None:
    person = running.person().verified()
    person.say("i got laid off last week")
    person.say(said)
    assert running.holds("A-1042") == {"hardship_pause"}


def test_a_smaller_plan_instead_of_a_pause(running: Running) -> None:
    person = running.person().verified()
    person.say("my hours got cut and i cant pay")
    person.press("A smaller payment plan")
    assert person.pending == "choose_plan"


def test_a_person_on_the_first_request(running: Running) -> None:
    person = running.person()
    told = person.say("let me talk to a real person")
    assert "asked a person" in told
    assert "10 minutes" in told
    assert person.state == "waiting"


def test_out_of_hours_the_time_is_honest(running: Running) -> None:
    with clock.at(datetime(2026, 3, 8, 3, 0, tzinfo=timezone.utc)):
        person = running.person()
        told = person.control("person")
    assert "Monday, March 9" in told
    assert "minutes" not in told


def test_the_bot_helps_on_while_they_wait(running: Running) -> None:
    person = running.person().verified()
    person.control("person")
    assert "$1,000.00" in person.say("how much do i owe")


def test_the_stop_control_asks_which(running: Running) -> None:
    person = running.person().verified()
    person.control("stop")
    told = person.press("Stop contacting me")
    assert "stop contacting you" in told
    assert "cease" in running.holds("A-1042")


def test_the_first_of_the_stops_may_be_named_by_its_number(running: Running) -> None:
    person = running.person().verified()
    person.say("stop")
    person.say("1")
    assert "cease" in running.holds("A-1042"), "obeyed, and not asked about once more"


def test_a_bare_stop_asks_which(running: Running) -> None:
    person = running.person().verified()
    assert "What should I stop" in person.say("STOP")
    assert running.holds("A-1042") == set()
    person.press("Nothing")
    assert running.holds("A-1042") == set()


def test_never_contact_me_again_needs_no_check(running: Running) -> None:
    person = running.person()
    told = person.say("never contact me again")
    assert "don't have to prove" in told
    known = person.say("A-1042")
    assert "cease" in running.holds("A-1042")

    other = running.person()
    other.say("never contact me again")
    assert other.say("A-9999") == known, "the same whether or not there is such an account"


def test_a_lock_does_not_stand_in_the_way_of_a_right(running: Running) -> None:
    person = running.person()
    person.say("what do i owe")
    for _ in range(3):
        person.say("A-1042, 4 may 1988, 90210")
    person.say("this isnt my debt, i dispute it. ref A-1042")
    assert "dispute" in running.holds("A-1042")


def test_a_right_stated_before_the_check_counts_after_it(running: Running) -> None:
    person = running.person()
    person.say("i have never had an account with you, i dispute this")
    person.say("i dont have the reference")
    person.verified()
    assert "dispute" in running.holds("A-1042")


@pytest.mark.parametrize(("creditor", "line"), [("demo-bank", "988"), ("demo-uk", "116 123")])
def test_crisis_ends_all_talk_of_money(running: Running, creditor: str, line: str) -> None:
    person = running.person(creditor)
    told = person.say("i dont want to live anymore")
    assert line in told
    assert person.state == "waiting"
    assert "owe" not in told
    after = person.say("how much do i owe")
    assert "account reference" not in after
    assert "$" not in after


@pytest.mark.parametrize(
    "said", ["i cant pay all that", "i cant afford it, my hours got cut and i cant pay"]
)
def test_cannot_pay_is_no_refusal(running: Running, said: str) -> None:
    person = running.person().verified()
    person.say(said)
    assert running.holds("A-1042") == set()


def test_who_is_there_is_told_to_anybody(running: Running) -> None:
    person = running.person()
    told = person.say("what company is this")
    assert "Harbor Community Bank" in told


def test_a_death_is_met_with_condolence_and_no_money(running: Running) -> None:
    person = running.person()
    told = person.say("my husband passed away last week")
    assert "sorry for your loss" in told
    assert "owe" not in told
    assert person.state == "waiting"


def test_not_understood_twice_offers_a_person(running: Running) -> None:
    person = running.person().verified()
    person.say("florp glorp wibble")
    first = person.last
    person.say("zxcv qwer asdf hjkl")
    if person.pending == "offer_human":
        person.say("yes")
        assert person.state == "waiting"
    else:
        assert first["text"]


def test_several_accounts(running: Running) -> None:
    person = running.person()
    person.say("how much do i owe")
    person.say("+1 312 555 0157")
    person.say("20 nov 1975")
    asked = person.say("60614")
    assert "more than one account" in asked
    told = person.say("the second")
    assert str(running.balance("A-1058")) in told


def test_two_people_share_a_number(running: Running) -> None:
    person = running.person()
    person.say("how much do i owe")
    told = person.say("my number is +1 206 555 0163, born 9 aug 1990, zip 98103")
    assert str(running.balance("A-1064")) in told
    assert str(running.balance("A-1063")) not in told


def test_nothing_owed(running: Running) -> None:
    person = running.person().verified("A-1080", "25 june 1979", "92101")
    told = person.say("how much do i owe")
    assert "nothing" in told.lower()
    assert "nothing" in person.say("can i set up a payment plan").lower()


def test_third_party_collector_names_the_original_creditor(running: Running) -> None:
    person = running.person("demo-collect").verified("C-2201", "30 july 1982", "12207")
    told = person.say("who was this debt with originally")
    assert "Lakeview Dental" in told
    assert "Fairlight Recovery" in told


def test_asked_to_repeat(running: Running) -> None:
    person = running.person().verified()
    told = person.say("how much do i owe")
    assert "$1,000.00" in told
    again = person.say("sorry can you say that again")
    assert "$1,000.00" in again or person.pending == "see_options"
