"""creditors.yml: the demo file is good, and each mistake is told with what to write instead."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
import yaml

from bot.creditors import Creditors, CreditorsError, load
from bot.money import Money

ROOT = Path(__file__).resolve().parents[1]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def test_the_demo_has_three_creditors(creditors: Creditors) -> None:
    assert list(creditors) == ["demo-bank", "demo-collect", "demo-uk"]
    assert {one.slug: (one.role, one.currency) for one in creditors.values()} == {
        "demo-bank": ("first_party", "USD"),
        "demo-collect": ("third_party", "USD"),
        "demo-uk": ("first_party", "GBP"),
    }
    policy = creditors["demo-bank"].plan_policy
    assert policy.least_instalment == Money(2_500, "USD")
    assert (policy.longest_months_bot, policy.longest_months_agent) == (12, 36)
    assert creditors["demo-uk"].plan_policy.holiday_calendar == "GB-ENG"


@pytest.mark.parametrize(
    ("age_days", "percent"), [(0, None), (364, None), (365, 70), (1094, 70), (1095, 50)]
)
def test_older_debts_settle_for_less(
    creditors: Creditors, age_days: int, percent: int | None
) -> None:
    assert creditors["demo-collect"].plan_policy.settlement_percent(age_days) == percent


@pytest.mark.parametrize(
    ("utc", "is_open", "opening"),
    [
        ("2026-03-02T16:00", True, "2026-03-03T08:00-08:00"),  # Monday 8:00 in Los Angeles
        ("2026-03-02T15:59", False, "2026-03-02T08:00-08:00"),  # a minute before
        ("2026-03-03T02:00", False, "2026-03-03T08:00-08:00"),  # Monday 18:00, just closed
        ("2026-03-07T18:00", True, "2026-03-09T08:00-07:00"),  # Saturday; clocks change on Sunday
        ("2026-05-25T17:00", False, "2026-05-26T08:00-07:00"),  # Memorial Day
    ],
)
def test_opening_hours(creditors: Creditors, utc: str, is_open: bool, opening: str) -> None:
    bank = creditors["demo-bank"]
    assert bank.is_open(moment(utc)) is is_open
    assert bank.next_opening(moment(utc)) == datetime.fromisoformat(opening)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", None, "demo-bank: name is missing; write some text"),
        ("role", "friend", "demo-bank: role is 'friend'; write first_party or third_party"),
        ("jurisdiction", "FR", "demo-bank: jurisdiction is 'FR'; write US or UK"),
        ("currency", "usd", "demo-bank: currency is 'usd'; write an ISO 4217 code"),
        ("time_zone", "PST8", "demo-bank: time_zone is 'PST8'; write an IANA name"),
        ("phone_numbers", ["555-0100"], "demo-bank: phone_numbers is '555-0100'; write a number"),
        ("web_origins", ["https://a.example/x"], "demo-bank: web_origins is"),
        ("reply_target_minutes", "soon", "reply_target_minutes is 'soon'; write a whole number"),
        ("opening_hours.monday", "9-5", "opening_hours: monday is '9-5'; write e.g. 09:00-17:30"),
        ("contact.email", "dana", "contact: email is 'dana'; write e.g. help@example.com"),
        ("plan_policy.frequencies", ["daily"], "plan_policy: frequencies is ['daily']; write a"),
        ("plan_policy.least_instalment", 25.5, "least_instalment is 25.5; write an amount"),
        ("plan_policy.least_instalment", "0", "least_instalment is '0'; write an amount above"),
        ("plan_policy.longest_months_agent", 6, "longest_months_agent is 6; write a whole number"),
        ("plan_policy.holiday_calendar", "ZZ", "holiday_calendar is 'ZZ'; write e.g. US"),
        ("plan_policy.settlements", [{"age_days": 1}], "number 1: percent is missing; write a"),
        ("plan_policy.move_dais", 5, "move_dais is no field here; did you mean move_days?"),
        ("colour", "red", "demo-bank: colour is no field here; take it out"),
    ],
)
def test_each_mistake_names_the_field_and_the_remedy(
    tmp_path: Path, field: str, value: object, said: str
) -> None:
    document = yaml.safe_load((ROOT / "creditors.yml").read_text())
    *sections, name = field.split(".")
    place = document["demo-bank"]
    for section in sections:
        place = place[section]
    place[name] = value
    path = tmp_path / "creditors.yml"
    path.write_text(yaml.safe_dump(document))
    with pytest.raises(CreditorsError) as caught:
        load(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no creditors"),
        ("- a list", "has no creditors"),
        ("a: [", "is no valid YAML"),
        ("Demo Bank: {}", "'Demo Bank' is no slug"),
        ("demo-bank: hello", "write its fields below it"),
    ],
)
def test_a_file_that_is_none(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "creditors.yml"
    path.write_text(text)
    with pytest.raises(CreditorsError, match=said):
        load(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CreditorsError, match="cannot be read"):
        load(tmp_path / "none.yml")
