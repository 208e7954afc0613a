"""Business days: neither a weekend nor a bank holiday of the calendar.

A calendar is named as python-holidays names places: `US`, or `GB-ENG` for a part of one.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

_DAY = timedelta(days=1)


@lru_cache(maxsize=512)
def bank_holidays(calendar: str, year: int) -> frozenset[date]:
    """The bank holidays of a year, in a set of their own: python-holidays fills its objects while
    they are being read, which two threads must not do together.

    Raises NotImplementedError for a calendar that python-holidays does not know.
    """
    country, _, part = calendar.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


def is_business_day(day: date, calendar: str) -> bool:
    """Whether banks work on `day`."""
    return day.weekday() < 5 and day not in bank_holidays(calendar, day.year)


def next_business_day(day: date, calendar: str) -> date:
    """`day` itself if banks work on it, else the next day on which they do."""
    while not is_business_day(day, calendar):
        day += _DAY
    return day
