"""Time comes from one place, which can be put anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

import pytest

from bot import clock

MOMENT = datetime(2026, 3, 2, 5, 30, tzinfo=timezone.utc)
TICK = timedelta(seconds=5)


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    with clock.at(MOMENT):
        yield


def test_it_runs_on_from_where_it_was_put() -> None:
    first, second = clock.now(), clock.now()
    assert MOMENT <= first <= second < MOMENT + TICK
    assert first.tzinfo is timezone.utc


def test_it_is_put_back_even_after_a_failure() -> None:
    with pytest.raises(RuntimeError), clock.at(MOMENT + timedelta(days=100)):
        raise RuntimeError
    assert clock.now() < MOMENT + TICK


def test_travelling() -> None:
    clock.travel(timedelta(days=1))
    clock.travel(timedelta(hours=-1))
    assert MOMENT + timedelta(hours=23) <= clock.now() < MOMENT + timedelta(hours=23) + TICK


def test_today_depends_on_the_place() -> None:
    assert clock.today("America/Los_Angeles") == date(2026, 3, 1)
    assert clock.today("Europe/London") == date(2026, 3, 2)


def test_a_moment_on_a_wall() -> None:
    assert clock.local(MOMENT, "America/New_York").strftime("%H:%M") == "00:30"


@pytest.mark.parametrize("value", ["2026-07-01T12:00:00Z", "2026-07-01T14:00:00+02:00"])
def test_the_environment_may_put_it(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CLOCK_AT", value)
    clock.start_from_environment()
    noon = datetime(2026, 7, 1, 12, tzinfo=timezone.utc)
    assert noon <= clock.now() < noon + TICK


@pytest.mark.parametrize("value", ["2026-07-01T12:00:00", "noon", "2026-13-01T12:00:00Z"])
def test_what_is_no_moment_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("CLOCK_AT", value)
    with pytest.raises(ValueError):  # noqa: PT011  (the message is partly Python's own)
        clock.start_from_environment()
    assert clock.now() < MOMENT + TICK


def test_an_empty_setting_leaves_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOCK_AT", "")
    clock.start_from_environment()
    assert clock.now() < MOMENT + TICK
