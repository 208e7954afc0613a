"""The only source of time.

Nothing else in the project reads the machine's clock, so that a test, a demo or a replay can
put the whole assistant at any moment and let it run on from there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

UTC = timezone.utc

_offset = timedelta(0)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _offset


def today(time_zone: str) -> date:
    """Today's date where `time_zone` (an IANA name) is."""
    return now().astimezone(ZoneInfo(time_zone)).date()


def local(moment: datetime, time_zone: str) -> datetime:
    """`moment` as the wall clock in `time_zone` shows it."""
    return moment.astimezone(ZoneInfo(time_zone))


def set_to(moment: datetime) -> None:
    """Let the clock run on from `moment` (aware)."""
    global _offset
    _offset = moment - datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Run a block as if it began at `moment` (aware); the clock goes on from there."""
    global _offset
    before = _offset
    set_to(moment)
    try:
        yield
    finally:
        _offset = before


def travel(step: timedelta) -> None:
    """Move the clock by `step`, for tests of what expires."""
    global _offset
    _offset += step


def start_from_environment() -> None:
    """Honour `CLOCK_AT` (an ISO moment with offset), which demos and tests may set.

    Raises ValueError if it is not such a moment. `bot.settings` refuses it in production.
    """
    value = os.environ.get("CLOCK_AT", "")
    if not value:
        return
    moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if moment.tzinfo is None:
        raise ValueError(f"CLOCK_AT={value!r} has no UTC offset; write e.g. 2026-03-02T15:00:00Z")
    set_to(moment)
