"""How many payments, what share, and which one of several."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from bot.nlu.date_reader import ORDINAL_WORD, ordinal_day
from bot.nlu.spans import Span

_PAYMENTS = (
    r"(?:equal |even |smaller |small |monthly |weekly |fortnightly |biweekly )*"
    r"(?:payments?|pymts?|instal+ments?|goes|chunks?|parts|bits|lots|times|pieces|splits|pays?)\b"
)
_COUNT_BEHIND = re.compile(
    rf"\s*{_PAYMENTS}(?! (?:a|an|per|each|every) (?:week|month|wk|year|day)| (?:ago|already"
    rf"|this|now|too))",
    re.IGNORECASE,
)
_MULTIPLIED = re.compile(r"\s*[x\u00d7*]\s*(?P<sign>[$£€]?)\s*(?P<other>\d+)", re.IGNORECASE)
_MULTIPLIER = re.compile(r"(?P<sign>[$£€]?)(?P<other>\d+)\s*[x\u00d7*]\s*$", re.IGNORECASE)
_OVER_BEFORE = re.compile(
    r"\b(?:over|across|spread (?:it |this )?over|split over|for)\s+(?:about |the next )?$",
    re.IGNORECASE,
)
_UNIT_BEHIND = re.compile(
    r"\s*(?P<unit>months?|mths?|mnths?|weeks?|wks?|fortnights?|pay ?checks?|pay ?days?)\b"
    r"(?!\s*(?:ago|old|late|behind|now|already|so far))",
    re.IGNORECASE,
)
_UNIT_FREQUENCY = {"m": "monthly", "w": "weekly", "f": "biweekly"}
_SPLIT_BEFORE = re.compile(
    r"\b(?:split|divide|break|cut|spread)(?: it| that| this)?(?: up)? (?:into|in|over) $",
    re.IGNORECASE,
)
_WAYS = re.compile(r"\s*ways\b", re.IGNORECASE)
_PERCENT_BEHIND = re.compile(r"\s*(?:%|percent\b|per ?cent\b|pct\b)", re.IGNORECASE)

_OPTION_BEHIND = re.compile(r"\s*(?:one|option|plan|choice|account|card|offer)s?\b", re.IGNORECASE)
_NTH = re.compile(
    rf"\b(?:the |my )?(?:(?P<word>{ORDINAL_WORD})|(?P<figure>\d{{1,2}})(?:st|nd|rd|th)"
    rf"|(?P<edge>last|final|bottom|top))\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:\b(?:option|number|num|no\.?|plan|choice|account)|#) ?(?P<figure>\d{1,2}|[a-d]|one"
    r"|two|three|four|five)\b",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"\W*(?:the |just )?(?P<figure>\d{1,2}|[a-d]|one|two|three|four|five)(?: pls| please| plz)?\W*",
    re.IGNORECASE,
)
_NAMES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "a": 1, "b": 2, "c": 3, "d": 4}


def counts(
    text: str, numbers: Iterable[Span[Decimal]], *, frequency_stated: bool
) -> tuple[tuple[Span[int], str | None], ...]:
    """Each number of payments, with the frequency it implies ("over 6 months" is monthly)."""
    found: list[tuple[Span[int], str | None]] = []
    for number in numbers:
        value = number.value
        if value != value.to_integral_value() or not 0 < value <= 1000:
            continue
        behind = _COUNT_BEHIND.match(text, number.end) or _WAYS.match(text, number.end)
        if (
            behind
            or _is_multiplier(text, number)
            or (
                _SPLIT_BEFORE.search(text[: number.start])
                and not _UNIT_BEHIND.match(text, number.end)
            )
        ):
            end = behind.end() if behind else number.end
            found.append((Span(int(value), number.start, end), None))
            continue
        unit = _UNIT_BEHIND.match(text, number.end)
        if unit and _OVER_BEFORE.search(text[: number.start]) and not frequency_stated:
            implied = _UNIT_FREQUENCY.get(unit["unit"][0].lower())
            found.append((Span(int(value), number.start, unit.end()), implied))
    return tuple(found)


def _is_multiplier(text: str, number: Span[Decimal]) -> bool:
    """Of "6 x 50" and "50 x 6" the smaller one counts the payments, unless a sign says better."""
    before = text[: number.start].rstrip()
    if before.endswith(("$", "£", "€")):
        return False
    ahead = _MULTIPLIED.match(text, number.end)
    if ahead:
        return bool(ahead["sign"]) or number.value < int(ahead["other"])
    behind = _MULTIPLIER.search(text[: number.start])
    return behind is not None and (bool(behind["sign"]) or number.value <= int(behind["other"]))


def percents(text: str, numbers: Iterable[Span[Decimal]]) -> tuple[Span[int], ...]:
    """Percentages as whole numbers from 0 to 100."""
    return tuple(
        Span(int(number.value), number.start, behind.end())
        for number in numbers
        if (behind := _PERCENT_BEHIND.match(text, number.end)) and 0 <= number.value <= 100
    )


def ordinals(text: str, *, choosing: bool) -> Iterator[Span[int]]:
    """Which one of what was shown: "the 2nd one" -> 2, "last" -> -1.

    While something is to be chosen (`choosing`), a bare "2", "b" or "second" is one too.
    """
    numbered = list(_NUMBERED.finditer(text))
    for match in numbered:
        yield Span(_place(match["figure"]), match.start(), match.end())
    for match in _NTH.finditer(text):
        behind = _OPTION_BEHIND.match(text, match.end())
        if not behind and not choosing:
            continue
        edge = (match["edge"] or "").lower()
        if edge:
            value = 1 if edge == "top" else -1
        else:
            value = int(match["figure"]) if match["figure"] else ordinal_day(match["word"])
        yield Span(value, match.start(), behind.end() if behind else match.end())
    alone = _ALONE.fullmatch(text)
    if choosing and alone and not numbered:
        yield Span(_place(alone["figure"]), alone.start("figure"), alone.end("figure"))


def _place(figure: str) -> int:
    return int(figure) if figure.isdigit() else _NAMES[figure.lower()]
