"""What a person said about being reached wins (12 CFR 1006.6(b)(1), 1006.14(h); CONC 7.9)."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot import clock
from bot.db import Database
from bot.ledger import accounts, contact_points, preferences, tables
from bot.ledger.accounts import Account
from bot.ledger.preferences import Preference
from bot.particulars import ContactWish

MONDAY_TEN = datetime(2026, 3, 2, 10, 0)  # noqa: DTZ001  (their wall clock)
MONDAY_EVENING = datetime(2026, 3, 2, 19, 0)  # noqa: DTZ001


def wished(*wishes: ContactWish) -> list[Preference]:
    return [Preference(str(n), "db_1", wish, clock.now()) for n, wish in enumerate(wishes)]


@pytest.mark.parametrize(
    ("wishes", "moment", "channel", "allowed"),
    [
        ([], MONDAY_TEN, "sms", True),
        ([ContactWish(False, end=720)], MONDAY_TEN, "sms", False),
        ([ContactWish(False, end=720)], MONDAY_EVENING, "sms", True),
        ([ContactWish(False, end=720, channel="phone")], MONDAY_TEN, "sms", True),
        ([ContactWish(False, channel="sms")], MONDAY_EVENING, "sms", False),
        ([ContactWish(True, start=1080, end=1260)], MONDAY_TEN, "email", False),
        ([ContactWish(True, start=1080, end=1260)], MONDAY_EVENING, "email", True),
        ([ContactWish(True, channel="email")], MONDAY_TEN, "sms", False),
        ([ContactWish(True, channel="email")], MONDAY_TEN, "email", True),
        ([ContactWish(True, days=(5, 6))], MONDAY_TEN, "sms", False),
        (
            [ContactWish(False, end=1080), ContactWish(True, start=480, end=720)],
            MONDAY_TEN,
            "sms",
            True,
        ),
        (
            [ContactWish(True, start=480, end=720), ContactWish(False, end=1080)],
            MONDAY_TEN,
            "sms",
            False,
        ),
        (
            [ContactWish(True, start=1080, end=1260), ContactWish(False, days=(0,))],
            MONDAY_EVENING,
            "sms",
            False,
        ),
    ],
)
def test_who_may_be_reached_when(
    wishes: list[ContactWish], moment: datetime, channel: str, *, allowed: bool
) -> None:
    assert preferences.allows(wished(*wishes), moment, channel) is allowed


def test_a_place_is_kept_for_whoever_picks_the_number() -> None:
    kept = wished(ContactWish(False, place="work"), ContactWish(True, place="home"))
    assert preferences.places(kept) == {"work"}


def test_kept_once_and_until_withdrawn(database: Database, account: Account) -> None:
    wish = ContactWish(False, days=(6,), end=720, channel="sms")
    with database.write() as connection:
        for _ in range(2):
            preferences.state(
                connection,
                wish,
                debtor_id=account.debtor_id,
                conversation_id="cv_1",
                evidence={"message": "mg_1"},
                key="k",
            )
        (kept,) = preferences.standing(connection, account.debtor_id)
        assert kept.wish == wish
        preferences.withdraw(connection, kept.id, by="agent:7")
        assert preferences.standing(connection, account.debtor_id) == ()


def test_an_opt_out_ends_one_channel(database: Database, account: Account) -> None:
    today = clock.today(account.time_zone)
    with database.write() as connection:
        for kind, address in (("phone", "+12135550199"), ("email", "ann@example.com")):
            connection.execute(
                tables.contact_point.insert().values(
                    id=f"cp_{kind}", debtor_id=account.debtor_id, kind=kind, address=address
                )
            )
        ended = contact_points.opt_out(connection, account.debtor_id, ["sms"], on=today)
        assert ended == ("cp_phone",)
        assert contact_points.opt_out(connection, account.debtor_id, ["sms"], on=today) == ()
        points = accounts.contact_points(connection, account.debtor_id)
    assert {point.kind: point.opted_out_on for point in points} == {"phone": today, "email": None}


def test_a_wrong_number_is_nobodys_any_more(database: Database, account: Account) -> None:
    with database.write() as connection:
        connection.execute(
            tables.contact_point.insert().values(
                id="cp_1", debtor_id=account.debtor_id, kind="phone", address="+12135550199"
            )
        )
        assert accounts.by_phone(connection, "demo-bank", "+12135550199")
        taken = contact_points.take_away(
            connection, "demo-bank", "+12135550199", on=clock.today("UTC")
        )
        assert taken == ("cp_1",)
        assert accounts.by_phone(connection, "demo-bank", "+12135550199") == ()
        assert accounts.contact_points(connection, account.debtor_id) == ()
