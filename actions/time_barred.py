"""Debts too old to be sued for: the notice comes before any payment or plan, and only a second,
clear yes goes on. So none is revived by accident (12 CFR 1006.26(b); CONC 7.15)."""

from __future__ import annotations

from actions.registry import action
from actions.turn import PERSON, Answer, Pending, Turn, answer, say
from bot.compliance import packs
from bot.compliance.gate import Choice, Outgoing
from bot.conversations import records
from bot.ledger import accounts, consents

NOTICE = "utter_time_barred_notice"

_GO_ON = Choice("utter_label_go_on", "affirm")
_LEAVE = Choice("utter_label_leave_it", "deny")
_OBSOLETE_DAYS = 2557
"""Seven years: how long a debt may be reported (15 U.S.C. 1681c)."""


def stands_between(turn: Turn) -> bool:
    """Whether this debt is time-barred and they have not yet said here that they want to go on."""
    barred = turn.account.time_barred_on
    if barred is None or barred > turn.today:
        return False
    return not consents.given_in(
        turn.connection, "time_barred", turn.conversation.id, turn.account.id
    )


def notice_first(turn: Turn, wanted: str) -> Answer:
    """The notice, and the question whether to go on, for the sake of the action `wanted`."""
    pending = Pending("time_barred", {"then": [turn.question(wanted)]})
    return answer(
        notice(turn),
        say("utter_time_barred_sure", choices=[_GO_ON, _LEAVE, PERSON]),
        asks=pending,
    )


@action("action_time_barred_choice", needs="account")
def choice(turn: Turn) -> Answer:
    """A clear yes goes on; anything else leaves the debt as it is."""
    if turn.pending is None or turn.pending.name != "time_barred":
        return answer(say("utter_what_now"))
    shown = records.last_said(turn.connection, turn.conversation.id, NOTICE)
    if turn.intent != "affirm" or shown is None:
        _record(turn, given=False, notice=shown.id if shown else None)
        return answer(say("utter_time_barred_left", choices=[PERSON]))
    _record(turn, given=True, notice=shown.id)
    return Answer((say("utter_time_barred_goes_on"),), then=tuple(turn.asked.get("then", ())))


def _record(turn: Turn, *, given: bool, notice: str | None) -> None:
    consents.record(
        turn.connection,
        "time_barred",
        given=given,
        debtor_id=turn.account.debtor_id,
        account_id=turn.account.id,
        conversation_id=turn.conversation.id,
        evidence={"message": turn.message.id, "notice": notice},
        key=turn.key("time_barred"),
    )


def notice(turn: Turn) -> Outgoing:
    """The notice that the pack prescribes for where the person lives."""
    state = accounts.debtor_of(turn.connection, turn.account).state
    age = (turn.today - turn.account.due_on).days
    text = packs.time_barred_text(
        packs.of(turn.creditor),
        state=state,
        reported=bool(turn.account.credit_reported),
        obsolete=age > _OBSOLETE_DAYS,
    )
    return say(NOTICE, notice=text.filled(company=turn.creditor.name))
