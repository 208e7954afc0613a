"""Each right in a whole dialogue: obeyed at once, confirmed, and visible in the ledger."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.conversations.tables import handoff
from bot.conversations.tables import message as message_table
from bot.ledger import accounts, affordability, consents, holds, preferences, tables
from bot.ledger.holds import Hold
from bot.money import Money
from bot.particulars import ContactWish
from tests.assistant import Person, Running


def hold(running: Running, kind: str, reference: str = "A-1042", slug: str = "demo-bank") -> Hold:
    account = running.account(reference, slug)
    with running.database.read() as connection:
        (found,) = [h for h in holds.standing(connection, account) if h.kind == kind]
    return found


def wishes(running: Running, reference: str = "A-1042") -> list[ContactWish]:
    account = running.account(reference)
    with running.database.read() as connection:
        return [p.wish for p in preferences.standing(connection, account.debtor_id)]


def reasons(running: Running, person: Person) -> set[str]:
    with running.database.read() as connection:
        rows = connection.execute(
            select(handoff.c.brief).where(handoff.c.conversation_id == person.conversation)
        )
        return {event["reason"] for row in rows for event in row.brief["events"]}


def collector(running: Running) -> Person:
    return running.person("demo-collect").verified("C-2201", "30 july 1982", "12207")


def test_a_part_is_disputed_and_the_rest_can_be_planned(running: Running) -> None:
    person = running.person().verified()
    person.say("it was 400 not 900, thats wrong")
    assert hold(running, "dispute").amount is None, "all of it at once, before anything is asked"
    person.press("Only $500.00")
    assert hold(running, "dispute").amount == Money(500_00, "USD")
    assert {line["text"] for line in person.card("rights")["holds"]} == {
        "On hold: you dispute $500.00 of it"
    }
    person.say("can i set up a plan for the rest, 100 a month from the 16th")
    person.say("yes")
    plan = running.plan("A-1042")
    assert plan is not None
    assert plan.total == Money(500_00, "USD")


def test_all_of_it_stays_on_hold_if_they_say_so(running: Running) -> None:
    person = running.person().verified()
    person.say("the balance is wrong")
    person.say("all of it")
    assert hold(running, "dispute").amount is None
    assert "on hold" in person.say("can i set up a payment plan")


def test_a_second_right_does_not_ask_for_the_reference_again(running: Running) -> None:
    person = running.person()
    person.say("this isnt my debt i dispute it")
    person.say("A-1042")
    told = person.say("also i got a lawyer now")
    assert "reference" not in told
    assert person.pending == "attorney_name"
    person.say("jane doe at smith & co")
    assert hold(running, "attorney").evidence["lawyer"] == "jane doe at smith & co"
    assert running.holds("A-1042") == {"dispute", "attorney"}


def test_breathing_space_with_its_reference(running: Running) -> None:
    person = running.person("demo-uk").verified("T-3301", "17/09/1991", "M1 4BT")
    told = person.say("stepchange is dealing w it")
    assert "Friday 1 May" in told
    person.say("its ref BS-778812")
    assert hold(running, "adviser", "T-3301", "demo-uk").evidence["reference"] == "BS-778812"
    assert "hold" in person.say("can i pay rn")


def test_times_and_places_are_kept_and_said_back(running: Running) -> None:
    person = running.person().verified()
    told = person.say("not at work pls, nights only")
    assert "not at work" in told
    assert "only between 6 pm and 9 pm" in told
    assert wishes(running) == [
        ContactWish(False, place="work"),
        ContactWish(True, start=1080, end=1260),
    ]


def test_an_opt_out_confirms_that_and_nothing_else(running: Running) -> None:
    person = running.person().verified()
    told = person.say("stop texting me")
    assert told in (
        "Okay. You asked us to stop texts to you. We will.",
        "Okay. You asked us to stop texts. We will.",
    )
    account = running.account("A-1042")
    with running.database.read() as connection:
        points = accounts.contact_points(connection, account.debtor_id)
    assert {p.kind: p.opted_out_on is not None for p in points} == {"phone": True, "email": False}


def test_1006_38_c_the_original_creditors_name_and_address(running: Running) -> None:
    person = collector(running)
    told = person.say("who was this with originally")
    assert "Lakeview Dental" in told
    assert running.holds("C-2201", "demo-collect") == {"dispute"}
    assert "original_creditor" in reasons(running, person)


def test_proof_is_asked_for_and_the_information_given_here(running: Running) -> None:
    person = collector(running)
    assert "right to see proof" in person.say("prove i owe this")
    assert person.pending == "validation_delivery"
    told = person.say("yes thats fine")
    assert "dispute the debt until" in told
    assert person.card("rights")["document"]["name"] == "validation.pdf"
    account = running.account("C-2201", "demo-collect")
    with running.database.read() as connection:
        assert consents.given_in(connection, "electronic", person.conversation, account.id)
        sent = connection.execute(tables.validation_notice.select()).all()
    assert len(sent) == 1
    assert running.holds("C-2201", "demo-collect") == {"dispute"}, "held until a person sent proof"


def test_the_timeline_before_and_after_a_right(running: Running) -> None:
    person = collector(running)
    person.say("what rights do i have")
    card = person.card("rights")
    assert card["holds"] == []
    assert card["rights"][0]["text"].startswith("You can dispute until ")
    person.say("i dispute this debt")
    person.say("is my account on hold")
    assert [line["text"] for line in person.card("rights")["holds"]] == ["On hold: you dispute it"]


def test_an_old_debt_is_not_revived_by_accident(running: Running) -> None:
    person = running.person("demo-collect").verified("C-2202", "12 march 1969", "94110")
    told = person.say("ok lets do 200 a month from the 16th")
    assert "we will not sue you for it" in told
    assert person.pending == "time_barred"
    assert "Nothing was set up" in person.say("hm no leave it") or "nothing was set up" in told
    assert running.plans("C-2202", "demo-collect") == ()
    again = person.say("can i pay 200 a month from the 16th")
    assert "we will not sue you for it" in again, "the notice comes each time until a clear yes"
    person.press("Yes, go on")
    assert person.pending == "confirm_plan"
    assert running.plan("C-2202", "demo-collect") is None
    person.say("yes")
    assert running.plan("C-2202", "demo-collect") is not None


def test_a_death_told_by_a_relative_stops_everything(running: Running) -> None:
    person = running.person()
    told = person.say("maria passed away last week, im her sister")
    assert "sorry for your loss" in told
    assert "owe" not in told
    known = person.say("A-1042")
    assert running.holds("A-1042") == {"deceased"}
    assert "death" in reasons(running, person)
    other = running.person()
    other.say("maria passed away last week, im her sister")
    assert other.say("A-9999") == known


def test_a_bereaved_person_hears_nothing_of_money(running: Running) -> None:
    person = running.person().verified()
    told = person.say("my wife died")
    assert "sorry for your loss" in told
    assert not {"pay", "plan", "amounts", "owe"} & set(told.lower().split())
    person.press("Pause for 30 days")
    assert running.holds("A-1042") == {"hardship_pause"}


def test_a_pause_moves_the_plan_along_and_says_so(running: Running) -> None:
    person = running.person().verified()
    person.say("50 every other friday")
    person.say("yes")
    person.say("my hours got cut")
    told = person.say("a break pls")
    assert "Friday, April 3" in told
    plan = running.plan("A-1042")
    assert plan is not None
    assert plan.instalments[0].due_on.isoformat() == "2026-04-03"
    assert plan.version == 2


def test_five_questions_corrected_interrupted_and_forgotten(running: Running) -> None:
    person = running.person().verified()
    person.say("i got laid off last week")
    person.press("Work out what I can spare")
    person.say("1800 a month")
    person.say("rent is 700")
    assert "3 of 5" in person.say("wait how much do i owe").split("Back")[-1]
    person.say("150")
    person.say("actually rent is 750")
    person.say("80 a week")
    told = person.say("nothing")
    assert "$553.33" in told
    assert "$276.66" in told
    over = person.say("i could do 400 a month from the 16th")
    assert "more than you said is spare" in over
    assert running.plans("A-1042") == ()
    person.press("$276.00 a month")
    person.say("yes")
    assert running.plan("A-1042") is not None
    assert "deleted" in person.say("delete what i told you")
    account = running.account("A-1042")
    with running.database.read() as connection:
        assert affordability.current(connection, account.id) is None
        texts = connection.execute(
            select(message_table.c.text).where(
                message_table.c.conversation_id == person.conversation
            )
        ).scalars()
        assert not [text for text in texts if "750" in text or "553.33" in text]


def test_nothing_left_is_met_with_a_break_and_advice(running: Running) -> None:
    person = running.person("demo-uk").verified("T-3301", "17/09/1991", "M1 4BT")
    person.say("i cant afford this, my hours got cut")
    person.press("Work out what I can spare")
    assert "council tax" in person.say("900")
    for answer in ("700", "150", "60 a week"):
        person.say(answer)
    told = person.say("50")
    assert "StepChange" in told
    assert "cannot_afford" in reasons(running, person)


def test_texas_nothing_is_kept_without_a_yes(running: Running) -> None:
    person = running.person().verified()
    assert person.pending is None
    person.say("im bipolar")
    assert person.pending == "vulnerability_consent"
    assert running.holds("A-1042") == set()
    assert reasons(running, person) == set()
    told = person.say("no dont write it down")
    assert "written nothing down" in told
    assert "988" in told
    assert running.holds("A-1042") == set()
    with running.database.read() as connection:
        assert connection.execute(tables.consent_event.select()).all() == []


def test_texas_with_a_yes_asks_what_would_help(running: Running) -> None:
    person = running.person().verified()
    person.say("im bipolar and it gets bad")
    person.say("yes ok")
    person.say("pls write dont ring, and not in the mornings")
    kept = hold(running, "vulnerability")
    assert kept.evidence["needs"] == "pls write dont ring, and not in the mornings"
    assert ContactWish(False, channel="phone") in wishes(running)
    assert "report_vulnerability" in reasons(running, person)


def test_crisis_is_heard_in_the_answer_to_an_open_question(running: Running) -> None:
    person = running.person().verified()
    person.say("im bipolar and it gets bad")
    person.say("yes ok")
    assert person.pending == "vulnerability_needs"
    assert "988" in person.say("cant see the point in going on")
    assert "crisis" in running.holds("A-1042")
    assert "$" not in person.say("how much do i owe")


def test_what_is_not_theirs_and_wrong_as_well_is_paused_without_a_question(
    running: Running,
) -> None:
    person = running.person().verified()
    told = person.say("half of that isnt mine, i only owe 200")
    assert hold(running, "dispute").amount is None
    assert "only a part" not in told
    assert person.pending is None


@pytest.mark.parametrize(
    "veiled",
    [
        "i cant see the point of going on",
        "everyone would be better off without me",
        "im so done with life",
        "i just want to go to sleep and not wake up",
    ],
)
def test_veiled_words_of_crisis_are_heard(running: Running, veiled: str) -> None:
    person = running.person().verified()
    assert "988" in person.say(veiled)
    for question in ("how much do i owe", "do u take cashapp", "can i set up a plan"):
        told = person.say(question)
        assert "$" not in told
        assert "pay" not in told.lower().split()
    assert running.holds("A-1042") == {"crisis"}


@pytest.mark.parametrize(
    "harmless",
    [
        "im dying to know what i owe",
        "this app is killing me lol",
        "my phone died, whats my balance",
    ],
)
def test_false_friends_of_crisis_are_none(running: Running, harmless: str) -> None:
    person = running.person().verified()
    assert "988" not in person.say(harmless)
    assert running.holds("A-1042") == set()


def test_hard_times_are_offered_every_way_once(running: Running) -> None:
    person = running.person().verified()
    person.say("lost my job, what can i afford")
    assert person.pending == "hardship_choice"
    assert "$" not in person.last["text"]


def test_a_relative_without_the_reference_is_not_pressed_for_it(running: Running) -> None:
    person = running.person()
    person.say("she died in may, stop sending letters to my mum")
    told = person.say("how do you mean")
    assert "Which account is it about" not in told
