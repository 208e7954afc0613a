"""A message about to be searched for days, and the calendar that places them."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.nlu.frequencies import recurring_weekdays, weekday_number
from bot.nlu.spans import Span

MONTH_NAMES = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
MONTH = rf"(?P<month>{MONTH_NAMES})\b\.?"
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first"
    " twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh"
    " twenty-eighth twenty-ninth thirtieth thirty-first"
)
ORDINAL_DAYS = {word: day for day, word in enumerate(_ORDINALS.split(), start=1)}
ORDINAL_WORD = "|".join(
    sorted((word.replace("-", "[- ]") for word in ORDINAL_DAYS), key=len, reverse=True)
)
SMALL = {"a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "three": 3, "few": 3, "four": 4,
          "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
          "fourteen": 14, "twenty": 20, "thirty": 30}  # fmt: skip
NUMBER = r"\d{1,3}|(?:an? )?(?:couple|few)|" + "|".join(SMALL)
COUNT = rf"(?P<count>{NUMBER})(?: of)?"
UNIT = r"(?P<unit>days?|we?e?ks?|wks?|fort?nights?|months?|mths?|mnths?)"
TH = r"(?:st|nd|rd|th)"

_PAST = re.compile(
    r"\b(?:ago|yesterday|(?:i|i've|ive|we|he|she|already|just|was|got) (?:paid|payed|sent|made)"
    r"|sent (?:it|the|a|you|my)|posted|mailed|transferr?ed|took|taken|went|came out|left my)\b",
    re.IGNORECASE,
)

Found = Span[date]
#: Stands for a day that was named and does not exist.
IMPOSSIBLE = date.min


class Reader:
    """The text with what is needed to place a day in it."""

    def __init__(self, text: str, today: date, day_first: bool) -> None:
        self.text = text
        self.today = today
        self.day_first = day_first
        self.past = bool(_PAST.search(text)) and not re.search(
            r"\b(?:will|ill|i'll|can|could|want|going to|gonna|instead)\b", text, re.IGNORECASE
        )
        days = recurring_weekdays(text)
        self.recurring = weekday_number(days[0].value) if days else None

    def matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        return pattern.finditer(self.text)

    def day_of_month(self, day: int) -> date:
        """The next such day (the last one, in the past), today included; a month has it or not."""
        year, month = self.today.year, self.today.month
        for _ in range(13):
            if day <= calendar.monthrange(year, month)[1]:
                candidate = date(year, month, day)
                if candidate <= self.today if self.past else candidate >= self.today:
                    return candidate
            year, month = month_after(year, month, -1 if self.past else 1)
        return IMPOSSIBLE

    def day_of_year(self, day: int, month: int) -> date:
        """The next (in the past: the last) such day."""
        step = -1 if self.past else 1
        for year in range(self.today.year, self.today.year + 2 * step, step):
            try:
                candidate = date(year, month, day)
            except ValueError:
                continue
            if candidate <= self.today if self.past else candidate >= self.today:
                return candidate
        return IMPOSSIBLE

    def in_period(self, first: date) -> date:
        """`first` of a month or week, or the first recurring weekday from there."""
        if self.recurring is None:
            return first
        return first + timedelta((self.recurring - first.weekday()) % 7)

    def next_weekday(self, weekday: int) -> date:
        """The next such weekday after today."""
        return self.today + timedelta((weekday - self.today.weekday() - 1) % 7 + 1)


def found_at(match: re.Match[str], day: date) -> Found:
    text = match.group()
    return Span(day, match.start() + len(text) - len(text.lstrip()), match.end())


def calendar_date(year: int, month: int, day: int) -> date:
    """The date, or IMPOSSIBLE for one that no calendar has."""
    try:
        return date(year, month, day)
    except ValueError:
        return IMPOSSIBLE


def month_number(name: str) -> int:
    return (
        MONTH_NAMES.split("|")[:12].index(
            next(full for full in MONTH_NAMES.split("|")[:12] if full.startswith(name[:3].lower()))
        )
        + 1
    )


def ordinal_day(word: str) -> int:
    return ORDINAL_DAYS[word.lower().replace(" ", "-")]


def small_number(word: str) -> int:
    return int(word) if word.isdigit() else SMALL[word.lower().split()[-1]]


def month_after(year: int, month: int, step: int) -> tuple[int, int]:
    place = year * 12 + month - 1 + step
    return place // 12, place % 12 + 1


def shifted(day: date, count: int, unit: str) -> date:
    first = unit[0].lower()
    if first == "d":
        return day + timedelta(count)
    if first in "wf":
        return day + timedelta(count * (7 if first == "w" else 14))
    year, month = month_after(day.year, day.month, count)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
