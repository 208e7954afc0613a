"""The queue: who is shown first, how long they have waited, and what is found."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from bot import clock
from bot.conversations import takeover
from bot.creditors import Creditors
from bot.db import Database
from bot.desk import queue, words
from tests.conftest import KINDS
from tests.desk.conftest import Office

pytestmark = pytest.mark.parametrize("database", KINDS, indirect=True)


def shown(html: str) -> list[str]:
    return re.findall(r'data-row="(\w+)"', html)


def test_the_most_pressing_first_then_who_waits_longest(office: Office) -> None:
    seat = office.seat()
    first = office.talk("hello?")
    clock.travel(timedelta(minutes=5))
    second = office.talk("hello")
    high = office.talk("not mine", reason="dispute_not_mine")
    urgent = office.talk("I want to end it all", reason="crisis", reference=None)
    assert shown(seat.get("/").text) == [urgent.id, high.id, first.id, second.id]
    assert "In crisis" in seat.get("/queue").text


def test_views(office: Office) -> None:
    seat, lee = office.seat(), office.seat("Lee")
    mine, theirs, free = office.talk("a"), office.talk("b"), office.talk("c")
    with office.database.write() as connection:
        takeover.claim(connection, mine.id, seat.agent.at_work)
        takeover.claim(connection, theirs.id, lee.agent.at_work)
    assert shown(seat.get("/?view=mine").text) == [mine.id]
    assert shown(seat.get("/?view=waiting").text) == [free.id]
    assert set(shown(seat.get("/?view=all").text)) == {mine.id, theirs.id, free.id}
    with office.database.write() as connection:
        held = takeover.held_by(connection, mine.id, seat.agent.at_work)
        until = clock.now() + timedelta(hours=1)
        takeover.snooze(connection, held, seat.agent.at_work, until)
        held = takeover.held_by(connection, theirs.id, lee.agent.at_work)
        takeover.resolve(connection, held, lee.agent.at_work, "answered")
    assert shown(seat.get("/?view=mine").text) == []
    assert shown(seat.get("/?view=snoozed").text) == [mine.id]
    assert shown(seat.get("/?view=closed").text) == [theirs.id]
    assert words.DISPOSITIONS["answered"] in seat.get("/?view=closed").text
    clock.travel(timedelta(hours=1))
    assert shown(seat.get("/?view=mine").text) == [mine.id]


def test_search_and_filters(office: Office) -> None:
    seat = office.seat()
    maria = office.talk("I lost my job at the 100% mill")
    other = office.talk("hello", reference="C-2201", creditor="demo-collect")
    unknown = office.talk("who are you", reference=None, reason="misunderstood")
    for search, found in {
        "A-1042": [maria.id],
        "a 10": [maria.id],
        "alvarez": [maria.id],
        "maria alv": [maria.id],
        "lost my JOB": [maria.id],
        "100%": [maria.id],
        "%": [maria.id],
        "who are you": [unknown.id],
        "nothing like it": [],
    }.items():
        assert shown(seat.get("/", params={"q": search}).text) == found, search
    assert shown(seat.get("/?creditor=demo-collect").text) == [other.id]
    assert shown(seat.get("/?reason=misunderstood").text) == [unknown.id]
    assert shown(seat.get("/?priority=urgent").text) == []
    assert "Nothing fits these filters" in seat.get("/?priority=urgent").text


def test_an_agent_sees_only_their_creditors(office: Office) -> None:
    office.talk("hello")
    theirs = office.talk("hello", reference="C-2201", creditor="demo-collect")
    seat = office.seat(creditors=["demo-collect"])
    page = seat.get("/?view=all").text
    assert shown(page) == [theirs.id]
    assert "Harbor" not in page
    assert shown(seat.get("/?creditor=demo-bank&view=all").text) == []


def test_waiting_time_is_measured_against_what_was_promised(
    database: Database, creditors: Creditors
) -> None:
    bank = creditors["demo-bank"]
    since = clock.now()
    assert queue.waited(since, bank).level == "fine"
    clock.travel(timedelta(minutes=6))
    assert queue.waited(since, bank).level == "soon"
    clock.travel(timedelta(minutes=7))
    late = queue.waited(since, bank)
    assert (late.level, words.wait(late)) == ("late", "late by 3 min")
    # Saturday evening: nobody is there, and the time counts from Monday's opening.
    clock.travel(timedelta(days=5, hours=5))
    closed = queue.waited(clock.now(), bank)
    assert closed.level == "closed"
    assert closed.opens_at is not None
    assert closed.opens_at.strftime("%a %H:%M") == "Mon 08:00"


def test_it_comes_in_pages(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    seat = office.seat()
    monkeypatch.setattr(queue, "PAGE", 2)
    for number in range(3):
        office.talk(str(number))
    first, second = seat.get("/").text, seat.get("/?page=2").text
    assert len(shown(first)) == 2
    assert "page=2" in first
    assert len(shown(second)) == 1
    assert not set(shown(first)) & set(shown(second))


def test_what_a_debtor_wrote_is_only_text(office: Office) -> None:
    seat = office.seat()
    office.talk("<script>alert(1)</script><img src=x onerror=alert(1)>")
    page = seat.get("/").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page
