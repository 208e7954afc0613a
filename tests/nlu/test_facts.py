"""Sums, days and rhythms as people write them, against a list that was reviewed by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu import entities, hardship
from bot.nlu.evaluation import facts_of
from bot.nlu.turn import Turn, from_metadata

FACTS = yaml.safe_load(
    Path(__file__).with_name("data").joinpath("facts.yml").read_text(encoding="utf-8")
)
MONDAY = date(2026, 3, 2)


def read(text, **circumstances):
    turn = Turn(circumstances.pop("today", MONDAY), **circumstances)
    return [(e.entity, e.value) for e in entities.find(text, turn)]


@pytest.mark.parametrize("text", FACTS)
def test_fact(text):
    assert facts_of(text) == FACTS[text]


def test_the_list_is_long_enough():
    assert len(FACTS) >= 200


def test_a_number_is_a_sum_while_a_plan_is_built():
    dollars = {"minor": 200000, "currency": "USD"}
    assert read("2000") == []
    assert read("2000", pending="plan_amount") == [("amount", dollars)]
    assert read("12345") == [("postal_code", "12345")]
    assert read("12345", pending="plan_amount") == [
        ("amount", {"minor": 1234500, "currency": "USD"})
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [("2", 2), ("second", 2), ("the 2nd", 2), ("b", 2), ("option 3", 3), ("last", -1), ("#1", 1)],
)
def test_a_short_word_picks_while_something_is_to_be_chosen(text, place):
    assert read(text, pending="choose_plan") == [("ordinal", place)]


def test_a_day_is_placed_by_the_persons_own_calendar():
    assert read("3/4") == [("date", "2026-03-04")]
    assert read("3/4", day_first=True) == [("date", "2026-04-03")]
    assert read("tomorrow", today=date(2026, 12, 31)) == [("date", "2027-01-01")]
    assert read("the 31st", today=date(2026, 2, 10)) == [("date", "2026-03-31")]
    assert read("the 15th", today=date(2026, 3, 15)) == [("date", "2026-03-15")]
    assert read("march 1st") == [("date", "2027-03-01")]


@pytest.mark.parametrize("text", ["31 feb", "february 30th", "the 32nd", "13/45", "2026-02-30"])
def test_a_day_that_no_calendar_has_is_no_date(text):
    assert [name for name, _ in read(text)] == []


def test_currency_of_the_account_and_of_the_word():
    assert read("20 quid")[0][1]["currency"] == "GBP"
    assert read("20", currency="GBP")[0][1]["currency"] == "GBP"
    assert read("20 bucks", currency="CAD")[0][1]["currency"] == "CAD"
    assert read("5000 yen please pay 5000", currency="JPY")[-1][1] == {
        "minor": 5000,
        "currency": "JPY",
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("i lost my job", "job_loss"),
        ("they cut my hours", "reduced_income"),
        ("i've been in hospital", "illness"),
        ("my mum passed away", "bereavement"),
        ("i'm on universal credit", "benefits"),
        ("it's this or food", "essentials"),
        ("we split up", "separation"),
        ("how much do i owe", None),
    ],
)
def test_reason_of_hardship(text, reason):
    found = hardship.reason(text)
    assert (found.value if found else None) == reason


def test_turn_has_defaults_and_reads_what_the_channel_sends():
    turn = from_metadata(
        {"today": "2026-03-02", "currency": "GBP", "day_first": True,
         "pending": {"name": "confirm_plan", "plan": "p1"}}
    )  # fmt: skip
    assert turn == Turn(MONDAY, "GBP", day_first=True, pending="confirm_plan")
    assert from_metadata(None).currency == "USD"
    assert from_metadata({"pending": {"name": None}}).pending is None


@given(st.text(max_size=60), st.sampled_from([None, "plan_amount", "choose_plan", "move_date"]))
def test_any_text_gives_spans_inside_it(text, pending):
    for entity in entities.find(text, Turn(MONDAY, pending=pending)):
        assert 0 <= entity.start < entity.end <= len(text)


@given(st.integers(1, 10**6), st.integers(0, 99))
def test_every_written_sum_is_read_exactly(whole, cents):
    text = f"i can pay ${whole:,}.{cents:02d} today"
    amounts = [value for name, value in read(text) if name == "amount"]
    assert amounts == [{"minor": whole * 100 + cents, "currency": "USD"}]


@pytest.mark.parametrize(
    "text", ["asap", "as soon as possible", "right now please", "straight away"]
)
def test_at_once_is_today_where_the_first_day_was_asked(text):
    assert read(text, pending="plan_start") == [("date", MONDAY.isoformat())]
    assert read(text) == []
