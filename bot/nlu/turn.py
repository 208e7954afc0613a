"""The circumstances in which a message is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot import clock


@dataclass(frozen=True)
class Turn:
    """What the bot knows when a message arrives.

    `today` is the date where the person is, `currency` that of the account, `day_first` how
    3/5 is meant there, `pending` the name of what the bot asked last, if it waits for an answer.
    """

    today: date
    currency: str = "USD"
    day_first: bool = False
    pending: str | None = None


def from_metadata(metadata: Mapping[str, Any] | None) -> Turn:
    """The turn that a channel put into `UserMessage.metadata`; what is absent has defaults."""
    given = metadata or {}
    pending = given.get("pending")
    if isinstance(pending, Mapping):
        pending = pending.get("name")
    today = given.get("today")
    return Turn(
        today=date.fromisoformat(today) if today else clock.today(given.get("time_zone") or "UTC"),
        currency=given.get("currency") or "USD",
        day_first=bool(given.get("day_first", False)),
        pending=pending or None,
    )
