"""What the gate answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from bot.compliance.context import Context
from bot.compliance.outgoing import Outgoing
from bot.compliance.packs import Pack


@dataclass(frozen=True)
class Notice:
    """A prescribed text that goes with a message: its name in the pack, section and words.

    `alone` says that it goes out as a message of its own, before the other: where a message is
    short, as on SMS.
    """

    name: str
    section: str
    text: str
    alone: bool = False


@dataclass(frozen=True)
class Cleared:
    """The message may be sent as it stands here, with the prescribed texts in `notices`, and with
    `on_screen` in sight beside it where the channel can show a constant line."""

    outgoing: Outgoing
    notices: tuple[Notice, ...] = ()
    on_screen: Notice | None = None


@dataclass(frozen=True)
class Refused:
    """The message may not be sent; `section` names the law, `reason` says why, `rule` is the gate's
    own name of the rule."""

    section: str
    reason: str
    rule: str = ""


Rule: TypeAlias = Callable[[Outgoing, Context, Pack], "str | Refused | None"]
"""One rule: why it forbids the message, or None. A reason alone is refused with the pack's section
for the rule."""
