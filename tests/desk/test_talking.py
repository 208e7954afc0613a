"""Taking over, writing, giving back: who has a conversation, and what the person reads."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import audit, clock
from bot.conversations import handoffs, records, takeover
from bot.conversations.tables import handoff, note
from bot.desk.tables import desk_act
from tests.conftest import KINDS
from tests.desk.conftest import Office, Seat


def path(conversation: records.Conversation, act: str = "") -> str:
    return f"/conversations/{conversation.id}{act and '/' + act}"


def taken(office: Office, seat: Seat, *texts: str, **options: str | None) -> records.Conversation:
    found = office.talk(*texts, **options)
    seat.done(path(found, "claim"))
    return office.read(found)


def test_the_person_sees_by_name_that_somebody_is_there(office: Office) -> None:
    seat = office.seat()
    found = taken(office, seat, "hello?")
    assert (found.state, found.agent_name) == ("with_agent", "Dana")
    joined = office.said(found)[-1]
    assert (joined.author, joined.author_name) == ("agent", "Dana")
    assert "Dana" in joined.text
    assert seat.done(path(found, "claim"))["said"]
    assert len(office.said(found)) == joined.sequence  # greeted once


@pytest.mark.parametrize("database", KINDS, indirect=True)
def test_of_two_who_claim_at_once_one_wins_and_the_other_is_told_who(office: Office) -> None:
    found = office.talk()
    seats = [office.seat("Dana"), office.seat("Lee"), office.seat("Ann")]
    for seat in seats:
        assert seat.csrf
    start, answers = threading.Barrier(3), {}

    def claim(seat: Seat, csrf: str) -> None:
        start.wait()
        answers[seat.agent.first_name] = seat.client.post(
            path(found, "claim"),
            data={"csrf": csrf, "key": "claim-at-once"},
            headers={"accept": "application/json"},
        )

    threads = [threading.Thread(target=claim, args=(seat, seat.csrf)) for seat in seats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    winners = [name for name, answer in answers.items() if answer.status_code == 200]
    assert len(winners) == 1, {name: a.text for name, a in answers.items()}
    assert office.read(found).agent_name == winners[0]
    for name, answer in answers.items():
        if name not in winners:
            assert answer.status_code == 409
            assert answer.json()["detail"] == f"{winners[0]} has this conversation."


def test_only_who_has_it_writes_and_twice_is_once(office: Office) -> None:
    dana, lee = office.seat(), office.seat("Lee")
    found = taken(office, dana)
    before = len(office.said(found))
    assert lee.act(path(found, "reply"), text="me too").status_code == 409
    for _ in range(3):
        answer = dana.act(path(found, "reply"), key="the-same-key", text="I can help with that.")
        assert answer.status_code == 200
    written = office.said(found)[before:]
    assert [(m.author, m.author_name, m.text) for m in written] == [
        ("agent", "Dana", "I can help with that.")
    ]
    with office.database.read() as connection:
        assert connection.execute(select(handoff.c.first_reply_at)).scalar() is not None
        assert len(connection.execute(select(desk_act)).all()) == 2


def test_what_the_gate_refuses_is_not_sent_and_stands_in_the_log(office: Office) -> None:
    seat = office.seat()
    found = taken(office, seat, reference=None)
    before = len(office.said(found))
    text = "Your balance is $1,000.00."
    refused = seat.done(path(found, "reply"), text=text)
    assert refused["show"]["refused"].startswith("Not sent")
    assert len(office.said(found)) == before
    with office.database.read() as connection:
        kinds = connection.execute(select(audit.audit_event.c.kind)).scalars().all()
    assert "refused" in kinds
    warned = seat.act(path(found, "check"), text=text).json()
    assert len(warned["stops"]) == 1


def test_the_lint_speaks_while_somebody_types(office: Office) -> None:
    seat = office.seat()
    found = taken(office, seat)
    hints = seat.act(path(found, "check"), text="You must pay immediately!").json()["hints"]
    assert any("You must" in hint for hint in hints)
    kind = seat.act(path(found, "check"), text="Thanks for telling me. I can look into it.").json()
    assert kind == {"stops": [], "hints": []}


def test_handed_back_it_goes_on_where_it_was(office: Office) -> None:
    seat = office.seat()
    found = office.talk()
    asked = {"name": "plan_amount", "data": {}}
    with office.database.write() as connection:
        records.change(connection, found.id, pending=asked)
    seat.done(path(found, "claim"))
    assert seat.done(path(found, "hand-back"))["go"] == "/?view=mine"
    after = office.read(found)
    assert (after.state, after.agent_name, after.pending) == ("bot", None, asked)
    assert "automated assistant" in office.said(found)[-1].text
    assert seat.act(path(found, "reply"), text="hello").status_code == 409


def test_closed_with_an_outcome_and_open_again_with_a_message(office: Office) -> None:
    seat = office.seat()
    found = taken(office, seat)
    assert seat.act(path(found, "resolve"), disposition="whatever").status_code == 422
    seat.done(path(found, "resolve"), disposition="answered")
    assert office.read(found).state == "closed"
    with office.database.write() as connection:
        again = takeover.heard(connection, records.hold(connection, found.id))
        assert again.state == "bot"
        handoffs.open_handoff(connection, again, "requested")
    assert found.id in seat.get("/").text


def test_snoozed_until_they_write(office: Office) -> None:
    seat = office.seat()
    found = taken(office, seat)
    assert seat.act(path(found, "snooze"), hours="99").status_code == 422
    seat.done(path(found, "snooze"), hours="4")
    assert found.id not in seat.get("/?view=mine").text
    with office.database.write() as connection:
        takeover.heard(connection, records.hold(connection, found.id))
    assert found.id in seat.get("/?view=mine").text


def test_passed_on_to_a_colleague_or_to_the_queue(office: Office) -> None:
    dana, lee = office.seat(), office.seat("Lee")
    other = office.hire("Ann", creditors=["demo-uk"])
    found = taken(office, dana)
    assert dana.act(path(found, "transfer"), to=other.id).status_code == 422
    dana.done(path(found, "transfer"), to=lee.agent.id)
    assert "Lee" in office.said(found)[-1].text
    assert dana.act(path(found, "reply"), text="hello").status_code == 409
    lee.done(path(found, "reply"), text="Hello, I am here now.")
    lee.done(path(found, "transfer"), to="")
    assert office.read(found).state == "waiting"
    assert found.id in dana.get("/").text


def test_a_supervisor_may_take_it_from_another(office: Office) -> None:
    dana, boss = office.seat(), office.seat("Kim", "supervisor")
    found = taken(office, dana)
    assert boss.act(path(found, "claim")).status_code == 409
    assert dana.act(path(found, "claim-over")).status_code == 403
    boss.done(path(found, "claim-over"))
    assert office.read(found).agent_name == "Kim"


def test_that_somebody_types_lasts_some_seconds(office: Office) -> None:
    dana, lee = office.seat(), office.seat("Lee")
    found = taken(office, dana)

    def types() -> bool:
        with office.database.read() as connection:
            table = takeover.conversation_table
            until = connection.execute(select(table.c.typing_until)).scalar()
            return until is not None and until > clock.now()

    assert lee.act(path(found, "typing"), on="yes").status_code == 200
    assert not types()
    dana.done(path(found, "typing"), on="yes")
    assert types()
    clock.travel(timedelta(seconds=7))
    assert not types()


def test_notes_are_for_agents_only(office: Office) -> None:
    dana, lee = office.seat(), office.seat("Lee")
    found = taken(office, dana)
    before = len(office.said(found))
    lee.done(path(found, "note"), text="Speak slowly <b>please</b>")
    assert len(office.said(found)) == before
    page = dana.get(path(found)).text
    assert "Speak slowly &lt;b&gt;" in page
    assert "Note by Lee" in page
    with office.database.read() as connection:
        assert connection.execute(select(note.c.agent_name)).scalar_one() == "Lee"


def test_the_page_brings_what_is_new_and_nothing_twice(office: Office) -> None:
    seat = office.seat()
    found = taken(office, seat, "hello?")
    news = seat.get(path(found, "live"), params={"after": "0"}).json()
    assert "hello?" in news["said"]
    again = seat.get(
        path(found, "live"), params={"after": str(news["last"]), "since": news["now"]}
    ).json()
    assert again["said"].strip() == ""
    with office.database.write() as connection:
        office.write(connection, found.id, "are you there")
    more = seat.get(path(found, "live"), params={"after": str(news["last"])}).json()
    assert "are you there" in more["said"]
    assert "hello?" not in more["said"]


def test_the_brief_quotes_what_it_rests_on(office: Office) -> None:
    seat = office.seat()
    found = office.talk("this is not my debt", reason="dispute_not_mine")
    page = seat.get(path(found)).text
    quoted = office.said(found)[-1]
    assert "Says it is not theirs" in page
    assert "They dispute the debt" in page
    assert f'href="#m{quoted.sequence}"' in page
    assert "this is not my debt" in page
    assert "under a hold" in page
    assert "Offer a plan" not in page


def test_what_is_not_checked_is_not_told(office: Office) -> None:
    seat = office.seat()
    page = seat.get(path(office.talk(reference=None))).text
    assert "Check who this is by other means" in page
    assert "before the person is verified" in page
