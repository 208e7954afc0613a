"""Channels, times and places as people write them."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot import particulars
from bot.particulars import ContactWish

NOON, DAY = 12 * 60, 24 * 60


def never(**more: object) -> ContactWish:
    return ContactWish(False, **more)  # type: ignore[arg-type]


def only(**more: object) -> ContactWish:
    return ContactWish(True, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("not at work", [never(place="work")]),
        ("nights only", [only(start=1080, end=1260)]),
        ("never before noon", [never(end=NOON)]),
        ("not befor noon pls", [never(end=NOON)]),
        ("dont call me at work", [never(place="work", channel="phone")]),
        ("stop calling my work", [never(place="work", channel="phone")]),
        ("only text me after 6pm", [only(start=1080, end=DAY, channel="sms")]),
        ("weekends only pls", [only(days=(5, 6))]),
        ("no calls before 9am", [never(end=540, channel="phone")]),
        ("dont ring between 9 and 5", [never(start=540, end=1020, channel="phone")]),
        ("i work 9 to 5", [never(start=540, end=1020)]),
        ("not mon-wed", [never(days=(0, 1, 2))]),
        ("evenings are best", [only(start=1020, end=1260)]),
        ("mornings are no good", [never(end=NOON)]),
        ("never after 8", [never(start=1200, end=DAY)]),
        ("no later than 8pm", [never(start=1200, end=DAY)]),
        ("anytime after 6 is fine", [only(start=1080, end=DAY)]),
        ("cant talk until 3", [never(end=900)]),
        ("not at night", [never(start=1200, end=480)]),
        ("pls dont txt me on sundays", [never(days=(6,), channel="sms")]),
        ("email only", [only(channel="email")]),
        ("only email no phone calls", [only(channel="email"), never(channel="phone")]),
        (
            "during the day is bad, evenings only",
            [never(start=480, end=1020), only(start=1020, end=1260)],
        ),
        ("not at work, nights only", [never(place="work"), only(start=1080, end=1260)]),
        (
            "im working till 6, dont ring me b4 then",
            [never(place="work"), never(end=1080)],
        ),
        ("how much do i owe", []),
        ("i got paid on friday", [only(days=(4,))]),
    ],
)
def test_wishes(text: str, wishes: list[ContactWish]) -> None:
    assert list(particulars.wishes(text)) == wishes


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        ("stop txting me", ("sms",)),
        ("no more emails or calls", ("email", "phone")),
        ("take my phone number off", ()),
        ("unsubscribe", ()),
    ],
)
def test_channels(text: str, channels: tuple[str, ...]) -> None:
    assert particulars.channels(text) == channels


@pytest.mark.parametrize(
    ("text", "death"),
    [
        ("maria passed away", True),
        ("he is dead", True),
        ("her estate will write to you", True),
        ("im her daughter", False),
        ("she passed the phone to me", False),
    ],
)
def test_a_death(text: str, *, death: bool) -> None:
    assert particulars.read(text).death is death


@pytest.mark.parametrize(
    ("wish", "moment", "covered"),
    [
        (never(start=1200, end=480), "2026-03-02T21:00", True),
        (never(start=1200, end=480), "2026-03-02T07:59", True),
        (never(start=1200, end=480), "2026-03-02T08:00", False),
        (never(days=(6,), start=1200, end=480), "2026-03-02T03:00", True),
        (never(days=(0,), start=1200, end=480), "2026-03-02T03:00", False),
        (only(days=(0,)), "2026-03-02T00:00", True),
        (never(end=NOON), "2026-03-02T12:00", False),
    ],
)
def test_hours_may_go_over_midnight(wish: ContactWish, moment: str, *, covered: bool) -> None:
    """2 March 2026 is a Monday; its small hours belong to the night of Sunday."""
    assert wish.covers(datetime.fromisoformat(moment)) is covered
