"""Exact money: a whole number of a currency's smallest unit, and the currency.

No float ever touches an amount. Amounts of two currencies are never added or compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_SIGNS = {"USD": "$", "GBP": "£", "EUR": "€"}

_DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0),
    **dict.fromkeys(("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""ISO 4217 currencies whose smallest unit is not a hundredth."""

_WRITTEN = re.compile(r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?")
_CURRENCY = re.compile(r"[A-Z]{3}")


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were added or compared."""


def decimals(currency: str) -> int:
    """How many decimals the currency is written with (ISO 4217)."""
    return _DECIMALS.get(currency, 2)


@dataclass(frozen=True)
class Money:
    """An amount in minor units (cents, pence) of an ISO 4217 currency; may be negative."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are a whole number, not {self.minor!r}")
        if not _CURRENCY.fullmatch(self.currency):
            raise ValueError(f"{self.currency!r} is no ISO 4217 currency; write e.g. USD")

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read `1200.5` or `1,200.50`, exactly. ValueError for anything else, and for more
        decimals than the currency has."""
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} is no amount; write e.g. 1200.50")
        sign, whole, fraction = match.groups()
        places = decimals(currency)
        if fraction and len(fraction) > places:
            raise ValueError(f"{text!r} has more than the {places} decimals of {currency}")
        digits = whole.replace(",", "") + (fraction or "").ljust(places, "0")
        return cls(int(sign + digits), currency)

    @property
    def is_zero(self) -> bool:
        """Whether this is nothing at all."""
        return self.minor == 0

    def split(self, count: int) -> tuple[Money, ...]:
        """`count` equal parts, floored to the minor unit, with the remainder on the last."""
        if count < 1:
            raise ValueError(f"cannot split into {count} parts")
        part = self.minor // count
        last = self.minor - part * (count - 1)
        return (*(Money(part, self.currency),) * (count - 1), Money(last, self.currency))

    def percent(self, percent: int) -> Money:
        """So many per cent of it, floored to the minor unit."""
        return Money(self.minor * percent // 100, self.currency)

    def decimal_text(self) -> str:
        """`1200.50`: plain decimals, as files carry it."""
        return f"{self._decimal():f}"

    def as_json(self) -> dict[str, int | str]:
        """`{"minor": 120050, "currency": "USD"}`."""
        return {"minor": self.minor, "currency": self.currency}

    def __str__(self) -> str:
        sign = "-" if self.minor < 0 else ""
        mark = _SIGNS.get(self.currency, f"{self.currency} ")
        return f"{sign}{mark}{abs(self._decimal()):,f}"

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not mix")
        return other.minor

    def _decimal(self) -> Decimal:
        # Built from digits, not by division, so that no context precision can round it.
        digits = tuple(int(digit) for digit in str(abs(self.minor)))
        return Decimal((self.minor < 0, digits, -decimals(self.currency)))
