"""Numbers in a message, in figures or words, exact."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from bot.nlu.expressions import Expression
from bot.nlu.spans import Span, overlaps

_FIGURES = re.compile(
    r"(?:(?<![\w.,/:])|(?<=\d[xX]))(?:(?<!\w)(?P<sign>-))?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?|\d+[.,]\d{2}(?!\d)|\d*\.\d+|\d+)"
    r"(?P<thousand>\s?(?:k|thousand|grand)(?![a-z]))?(?!\d|[/:]\d)",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[A-Za-z]")
_SLANG = {
    re.compile(r"\bhalf a grand\b", re.IGNORECASE): 500,
    re.compile(r"\ba grand\b", re.IGNORECASE): 1000,
    re.compile(r"\ba fiver\b|\bfiver\b", re.IGNORECASE): 5,
    re.compile(r"\ba tenner\b|\btenner\b", re.IGNORECASE): 10,
    re.compile(r"\ba few hundred\b", re.IGNORECASE): 300,
}
_TWO_FIFTY = re.compile(
    r"\b(?P<hundreds>one|two|three|four|five|six|seven|eight|nine)\s+(?P<rest>twenty|thirty|forty"
    r"|fifty|sixty|seventy|eighty|ninety)(?:[- ](?P<unit>one|two|three|four|five|six|seven|eight"
    r"|nine))?\b",
    re.IGNORECASE,
)
_UNITS = "one two three four five six seven eight nine"
_DECADES = "twenty thirty forty fifty sixty seventy eighty ninety"
_ONES = {word: value for value, word in enumerate(_UNITS.split(), start=1)}
_TENS = {word: value for value, word in enumerate(_DECADES.split(), start=2)}


def find(text: str, expressions: Iterable[Expression]) -> tuple[Span[Decimal], ...]:
    """The numbers of `text`, in order: "1,200.50", "1.5k", "twelve hundred", "two fifty"."""
    found: list[Span[Decimal]] = []

    def add(value: Decimal, start: int, end: int) -> None:
        if not overlaps(start, end, ((span.start, span.end) for span in found)):
            found.append(Span(value, start, end))

    for pattern, slang in _SLANG.items():
        for match in pattern.finditer(text):
            add(Decimal(slang), match.start(), match.end())
    for match in _TWO_FIFTY.finditer(text):
        hundreds, tens = _ONES[match["hundreds"].lower()], _TENS[match["rest"].lower()]
        unit = _ONES[match["unit"].lower()] if match["unit"] else 0
        add(Decimal(hundreds * 100 + tens * 10 + unit), match.start(), match.end())
    for expression in expressions:
        body = text[expression.start : expression.end]
        if expression.kind == "number" and _WORDS.search(body) and body[-1:].lower() != "k":
            add(
                Decimal(str(expression.value["value"])),
                expression.start,
                expression.end,
            )
    for match in _FIGURES.finditer(text):
        start = match.start("sign") if match["sign"] else match.start("digits")
        add(_figure(match), start, match.end())
    return tuple(sorted(found, key=lambda span: span.start))


def _figure(match: re.Match[str]) -> Decimal:
    digits = match["digits"]
    if re.fullmatch(r"\d+,\d{2}", digits):
        digits = digits.replace(",", ".")
    value = Decimal(digits.replace(",", "")) * (1000 if match["thousand"] else 1)
    return -value if match["sign"] else value
