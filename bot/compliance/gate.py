"""The gate that every outgoing message passes, whoever wrote it.

`conversations.sending` is its only caller. It returns the message, cleared, with the prescribed
texts that go with it, or refuses it with the section that forbids it. What the bot says is judged
by its response name and typed values, never by its wording; free words are read. It is a pure
function of the message and its context, so that every decision can be made again later.
"""

from __future__ import annotations

from bot.compliance import disclosures, packs
from bot.compliance.context import Context, Facts, Reach, Span
from bot.compliance.outgoing import Basis, Choice, Outgoing, Stated
from bot.compliance.rules import RULES
from bot.compliance.verdicts import Cleared, Notice, Refused

__all__ = [
    "Basis",
    "Choice",
    "Cleared",
    "Context",
    "Facts",
    "Notice",
    "Outgoing",
    "Reach",
    "Refused",
    "Span",
    "Stated",
    "check",
]


def check(outgoing: Outgoing, context: Context) -> Cleared | Refused:
    """Decide about one outgoing message by the rules of its policy pack.

    The first rule that forbids it is the one that is named. Raises PackError for an unknown pack.
    """
    pack = packs.load(context.policy_pack)
    for name, rule in RULES.items():
        section = pack.rules.get(name)
        if section is None:
            continue
        found = rule(outgoing, context, pack)
        if isinstance(found, Refused):
            return found
        if found is not None:
            return Refused(section, found, name)
    return Cleared(
        outgoing,
        disclosures.required(outgoing, context, pack),
        disclosures.on_screen(outgoing, context, pack),
    )
