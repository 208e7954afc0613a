"""Turns responses of `domain.yml` into the words a person reads.

The one place where a response is rendered, whoever sends it: the bot, a reminder, a payment page,
an agent's canned reply. Values come typed and are written the way people of that place write them.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
import yaml

from bot.creditors import Creditor
from bot.settings import ROOT


class WordingError(LookupError):
    """A response does not exist, or a value that it needs was not given."""


@dataclass(frozen=True)
class Style:
    """How to write for one person: on which channel, with which order of dates, on which day."""

    channel: str
    day_first: bool
    today: date


@dataclass(frozen=True)
class Rendered:
    """The words, and which variation they are."""

    text: str
    variation: int


@dataclass(frozen=True)
class Phrase:
    """A response used inside another, such as "every other Friday" in a schedule."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


class Wording:
    """All responses of a domain file."""

    def __init__(self, responses: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self._responses = responses

    @property
    def responses(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """All responses with their variations, in the order of the file."""
        return self._responses

    def __contains__(self, name: str) -> bool:
        return name in self._responses

    @classmethod
    def load(cls, path: Path = ROOT / "domain.yml") -> Wording:
        """Read the responses of a domain file."""
        with path.open(encoding="utf-8") as file:
            domain = yaml.load(file, Loader=yaml.CSafeLoader)
        return cls(domain["responses"])

    def render(
        self, name: str, values: Mapping[str, Any], style: Style, last: int | None = None
    ) -> Rendered:
        """The response `name` in words.

        `last` is the variation this person read last time; another one is taken if there is one,
        in turn, so that nobody reads the same wording twice running. Variations marked with the
        person's channel come before those for all. Raises WordingError.
        """
        variations = self._responses.get(name)
        if not variations:
            raise WordingError(f"domain.yml has no response {name!r}")
        own = [i for i, v in enumerate(variations) if v.get("channel") == style.channel]
        fitting = own or [i for i, v in enumerate(variations) if "channel" not in v]
        if not fitting:
            raise WordingError(f"response {name!r} has no variation for {style.channel!r}")
        later = [i for i in fitting if last is not None and i > last]
        chosen = later[0] if later else fitting[0]
        return Rendered(self.filled(name, variations[chosen], values, style), chosen)

    def filled(
        self, name: str, variation: Mapping[str, Any], values: Mapping[str, Any], style: Style
    ) -> str:
        """One variation of the response `name` with its values written. Raises WordingError."""
        text = str(variation["text"]).strip()
        try:
            return _Formatter(self, style).vformat(text, (), values)
        except (KeyError, IndexError) as error:
            raise WordingError(f"response {name!r} needs the value {error}") from error


class _Formatter(string.Formatter):
    """Writes typed values.

    `{n:payment|payments}` writes a number with the fitting noun; `{start:weekday}` a date's
    weekday and `{start:nth}` its day of the month.
    """

    def __init__(self, wording: Wording, style: Style) -> None:
        self._wording = wording
        self._style = style

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Phrase):
            return self._wording.render(value.name, value.values, self._style).text
        if isinstance(value, date):
            return _date(value, format_spec, self._style)
        if "|" in format_spec:
            one, many = format_spec.split("|", 1)
            return f"{value} {one if value == 1 else many}"
        if format_spec == "nth":
            return nth(int(value))
        return str(value)


def _date(value: date, format_spec: str, style: Style) -> str:
    if format_spec == "weekday":
        return value.strftime("%A")
    if format_spec == "nth":
        return nth(value.day)
    return day(value, style)


def nth(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th…"""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def day(value: date, style: Style) -> str:
    """A date with its weekday: "Friday, December 4" or "Friday 4 December".

    The year stands there only if it is not this year.
    """
    month = value.strftime("%B")
    if style.day_first:
        year = "" if value.year == style.today.year else f" {value.year}"
        return f"{value.strftime('%A')} {value.day} {month}{year}"
    year = "" if value.year == style.today.year else f", {value.year}"
    return f"{value.strftime('%A')}, {month} {value.day}{year}"


@cache
def phone(number: str) -> str:
    """A telephone number (E.164) as people read it: "+1 213-555-0100". Others stay as they are."""
    if not number.startswith("+"):
        return number
    parsed = phonenumbers.parse(number)
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def known_values(creditor: Creditor) -> dict[str, str]:
    """What any response may name: who we are and how a person can be reached."""
    return {
        "company": creditor.name,
        "contact": creditor.contact.person,
        "phone": phone(creditor.contact.phone),
        "website": creditor.contact.website,
        "advice": creditor.free_advice.name,
        "advice_phone": creditor.free_advice.phone,
    }


def short_day(value: date, day_first: bool) -> str:
    """A date for tables: "Fri Dec 4, 2026" or "Fri 4 Dec 2026"."""
    if day_first:
        return f"{value.strftime('%a')} {value.day} {value.strftime('%b %Y')}"
    return f"{value.strftime('%a %b')} {value.day}, {value.year}"
