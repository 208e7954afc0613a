"""The prescribed texts that a message must carry, each at its moment and only then."""

from __future__ import annotations

from collections.abc import Iterator

from bot.compliance import contents
from bot.compliance.context import Context
from bot.compliance.outgoing import Outgoing
from bot.compliance.packs import Pack
from bot.compliance.verdicts import Notice

ON_SCREEN = ("chat",)
"""Channels where what identifies a debt collector, and the way to opt out, stand in sight all the
time (docs/compliance.md), so that single messages need not carry them."""

SHORT = ("sms", "whatsapp")
"""Channels where the first disclosure goes out as a message of its own."""

INITIAL = "initial_disclosure"
LATER = "later_disclosure"
AUTOMATED = "automated"
_OPT_OUT = {"sms": "opt_out_sms", "whatsapp": "opt_out_sms", "email": "opt_out_email"}


def required(outgoing: Outgoing, context: Context, pack: Pack) -> tuple[Notice, ...]:
    """The texts that go with this message, in order."""
    if contents.is_a(outgoing.response, "confirms_stop"):
        return ()
    names = dict.fromkeys(_names(outgoing, context, pack))
    return tuple(_notice(name, context, pack) for name in names)


def on_screen(outgoing: Outgoing, context: Context, pack: Pack) -> Notice | None:
    """The line that stands in sight beside the message: whose communication it is."""
    if context.channel not in ON_SCREEN or LATER not in pack.rules:
        return None
    if contents.is_a(outgoing.response, "confirms_stop"):
        return None
    return _notice(LATER, context, pack) if _about_the_debt(outgoing, context, pack) else None


def shown_as(name: str) -> str:
    """Under which name a text counts as shown: the wordings of the first disclosure are one."""
    return INITIAL if name.startswith(INITIAL) else name


def _names(outgoing: Outgoing, context: Context, pack: Pack) -> Iterator[str]:
    speaks_first = outgoing.author == "bot" and not context.introduced
    if speaks_first and not contents.is_a(outgoing.response, "introduces"):
        yield AUTOMATED
    if _about_the_debt(outgoing, context, pack):
        if INITIAL in pack.rules:
            if INITIAL not in context.shown:
                yield INITIAL if context.creditor_name else f"{INITIAL}_unnamed"
            elif context.new_check or context.channel not in ON_SCREEN:
                yield LATER
        if context.time_barred and context.time_barred_notice not in context.shown:
            yield context.time_barred_notice
    if outgoing.notice:
        yield outgoing.notice
    if context.channel in _OPT_OUT:
        yield _OPT_OUT[context.channel]


def _about_the_debt(outgoing: Outgoing, context: Context, pack: Pack) -> bool:
    """Whether the message belongs to a communication about the debt: everything after the check,
    and what we start that may tell of one; unless a hold forbids all talk of it."""
    silenced = any(
        "debt" in pack.holds[kind].forbids for kind in context.standing_holds if kind in pack.holds
    )
    if silenced:
        return False
    if context.started_by_us:
        kind = pack.outbound.get(outgoing.kind)
        return kind is not None and "debt" in kind.may
    return context.verified


def _notice(name: str, context: Context, pack: Pack) -> Notice:
    text = pack.text(name)
    given = {
        "company": context.company,
        "creditor": context.creditor_name or context.company,
        "phone": context.phone,
    }
    words = text.filled(**given)
    alone = name.startswith(INITIAL) and context.channel in SHORT
    if alone:
        # A message of its own says for itself how to opt out.
        words = f"{words} {pack.text(_OPT_OUT[context.channel]).text}"
    return Notice(name, text.section, words, alone)
