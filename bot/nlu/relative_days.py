"""Days named from where one stands: "tomorrow", "next friday", "in two weeks", "next month"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.nlu.date_reader import (
    COUNT,
    IMPOSSIBLE,
    MONTH_NAMES,
    NUMBER,
    TH,
    UNIT,
    Found,
    Reader,
    found_at,
    month_after,
    month_number,
    shifted,
    small_number,
)
from bot.nlu.frequencies import WEEKDAY, recurring_weekdays, weekday_number
from bot.nlu.spans import overlaps

_NEXT_PERIOD = re.compile(
    r"\b(?:the )?(?P<which>next|following|this) (?P<what>month|mth|mnth|week|wk)\b", re.IGNORECASE
)
_WEEKEND = re.compile(r"\b(?:at |by |over )?(?P<which>the |this |next |)weekend\b", re.IGNORECASE)


def periods(reader: Reader) -> Iterator[Found]:
    for match in reader.matches(_NEXT_PERIOD):
        if match["which"].lower() == "this":
            continue
        if match["what"].lower() in ("week", "wk"):
            monday = reader.today + timedelta(7 - reader.today.weekday())
            yield found_at(match, reader.in_period(monday))
        else:
            year, month = month_after(reader.today.year, reader.today.month, 1)
            yield found_at(match, reader.in_period(date(year, month, 1)))
    for match in reader.matches(_WEEKEND):
        saturday = reader.next_weekday(5)
        if match["which"].strip().lower() == "next":
            saturday += timedelta(7)
        yield found_at(match, saturday)


_WEEK_FROM = re.compile(
    rf"\b(?:a |one )?week (?:on|from|after) (?:(?P<day>{WEEKDAY})|(?P<now>today|now)"
    rf"|(?P<tomorrow>tomorrow))\b"
    rf"|\b(?P<day2>{WEEKDAY}) week\b|\b(?<!every )(?P<fortnight>(?:2|two) weeks"
    rf"|a fortnight) (?:on|from) (?P<day3>{WEEKDAY})\b"
    r"|\b(?P<today2>today) week\b|\ba week (?P<today3>today)\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    rf"\b(?:in|within|after|for another|give me)(?: about"
    rf"| around)? (?:another )?{COUNT} {UNIT}(?:'s?)?(?: time)?\b"
    rf"|\b(?P<count2>{NUMBER})(?: of)? (?P<unit2>days?|weeks?|wks?|fortnights?|months?)"
    r"(?:'s?)? (?:from (?:now|today)|time|today)\b",
    re.IGNORECASE,
)
_AGO = re.compile(rf"\b(?:about |around )?{COUNT} {UNIT} (?:ago|back)\b", re.IGNORECASE)


def distances(reader: Reader) -> Iterator[Found]:
    for match in reader.matches(_WEEK_FROM):
        name = match["day"] or match["day2"] or match["day3"]
        base = reader.next_weekday(weekday_number(name)) if name else reader.today
        if match["tomorrow"]:
            base += timedelta(1)
        yield found_at(match, base + timedelta(14 if match["fortnight"] else 7))
    for match in reader.matches(_AHEAD):
        count, unit = match["count"] or match["count2"], match["unit"] or match["unit2"]
        yield found_at(match, shifted(reader.today, small_number(count), unit))
    for match in reader.matches(_AGO):
        yield found_at(match, shifted(reader.today, -small_number(match["count"]), match["unit"]))


_NEAR: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"\b(?:the )?day after (?:tomorrow|tmrw)\b", re.IGNORECASE), 2),
    (
        re.compile(
            r"\b(?:tomorrow|tommorow|tommorrow|tomorow|tmrw|tmrow|tmr|tmw|tomoz|2moro|2morro"
            r"|2morrow|2mrw)\b",
            re.IGNORECASE,
        ),
        1,
    ),
    (
        re.compile(
            r"\b(?:today|2day|tonight|2nite|tonite|this (?:morning|afternoon|evening))\b",
            re.IGNORECASE,
        ),
        0,
    ),
    (re.compile(r"\byesterday\b", re.IGNORECASE), -1),
)
_NOW = re.compile(
    r"\b(?<!for )(?:right now|rn|now|straight away|immediately"
    r"|up ?front)\b",
    re.IGNORECASE,
)
_NOW_IS_WHEN = re.compile(
    r"\b(?:half|third|quarter|some|\d+|pay|payment|put|hundred|bucks|quid|rest)\b[^.?!]{0,25}$",
    re.I,
)


def near(reader: Reader) -> Iterator[Found]:
    for pattern, days in _NEAR:
        for match in reader.matches(pattern):
            yield found_at(match, reader.today + timedelta(days))
    for match in reader.matches(_NOW):
        before = reader.text[: match.start()]
        if _NOW_IS_WHEN.search(before) and not re.search(r"n't|cant|cannot|not\b", before):
            yield found_at(match, reader.today)


_LAST_DAY = re.compile(rf"\blast (?P<day>{WEEKDAY}|week|month)\b(?! of)", re.IGNORECASE)
_NTH_WEEKDAY = re.compile(
    rf"\b(?:the )?(?P<nth>first|second|third|fourth|last|1st|2nd|3rd"
    rf"|4th) (?P<day>{WEEKDAY}) (?:of|in) "
    rf"(?P<which>(?:the |this |next |each |every )?(?:month|mth|{MONTH_NAMES}))\b",
    re.IGNORECASE,
)
_NAMED_DAY = re.compile(
    rf"\b(?:(?:on )?(?P<which>this coming|coming|this|next"
    rf"|following) )?(?P<day>{WEEKDAY})(?P<plural>s)?(?P<then> after next| coming)?\b",
    re.IGNORECASE,
)


#: "Friday the 13th", "thurs 5 march": the number says which Friday.
_DATE_BEHIND = re.compile(
    rf",? (?:the )?\d{{1,2}}(?:{TH}\b| (?:of )?(?:{MONTH_NAMES})\b)", re.IGNORECASE
)


def nth_weekdays(reader: Reader) -> Iterator[Found]:
    nths = {
        "first": 0,
        "1st": 0,
        "second": 1,
        "2nd": 1,
        "third": 2,
        "3rd": 2,
        "fourth": 3,
        "4th": 3,
    }
    for match in reader.matches(_NTH_WEEKDAY):
        which = match["which"].lower().split()
        weekday = weekday_number(match["day"])
        year, month = reader.today.year, reader.today.month
        if which[-1] not in ("month", "mth"):
            month = month_number(which[-1])
            year += month < reader.today.month
        elif which[0] == "next":
            year, month = month_after(year, month, 1)
        for _ in range(2):
            days = [
                date(year, month, number)
                for number in range(1, calendar.monthrange(year, month)[1] + 1)
                if date(year, month, number).weekday() == weekday
            ]
            nth = match["nth"].lower()
            day = days[-1] if nth == "last" else days[nths[nth]]
            if day >= reader.today:
                yield found_at(match, day)
                break
            year, month = month_after(year, month, 1)


def named_days(reader: Reader) -> Iterator[Found]:
    for match in reader.matches(_LAST_DAY):
        what = match["day"].lower()
        if what in ("week", "month"):
            yield found_at(match, IMPOSSIBLE)
            continue
        weekday = weekday_number(what)
        yield found_at(
            match, reader.today - timedelta((reader.today.weekday() - weekday - 1) % 7 + 1)
        )
    recurring = [(span.start, span.end) for span in recurring_weekdays(reader.text)]
    for match in reader.matches(_NAMED_DAY):
        if _DATE_BEHIND.match(reader.text, match.end()):
            continue
        if match["plural"] or overlaps(match.start("day"), match.end("day"), recurring):
            continue
        written = match["day"].lower()
        if (
            written in ("sat", "sun", "wed", "mon")
            and not match["which"]
            and not _after_time_word(reader.text, match.start())
        ):
            continue
        weekday = weekday_number(written)
        which = (match["which"] or "").lower()
        if reader.past and not which:
            yield found_at(
                match, reader.today - timedelta((reader.today.weekday() - weekday - 1) % 7 + 1)
            )
            continue
        day = reader.next_weekday(weekday)
        monday = reader.today - timedelta(reader.today.weekday())
        if which in ("next", "following") and day < monday + timedelta(7):
            # As Duckling has it: "next friday" said on a Monday is the one of next week.
            day += timedelta(7)
        if match["then"] and "after" in match["then"]:
            day += timedelta(7)
        yield found_at(match, day)


_AFTER_TIME_WORD = re.compile(
    r"(?:^|\b(?:on|by|til|till|until|is|not|to|it|starting|for|and|or|pay|from|,|coming)\s*)$", re.I
)


def _after_time_word(text: str, start: int) -> bool:
    return bool(_AFTER_TIME_WORD.search(text[:start]))
