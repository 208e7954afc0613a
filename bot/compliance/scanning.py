"""Reading free words for what they must not say: amounts, threats, card numbers.

The lists stand in `packs/words.yml`. Whole words count, whatever their case and their apostrophes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bot import identifiers
from bot.compliance import packs
from bot.money import Money, decimals

_SIGNS = {"$": "USD", "£": "GBP", "€": "EUR"}
_NAMES = {
    "dollar": "USD", "dollars": "USD", "usd": "USD", "bucks": "USD",
    "pound": "GBP", "pounds": "GBP", "gbp": "GBP", "quid": "GBP",
    "euro": "EUR", "euros": "EUR", "eur": "EUR",
}  # fmt: skip
_NUMBER = r"(?P<{0}>\d[\d,]*(?:\.\d{{1,2}})?)"
_AMOUNT = re.compile(
    rf"(?P<sign>[$£€])\s?{_NUMBER.format('signed')}"
    rf"|(?<![\w$£€.,]){_NUMBER.format('named')}\s?(?P<name>{'|'.join(_NAMES)})\b"
    r"|(?<![\w$£€.,/-])(?<!\bat )(?P<bare>\d{1,3}(?:,\d{3})*\.\d{2})(?!\d|\.\d|%)",
    re.IGNORECASE,
)
_TYPOGRAPHIC = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " "})
_ENOUGH_DIGITS = re.compile(r"(?:\d\D{0,2}){13}")


def found(text: str, group: str) -> str | None:
    """The first word or phrase of a group of `words.yml` that stands in the text, if any."""
    match = _pattern(group).search(text.translate(_TYPOGRAPHIC))
    return match.group().lower() if match else None


def tells_of_debt(text: str) -> str | None:
    """What in the text tells that there is a debt: a word, an ask for money, or an amount."""
    return (
        found(text, "debt")
        or found(text, "asks")
        or next((match.group() for match in _AMOUNT.finditer(text)), None)
    )


def amounts(text: str, currency: str) -> Iterator[Money]:
    """The sums of money in a text: with a sign, with the name of a currency, or written with
    cents, which are then of `currency`."""
    for match in _AMOUNT.finditer(text):
        if match["sign"]:
            yield _money(match["signed"], _SIGNS[match["sign"]])
        elif match["name"]:
            yield _money(match["named"], _NAMES[match["name"].lower()])
        else:
            yield _money(match["bare"], currency)


def holds_card_number(text: str) -> bool:
    """Whether the number of a payment card stands in the text (Luhn)."""
    if not _ENOUGH_DIGITS.search(text):
        return False
    return any(item.kind == "card" for item in identifiers.find(text, day_first=False))


def _money(written: str, currency: str) -> Money:
    digits = written.replace(",", "")
    whole, _, fraction = digits.partition(".")
    places = decimals(currency)
    return Money(int(whole + fraction[:places].ljust(places, "0")), currency)


@cache
def _pattern(group: str) -> re.Pattern[str]:
    phrases = sorted(packs.words()[group], key=len, reverse=True)
    listed = "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE)
