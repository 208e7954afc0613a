"""Finds what identifies a person in what they wrote: references, birth dates, numbers.

Used where something must be redacted before it is stored, where an identity check reads its
answers, and for the entities of the same names. Pure and fast; knows nothing of language models.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot import clock

Kind = Literal[
    "card", "email", "bank_account", "ssn", "phone", "birth_date", "reference", "postal_code"
]

#: Where two readings share a character, the one that stands first here is kept.
PRECEDENCE: tuple[Kind, ...] = (
    "card",
    "email",
    "bank_account",
    "ssn",
    "phone",
    "birth_date",
    "reference",
    "postal_code",
)

#: A date nearer than this is an appointment or a payment, not the birth of somebody who owes.
LEAST_AGE_YEARS = 14
GREATEST_AGE_YEARS = 110


@dataclass(frozen=True)
class Identifier:
    """One identifier in a text.

    `value` is normalised: a reference in upper case as written, a phone in E.164 when its country
    is plain (else digits), a UK postcode with its space, a birth date as a tuple of the ISO dates
    that it can mean (likelier first), everything else as written. `text[start:end]` is what stood
    there.
    """

    kind: Kind
    value: str | tuple[str, ...]
    start: int
    end: int


def find(text: str, *, day_first: bool) -> tuple[Identifier, ...]:
    """All identifiers in `text`, in order, never overlapping.

    `day_first` decides which reading of 03/05/1988 comes first; both are returned.
    """
    found: list[Identifier] = []
    for kind in PRECEDENCE:
        for candidate in _FINDERS[kind](text, day_first):
            if all(candidate.end <= kept.start or candidate.start >= kept.end for kept in found):
                found.append(candidate)
    return tuple(sorted(found, key=lambda identifier: identifier.start))


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of ISO/IEC 7812 (Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


# Payment cards -------------------------------------------------------------------------------

_GAP = r"[ \t\u00a0.\-\u2013]{0,2}"
_DIGIT_RUN = re.compile(rf"(?<![\w$£€])\d(?:{_GAP}\d){{12,}}(?!\w)")
_DIGIT_GROUP = re.compile(r"\d+")
_PHONE_SHAPE = (3, 3, 4)


def _cards(text: str, day_first: bool) -> Iterator[Identifier]:
    """Luhn over every stretch of whole digit groups with 13 to 19 digits, longest first.

    People write an expiry or a security code right behind the number, so the run as a whole
    often has too many digits. Payment networks use the first digits 2 to 6.
    """
    for run in _DIGIT_RUN.finditer(text):
        groups = [
            (match.start() + run.start(), match.group())
            for match in _DIGIT_GROUP.finditer(run.group())
        ]
        first = 0
        while first < len(groups):
            length = _card_length(groups[first:])
            if length:
                start = groups[first][0]
                last_start, last_digits = groups[first + length - 1]
                end = last_start + len(last_digits)
                yield Identifier("card", text[start:end], start, end)
            first += length or 1


def _card_length(groups: list[tuple[int, str]]) -> int:
    """How many of the groups, from the first, make up a card number; 0 if none do."""
    lengths = tuple(len(digits) for _, digits in groups)
    if lengths[:3] == _PHONE_SHAPE or lengths[0] == sum(_PHONE_SHAPE):
        return 0
    for count in range(len(groups), 0, -1):
        digits = "".join(str(int(digit)) for _, group in groups[:count] for digit in group)
        if 13 <= len(digits) <= 19 and "2" <= digits[0] <= "6" and passes_luhn(digits):
            return count
    return 0


# Bank accounts and national numbers ----------------------------------------------------------

_IBAN = re.compile(r"\b[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30}\b")
_BANK_WORDS = re.compile(
    r"\b(?P<name>bank\s+(?:account|acct|acc)|account|acct|acc|routing|aba|sort\s*code)\b"
    r"(?:\s*(?:number|num|no\b\.?|nr|code|#|is|are|:|=|it's|its|my))*\s*"
    r"(?P<digits>\d(?:[ -]?\d){4,16})(?!\w)",
    re.IGNORECASE,
)
#: Fewer digits behind the bare word "account" are the creditor's own reference.
_LEAST_ACCOUNT_DIGITS = 7


def _bank_accounts(text: str, day_first: bool) -> Iterator[Identifier]:
    for match in _IBAN.finditer(text):
        for end in range(match.end(), match.start() + 14, -1):
            if (end == len(text) or not text[end].isalnum()) and is_iban(text[match.start() : end]):
                yield Identifier("bank_account", text[match.start() : end], match.start(), end)
                break
    for match in _BANK_WORDS.finditer(text):
        count = sum(character.isdigit() for character in match["digits"])
        name = match["name"].lower()
        if count >= (_LEAST_ACCOUNT_DIGITS if name in ("account", "acct", "acc") else 5):
            yield Identifier("bank_account", match["digits"], match.start("digits"), match.end())


def is_iban(text: str) -> bool:
    """Whether `text` has the checksum of ISO 13616 (spaces are ignored)."""
    compact = text.replace(" ", "").upper()
    if not (15 <= len(compact) <= 34 and compact.isascii() and compact.isalnum()):
        return False
    return int("".join(str(int(c, 36)) for c in compact[4:] + compact[:4])) % 97 == 1


_SSN = re.compile(r"(?<![\w-])\d{3}[- ]\d{2}[- ]\d{4}(?![\w-])")
_SSN_NAMED = re.compile(
    r"\b(?:ssn|socials?|social\s+security)\b(?:\s*(?:number|num|no\.?|#|is|:|=|it's|its))*\s*"
    r"(?P<digits>\d{9})(?!\d)",
    re.IGNORECASE,
)
_NATIONAL_INSURANCE = re.compile(
    r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: ?\d{2}){3} ?[A-D]\b", re.IGNORECASE
)


def _social_security(text: str, day_first: bool) -> Iterator[Identifier]:
    for pattern in (_SSN, _NATIONAL_INSURANCE):
        for match in pattern.finditer(text):
            yield Identifier("ssn", match.group(), match.start(), match.end())
    for match in _SSN_NAMED.finditer(text):
        yield Identifier("ssn", match["digits"], match.start("digits"), match.end())


# Ways to reach a person ----------------------------------------------------------------------

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONES = (
    re.compile(r"(?<![\w+])\+\d(?:[ .()-]{0,2}\d){7,14}(?!\d)"),
    re.compile(r"(?<![\w$£€.-])(?:1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]{0,2}\d{3}[ .-]?\d{4}(?![\w-])"),
    re.compile(
        r"(?<![\w$£€.-])\(?(?=(?:\D?\d){10,11}(?!\d))0[1-9]\d{1,3}\)?"
        r"[ -]?\d{3,4}[ -]?\d{3,4}(?![\w-])"
    ),
)


def _emails(text: str, day_first: bool) -> Iterator[Identifier]:
    for match in _EMAIL.finditer(text):
        yield Identifier("email", match.group(), match.start(), match.end())


def _phones(text: str, day_first: bool) -> Iterator[Identifier]:
    for pattern in _PHONES:
        for match in pattern.finditer(text):
            yield Identifier("phone", _e164(match.group()), match.start(), match.end())


def _e164(written: str) -> str:
    digits = "".join(character for character in written if character.isdigit())
    if written.startswith("+"):
        # "+44 (0)20 7946 0000": the zero in brackets is dialled only inside the country.
        return "+" + (digits[:2] + digits[3:] if digits.startswith("440") else digits)
    if digits.startswith("0"):
        return "+44" + digits[1:]
    return "+" + digits if len(digits) == 11 else "+1" + digits


# Birth dates ---------------------------------------------------------------------------------

_MONTH_NAMES = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
)
_MONTHS = {name[:3]: number for number, name in enumerate(_MONTH_NAMES.split("|"), start=1)}
_MONTH = rf"(?P<month>{_MONTH_NAMES}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4}|'?\d{2})"
_BORN = re.compile(
    r"\b(?:born|d\.?o\.?b|birth\s*day|birth\s*date|date\s+of\s+birth|bday)\b", re.IGNORECASE
)

_DATE_SHAPES = (
    re.compile(
        r"(?<![\w/.-])(?P<year>\d{4})[/. -](?P<month>\d{1,2})[/. -](?P<day>\d{1,2})(?![\w/-])"
    ),
    re.compile(rf"(?<!\w){_DAY}(?:\s+of)?[\s.,/-]*{_MONTH}[\s.,/-]*{_YEAR}(?!\w)", re.IGNORECASE),
    re.compile(
        rf"(?<!\w){_MONTH}[\s.,/-]*(?:the\s+)?{_DAY}[\s.,/-]+(?:of\s+)?{_YEAR}(?!\w)", re.IGNORECASE
    ),
)
_NUMBERS_SHAPE = re.compile(
    r"(?<![\w/.$£€-])(?P<first>\d{1,2})(?P<gap>[/. -])(?P<second>\d{1,2})(?P=gap)"
    r"(?P<year>\d{4}|\d{2})(?![\w/-])"
)
_RUN_TOGETHER = re.compile(r"(?<!\d)(\d{8}|\d{6})(?!\d)")


def _birth_dates(text: str, day_first: bool) -> Iterator[Identifier]:
    born = _BORN.search(text)
    for shape in _DATE_SHAPES:
        for match in shape.finditer(text):
            named = born is not None and born.start() < match.start()
            month = match["month"]
            number = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
            readings = [_birth(match["year"], number, int(match["day"]), named)]
            yield from _birth_identifier(readings, match.start(), match.end())
    for match in _NUMBERS_SHAPE.finditer(text):
        named = born is not None and born.start() < match.start()
        if match["gap"] == " " and len(match["year"]) == 2 and not named:
            continue
        readings = _both_readings(
            match["year"], int(match["first"]), int(match["second"]), named, day_first
        )
        yield from _birth_identifier(readings, match.start(), match.end())
    if born is not None:
        for match in _RUN_TOGETHER.finditer(text, born.end()):
            digits = match.group()
            readings = _both_readings(
                digits[4:], int(digits[:2]), int(digits[2:4]), True, day_first
            )
            if len(digits) == 8:
                readings.append(_birth(digits[:4], int(digits[4:6]), int(digits[6:]), True))
            yield from _birth_identifier(readings, match.start(), match.end())


def _both_readings(
    year: str, first: int, second: int, named: bool, day_first: bool
) -> list[date | None]:
    by_day = _birth(year, second, first, named)
    by_month = _birth(year, first, second, named)
    return [by_day, by_month] if day_first else [by_month, by_day]


def _birth_identifier(readings: list[date | None], start: int, end: int) -> Iterator[Identifier]:
    days = tuple(dict.fromkeys(day.isoformat() for day in readings if day is not None))
    if days:
        yield Identifier("birth_date", days, start, end)


def _birth(year: str, month: int, day: int, named: bool) -> date | None:
    """The date, if somebody who owes money can have been born on it.

    A two-digit year near the present is a birth date only if the person said so (`named`).
    """
    today = clock.today("UTC")
    digits = year.lstrip("'")
    number = int(digits)
    if len(digits) == 2:
        number += 2000
        if number > today.year - LEAST_AGE_YEARS:
            if number <= today.year + 10 and not named:
                return None
            number -= 100
    if not LEAST_AGE_YEARS <= today.year - number <= GREATEST_AGE_YEARS:
        return None
    try:
        return date(number, month, day)
    except ValueError:
        return None


# References and postal codes -----------------------------------------------------------------

_REFERENCE_NAMED = re.compile(
    r"\b(?:ref(?:erence)?|account|acct|acc|case|file|customer|client)\b"
    r"(?:\s*(?:number|num|no\b\.?|nr|code|id|#|is|:|=|it's|its))*\s*"
    r"(?P<value>[A-Za-z]{0,4}[- ]?\d[\d-]{2,18}(?:[A-Za-z]{1,2})?)(?![\w-])",
    re.IGNORECASE,
)
_REFERENCE_BARE = re.compile(
    r"(?<![\w$£€@.-])(?P<letters>[A-Za-z]{1,4})(?P<gap>-?)(?P<digits>\d{3,10})"
    r"(?:-\d{2,6})?(?![\w-]|[.,]\d)"
)
_REFERENCE_SPACED = re.compile(r"(?:^|[,:;]\s*|\bis\s+)(?P<value>[A-HJ-Z] \d{4,8})(?![\w.,-]\d)")
_MONEY_BEHIND = re.compile(
    r"\s*(?:dollars?|bucks?|quid|pounds?|usd|gbp|euros?|p\b|%|k\b)", re.IGNORECASE
)
_MONEY_BEFORE = re.compile(
    r"\b(?:owed?|pay|paid|was|not|borrowed|settle for|take|offer|afford|about|only|send|sent)\s+$",
    re.IGNORECASE,
)
#: Words that run into a number without making it a reference: "pay500", "jan2026", "gbp200".
_NOT_REFERENCE_WORDS = (
    "i at by for from in is me my no of on or owe pay paid send so than the til to up was with"
    " usd gbp eur chf cad aud rs us mid early late year ch form rule reg sec covid win iso"
    " jan feb mar apr may jun june jul july aug sep sept oct nov dec"
)
_STATE_CODES = (
    "al ak az ar ca co ct de dc fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj"
    " nm ny nc nd oh ok or pa pr ri sc sd tn tx ut vt va wa wv wi wy"
)
_NOT_REFERENCE_LETTERS = frozenset(_NOT_REFERENCE_WORDS.split())
_STATES = frozenset(_STATE_CODES.split())


def _references(text: str, day_first: bool) -> Iterator[Identifier]:
    for match in _REFERENCE_NAMED.finditer(text):
        if not _MONEY_BEHIND.match(text, match.end()):
            yield _reference(match["value"], match.start("value"), match.end("value"))
    for match in _REFERENCE_BARE.finditer(text):
        letters, digits = match["letters"].lower(), match["digits"]
        is_state_and_zip = letters in _STATES and len(digits) == 5 and not match["gap"]
        if letters not in _NOT_REFERENCE_LETTERS and not is_state_and_zip:
            yield _reference(match.group(), match.start(), match.end())
    for match in _REFERENCE_SPACED.finditer(text):
        if not _MONEY_BEHIND.match(text, match.end()):
            yield _reference(match["value"], match.start("value"), match.end("value"))


def _reference(written: str, start: int, end: int) -> Identifier:
    lead = len(written) - len(written.lstrip())
    return Identifier("reference", written.strip().upper(), start + lead, end)


_ZIP = re.compile(r"(?<![\w$£€.,-])(?:[A-Z]{2})?(?P<zip>\d{5}(?:-\d{4})?)(?![\w-]|[.,]\d)")
_POSTCODE = re.compile(
    r"\b(?P<out>[A-Z]{1,2}\d[A-Z\d]?|GIR) ?(?P<in>\d[ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE
)
#: Hours and ordinals that look like the second half of a postcode: "b4 5pm", "w8 2nd".
_NOT_POSTCODE_ENDINGS = frozenset({"am", "pm", "st", "nd", "rd", "th"})


def _postal_codes(text: str, day_first: bool) -> Iterator[Identifier]:
    for match in _ZIP.finditer(text):
        if not _MONEY_BEHIND.match(text, match.end()) and not _MONEY_BEFORE.search(
            text[: match.start()]
        ):
            yield Identifier("postal_code", match["zip"], match.start("zip"), match.end())
    for match in _POSTCODE.finditer(text):
        if match["in"][1:].lower() not in _NOT_POSTCODE_ENDINGS:
            value = f"{match['out']} {match['in']}".upper()
            yield Identifier("postal_code", value, match.start(), match.end())


_FINDERS = {
    "card": _cards,
    "email": _emails,
    "bank_account": _bank_accounts,
    "ssn": _social_security,
    "phone": _phones,
    "birth_date": _birth_dates,
    "reference": _references,
    "postal_code": _postal_codes,
}
