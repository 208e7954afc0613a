"""Responses in words: typed values, variations, dates and phones as people write them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.money import Money
from bot.wording import Phrase, Style, Wording, WordingError, day, nth, phone, short_day

AMERICAN = Style("chat", day_first=False, today=date(2026, 3, 2))
BRITISH = Style("chat", day_first=True, today=date(2026, 3, 2))
WORDING = Wording(
    {
        "utter_two": [{"text": "one"}, {"text": "two"}],
        "utter_three": [{"text": "one"}, {"text": "two"}, {"text": "three"}],
        "utter_sms": [{"text": "long"}, {"text": "short", "channel": "sms"}],
        "utter_only_sms": [{"text": "short", "channel": "sms"}],
        "utter_value": [{"text": " {value} "}],
        "utter_count": [{"text": "{n:payment|payments}"}],
        "utter_weekday": [{"text": "{start:weekday} the {start:nth}, the {day:nth}"}],
        "utter_outer": [{"text": "Pay {how}."}],
        "utter_inner": [{"text": "{amount} every {start:weekday}"}],
    }
)


def words(name: str, style: Style = AMERICAN, last: int | None = None, **values: Any) -> str:
    return WORDING.render(name, values, style, last).text


@pytest.mark.parametrize("name", ["utter_two", "utter_three"])
def test_never_the_same_twice_running(name: str) -> None:
    last: int | None = None
    seen: list[str] = []
    for _ in range(7):
        rendered = WORDING.render(name, {}, AMERICAN, last)
        assert rendered.variation != last
        last = rendered.variation
        seen.append(rendered.text)
    assert len(set(seen)) == len(WORDING._responses[name]), "all get their turn"


def test_a_channels_own_wording_goes_first() -> None:
    assert words("utter_sms") == "long"
    assert words("utter_sms", Style("sms", day_first=False, today=date(2026, 3, 2))) == "short"
    with pytest.raises(WordingError, match="utter_only_sms"):
        words("utter_only_sms")


@pytest.mark.parametrize(
    ("value", "american", "british"),
    [
        (Money(120050, "USD"), "$1,200.50", "$1,200.50"),
        (date(2026, 12, 4), "Friday, December 4", "Friday 4 December"),
        (date(2027, 1, 1), "Friday, January 1, 2027", "Friday 1 January 2027"),
        (7, "7", "7"),
        ("{balance} {0} %s <b>", "{balance} {0} %s <b>", "{balance} {0} %s <b>"),
    ],
)
def test_values_are_written_as_people_do(value: Any, american: str, british: str) -> None:
    assert words("utter_value", value=value) == american
    assert words("utter_value", BRITISH, value=value) == british


def test_one_and_many() -> None:
    assert words("utter_count", n=1) == "1 payment"
    assert words("utter_count", n=0) == "0 payments"
    assert words("utter_count", n=2) == "2 payments"


def test_days() -> None:
    assert words("utter_weekday", start=date(2026, 3, 6), day=22) == "Friday the 6th, the 22nd"
    assert [nth(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 101, 111)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "101st", "111th")
    ]
    assert short_day(date(2026, 12, 4), day_first=False) == "Fri Dec 4, 2026"
    assert short_day(date(2026, 12, 4), day_first=True) == "Fri 4 Dec 2026"
    assert day(date(2026, 3, 2), BRITISH) == "Monday 2 March"


def test_a_phrase_within_a_response() -> None:
    how = Phrase("utter_inner", {"amount": Money(5000, "GBP"), "start": date(2026, 3, 6)})
    assert words("utter_outer", how=how) == "Pay £50.00 every Friday."


def test_what_is_missing_is_named() -> None:
    with pytest.raises(WordingError, match="utter_nothing"):
        words("utter_nothing")
    with pytest.raises(WordingError, match="value"):
        words("utter_value")


def test_phones() -> None:
    assert phone("+12135550100") == "+1 213-555-0100"
    assert phone("+441632960120") == "+44 1632 960120"
    assert phone("1-800-388-2227") == "1-800-388-2227"


def test_the_domain_itself() -> None:
    loaded = Wording.load()
    assert "utter_welcome" in loaded
    assert "utter_nothing" not in loaded
