"""The law in whole dialogues: disclosures at their moment and only then, refusals said honestly."""

from __future__ import annotations

from datetime import timedelta

import pytest
import requests
from sqlalchemy import select, update

from actions import account as account_actions
from actions.turn import say
from bot import clock
from bot.audit import audit_event
from bot.conversations import identity, records, replay
from bot.conversations.sending import Sender
from bot.conversations.tables import conversation
from bot.ledger import tables
from bot.money import Money
from bot.wording import Wording
from tests.assistant import Person, Running

DISCLOSURE = (
    "Fairlight Recovery is a debt collector. We are trying to collect a debt that you owe to "
    "Lakeview Dental. We will use any information you give us to help collect the debt."
)
LATER = "This communication is from a debt collector."
KEVIN = ("C-2201", "30 july 1982", "12207")
DENISE = ("C-2202", "12 march 1969", "94110")


def shown(person: Person) -> str:
    """Everything that the person could read."""
    return " ".join(f"{m['text']} {m.get('notice', '')}" for m in person.read)


def test_1006_18_e_the_disclosure_comes_with_the_first_word_after_the_check_and_once(
    running: Running,
) -> None:
    person = running.person("demo-collect")
    assert "automated assistant" in person.read[0]["text"], "Cal. B&P 17941"
    for before in ("who are you", "how much do i owe", "C-2201", "30 july 1982"):
        person.say(before)
    assert "debt" not in shown(person)
    told = person.say("12207")
    assert told.count(DISCLOSURE) == 1
    assert told.index(DISCLOSURE) < told.index("$412.00"), "before anything of the debt is told"
    after = " ".join([person.say("when is it due"), person.say("who was this with originally")])
    assert DISCLOSURE not in after
    assert person.last["notice"] == LATER, "in sight beside every later message"
    kept = requests.get(
        f"{running.url}/transcript", {"format": "text"}, headers=person.headers, timeout=10
    ).text
    assert kept.count(LATER) == 1, "and at the head of what can be kept (1006.42)"
    assert DISCLOSURE in kept


def test_1006_18_e_2_who_comes_back_reads_it_again_in_short(running: Running) -> None:
    person = running.person("demo-collect").verified(*KEVIN)
    clock.travel(timedelta(minutes=31))
    person.say("how much do i owe")
    assert person.last.get("notice") is None, "whoever sits there now was not checked"
    person.say("30 july 1982")
    told = person.say("12207")
    assert DISCLOSURE not in told
    assert told.count(LATER) == 1


@pytest.mark.parametrize(
    ("creditor", "who"),
    [
        ("demo-bank", ("A-1042", "3 May 1988", "90210")),
        ("demo-uk", ("T-3301", "17/09/1991", "M1 4BT")),
    ],
)
def test_who_collects_own_debts_claims_to_be_no_debt_collector(
    running: Running, creditor: str, who: tuple[str, str, str]
) -> None:
    person = running.person(creditor).verified(*who)
    person.say("how much do i owe")
    assert "debt collector" not in shown(person)


def test_1788_14_d_a_time_barred_debt_is_told_as_such_at_once(running: Running) -> None:
    person = running.person("demo-collect").verified(*DENISE)
    assert shown(person).count("The law limits how long you can be sued on a debt.") == 1
    with running.database.read() as connection:
        rows = connection.execute(
            select(audit_event.c.facts).where(audit_event.c.subject == person.conversation)
        )
        told = [row.facts["notices"] for row in rows if "notices" in row.facts]
    assert any("Cal. Civ. 1788.14(d)(1)" in sections.values() for sections in told)


