"""A message about to be sent, as the gate sees it: a response with typed values, or free words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

from bot.ledger.schedule import Terms
from bot.money import Money
from bot.wording import Phrase


@dataclass(frozen=True)
class Choice:
    """An answer that the person may pick instead of typing.

    `label` names a response of `domain.yml`; picking it is read as `intent` with `entities`, and
    never as typed text. `key` tells choices of one message apart in cards.
    """

    label: str
    intent: str
    entities: tuple[Mapping[str, Any], ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True)
class Stated:
    """An amount that the person told us of their own life, such as their rent; never one owed."""

    amount: Money


Basis: TypeAlias = Terms | date | Stated
"""What the amounts and days of a message may rest on beside the ledger: a schedule that is
proposed (checked by its arithmetic), a day to come, or what the person said."""


@dataclass(frozen=True)
class Outgoing:
    """A message about to be sent: a response of `domain.yml` with its typed values.

    `values` may hold Money, dates, numbers and short texts from the ledger; the wording formats
    them. `basis` is what those rest on that the ledger cannot know; every other amount and day must
    stand in it. `notice` names a prescribed text of the policy pack that goes with the message.
    `text` is for an agent's free words only, and then `response` is empty. `kind` says what a
    message that we start is (the pack's table `outbound`).
    """

    response: str
    values: Mapping[str, Any] = field(default_factory=dict)
    card: Mapping[str, Any] | None = None
    choices: tuple[Choice, ...] = ()
    author: str = "bot"
    author_name: str = ""
    text: str = ""
    basis: tuple[Basis, ...] = ()
    notice: str = ""
    kind: str = ""

    @cached_property
    def leaves(self) -> tuple[Any, ...]:
        """Every typed value in it: of the values, the choices and the card. Read once, because most
        rules ask."""
        found = list(leaves_of(self.values))
        for choice in self.choices:
            found += leaves_of(choice.values)
        if self.card is not None:
            found += leaves_of(self.card)
        return tuple(found)

    @property
    def reveals_debt(self) -> bool:
        """Whether it holds an amount or a card, which only exist for a debt."""
        labels = [choice.values for choice in self.choices]
        return self.card is not None or any(map(_holds_money, [self.values, *labels]))


def leaves_of(value: Any) -> Iterator[Any]:
    """The typed values within a value. A card writes money and days as mappings."""
    if isinstance(value, (Money, date, str)):
        yield value
    elif isinstance(value, Mapping):
        if "minor" in value and "currency" in value:
            yield Money(value["minor"], value["currency"])
        elif isinstance(value.get("date"), str):
            yield date.fromisoformat(value["date"])
        else:
            for inner in value.values():
                yield from leaves_of(inner)
    elif isinstance(value, Phrase):
        yield from leaves_of(value.values)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from leaves_of(inner)


def _holds_money(value: Any) -> bool:
    """Whether an amount stands in a value, or in a phrase or mapping within it."""
    if isinstance(value, Phrase):
        return _holds_money(value.values)
    if isinstance(value, Mapping):
        return any(map(_holds_money, value.values()))
    return isinstance(value, Money)
