"""The entities of a message as typed values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.money import Money

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Heard:
    """What was said, value by value; None where it was not said."""

    amount: Money | None = None
    percent: int | None = None
    frequency: str | None = None
    date: dt.date | None = None
    dates: tuple[dt.date, ...] = ()
    weekday: int | None = None
    count: int | None = None
    ordinal: int | None = None
    hardship_reason: str | None = None
    option: str | None = None
    foreign_currency: str | None = None

    @classmethod
    def of(cls, entities: Iterable[Mapping[str, Any]], currency: str) -> Heard:
        """Read entities. Of several of a kind the last counts ("50, no, make it 40"), save for
        dates, which are kept in order."""
        values: dict[str, Any] = {}
        dates: list[dt.date] = []
        for entity in entities:
            kind, value = entity.get("entity"), entity.get("value")
            if kind == "amount" and isinstance(value, Mapping):
                if "minor" in value and value.get("currency") == currency:
                    values["amount"] = Money(int(value["minor"]), currency)
                elif "minor" in value:
                    values["foreign_currency"] = str(value.get("currency"))
                elif value.get("relative") == "balance":
                    values["percent"] = int(value["percent"])
            elif kind == "date":
                dates.append(dt.date.fromisoformat(str(value)))
            elif kind == "weekday" and value in WEEKDAYS:
                values["weekday"] = WEEKDAYS.index(str(value))
            elif kind in ("count", "ordinal", "percent"):
                values[kind] = int(value)  # type: ignore[arg-type]
            elif kind in ("frequency", "hardship_reason", "option"):
                values[kind] = str(value)
        return cls(date=dates[0] if dates else None, dates=tuple(dates), **values)

    @property
    def plan_words(self) -> bool:
        """Whether anything was said that shapes a plan."""
        return any(
            value is not None
            for value in (self.amount, self.percent, self.frequency, self.date, self.weekday)
        ) or (self.count is not None)
