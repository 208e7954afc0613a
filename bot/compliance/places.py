"""Where a person may be, by what is known of them: so that nothing reaches them at night there.

What is known may conflict. Each place then counts, and a message must be inside the hours in all of
them (12 CFR 1006.6(b)(1), comment 6(b)(1)(i)-2).
"""

from __future__ import annotations

from collections.abc import Iterable

import phonenumbers
from phonenumbers import timezone

_EASTERN, _CENTRAL = "America/New_York", "America/Chicago"
_MOUNTAIN, _PACIFIC = "America/Denver", "America/Los_Angeles"

_OF_STATES = {
    (_EASTERN,): "CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV",
    (_CENTRAL,): "AL AR IA IL LA MN MO MS OK WI",
    (_MOUNTAIN,): "CO MT NM UT WY",
    (_PACIFIC,): "CA NV WA",
    (_EASTERN, _CENTRAL): "FL IN KY MI TN",
    (_CENTRAL, _MOUNTAIN): "KS ND NE SD TX",
    (_MOUNTAIN, _PACIFIC): "ID OR",
    ("America/Phoenix", _MOUNTAIN): "AZ",
    ("America/Anchorage", "America/Adak"): "AK",
    ("Pacific/Honolulu",): "HI",
    ("America/Puerto_Rico",): "PR VI",
    ("Pacific/Guam",): "GU MP",
    ("Pacific/Pago_Pago",): "AS",
}
STATES = {state: zones for zones, states in _OF_STATES.items() for state in states.split()}
"""The time zones of each state and territory; of those that two divide, both."""

_NOWHERE = 6
"""A number that more zones share belongs to no place (toll-free, mobile of another country)."""


def time_zones(
    known: str | None, state: str | None = None, numbers: Iterable[str] = ()
) -> tuple[str, ...]:
    """The time zones of all places where the person may be, without doubles.

    `known` is the ledger's zone, `state` a postal abbreviation, `numbers` their telephones (E.164).
    """
    zones = [known] if known else []
    zones += STATES.get((state or "").upper(), ())
    for number in numbers:
        zones += _of_number(number)
    return tuple(dict.fromkeys(zones))


def _of_number(number: str) -> tuple[str, ...]:
    try:
        zones = timezone.time_zones_for_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ()
    placed = tuple(zone for zone in zones if not zone.startswith("Etc/"))
    return placed if len(placed) <= _NOWHERE else ()
