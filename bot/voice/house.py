"""The house rules of `house.yml`, read once and made ready to be looked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("house.yml")


@dataclass(frozen=True)
class Banned:
    """One entry of the ban list."""

    pattern: re.Pattern[str]
    instead: str
    unless: str
    """The flag of the account under which it may be said; empty if there is none."""


@dataclass(frozen=True)
class House:
    """All rules; what each is for says `house.yml`."""

    banned: tuple[Banned, ...]
    terms: tuple[tuple[re.Pattern[str], str], ...]
    any_term: re.Pattern[str]
    capitals: frozenset[str]
    first_name: frozenset[str]
    facts: Mapping[str, re.Pattern[str]]
    no_money: frozenset[str]
    money: re.Pattern[str]
    frequent: frozenset[str]
    once: frozenset[str]
    offers: Mapping[str, frozenset[str]]
    pieces: tuple[str, ...]
    website_only: frozenset[str]


@lru_cache(maxsize=1)
def house() -> House:
    """The rules of `house.yml`."""
    with _FILE.open(encoding="utf-8") as file:
        rules: dict[str, Any] = yaml.load(file, Loader=yaml.CSafeLoader)
    return House(
        banned=tuple(_banned(entry) for entry in rules["banned"]),
        terms=tuple((_any_of([term]), plain) for term, plain in rules["terms"].items()),
        any_term=_any_of(list(rules["terms"])),
        capitals=frozenset(rules["capitals"]),
        first_name=frozenset(rules["first_name"]),
        facts={name: _any_of(words) for name, words in rules["facts"].items()},
        no_money=frozenset(rules["no_money"]),
        money=_any_of(rules["money"]),
        frequent=frozenset(rules["frequent"]),
        once=frozenset(rules["once"]),
        offers={name: frozenset(values) for name, values in rules["offers"].items()},
        pieces=tuple(rules["pieces"]),
        website_only=frozenset(rules["website_only"]),
    )


def _banned(entry: Mapping[str, Any]) -> Banned:
    pattern = _any_of(entry["say"])
    if entry.get("opener"):
        pattern = re.compile(rf"(?:^|(?<=[.!?]\s)){pattern.pattern}", re.IGNORECASE | re.MULTILINE)
    return Banned(pattern, entry["instead"], entry.get("unless", ""))


def _any_of(phrases: Sequence[str]) -> re.Pattern[str]:
    """Finds any of the phrases as whole words, with any white space between them."""
    alternatives = (r"\s+".join(map(re.escape, phrase.split())) for phrase in phrases)
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b", re.IGNORECASE)
