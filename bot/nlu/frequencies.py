"""How often somebody wants to pay."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.nlu.spans import Span, overlaps

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: How weekdays are written; the group "day" of a pattern made from it holds one.
WEEKDAY = (
    r"(?:mon(?:day)?|tues?(?:day)?|weds?(?:nesday)?|wednesday|thurs?(?:day)?|thursday|fri(?:day)?"
    r"|satur(?:day)?|sat|sun(?:day)?)"
)
_EACH = r"(?:a|an|per|each|every|evry|ea)"
_WEEK = r"(?:we?e?k|wks?)"
_FORTNIGHT = r"fort?night"
_MONTH = r"(?:month|mnth|mth|mo)"
_TWO = r"(?:other|second|2nd|alternate|2|two|couple(?: of)?)"

#: In this order; a match inside an earlier one does not count.
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("semimonthly", rf"\b(?:twice|two times|2 times|2x)[- ]?(?:{_EACH} )?{_MONTH}(?:ly)?\b"),
    ("semimonthly", r"\bsemi[- ]?monthly\b|\bbi[- ]?monthly\b"),
    ("semimonthly", rf"\bevery half[- ]?{_MONTH}\b"),
    ("once", r"\bone[- ]?off\b|\b(?:just|only) (?:the )?once\b|\bonce only\b|\bone[- ]?time\b"),
    ("once", r"^\W*once\W*$"),
    ("once", r"\bin one (?:go|hit|lump|shot|payment)\b|\b(?:in )?(?:a |one )?lump sum\b"),
    ("once", r"\ball (?:at once|in one(?: go)?)\b|\b(?:a |one )?single payment\b"),
    ("biweekly", rf"\b(?:once )?(?:every|evry|each|per) {_TWO} ?{_WEEK}s?\b"),
    ("biweekly", rf"\b(?:every|each|alternate) {_TWO} (?:{WEEKDAY})s?\b"),
    ("biweekly", rf"\balternate (?:{WEEKDAY}s?|weeks|paydays)\b"),
    ("biweekly", rf"\b(?:(?:{_EACH}|once {_EACH}) )?{_FORTNIGHT}(?:ly)?\b|/ ?{_FORTNIGHT}\b"),
    ("biweekly", r"\bbi[- ]?weekly\b|\b(?:2|two)[- ]weekly\b|\bevery (?:14|fourteen) days\b"),
    ("weekly", rf"\b(?:once )?{_EACH} (?:single )?{_WEEK}\b|/ ?{_WEEK}\b|\bw(?:ee)?kly\b"),
    ("weekly", (r"(?<=\d)\s?p\.?/?w\.?(?![a-z])|\bweek (?:on|by|after) week\b|\bevery (?:7"
               r"|seven) days\b")),
    ("weekly", rf"\b(?:every|each) (?:single )?{WEEKDAY}\b(?! (?:of|in) (?:every|each|the))"),
    ("monthly", rf"\bonce {_EACH} (?:calendar )?{_MONTH}\b"),
    ("monthly", rf"\b{_EACH} (?:single |calendar )?{_MONTH}\b|/ ?{_MONTH}?\b(?<=[a-z])|/ ?m\b"),
    ("monthly", (r"\bm(?:on)?thly\b|(?<=\d)\s?p\.?c?\.?/?m\.?(?![a-z])|\bpcm\b|\bevery (?:30"
                r"|thirty) days\b")),
    ("monthly", r"\bof (?:each|every) month\b|\bmonth (?:on|by|after) month\b"),
)  # fmt: skip
_COMPILED = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _PATTERNS)
_PLURAL_DAY = re.compile(
    rf"\b(?:on )?(?P<day>{WEEKDAY})s\b(?<!tues)(?<!weds)(?<!thurs)", re.IGNORECASE
)
_DAY = re.compile(rf"\b(?P<day>{WEEKDAY})(?:s|')?\b", re.IGNORECASE)
_RECURRING = re.compile(
    rf"\b(?:every|each|alternate)(?: single| {_TWO})? (?P<day>{WEEKDAY})s?\b", re.IGNORECASE
)
#: "for a month", "a week ago": a length of time, not how often.
_LENGTH_BEFORE = re.compile(
    r"\b(?:for|in|within|about|over|after|took|take|takes|need|needs|me|another|last|of|been|be"
    r"|than|have|had|off|by|until|till|skip|miss|wait|it's|its|is|delay|back|extra)\s+$",
    re.IGNORECASE,
)
_LENGTH_BEHIND = re.compile(
    r"\s*(?:or (?:so|two)|ago|late|behind|off|holiday|break|later|early|after|before|on"
    r" (?:monday|tuesday|wednesday|thursday|friday)|from|time\b|today|tomorrow)\b",
    re.IGNORECASE,
)
#: "20 quid a week from june": behind a sum it is how often, whatever follows.
_SUM_BEFORE = re.compile(
    r"(?:\d|\b(?:quid|bucks|dollars?|pounds?|euros?|fiver|tenner|grand|hundred|thousand|ty|een|five"
    r"|cents|pence|payments?|instal+ments?|each))\s*$|(?:ty|een)\s*$",
    re.IGNORECASE,
)
_TIME_OF_DAY = re.compile(r"\b(?:1[0-2]|[1-9])\s?p\.?m\.?$", re.IGNORECASE)
_MONEY_SIGN_BEFORE = re.compile(r"[$£€]\s?(?:1[0-2]|[1-9])\s?p\.?m", re.IGNORECASE)


def find(text: str) -> tuple[Span[str], ...]:
    """The frequencies stated in `text`: weekly, biweekly, semimonthly, monthly or once."""
    found: list[Span[str]] = []
    for name, pattern in _COMPILED:
        for match in pattern.finditer(text):
            start, end = match.start(), match.end()
            if not overlaps(start, end, ((s.start, s.end) for s in found)) and not _is_length(
                text, start, end
            ):
                lead = len(match.group()) - len(match.group().lstrip())
                found.append(Span(name, start + lead, end))
    if not found:
        found.extend(Span("weekly", m.start(), m.end()) for m in _PLURAL_DAY.finditer(text))
        found = found[:1]
    return tuple(sorted(found, key=lambda span: span.start))


def recurring_weekdays(text: str) -> tuple[Span[str], ...]:
    """Weekdays that are meant again and again: "every other friday", "fridays"."""
    return tuple(_days(text, _RECURRING)) or tuple(_days(text, _PLURAL_DAY))


def weekdays(text: str) -> tuple[Span[str], ...]:
    """Every named weekday, in order. "Sat", "sun" and "wed" count behind a word of time only."""
    return tuple(span for span in _days(text, _DAY) if _is_day(text, span))


def weekday_number(name: str) -> int:
    """0 for Monday."""
    return next(place for place, day in enumerate(WEEKDAYS) if day.startswith(name[:3].lower()))


def _days(text: str, pattern: re.Pattern[str]) -> Iterator[Span[str]]:
    for match in pattern.finditer(text):
        name = WEEKDAYS[weekday_number(match["day"])]
        yield Span(name, match.start("day"), match.end("day"))


_WORDS_TOO = frozenset({"sat", "sun", "wed", "mon"})
_BEFORE_DAY = re.compile(
    r"(?:^|\b(?:on|every|each|other|next|this|from|by|til|till|until|is|not|to|it|starting|second"
    r"|for|and|or|pay|last|coming|,)\s*)$",
    re.IGNORECASE,
)


def _is_day(text: str, span: Span[str]) -> bool:
    written = text[span.start : span.end].lower()
    return written not in _WORDS_TOO or bool(_BEFORE_DAY.search(text[: span.start]))


def _is_length(text: str, start: int, end: int) -> bool:
    body = text[start:end].strip()
    if re.match(r"(?:every|each|per|once|/|twice)", body, re.IGNORECASE):
        return False
    if _TIME_OF_DAY.search(text[max(0, start - 3) : end]):
        return not _MONEY_SIGN_BEFORE.search(text[max(0, start - 5) : end])
    if not re.match(
        rf"an? (?:{_WEEK}|{_MONTH})|(?:an? )?{_FORTNIGHT}$",
        body,
        re.IGNORECASE,
    ):
        return False
    if _SUM_BEFORE.search(text[:start]):
        return False
    return bool(_LENGTH_BEFORE.search(text[:start]) or _LENGTH_BEHIND.match(text, end))
