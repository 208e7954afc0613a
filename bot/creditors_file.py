"""Reading one section of a YAML file of ours (creditors.yml, a policy pack), field by field, with
errors that say what to write."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from datetime import time
from typing import Any
from zoneinfo import available_timezones

from bot.business_days import bank_holidays
from bot.money import Money

_PHONE = r"\+[1-9]\d{6,14}"
_PHONE_INSTEAD = "a number with its country code, e.g. +12135550100"
_URL = r"https?://[^\s/]+(/\S*)?"
_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_A_YEAR = 2026


class CreditorsError(ValueError):
    """creditors.yml is wrong; says in which file, creditor and field, and what to write."""


class Section:
    """The fields of one mapping in the file. `where` names it in errors, which are of the class
    `error`."""

    def __init__(self, where: str, fields: Any, error: type[ValueError] = CreditorsError) -> None:
        self._error = error
        if not isinstance(fields, dict):
            raise error(f"{where}: write its fields below it, indented, as `name: value`")
        self._where = where
        self._fields: dict[str, Any] = {str(name): value for name, value in fields.items()}
        self._known: list[str] = []

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields, in the order of the file."""
        return tuple(self._fields)

    def wrong(self, name: str, value: Any, instead: str) -> ValueError:
        """The error for a field with this value."""
        what = "is missing" if value is None else f"is {value!r}"
        return self._error(f"{self._where}: {name} {what}; write {instead}")

    def has(self, name: str) -> bool:
        """Whether the field is there and not empty."""
        self._known.append(name)
        return self._fields.get(name) is not None

    def nothing_else(self) -> None:
        """Refuse every field that nobody asked for."""
        for name in self._fields:
            if name not in self._known:
                near = difflib.get_close_matches(name, self._known, n=1)
                instead = f"did you mean {near[0]}?" if near else "take it out"
                raise self._error(f"{self._where}: {name} is no field here; {instead}")

    def text(
        self,
        name: str,
        default: str | None = None,
        *,
        pattern: str = r"(?s).*\S.*",
        instead: str = "some text",
    ) -> str:
        """A text that matches `pattern`."""
        value = self._value(name, default)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise self.wrong(name, value, instead)
        return value.strip()

    def texts(self, name: str, *, pattern: str, instead: str) -> tuple[str, ...]:
        """A list of texts, perhaps empty."""
        values = self._list(name, ())
        for value in values:
            if not isinstance(value, str) or not re.fullmatch(pattern, value):
                raise self.wrong(name, value, instead)
        return tuple(values)

    def choice(self, name: str, options: Sequence[str]) -> str:
        """One of `options`."""
        value = self._value(name)
        if value not in options:
            raise self.wrong(name, value, " or ".join(options))
        return str(value)

    def choices(
        self, name: str, options: Sequence[str], default: tuple[str, ...] | None = None
    ) -> tuple[str, ...]:
        """Some of `options`, none twice, and at least one unless there is a default."""
        values = self._list(name, default)
        chosen = all(value in options for value in values) and len(set(values)) == len(values)
        if (not values and default is None) or not chosen:
            raise self.wrong(name, values, f"a list of some of {', '.join(options)}")
        return tuple(values)

    def whole(self, name: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number from `least` to `most`."""
        return self._whole(name, self._value(name, default), least, most)

    def wholes(self, name: str, least: int, most: int, default: tuple[int, ...]) -> tuple[int, ...]:
        """A rising list of whole numbers from `least` to `most`."""
        values = self._list(name, default)
        return tuple(sorted(self._whole(name, value, least, most) for value in values))

    def money(self, name: str, currency: str) -> Money:
        """An amount above zero. Accepts `25` and `"25.00"`, but not the float 25.5."""
        value = self._value(name)
        instead = 'an amount above zero in quotes, e.g. "25.00"'
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise self.wrong(name, value, instead)
        try:
            amount = Money.parse(str(value), currency)
        except ValueError as error:
            raise self.wrong(name, value, instead) from error
        if amount.minor <= 0:
            raise self.wrong(name, value, instead)
        return amount

    def flag(self, name: str, default: bool) -> bool:
        """Yes or no."""
        value = self._value(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, value, "true or false")
        return value

    def time(self, name: str, default: time | None = None) -> time:
        """A time of day."""
        value = self._value(name, default)
        if isinstance(value, time):
            return value
        if not isinstance(value, str) or not re.fullmatch(_TIME, value):
            raise self.wrong(name, value, 'a time of day in quotes, e.g. "08:00"')
        return time.fromisoformat(value)

    def currency(self, name: str) -> str:
        """An ISO 4217 code."""
        return self.text(name, pattern=r"[A-Z]{3}", instead="an ISO 4217 code, e.g. USD or GBP")

    def time_zone(self, name: str) -> str:
        """An IANA time zone."""
        value = self._value(name)
        if value not in available_timezones():
            raise self.wrong(name, value, "an IANA name, e.g. America/New_York")
        return str(value)

    def calendar(self, name: str, default: str) -> str:
        """A calendar of bank holidays that python-holidays knows."""
        value = self.text(name, default, instead="e.g. US or GB-ENG")
        try:
            bank_holidays(value, _A_YEAR)
        except NotImplementedError as error:
            raise self.wrong(name, value, "e.g. US or GB-ENG") from error
        return value

    def phone(self, name: str) -> str:
        """A telephone number in E.164."""
        return self.text(name, pattern=_PHONE, instead=_PHONE_INSTEAD)

    def phones(self, name: str) -> tuple[str, ...]:
        """A list of telephone numbers in E.164, perhaps empty."""
        return self.texts(name, pattern=_PHONE, instead=_PHONE_INSTEAD)

    def url(self, name: str) -> str:
        """An absolute web address."""
        return self.text(name, pattern=_URL, instead="a web address, e.g. https://example.com/x")

    def section(self, name: str) -> Section:
        """The section below `name`."""
        return Section(f"{self._where}: {name}", self._value(name), self._error)

    def sections(self, name: str) -> tuple[Section, ...]:
        """A list of sections below `name`, perhaps empty."""
        values = self._list(name, ())
        return tuple(
            Section(f"{self._where}: {name}, number {number}", fields, self._error)
            for number, fields in enumerate(values, start=1)
        )

    def _value(self, name: str, default: Any = None) -> Any:
        return self._fields[name] if self.has(name) else default

    def _list(self, name: str, default: Any = None) -> Any:
        values = self._value(name, default)
        if not isinstance(values, list | tuple):
            raise self.wrong(name, values, "a list, e.g. [first, second]")
        return values

    def _whole(self, name: str, value: Any, least: int, most: int) -> int:
        if type(value) is not int or not least <= value <= most:
            raise self.wrong(name, value, f"a whole number from {least} to {most}")
        return value
