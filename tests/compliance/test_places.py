"""Where a person may be: every place that anything speaks for."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.compliance import places


@pytest.mark.parametrize(
    ("known", "state", "numbers", "zones"),
    [
        ("America/New_York", "NY", ["+15185550122"], ("America/New_York",)),
        (
            "America/New_York",
            "NY",
            ["+14155550133"],
            ("America/New_York", "America/Los_Angeles"),
        ),
        ("America/Chicago", "tx", [], ("America/Chicago", "America/Denver")),
        (None, None, ["+13125550157"], ("America/Chicago",)),
        ("Europe/London", None, ["+447700900331"], ("Europe/London",)),
        ("America/Denver", None, ["+18005550100"], ("America/Denver",)),
        ("America/Denver", "ZZ", ["no number"], ("America/Denver",)),
        (None, None, [], ()),
    ],
)
def test_1006_6_b_1_each_place_that_is_known_counts(
    known: str | None, state: str | None, numbers: list[str], zones: tuple[str, ...]
) -> None:
    assert places.time_zones(known, state, numbers) == zones


def test_all_states_have_their_zones() -> None:
    assert len(places.STATES) == 51 + 5
    for zones in places.STATES.values():
        assert all(ZoneInfo(zone) for zone in zones)
