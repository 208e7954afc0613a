"""Sums of money as people write them.

A number is money if a sign or word of money stands by it, or if nothing around it says that it is
something else (a year, an age, an hour, a number of things).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from bot import money
from bot.nlu.spans import Span, overlaps

_SIGN_BEFORE = re.compile(r"(?P<sign>us\$|[$£€]|\b(?:usd|gbp|eur))\s?(?P<minus>-)?$", re.IGNORECASE)
_MONEY_BEHIND = re.compile(
    r"\s?(?:us )?(?P<word>dollars?|dollers?|bucks?|usd|\$|quid|pounds?|gbp|£|euros?|eur"
    r"|€)(?![a-z])",
    re.IGNORECASE,
)
_SMALL_BEHIND = re.compile(r"\s?(?P<word>pence|pennies|cents?|p|c)(?![a-z/.])", re.IGNORECASE)
_CURRENCIES = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "doller": "USD", "buck": "USD",
    "£": "GBP", "gbp": "GBP", "quid": "GBP", "pound": "GBP",
    "€": "EUR", "eur": "EUR", "euro": "EUR",
}  # fmt: skip
#: Where the account is in one of these, "$" and "bucks" mean that one.
_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD"})

_SLANG_NOUN = re.compile(r"(?:grand|fiver|tenner)s?$", re.IGNORECASE)
_NEXT_WORD = re.compile(r"\s*(?P<word>[a-z']+)", re.IGNORECASE)
_WORDS_BEHIND_MONEY = (
    "a an per each every ea weekly monthly fortnightly biweekly semimonthly now today"
    " tonight tomorrow on by from starting start"
    " until till til and or then for is was would will max maximum tops maybe ish instead"
    " please plz"
    " pls not but if to at in with after before total altogether only thanks thx off of"
    " towards toward"
    " more less extra back down up so i we you it that thats this these just because cos cuz"
    " as right"
    " beginning commencing once twice upfront next this spare left ok okay works yes no deal and"
    " when until max deposit out mo wk wkly pcm pw pm mth mthly bi semi over across im ill"
    " id cant can each"
    " x which who the my your how what why do does could should would lol mate sir until first last"
)
_ALLOWED_BEHIND = frozenset(_WORDS_BEHIND_MONEY.split())
_CUE_BEFORE = re.compile(
    r"\b(?:pay|paying|paid|afford|manage|offer|give|send|sent|do|put|spare|owe|owed|take"
    r"|accept|settle"
    r"|for|of|least|most|only|max|make it|be|about|around|charged|balance|minimum|than|was|is|says?"
    r"|borrowed|transfer(?:red)?|down|up to|with|another|extra|just|not|to|no|it|least"
    r"|payments? of)"
    r"\s+(?:you |u |me |about |around |like |maybe |just |only |an? |extra |the |another "
    r"|it |up to )*$",
    re.IGNORECASE,
)
_NOT_MONEY_BEFORE = re.compile(
    r"(?:\b(?:chapter|ch|section|sec|option|number|num|room|flat|apt|apartment|unit|aged?"
    r"|turn(?:ed)?|form"
    r"|i'?m|i am|he'?s|she'?s|is aged|regulation|reg|floor|version|phone|sort code|last four"
    r"|digits|call|dial|plan|choice)|#)\s*$",
    re.IGNORECASE,
)
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|from|until|till|year|back|of|during|early|late|before|around|circa"
    r"|january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|summer|winter|spring|fall|autumn|like)\s+$",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"\b(?:at|before|after|past|between|till?|until)\s+(?:1?\d|2[0-4])(?![\d.])(?::\d\d)?\s?(?:[ap]\.?m\.?)?"
    r"(?:\s?(?:and|to|-|til|until)\s?\d{1,2}(?::\d\d)?\s?(?:[ap]m)?)?(?!\s*(?:[%$£€\d]"
    r"|a (?:week|month)|dollars|quid|bucks|payments|th\b))"
    r"|\bfrom \d{1,2} (?:to|til|until) \d{1,2}\b|\b\d{1,2}(?::\d\d)?\s?[ap]\.?m\b"
    r"|\b\d{1,2}\s?-\s?\d{1,2}\s?(?:am|pm)\b",
    re.IGNORECASE,
)

_SHARES = (
    (r"(?:three[- ]quarters|3/4|\u00be)", 75),
    (r"(?:two[- ]thirds|2/3)", 66),
    (r"(?:(?:a |one |1 )?half|1/2|\u00bd)", 50),
    (r"(?:(?:a |one )third|1/3)", 33),
    (r"(?:(?:a |one )quarter|1/4|\u00bc)", 25),
)
_SHARE_BEHIND = (
    r"(?! (?:pay\b|past|an? |my|our|the time|the (?:charges|fees|month)|of (?:these|those|my"
    r"|the (?:charges|fees))|hour|way|year"
    r"|price|month|the month|option|one|grand|dead|asleep|bro|sis|term|these|payday))"
)
_SHARE_PATTERNS = tuple(
    (re.compile(rf"(?<![\w/])(?<!in )(?<!by ){share}\b{_SHARE_BEHIND}", re.IGNORECASE), percent)
    for share, percent in _SHARES
)
_WHOLE = re.compile(
    r"\b(?:the (?:rest|remainder|remaining (?:balance|amount))|all of it|it all|the (?:whole"
    r"|full|entire|total) (?:thing|lot|amount|balance|debt|sum|bill)|in full|the lot|everything)\b",
    re.IGNORECASE,
)
_PAYS = re.compile(
    r"\b(?:pay|paying|clear|settle|send|put|transfer|knock out|cover|take)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Share:
    """A part of what is owed: "half of it" is 50 percent of the balance."""

    percent: int


def find(
    text: str,
    numbers: Iterable[Span[Decimal]],
    *,
    taken: Sequence[tuple[int, int]],
    currency: str,
    expecting: bool,
) -> tuple[Span[money.Money | Share], ...]:
    """The sums in `text`. `taken` are stretches already read as something else.

    `expecting` says that the bot waits for a sum, so that a number needs no further sign.
    """
    found: list[Span[money.Money | Share]] = []
    hours = [(match.start(), match.end()) for match in _HOURS.finditer(text)]
    for number in numbers:
        if overlaps(number.start, number.end, (*taken, *((s.start, s.end) for s in found))):
            continue
        span = _signed(text, number, currency)
        if span is None and _is_money(text, number, hours, expecting):
            span = Span(_money(number.value, currency), number.start, number.end)
        if span is not None:
            found.append(span)
    found.extend(_shares(text, taken, found))
    return tuple(sorted(found, key=lambda span: span.start))


def _signed(text: str, number: Span[Decimal], currency: str) -> Span[money.Money | Share] | None:
    """The sum, if a sign or word of money stands by the number."""
    before = _SIGN_BEFORE.search(text[: number.start])
    behind = _MONEY_BEHIND.match(text, number.end)
    if before:
        value = -number.value if before["minus"] else number.value
        start = before.start()
        if value < 0 and not before["minus"] and text[number.start] != "-":
            value = -value
        end = behind.end() if behind else number.end
        return Span(_money(value, _named(before["sign"], currency)), start, end)
    if behind:
        small = re.compile(r" (?:and )?(\d{2})(?: cents| pence|p)?\b(?! \w)").match(
            text, behind.end()
        )
        value = number.value + (
            Decimal(small[1]) / 100 if small and "." not in str(number.value) else 0
        )
        end = small.end() if small else behind.end()
        return Span(_money(value, _named(behind["word"], currency)), number.start, end)
    small_behind = _SMALL_BEHIND.match(text, number.end)
    if small_behind and number.value < 1000:
        return Span(_money(number.value / 100, currency), number.start, small_behind.end())
    return None


def _named(word: str, currency: str) -> str:
    name = word.lower()
    found = _CURRENCIES[name if name in _CURRENCIES else name.rstrip("s")]
    return currency if found == "USD" and currency in _DOLLARS else found


def _money(value: Decimal, currency: str) -> money.Money:
    scaled = value.scaleb(money.decimals(currency)).quantize(Decimal(1), ROUND_HALF_UP)
    return money.Money(int(scaled), currency)


def _is_money(
    text: str, number: Span[Decimal], hours: Sequence[tuple[int, int]], expecting: bool
) -> bool:
    written, before = text[number.start : number.end].lower(), text[: number.start]
    if _SLANG_NOUN.search(written):
        return True
    if overlaps(number.start, number.end, hours) or _NOT_MONEY_BEFORE.search(before):
        return False
    if text[number.end : number.end + 1].isalnum() and not re.match(
        r"(?:pcm|pw|pm|p/|mth|wk|ish)", text[number.end :], re.IGNORECASE
    ):
        return False
    if _is_year(number, before, written, expecting):
        return False
    if written in ("one", "a") or (written in ("two", "zero") and not expecting):
        return False
    word = _NEXT_WORD.match(text, number.end)
    if word is None or word["word"].lower() in _ALLOWED_BEHIND:
        return True
    return bool(_CUE_BEFORE.search(before)) and not _THING_BEHIND.match(text, number.end)


_THING_BEHIND = re.compile(
    r"\s*(?:years?|yrs?|months?|mths?|weeks?|wks?|fortnights?|days?|hours?|hrs?|mins?"
    r"|minutes?|times?|kids?|children|people|jobs?"
    r"|accounts?|debts?|cards?|loans?|letters?|calls?|texts?|messages?|emails?|options?"
    r"|plans?|o'?clock"
    r"|pay ?checks?|pay ?days?|credit|bills?|things?|questions?|ways?|others?|of (?:them"
    r"|these|those|us|you)|days)\b",
    re.IGNORECASE,
)


def _is_year(number: Span[Decimal], before: str, written: str, expecting: bool) -> bool:
    if not (written.isdigit() and len(written) == 4 and 1950 <= number.value <= 2069):
        return False
    return bool(_YEAR_BEFORE.search(before)) or (not before.strip() and not expecting)


def _shares(
    text: str,
    taken: Sequence[tuple[int, int]],
    sums: Sequence[Span[money.Money | Share]],
) -> list[Span[money.Money | Share]]:
    found: list[Span[money.Money | Share]] = []
    for pattern, percent in _SHARE_PATTERNS:
        for match in pattern.finditer(text):
            spans = [*taken, *((s.start, s.end) for s in (*sums, *found))]
            if not overlaps(match.start(), match.end(), spans):
                found.append(Span(Share(percent), match.start(), match.end()))
    # "The rest" beside another sum is what that one leaves, and needs no figure of its own.
    if not found and not sums and (_PAYS.search(text) or _WHOLE.match(text)):
        found.extend(Span(Share(100), m.start(), m.end()) for m in _WHOLE.finditer(text))
    return found
