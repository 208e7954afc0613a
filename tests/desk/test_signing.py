"""Signing in: who gets in, for how long, and what a stolen cookie is worth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select

from bot import audit, clock
from bot.audit import audit_event
from bot.db import Database
from bot.desk import agents, demo
from bot.desk.tables import agent, agent_session
from tests.desk.conftest import PASSWORD, Office


def sign_in(office: Office, password: str = PASSWORD, code: str = "", email: str = "") -> int:
    form = {"email": email or "dana@example.com", "password": password, "code": code}
    return int(office.browser().post("/sign-in", data=form).status_code)


def test_a_password_is_kept_as_argon2id(office: Office) -> None:
    office.hire()
    with office.database.read() as connection:
        kept = connection.execute(select(agent.c.password_hash)).scalar_one()
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


def test_the_right_password_opens_and_is_written_down(office: Office) -> None:
    seat = office.seat()
    assert seat.get("/").status_code == 200
    assert seat.get("/").headers["cache-control"] == "no-store"
    with office.database.read() as connection:
        kinds = connection.execute(select(audit_event.c.kind)).scalars().all()
        assert audit.verify(connection) == []
    assert "signed_in" in kinds


def test_wrong_ones_look_the_same_and_lock(office: Office) -> None:
    office.hire()
    for email in ("dana@example.com", "nobody@example.com"):
        answers = [
            office.browser().post("/sign-in", data={"email": email, "password": "not that one"})
            for _ in range(6)
        ]
        assert [a.status_code for a in answers] == [401] * 6
        assert "not right" in answers[0].text
        assert "Too many tries" in answers[-1].text
    assert sign_in(office) == 401
    clock.travel(timedelta(minutes=16))
    assert sign_in(office) == 303


def test_a_code_is_asked_for_and_good_once(office: Office) -> None:
    hired = office.hire()
    secret = agents.new_totp_secret()
    with office.database.write() as connection:
        agents.set_totp(connection, hired, secret)
    code = pyotp.TOTP(secret).at(clock.now())
    assert sign_in(office) == 401
    assert sign_in(office, code="000000") == 401
    assert sign_in(office, code=code) == 303
    assert sign_in(office, code=code) == 401
    clock.travel(timedelta(seconds=31))
    assert sign_in(office, code=pyotp.TOTP(secret).at(clock.now())) == 303


def test_the_cookie_is_for_the_browser_alone(new_office: Callable[..., Office]) -> None:
    plain = new_office().seat().client
    cookie = plain.post("/sign-in", data={"email": "dana@example.com", "password": PASSWORD})
    told = cookie.headers["set-cookie"].lower()
    assert "httponly" in told
    assert "samesite=strict" in told
    assert "secure" not in told
    secure = new_office(desk_url="https://desk.example.com")
    secure.hire("Lee")
    cookie = secure.browser().post(
        "/sign-in", data={"email": "lee@example.com", "password": PASSWORD}
    )
    told = cookie.headers["set-cookie"]
    assert told.startswith("__Host-desk=")
    assert "Secure" in told


def test_a_session_ends(office: Office) -> None:
    seat = office.seat()
    clock.travel(timedelta(hours=1, minutes=50))
    assert seat.get("/").status_code == 200
    clock.travel(timedelta(hours=1, minutes=50))
    assert seat.get("/").status_code == 200  # used within two hours
    clock.travel(timedelta(hours=2, minutes=1))
    assert seat.get("/").headers["location"] == "/sign-in"
    again = office.seat("Lee")
    for _ in range(7):
        clock.travel(timedelta(hours=1, minutes=45))
        last = again.get("/").status_code
    assert last == 303  # a working day is over, however busy


def test_stolen_and_invented_cookies(office: Office) -> None:
    seat = office.seat()
    token = seat.client.cookies["desk"]
    thief = office.browser()
    thief.headers["user-agent"] = "another browser"
    thief.cookies.set("desk", token)
    assert thief.get("/").status_code == 303
    for invented in ("x", token[:-1], token.upper(), "../../etc"):
        thief = office.browser()
        thief.cookies.set("desk", invented)
        assert thief.get("/").status_code == 303
    seat.client.post("/sign-out", data={"csrf": seat.csrf})
    seat.client.cookies.set("desk", token)
    assert seat.get("/").status_code == 303
    with office.database.read() as connection:
        assert connection.execute(select(agent_session)).all() == []


def test_somebody_who_left_is_out_at_once(office: Office) -> None:
    seat = office.seat()
    with office.database.write() as connection:
        connection.execute(agent.update().values(active=False))
    assert seat.get("/").status_code == 303
    assert sign_in(office) == 401


def test_a_form_of_another_site_or_session_does_nothing(office: Office) -> None:
    seat, other = office.seat(), office.seat("Lee")
    form = {"key": "0123456789", "password": PASSWORD, "new_password": "another password"}
    for csrf in ("", "x" * 64, other.csrf):
        refused = seat.client.post("/me/password", data={**form, "csrf": csrf})
        assert refused.status_code == 403
    foreign = seat.client.post(
        "/me/password",
        data={**form, "csrf": seat.csrf},
        headers={"origin": "https://elsewhere.example"},
    )
    assert foreign.status_code == 403
    assert sign_in(office) == 303


def test_a_new_password_ends_every_session(office: Office) -> None:
    seat = office.seat()
    assert seat.act("/me/password", password="no", new_password="x" * 12).status_code == 403
    assert seat.act("/me/password", password=PASSWORD, new_password="short").status_code == 422
    assert seat.done("/me/password", password=PASSWORD, new_password="another password")["go"]
    assert seat.get("/").status_code == 303
    assert sign_in(office) == 401
    assert sign_in(office, "another password") == 303


def test_a_second_factor_is_turned_on_by_a_first_code(office: Office) -> None:
    seat = office.seat()
    secret = agents.new_totp_secret()
    fields = {"password": PASSWORD, "secret": secret}
    assert seat.act("/me/second-factor", code="123", **fields).status_code == 422
    code = pyotp.TOTP(secret).at(clock.now())
    assert seat.done("/me/second-factor", code=code, **fields)["go"] == "/me"
    assert sign_in(office) == 401


def test_headers_and_health(office: Office) -> None:
    browser = office.browser()
    for path in ("/sign-in", "/", "/assets/desk.js", "/nowhere", "/health"):
        answer = browser.get(path)
        if answer.status_code == 404:
            continue
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-frame-options"] == "DENY"
    assert browser.get("/health").json() == {"status": "ok", "database": "ok"}


@pytest.mark.parametrize("name", ["../app.py", "%2e%2e%2fapp.py", "nothing.js"])
def test_only_our_files_are_served(office: Office, name: str) -> None:
    assert office.browser().get(f"/assets/{name}").status_code == 404


def test_the_demo_has_one_agent_and_production_none(database: Database, tmp_path: Path) -> None:
    made = demo.agent(database, tmp_path)
    assert made is not None
    assert demo.agent(database, tmp_path) == made
    with database.read() as connection:
        (only,) = agents.everybody(connection)
        assert agents.knows_password(connection, only, made[1])
    (tmp_path / "demo_agent").unlink()
    assert demo.agent(database, tmp_path) is None
