"""Debts too old to be sued for: the notice comes before any payment or plan, and only a second,
clear yes goes on. So none is revived by accident (12 CFR 1006.26(b); CONC 7.15)."""

from __future__ import annotations

from actions.registry import action
from actions.turn import PERSON, Answer, Pending, Turn, answer, say
from bot.compliance.gate import Choice
from bot.conversations import records
from bot.conversations.ground import Ground
from bot.ledger import consents

ASKED = "utter_time_barred_sure"

_GO_ON = Choice("utter_label_go_on", "affirm")
_LEAVE = Choice("utter_label_leave_it", "deny")


def notice(turn: Turn) -> str:
    """The name of the notice that is prescribed for this debt; empty if it is not time-barred."""
    return Ground(turn.connection, turn.conversation, turn.creditor).time_barred_notice


def stands_between(turn: Turn) -> bool:
    """Whether this debt is time-barred and they have not yet said here that they want to go on."""
    if not notice(turn):
        return False
    return not consents.given_in(
        turn.connection, "time_barred", turn.conversation.id, turn.account.id
    )


def notice_first(turn: Turn, wanted: str) -> Answer:
    """The question whether to go on, with the notice, for the sake of the action `wanted`."""
    pending = Pending("time_barred", {"then": [turn.question(wanted)]})
    asked = say(ASKED, notice=notice(turn), choices=[_GO_ON, _LEAVE, PERSON])
    return answer(asked, asks=pending)


@action("action_time_barred_choice", needs="account")
def choice(turn: Turn) -> Answer:
    """A clear yes goes on; anything else leaves the debt as it is."""
    if turn.pending is None or turn.pending.name != "time_barred":
        return answer(say("utter_what_now"))
    shown = records.last_said(turn.connection, turn.conversation.id, ASKED)
    agreed = turn.intent == "affirm" and shown is not None
    consents.record(
        turn.connection,
        "time_barred",
        given=agreed,
        debtor_id=turn.account.debtor_id,
        account_id=turn.account.id,
        conversation_id=turn.conversation.id,
        evidence={"message": turn.message.id, "notice": shown.id if shown else None},
        key=turn.key("time_barred"),
    )
    if not agreed:
        return answer(say("utter_time_barred_left", choices=[PERSON]))
    return Answer((say("utter_time_barred_goes_on"),), then=tuple(turn.asked.get("then", ())))
