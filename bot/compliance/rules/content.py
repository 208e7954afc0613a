"""Rules about what a message says, whoever started the conversation."""

from __future__ import annotations

from datetime import date

from bot.compliance import contents, scanning
from bot.compliance.context import Context
from bot.compliance.outgoing import Outgoing, Stated
from bot.compliance.packs import Pack
from bot.compliance.verdicts import Refused
from bot.money import Money


def card_number(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """No card number ever leaves, not even one that stands in a memo of the ledger."""
    if any(map(scanning.holds_card_number, contents.words(outgoing))):
        return "a card number"
    return None


def third_party(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """Nothing that tells of a debt before the person is checked. What we start is judged by the
    table of outbound kinds instead."""
    if context.verified or context.started_by_us:
        return None
    if outgoing.reveals_debt:
        return "an amount or a card before the person is verified"
    if outgoing.notice:
        return f"the text {outgoing.notice} before the person is verified"
    if contents.tells_of_debt(outgoing):
        return "tells of a debt before the person is verified"
    return None


def opt_out_confirmation(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """The confirmation that contact ends carries nothing besides."""
    if not contents.is_a(outgoing.response, "confirms_stop"):
        return None
    if outgoing.card or outgoing.choices or outgoing.notice or outgoing.basis:
        return "a confirmation of a stop with something else in it"
    if any(True for _ in contents.amounts(outgoing)) or any(True for _ in contents.days(outgoing)):
        return "a confirmation of a stop with an amount or a day in it"
    return None


def false_threat(outgoing: Outgoing, context: Context, pack: Pack) -> str | Refused | None:
    """No threat of what is false; legal steps only where the ledger says that they are lawful and
    intended, and never on a debt that is time-barred."""
    never = scanning.found(outgoing.text, "never")
    if never:
        return f"says {never!r}"
    legal = scanning.found(outgoing.text, "unless_intended")
    if not legal and not contents.is_a(outgoing.response, "legal_steps"):
        return None
    what = f"says {legal!r}" if legal else "speaks of legal steps"
    if context.time_barred:
        return Refused(pack.rules["time_barred"], f"{what} on a time-barred debt", "time_barred")
    return None if context.legal_action_intended else f"{what}, which the ledger does not intend"


def overshadowing(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """No urgency while there is time to dispute."""
    if not context.in_validation_period:
        return None
    pressing = scanning.found(outgoing.text, "overshadows")
    return f"says {pressing!r} in the validation period" if pressing else None


def human_claim(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """A program never says that it is a person; an agent is one."""
    if outgoing.author == "agent":
        return None
    claim = scanning.found(outgoing.text, "human")
    return f"says {claim!r}" if claim else None


def false_amount(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """No amount and no day that is not in the ledger or computed from it. What is said again was
    judged when it was said first."""
    if contents.is_a(outgoing.response, "repeats"):
        return None
    facts = context.facts
    amounts, days = set[Money](), set[date]()
    for terms in contents.proposals(outgoing):
        if not facts.bears(terms):
            return f"a plan of {terms.total} that does not add up to what is owed"
        amounts |= {terms.total, terms.amount, *(one.amount for one in terms.instalments)}
        days |= {terms.start, *(one.due_on for one in terms.instalments)}
    for told in outgoing.basis:
        if isinstance(told, Stated):
            amounts.add(told.amount)
        elif isinstance(told, date):
            days.add(told)
    written = scanning.amounts(outgoing.text, facts.currency) if outgoing.text else ()
    for amount in (*contents.amounts(outgoing), *written):
        if amount not in amounts and not facts.knows(amount):
            return f"{amount}, which is not in the ledger"
    for day in contents.days(outgoing):
        if day not in days and day not in facts.days:
            return f"{day.isoformat()}, which is not in the ledger"
    return None
