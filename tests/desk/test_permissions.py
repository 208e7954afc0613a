"""Every route by role, by walking the table of routes; and what another creditor's agent sees."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from bot.desk import app, visits
from bot.desk.tables import ROLES
from bot.ledger.tables import account, contact_point, debtor
from tests.desk.conftest import Office, Seat

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"

assert app.PAGES


def address(route: visits.Route, conversation: str) -> str:
    return re.sub(r"\{\w+\}", conversation, route.path)


def call(seat: Seat, route: visits.Route, conversation: str) -> int:
    where = address(route, conversation)
    if route.method == "GET":
        return seat.get(where).status_code
    if route.acts is None:
        return seat.client.post(where, data={"text": "hello"}).status_code
    return seat.act(where).status_code


def test_no_route_forgets_to_name_a_role() -> None:
    assert len(visits.ROUTES) > 15
    for route in visits.ROUTES:
        assert route.role in ROLES, route.path
        assert (route.shows is None) != (route.acts is None), route.path
        assert route.method == "POST" or route.acts is None


def test_nobody_who_is_not_signed_in_gets_anywhere(office: Office) -> None:
    found = office.talk()
    for route in visits.ROUTES:
        browser = office.browser()
        for accept, status in (("text/html", 303), ("application/json", 401)):
            answer = browser.request(
                route.method,
                address(route, found.id),
                data={"key": "0123456789"} if route.method == "POST" else None,
                headers={"accept": accept},
            )
            assert answer.status_code == status, route.path
            assert "Maria" not in answer.text
    assert office.browser().get("/events").status_code == 204


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_it_may(office: Office, role: str) -> None:
    found = office.talk()
    seat = office.seat("Dana", role)
    for route in visits.ROUTES:
        if route.path.startswith("/me/"):
            continue  # everybody's own, and refused without their password
        enough = ROLES.index(role) >= ROLES.index(str(route.role))
        assert (call(seat, route, found.id) != 403) == enough, route.path


def test_another_creditors_conversation_is_not_there(office: Office) -> None:
    found = office.talk("my secret words")
    seat = office.seat("Ann", "admin", creditors=["demo-uk"])
    walked = [route for route in visits.ROUTES if "{conversation}" in route.path]
    assert len(walked) > 10
    for route in walked:
        for conversation in (found.id, "cv_chat_of_nobody"):
            assert call(seat, route, conversation) == 404, route.path
    assert "my secret words" not in seat.get("/?view=all&q=secret").text
    assert seat.get(f"/events?conversation={found.id}").status_code == 204
    assert office.read(found) == found


def test_no_act_without_its_form(office: Office) -> None:
    found = office.talk()
    seat = office.seat("Kim", "admin")
    for route in visits.ROUTES:
        if route.acts is not None:
            answer = seat.client.post(address(route, found.id), data={"key": "0123456789"})
            assert answer.status_code == 403, route.path
    assert office.read(found) == found


def test_what_debtors_write_is_only_text_everywhere(office: Office) -> None:
    with office.database.write() as connection:
        connection.execute(debtor.update().values(first_name=ATTACK, last_name=ATTACK))
        connection.execute(account.update().values(original_creditor=ATTACK))
        first = select(func.min(contact_point.c.id)).group_by(contact_point.c.debtor_id)
        connection.execute(
            contact_point.update()
            .where(contact_point.c.id.in_(connection.execute(first).scalars().all()))
            .values(address=ATTACK)
        )
    found = office.talk(ATTACK, reason="make_complaint")
    seat = office.seat("Kim", "admin")
    seat.done(f"/conversations/{found.id}/claim")
    seat.done(f"/conversations/{found.id}/note", text=ATTACK)
    for where in (
        "/",
        f"/?q={ATTACK}",
        f"/?creditor={ATTACK}",
        f"/conversations/{found.id}",
        f"/conversations/{found.id}/plan?amount={ATTACK}&frequency=weekly&start={ATTACK}",
    ):
        page = seat.get(where).text
        assert "<script>alert" not in page, where
        assert "<img src=x" not in page, where
        assert "49" not in re.findall(r"onerror=alert\(1\)&gt;(\d+)", page)
    news = seat.get(f"/conversations/{found.id}/live").json()
    assert all("<script>alert" not in str(part) for part in news.values())
