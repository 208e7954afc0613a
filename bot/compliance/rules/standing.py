"""Rules about what stands on the account or the person: holds, and the age of the debt."""

from __future__ import annotations

from bot.compliance import contents
from bot.compliance.context import Context
from bot.compliance.outgoing import Outgoing
from bot.compliance.packs import HoldRule, Pack
from bot.compliance.verdicts import Refused
from bot.ledger.holds import PARTLY_DISPUTED


def hold(outgoing: Outgoing, context: Context, pack: Pack) -> Refused | None:
    """While a hold stands nobody is asked for money or written to, save where the pack allows it;
    under some nothing is said about the debt at all."""
    kind = pack.outbound.get(outgoing.kind)
    for standing in context.standing_holds:
        if standing == PARTLY_DISPUTED:
            # What is not disputed may be paid if the person brings it up; no plan or amount goes
            # beyond it (`Facts.balance`), and we start nothing.
            if context.started_by_us:
                return Refused(pack.rules["hold"], "started by us while a part is disputed", "hold")
            continue
        # A kind of hold that the pack does not know protects like any other.
        rule = pack.holds.get(standing) or HoldRule(pack.rules["hold"], frozenset({"ask", "start"}))
        if context.started_by_us and "start" in rule.forbids:
            allowed = kind is not None and standing in kind.although
            if not allowed:
                return Refused(rule.section, f"started by us under a hold ({standing})", "hold")
        asks = contents.asks_for_money(outgoing) or (kind is not None and kind.asks)
        if asks and "ask" in rule.forbids:
            return Refused(rule.section, f"asks for money under a hold ({standing})", "hold")
        if "debt" in rule.forbids and contents.tells_of_debt(outgoing):
            return Refused(rule.section, f"speaks of the debt under a hold ({standing})", "hold")
    return None


def time_barred(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """On a time-barred debt nothing is asked for, and no plan or way to pay is shown, before the
    notice of the person's place was shown in this conversation."""
    if not context.time_barred or context.time_barred_notice in context.shown:
        return None
    if contents.asks_for_money(outgoing):
        return "asks for money on a time-barred debt before the notice was shown"
    return None