def test_1006_26_b_no_plan_for_a_time_barred_debt_without_the_notice(running: Running) -> None:
    person = running.person("demo-collect").verified(*DENISE)
    with running.database.write() as connection:
        # As if the notice had never been shown in this conversation.
        said = records.get(connection, person.conversation).said
        kept = {name: value for name, value in said.items() if "time_barred" not in name}
        records.change(connection, person.conversation, said=kept)
        account = running.account("C-2202", "demo-collect")
        Sender(Wording.load()).send(
            connection,
            records.get(connection, person.conversation),
            running.assistant.creditors["demo-collect"],
            say("utter_pay_how", reference=account.reference, balance=Money(196_075, "USD")),
        )
    person.say("thanks")
    (refused,) = [m for m in person.read if "rights" in m["text"]]
    assert "$" not in refused["text"]
    assert "+1 212-555-0140" in refused["text"]


def test_1006_18_b_2_an_amount_that_the_ledger_does_not_hold_never_leaves(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Money(123_456, "USD")
    monkeypatch.setattr(account_actions, "_balance", lambda turn: wrong)
    person = running.person().verified()
    told = person.say("how much do i owe")
    assert "1,234.56" not in told
    assert "I can't show that here" in told or "can help you with it" in told
    with running.database.read() as connection:
        rows = connection.execute(
            select(audit_event.c.facts).where(
                audit_event.c.subject == person.conversation, audit_event.c.kind == "refused"
            )
        ).all()
    assert [row.facts["section"] for row in rows] == ["12 U.S.C. 5531"]


def test_1006_6_b_2_with_a_lawyer_nothing_is_told_of_the_debt(running: Running) -> None:
    person = running.person("demo-collect").verified(*KEVIN)
    person.say("i have a lawyer for this, talk to them")
    assert "attorney" in running.holds("C-2201", "demo-collect")
    told = person.say("how much do i owe")
    assert "$" not in told
    assert "lawyer" in told


def test_whatever_is_said_stands_the_replay(running: Running) -> None:
    """A dialogue through plans, questions and a right; today's gate refuses none of it again."""
    person = running.person().verified()
    for text in (
        "how much do i owe",
        "what have i paid so far",
        "can i pay in parts",
        "50 every other friday",
        "yes",
        "can i move the next one to monday",
        "yes",
        "sorry can you say that again",
        "i lost my job",
        "this isnt my debt",
        "how much do i owe",
    ):
        person.say(text)
    with running.database.read() as connection:
        again = replay.replay(connection)
    assert again.objections == ()
    assert again.decisions >= 12
    assert again.now_allowed == 0


def test_no_row_of_the_log_holds_what_was_said(running: Running) -> None:
    person = running.person("demo-collect").verified(*KEVIN)
    person.say("how much do i owe")
    with running.database.read() as connection:
        kept = str([row.facts for row in connection.execute(select(audit_event.c.facts))])
        named = connection.execute(select(tables.debtor.c.last_name)).scalars().all()
    assert not [name for name in ("Kevin", *named) if name in kept]


def test_a_signed_in_person_is_told_with_the_greeting(running: Running) -> None:
    """Somebody who is logged in at the host site is checked from the start."""
    person = running.person("demo-collect")
    with running.database.write() as connection:
        account = running.account("C-2201", "demo-collect")
        current = records.get(connection, person.conversation)
        identity.verify(connection, current, [account], by="token", named=True)
        connection.execute(
            update(conversation).where(conversation.c.id == person.conversation).values(said={})
        )
    assert DISCLOSURE in person.say("hello")


def test_1006_6_e_the_way_to_stop_is_in_sight_from_the_start(running: Running) -> None:
    person = running.person("demo-collect")
    assert "stop" in {control["kind"] for control in person.opened["controls"]}


@pytest.mark.parametrize(
    "said", ["im her daughter, whats it about", "this isnt maria, wrong person"]
)
def test_1006_6_d_1_who_says_they_are_somebody_else_is_no_longer_checked(
    running: Running, said: str
) -> None:
    person = running.person().verified()
    assert "$1,000.00" in person.say("how much do i owe")
    answered = person.say(said)
    assert "$" not in answered
    assert "card" not in person.last
    after = person.say("how much do i owe")
    assert "$" not in after
    assert "date of birth" in after or "who you are" in after
