"""Which days a message names, seen from the day on which it is read.

A day for a payment lies ahead: "the 15th" is the next 15th. It lies behind only where the past is
plainly meant ("yesterday", "i paid on the 3rd", "3 days ago").
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from bot.nlu.expressions import Expression
from bot.nlu.frequencies import WEEKDAY, recurring_weekdays, weekday_number
from bot.nlu.spans import Span, overlaps

_MONTH_NAMES = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
_MONTH = rf"(?P<month>{_MONTH_NAMES})\b\.?"
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
_SMALL = {"a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "three": 3, "few": 3, "four": 4,
          "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
          "fourteen": 14, "twenty": 20, "thirty": 30}  # fmt: skip
_NUMBER = r"\d{1,3}|(?:an? )?(?:couple|few)|" + "|".join(_SMALL)
_COUNT = rf"(?P<count>{_NUMBER})(?: of)?"
_UNIT = r"(?P<unit>days?|we?e?ks?|wks?|fort?nights?|months?|mths?|mnths?)"
_TH = r"(?:st|nd|rd|th)"

_PAST = re.compile(
    r"\b(?:ago|yesterday|(?:i|i've|ive|we|he|she|already|just|was|got) (?:paid|payed|sent|made)"
    r"|sent (?:it|the|a|you|my)|posted|mailed|transferr?ed|took|taken|went|came out|left my)\b",
    re.IGNORECASE,
)
_STARTED = re.compile(
    r"\b(?:from|starting|start|beginning|commencing|as of|until|by)\b", re.IGNORECASE
)

Found = Span[date]


def find(
    text: str, *, today: date, day_first: bool, expressions: Iterable[Expression]
) -> tuple[Found, ...]:
    """The days named in `text`, in order, resolved from `today`."""
    reader = _Reader(text, today, day_first)
    found: list[Found] = []
    for rule in _RULES:
        for span in rule(reader):
            if not overlaps(span.start, span.end, ((s.start, s.end) for s in found)):
                found.append(span)
    for span in _from_duckling(reader, expressions):
        if not overlaps(span.start, span.end, ((s.start, s.end) for s in found)):
            found.append(span)
    return tuple(sorted((s for s in found if s.value != date.min), key=lambda s: s.start))


class _Reader:
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
            year, month = _month_after(year, month, -1 if self.past else 1)
        return date.min

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
        return date.min

    def in_period(self, first: date) -> date:
        """`first` of a month or week, or the first recurring weekday from there."""
        if self.recurring is None:
            return first
        return first + timedelta((self.recurring - first.weekday()) % 7)

    def next_weekday(self, weekday: int) -> date:
        """The next such weekday after today."""
        return self.today + timedelta((weekday - self.today.weekday() - 1) % 7 + 1)


_YEAR = r"(?:[\s,]+(?P<year>20\d{2}))?"
_ISO = re.compile(r"(?<!\d)(?P<year>20\d{2})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})(?!\d)")
_SLASHED = re.compile(
    r"(?<![\d/.$£€])(?P<first>\d{1,2})(?P<gap>[/-]|\.(?=\d{1,2}\.\d))(?P<second>\d{1,2})"
    r"(?:(?P=gap)(?P<year>20\d{2}|\d{2}))?(?![\d/]|\.\d)"
)
_DAY_MONTH = re.compile(
    rf"\b(?:the )?(?P<day>\d{{1,2}}){_TH}?(?: of)?[ -]?{_MONTH}{_YEAR}"
    rf"|\b(?:the )?(?P<word>{ORDINAL_WORD})(?: of)? (?P<month2>{_MONTH_NAMES})\b",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"\b{_MONTH}[ -]?(?:the )?(?:(?P<day>\d{{1,2}}){_TH}?(?!\d)|(?P<word>{ORDINAL_WORD})\b){_YEAR}",
    re.IGNORECASE,
)


def _full_dates(reader: _Reader) -> Iterator[Found]:
    for match in reader.matches(_ISO):
        yield _span(match, _date(int(match["year"]), int(match["month"]), int(match["day"])))
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
            yield _span(match, _date(int(year) % 100 + 2000, month, day))
        else:
            yield _span(match, reader.day_of_year(day, month))
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for match in reader.matches(pattern):
            groups = match.groupdict()
            name = groups.get("month") or groups["month2"]
            day = int(groups["day"]) if groups["day"] else _ordinal(groups["word"])
            month = _month(name)
            if groups.get("year"):
                yield _span(match, _date(int(groups["year"]), month, day))
            else:
                yield _span(match, reader.day_of_year(day, month))


_EDGES = re.compile(
    r"\b(?:(?:at |by )?(?:the )?(?P<edge>end|start|beginning|middle|mid(?:dle)?|mid) ?(?:of )?[- ]?"
    r"(?:the )?(?P<which>next |this |each |every |following )?"
    rf"(?P<what>month|mth|week|wk|year|{_MONTH_NAMES})\b|(?P<eom>eom|month[- ]end|last day of (?:the|this|each|every) month))",
    re.IGNORECASE,
)


def _edges(reader: _Reader) -> Iterator[Found]:
    for match in reader.matches(_EDGES):
        edge = (match["edge"] or "end").lower()
        what = (match["what"] or "month").lower()
        following = (match["which"] or "").strip().lower() in ("next", "following")
        if what in ("week", "wk"):
            monday = reader.today - timedelta(reader.today.weekday())
            monday += timedelta(7 if following else 0)
            offset = {"end": 4, "start": 0, "beginning": 0}.get(edge, 2)
            day = monday + timedelta(offset)
            yield _span(match, day if day >= reader.today else day + timedelta(7))
            continue
        if what == "year":
            if edge == "end":
                yield _span(match, date(reader.today.year + following, 12, 31))
            continue
        if what in ("month", "mth"):
            year, month = reader.today.year, reader.today.month
            if following:
                year, month = _month_after(year, month, 1)
        else:
            first = reader.day_of_year(1, _month(what))
            year, month = first.year, first.month
            if _month(what) == reader.today.month and edge != "start":
                year = reader.today.year
        last = calendar.monthrange(year, month)[1]
        number = {"end": last, "start": 1, "beginning": 1}.get(edge, 15)
        day = date(year, month, number)
        if day < reader.today:
            year, month = _month_after(year, month, 1)
            last = calendar.monthrange(year, month)[1]
            day = date(year, month, {"end": last}.get(edge, number))
        yield _span(match, day)


_NEXT_PERIOD = re.compile(
    r"\b(?:the )?(?P<which>next|following|this) (?P<what>month|mth|mnth|week|wk)\b", re.IGNORECASE
)
_WEEKEND = re.compile(r"\b(?:at |by |over )?(?P<which>the |this |next |)weekend\b", re.IGNORECASE)


def _periods(reader: _Reader) -> Iterator[Found]:
    for match in reader.matches(_NEXT_PERIOD):
        if match["which"].lower() == "this":
            continue
        if match["what"].lower() in ("week", "wk"):
            monday = reader.today + timedelta(7 - reader.today.weekday())
            yield _span(match, reader.in_period(monday))
        else:
            year, month = _month_after(reader.today.year, reader.today.month, 1)
            yield _span(match, reader.in_period(date(year, month, 1)))
    for match in reader.matches(_WEEKEND):
        saturday = reader.next_weekday(5)
        if match["which"].strip().lower() == "next":
            saturday += timedelta(7)
        yield _span(match, saturday)


_WEEK_FROM = re.compile(
    rf"\b(?:a |one )?week (?:on|from|after) (?:(?P<day>{WEEKDAY})|(?P<now>today|now)|(?P<tomorrow>tomorrow))\b"
    rf"|\b(?P<day2>{WEEKDAY}) week\b|\b(?<!every )(?P<fortnight>(?:2|two) weeks|a fortnight) (?:on|from) (?P<day3>{WEEKDAY})\b"
    r"|\b(?P<today2>today) week\b|\ba week (?P<today3>today)\b",
    re.IGNORECASE,
)
_AHEAD = re.compile(
    rf"\b(?:in|within|after|for another|give me)(?: about| around)? (?:another )?{_COUNT} {_UNIT}(?:'s?)?(?: time)?\b"
    rf"|\b(?P<count2>{_NUMBER})(?: of)? (?P<unit2>days?|weeks?|wks?|fortnights?|months?)"
    r"(?:'s?)? (?:from (?:now|today)|time|today)\b",
    re.IGNORECASE,
)
_AGO = re.compile(rf"\b(?:about |around )?{_COUNT} {_UNIT} (?:ago|back)\b", re.IGNORECASE)


def _distances(reader: _Reader) -> Iterator[Found]:
    for match in reader.matches(_WEEK_FROM):
        name = match["day"] or match["day2"] or match["day3"]
        base = reader.next_weekday(weekday_number(name)) if name else reader.today
        if match["tomorrow"]:
            base += timedelta(1)
        yield _span(match, base + timedelta(14 if match["fortnight"] else 7))
    for match in reader.matches(_AHEAD):
        count, unit = match["count"] or match["count2"], match["unit"] or match["unit2"]
        yield _span(match, _shifted(reader.today, _small(count), unit))
    for match in reader.matches(_AGO):
        yield _span(match, _shifted(reader.today, -_small(match["count"]), match["unit"]))


_NEAR: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"\b(?:the )?day after (?:tomorrow|tmrw)\b", re.IGNORECASE), 2),
    (
        re.compile(
            r"\b(?:tomorrow|tommorow|tommorrow|tomorow|tmrw|tmrow|tmr|tmw|tomoz|2moro|2morro|2morrow|2mrw)\b",
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
_NOW = re.compile(r"\b(?<!for )(?:right now|rn|now|straight away|immediately|up ?front)\b", re.IGNORECASE)
_NOW_IS_WHEN = re.compile(
    r"\b(?:half|third|quarter|some|\d+|pay|payment|put|hundred|bucks|quid|rest)\b[^.?!]{0,25}$",
    re.I,
)


def _near(reader: _Reader) -> Iterator[Found]:
    for pattern, days in _NEAR:
        for match in reader.matches(pattern):
            yield _span(match, reader.today + timedelta(days))
    for match in reader.matches(_NOW):
        before = reader.text[: match.start()]
        if _NOW_IS_WHEN.search(before) and not re.search(r"n't|cant|cannot|not\b", before):
            yield _span(match, reader.today)


_LAST_DAY = re.compile(rf"\blast (?P<day>{WEEKDAY}|week|month)\b(?! of)", re.IGNORECASE)
_NTH_WEEKDAY = re.compile(
    rf"\b(?:the )?(?P<nth>first|second|third|fourth|last|1st|2nd|3rd|4th) (?P<day>{WEEKDAY}) (?:of|in) "
    rf"(?P<which>(?:the |this |next |each |every )?(?:month|mth|{_MONTH_NAMES}))\b",
    re.IGNORECASE,
)
_NAMED_DAY = re.compile(
    rf"\b(?:(?:on )?(?P<which>this coming|coming|this|next|following) )?(?P<day>{WEEKDAY})(?P<plural>s)?(?P<then> after next| coming)?\b",
    re.IGNORECASE,
)


#: "Friday the 13th", "thurs 5 march": the number says which Friday.
_DATE_BEHIND = re.compile(
    rf",? (?:the )?\d{{1,2}}(?:{_TH}\b| (?:of )?(?:{_MONTH_NAMES})\b)", re.IGNORECASE
)


def _nth_weekdays(reader: _Reader) -> Iterator[Found]:
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
            month = _month(which[-1])
            year += month < reader.today.month
        elif which[0] == "next":
            year, month = _month_after(year, month, 1)
        for _ in range(2):
            days = [
                date(year, month, number)
                for number in range(1, calendar.monthrange(year, month)[1] + 1)
                if date(year, month, number).weekday() == weekday
            ]
            nth = match["nth"].lower()
            day = days[-1] if nth == "last" else days[nths[nth]]
            if day >= reader.today:
                yield _span(match, day)
                break
            year, month = _month_after(year, month, 1)


def _named_days(reader: _Reader) -> Iterator[Found]:
    for match in reader.matches(_LAST_DAY):
        what = match["day"].lower()
        if what in ("week", "month"):
            yield _span(match, date.min)
            continue
        weekday = weekday_number(what)
        yield _span(match, reader.today - timedelta((reader.today.weekday() - weekday - 1) % 7 + 1))
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
            yield _span(
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
        yield _span(match, day)


_AFTER_TIME_WORD = re.compile(
    r"(?:^|\b(?:on|by|til|till|until|is|not|to|it|starting|for|and|or|pay|from|,|coming)\s*)$", re.I
)


def _after_time_word(text: str, start: int) -> bool:
    return bool(_AFTER_TIME_WORD.search(text[:start]))


_DAY_OF_MONTH = re.compile(
    rf"\b(?:(?:on|by|from|until|till|til|starting|since|before|after|around|to|every) )?(?:the )?"
    rf"(?P<day>\d{{1,2}}){_TH}\b(?! (?:one|option|plan|payment|instal|choice|of (?:the|these|those) (?:options|plans)|time|attempt|floor|letter|message|account))"
    r"(?: of (?:the|each|every|this) month)?",
    re.IGNORECASE,
)
_DAY_WORD = re.compile(
    rf"\b(?:on|by|from|until|till|til|starting|before|to|after|around|and|or)(?: on)? (?:the )?"
    rf"(?P<word>{ORDINAL_WORD})\b(?! (?:one|option|plan|payment|instal|choice|time|thing|place|week|few|couple|{WEEKDAY}))"
    r"(?: of (?:the|each|every|this|next) month)?"
    rf"|\bthe (?P<word2>{ORDINAL_WORD}) of (?:the|each|every|this) month\b|\b(?P<word3>{ORDINAL_WORD}) of (?:each|every) month\b|^the (?P<word4>{ORDINAL_WORD})$",
    re.IGNORECASE,
)
_DAY_BARE = re.compile(
    r"\b(?:on|from|until|till|til|by) the (?P<day>\d{1,2})(?![\d%./:]|st|nd|rd|th| ?(?:percent|dollars|bucks|quid|pounds|payments))\b",
    re.IGNORECASE,
)
_NEXT_MONTH_BEHIND = re.compile(r"\s*(?:of )?next month", re.IGNORECASE)


def _days_of_month(reader: _Reader) -> Iterator[Found]:
    for pattern in (_DAY_OF_MONTH, _DAY_WORD, _DAY_BARE):
        for match in reader.matches(pattern):
            groups = match.groupdict()
            word = (
                groups.get("word")
                or groups.get("word2")
                or groups.get("word3")
                or groups.get("word4")
            )
            day = _ordinal(word) if word else int(groups["day"])
            if not 1 <= day <= 31:
                continue
            behind = _NEXT_MONTH_BEHIND.match(reader.text, match.end())
            if behind or "next month" in match.group().lower():
                year, month = _month_after(reader.today.year, reader.today.month, 1)
                end = behind.end() if behind else match.end()
                yield Span(_date(year, month, day), match.start(), end)
            else:
                yield _span(match, reader.day_of_month(day))


_MONTH_ALONE = re.compile(
    rf"\b(?:in|from|until|till|til|by|starting|start|next|this|for|to|skip|early|late) (?:in )?{_MONTH}(?!\s*\d)",
    re.IGNORECASE,
)


def _months(reader: _Reader) -> Iterator[Found]:
    for match in reader.matches(_MONTH_ALONE):
        month = _month(match["month"])
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


_RULES: tuple[Callable[[_Reader], Iterator[Found]], ...] = (
    _full_dates,
    _nth_weekdays,
    _edges,
    _distances,
    _days_of_month,
    _periods,
    _near,
    _named_days,
    _months,
)


def _from_duckling(reader: _Reader, expressions: Iterable[Expression]) -> Iterator[Found]:
    """Holidays and whatever else Duckling knows as a day and our rules do not."""
    for expression in expressions:
        if expression.kind != "time" or "holidayBeta" not in expression.value:
            continue
        value = expression.value
        at = value if "value" in value else value.get("from", {})
        if at.get("grain") in ("day", "hour") and "value" in at:
            yield Span(date.fromisoformat(at["value"][:10]), expression.start, expression.end)


def _span(match: re.Match[str], day: date) -> Found:
    text = match.group()
    return Span(day, match.start() + len(text) - len(text.lstrip()), match.end())


def _date(year: int, month: int, day: int) -> date:
    """The date, or `date.min` for one that no calendar has."""
    try:
        return date(year, month, day)
    except ValueError:
        return date.min


def _month(name: str) -> int:
    return (
        _MONTH_NAMES.split("|")[:12].index(
            next(full for full in _MONTH_NAMES.split("|")[:12] if full.startswith(name[:3].lower()))
        )
        + 1
    )


def _ordinal(word: str) -> int:
    return ORDINAL_DAYS[word.lower().replace(" ", "-")]


def _small(word: str) -> int:
    return int(word) if word.isdigit() else _SMALL[word.lower().split()[-1]]


def _month_after(year: int, month: int, step: int) -> tuple[int, int]:
    place = year * 12 + month - 1 + step
    return place // 12, place % 12 + 1


def _shifted(day: date, count: int, unit: str) -> date:
    first = unit[0].lower()
    if first == "d":
        return day + timedelta(count)
    if first in "wf":
        return day + timedelta(count * (7 if first == "w" else 14))
    year, month = _month_after(day.year, day.month, count)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
