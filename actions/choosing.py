"""Which account, when a person has several."""

from __future__ import annotations

from dataclasses import replace

from actions import identity
from actions.registry import action
from actions.turn import Answer, Pending, Turn, answer, say
from bot.compliance.gate import Choice
from bot.conversations import records
from bot.ledger import accounts
from bot.ledger.accounts import Account


def choose_account(turn: Turn, wanted: str) -> Answer:
    """Ask which account is meant, for the sake of the action `wanted`."""
    before = turn.pending.as_json() if turn.pending else None
    pending = Pending("choose_account", {"then": [turn.question(wanted)], "before": before})
    return _ask(turn, pending, "utter_choose_account")


@action("action_choose_account")
def chosen(turn: Turn) -> Answer:
    """An account was named by its place in the list, its reference or its button."""
    if not turn.conversation.verified:
        return identity.begin(turn, "action_choose_account")
    theirs = _theirs(turn)
    wanted = turn.heard
    found: Account | None = None
    if wanted.option:
        found = next((a for a in theirs if a.id == wanted.option), None)
    elif turn.answers.reference:
        key = accounts.reference_key(turn.answers.reference)
        found = next((a for a in theirs if accounts.reference_key(a.reference) == key), None)
    elif wanted.ordinal and -len(theirs) <= wanted.ordinal <= len(theirs):
        found = theirs[wanted.ordinal - 1 if wanted.ordinal > 0 else wanted.ordinal]
    elif wanted.count and wanted.count <= len(theirs):
        found = theirs[wanted.count - 1]
    if turn.pending is None or turn.pending.name != "choose_account":
        return answer(say("utter_what_now"))
    if found is None:
        return _ask(turn, turn.pending, "utter_choose_account_again")
    records.change(turn.connection, turn.conversation.id, account_id=found.id)
    before = Pending.from_json(turn.asked.get("before"))
    return replace(
        answer(say("utter_account_chosen", reference=found.reference), asks=before),
        then=tuple(turn.asked.get("then", ())),
    )


def switch_account(turn: Turn) -> Answer:
    """Another account of the same person, by its reference; any other is not theirs to see."""
    key = accounts.reference_key(turn.answers.reference or "")
    for account in _theirs(turn):
        if accounts.reference_key(account.reference) == key:
            records.change(turn.connection, turn.conversation.id, account_id=account.id)
            return answer(
                say("utter_account_chosen", reference=account.reference), say("utter_what_now")
            )
    return answer(say("utter_account_not_yours"))


def _theirs(turn: Turn) -> tuple[Account, ...]:
    if turn.conversation.debtor_id is None or not turn.conversation.verified:
        return ()
    return tuple(
        a
        for a in accounts.of_debtor(turn.connection, turn.conversation.debtor_id)
        if a.creditor == turn.conversation.creditor
    )


def _ask(turn: Turn, pending: Pending, response: str) -> Answer:
    choices = [
        Choice(
            "utter_label_account",
            "inform",
            ({"entity": "option", "value": a.id},),
            {"reference": a.reference, "creditor": a.original_creditor or turn.creditor.name},
            key=a.id,
        )
        for a in _theirs(turn)
    ]
    return answer(say(response, choices=choices), asks=pending)
