"""What a message contains: amounts, days, words, an ask for money. Pure reading, no judgement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from bot.compliance import scanning
from bot.compliance.outgoing import Outgoing
from bot.compliance.packs import PackError
from bot.ledger.schedule import Terms
from bot.money import Money

KINDS = (
    "introduces",
    "confirms_stop",
    "tells_of_debt",
    "asks_for_money",
    "asks_what_was_meant",
    "legal_steps",
    "repeats",
)
"""What a response may be known as (`messages.yml`)."""

_FILE = Path(__file__).resolve().parent / "messages.yml"

LEADING_TO_MONEY = frozenset(
    {"ask_plan", "make_payment", "offer_amount", "ask_settlement", "promise_to_pay"}
)
"""A choice that is read as one of these offers a way to pay."""

_PAYING_CARDS = ("options", "payment_link")


@cache
def listed() -> Mapping[str, tuple[str, ...]]:
    """The responses of each kind as `messages.yml` lists them; a trailing `*` is any ending."""
    document = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    if not isinstance(document, dict) or set(document) != set(KINDS):
        raise PackError(f"{_FILE.name}: write exactly {', '.join(KINDS)}")
    return {kind: tuple(document[kind]) for kind in KINDS}


def matches(response: str, pattern: str) -> bool:
    """Whether a line of `messages.yml` means this response."""
    if pattern.endswith("*"):
        return response.startswith(pattern[:-1])
    return response == pattern


@cache
def is_a(response: str, kind: str) -> bool:
    """Whether the response `response` is of this kind (`messages.yml`)."""
    return any(matches(response, pattern) for pattern in listed()[kind])


def amounts(outgoing: Outgoing) -> Iterator[Money]:
    """Every amount in the values, the choices and the card."""
    return (one for one in outgoing.leaves if isinstance(one, Money))


def days(outgoing: Outgoing) -> Iterator[date]:
    """Every day in the values, the choices and the card."""
    return (one for one in outgoing.leaves if isinstance(one, date))


def words(outgoing: Outgoing) -> Iterator[str]:
    """Every text in it: free words, values and the card's."""
    yield outgoing.text
    yield from (one for one in outgoing.leaves if isinstance(one, str))


def proposals(outgoing: Outgoing) -> Iterator[Terms]:
    """The schedules that it proposes."""
    return (one for one in outgoing.basis if isinstance(one, Terms))


def shows_plan(outgoing: Outgoing) -> bool:
    """Whether it puts a plan, a schedule to agree to or a way to pay before the person."""
    card = outgoing.card or {}
    offered = card.get("kind") == "schedule" and card.get("status") == "offered"
    return offered or card.get("kind") in _PAYING_CARDS or any(True for _ in proposals(outgoing))


def asks_for_money(outgoing: Outgoing) -> bool:
    """Whether it asks for money or offers a way to pay."""
    return (
        shows_plan(outgoing)
        or any(
            choice.intent in LEADING_TO_MONEY and not is_a(choice.label, "asks_what_was_meant")
            for choice in outgoing.choices
        )
        or is_a(outgoing.response, "asks_for_money")
        or bool(outgoing.text and scanning.found(outgoing.text, "asks"))
    )


def tells_of_debt(outgoing: Outgoing) -> bool:
    """Whether it tells that there is a debt or an account."""
    return (
        outgoing.reveals_debt
        or is_a(outgoing.response, "tells_of_debt")
        or bool(outgoing.text and scanning.tells_of_debt(outgoing.text))
    )
