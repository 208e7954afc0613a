"""Days named by the calendar: "3/15", "the 15th", "end of april", "in june"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.nlu.date_reader import (
    MONTH,
    MONTH_NAMES,
    ORDINAL_WORD,
    TH,
    Found,
    Reader,
    calendar_date,
    found_at,
    month_after,
    month_number,
    ordinal_day,
)
from bot.nlu.frequencies import WEEKDAY
from bot.nlu.spans import Span

_YEAR = r"(?:[\s,]+(?P<year>20\d{2}))?"
_ISO = re.compile(r"(?<!\d)(?P<year>20\d{2})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})(?!\d)")
_SLASHED = re.compile(
    r"(?<![\d/.$£€])(?P<first>\d{1,2})(?P<gap>[/-]|\.(?=\d{1,2}\.\d))(?P<second>\d{1,2})"
    r"(?:(?P=gap)(?P<year>20\d{2}|\d{2}))?(?![\d/]|\.\d)"
)
_DAY_MONTH = re.compile(
    rf"\b(?:the )?(?P<day>\d{{1,2}}){TH}?(?: of)?[ -]?{MONTH}{_YEAR}"
    rf"|\b(?:the )?(?P<word>{ORDINAL_WORD})(?: of)? (?P<month2>{MONTH_NAMES})\b",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"\b{MONTH}[ -]?(?:the )?(?:(?P<day>\d{{1,2}}){TH}?(?!\d)"
    rf"|(?P<word>{ORDINAL_WORD})\b){_YEAR}",
    re.IGNORECASE,
)


def full_dates(reader: Reader) -> Iterator[Found]:
    for match in reader.matches(_ISO):
        yield found_at(
            match, calendar_date(int(match["year"]), int(match["month"]), int(match["day"]))
        )
    for match in reader.matches(_SLASHED):
        if match.group() == "24/7":
            continue
        first, second = int(match["first"]), int(match["second"])
        if match["gap"] == "-" and not match["year"]:
            continue
        day, month = (first, second) if reader.day_first else (second, first)
        if month > 12 >= day:
            day, month = month, day
        if not (1 <= month <= 12 and 1 <= day <= 31):
            continue
        year = match["year"]
        if year:
            yield found_at(match, calendar_date(int(year) % 100 + 2000, month, day))
        else:
            yield found_at(match, reader.day_of_year(day, month))
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for match in reader.matches(pattern):
            groups = match.groupdict()
            name = groups.get("month") or groups["month2"]
            day = int(groups["day"]) if groups["day"] else ordinal_day(groups["word"])
            month = month_number(name)
            if groups.get("year"):
                yield found_at(match, calendar_date(int(groups["year"]), month, day))
            else:
                yield found_at(match, reader.day_of_year(day, month))


_EDGES = re.compile(
    r"\b(?:(?:at |by )?(?:the )?(?P<edge>end|start|beginning|middle|mid(?:dle)?|mid) ?(?:of )?[- ]?"
    r"(?:the )?(?P<which>next |this |each |every |following )?"
    rf"(?P<what>month|mth|week|wk|year|{MONTH_NAMES})\b|(?P<eom>eom|month[- ]end"
    rf"|last day of (?:the|this|each|every) month))",
    re.IGNORECASE,
)


def edges(reader: Reader) -> Iterator[Found]:
    for match in reader.matches(_EDGES):
        edge = (match["edge"] or "end").lower()
        what = (match["what"] or "month").lower()
        following = (match["which"] or "").strip().lower() in ("next", "following")
        if what in ("week", "wk"):
            monday = reader.today - timedelta(reader.today.weekday())
            monday += timedelta(7 if following else 0)
            offset = {"end": 4, "start": 0, "beginning": 0}.get(edge, 2)
            day = monday + timedelta(offset)
            yield found_at(match, day if day >= reader.today else day + timedelta(7))
            continue
        if what == "year":
            if edge == "end":
                yield found_at(match, date(reader.today.year + following, 12, 31))
            continue
        if what in ("month", "mth"):
            year, month = reader.today.year, reader.today.month
            if following:
                year, month = month_after(year, month, 1)
        else:
            first = reader.day_of_year(1, month_number(what))
            year, month = first.year, first.month
            if month_number(what) == reader.today.month and edge != "start":
                year = reader.today.year
        last = calendar.monthrange(year, month)[1]
        number = {"end": last, "start": 1, "beginning": 1}.get(edge, 15)
        day = date(year, month, number)
        if day < reader.today:
            year, month = month_after(year, month, 1)
            last = calendar.monthrange(year, month)[1]
            day = date(year, month, {"end": last}.get(edge, number))
        yield found_at(match, day)


_DAY_OF_MONTH = re.compile(
    rf"\b(?:(?:on|by|from|until|till|til|starting|since|before|after|around|to|every) )?(?:the )?"
    rf"(?P<day>\d{{1,2}}){TH}\b(?! (?:one|option|plan|payment|instal|choice|of (?:the|these"
    rf"|those) (?:options|plans)|time|attempt|floor|letter|message|account))"
    r"(?: of (?:the|each|every|this) month)?",
    re.IGNORECASE,
)
_DAY_WORD = re.compile(
    rf"\b(?:on|by|from|until|till|til|starting|before|to|after|around|and|or)(?: on)? (?:the )?"
    rf"(?P<word>{ORDINAL_WORD})\b(?! (?:one|option|plan|payment|instal|choice|time|thing"
    rf"|place|week|few|couple|{WEEKDAY}))"
    r"(?: of (?:the|each|every|this|next) month)?"
    rf"|\bthe (?P<word2>{ORDINAL_WORD}) of (?:the|each|every|this) month\b"
    rf"|\b(?P<word3>{ORDINAL_WORD}) of (?:each|every) month\b|^the (?P<word4>{ORDINAL_WORD})$",
    re.IGNORECASE,
)
_DAY_BARE = re.compile(
    r"\b(?:on|from|until|till|til|by) the (?P<day>\d{1,2})(?![\d%./:]|st|nd|rd|th"
    r"| ?(?:percent|dollars|bucks|quid|pounds|payments))\b",
    re.IGNORECASE,
)
_NEXT_MONTH_BEHIND = re.compile(r"\s*(?:of )?next month", re.IGNORECASE)


def days_of_month(reader: Reader) -> Iterator[Found]:
    for pattern in (_DAY_OF_MONTH, _DAY_WORD, _DAY_BARE):
        for match in reader.matches(pattern):
            groups = match.groupdict()
            word = (
                groups.get("word")
                or groups.get("word2")
                or groups.get("word3")
                or groups.get("word4")
            )
            day = ordinal_day(word) if word else int(groups["day"])
            if not 1 <= day <= 31:
                continue
            behind = _NEXT_MONTH_BEHIND.match(reader.text, match.end())
            if behind or "next month" in match.group().lower():
                year, month = month_after(reader.today.year, reader.today.month, 1)
                end = behind.end() if behind else match.end()
                yield Span(calendar_date(year, month, day), match.start(), end)
            else:
                yield found_at(match, reader.day_of_month(day))


_MONTH_ALONE = re.compile(
    rf"\b(?:in|from|until|till|til|by|starting|start|next|this|for|to|skip|early"
    rf"|late) (?:in )?{MONTH}(?!\s*\d)",
    re.IGNORECASE,
)


def months(reader: Reader) -> Iterator[Found]:
    for match in reader.matches(_MONTH_ALONE):
        month = month_number(match["month"])
        year = reader.today.year
        if reader.past:
            year -= month > reader.today.month
            yield Span(date(year, month, 1), match.start("month"), match.end())
            continue
        if month <= reader.today.month and not (
            month == reader.today.month and reader.today.day == 1
        ):
            year += 1
        yield Span(reader.in_period(date(year, month, 1)), match.start("month"), match.end())
