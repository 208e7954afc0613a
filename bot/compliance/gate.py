"""The gate that every outgoing message passes, whoever wrote it.

`conversations.sending.send` is its only caller. It returns the message, cleared, or refuses it
with the section that forbids it. What the bot says is judged by its response name and typed
values, never by its wording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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
class Outgoing:
    """A message about to be sent: a response of `domain.yml` with its typed values.

    `values` may hold Money, dates, numbers and short texts from the ledger; the wording formats
    them. `text` is for an agent's free words only, and then `response` is empty.
    """

    response: str
    values: Mapping[str, Any] = field(default_factory=dict)
    card: Mapping[str, Any] | None = None
    choices: tuple[Choice, ...] = ()
    author: str = "bot"
    author_name: str = ""
    text: str = ""

    @property
    def reveals_debt(self) -> bool:
        """Whether it holds an amount or a card, which only exist for a debt."""
        labels = [choice.values for choice in self.choices]
        return self.card is not None or any(map(_holds_money, [self.values, *labels]))


def _holds_money(value: Any) -> bool:
    """Whether an amount stands in a value, or in a phrase or mapping within it."""
    if isinstance(value, Phrase):
        return _holds_money(value.values)
    if isinstance(value, Mapping):
        return any(map(_holds_money, value.values()))
    return isinstance(value, Money)


@dataclass(frozen=True)
class Context:
    """All that a decision of the gate depends on, so that it can be made again later."""

    conversation: str
    channel: str
    creditor: str
    role: str
    policy_pack: str
    verified: bool
    started_by_us: bool
    standing_holds: tuple[str, ...]
    now: datetime


@dataclass(frozen=True)
class Cleared:
    """The message may be sent as it stands here."""

    outgoing: Outgoing


@dataclass(frozen=True)
class Refused:
    """The message may not be sent; `section` names the rule and `reason` says why."""

    section: str
    reason: str


def check(outgoing: Outgoing, context: Context) -> Cleared | Refused:
    """Decide about one outgoing message.

    The rule that no third party may learn of a debt stands here from the start: an amount or a
    card is refused until the person is verified (12 CFR 1006.6(d)(1); CONC 7.9). The policy packs
    add theirs.
    """
    if outgoing.reveals_debt and not context.verified:
        return Refused("1006.6(d)(1)", "an amount or a card before the person is verified")
    return Cleared(outgoing)
