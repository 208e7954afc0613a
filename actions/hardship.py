"""Hard times: what was said is acknowledged first, and that message asks for no payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from actions import identity
from actions.registry import action
from actions.turn import PERSON, Answer, Pending, Turn, answer, say
from bot.compliance.gate import Choice
from bot.ledger import entries, holds

REASONS = (
    "job_loss",
    "reduced_income",
    "illness",
    "bereavement",
    "benefits",
    "essentials",
    "separation",
)
"""Reasons with an acknowledgement of their own: `utter_hardship_<reason>`."""


@action("action_report_hardship")
def report_hardship(turn: Turn) -> Answer:
    """Thank them for what they told, then see what can be done, after the check if need be."""
    reason = turn.heard.hardship_reason
    heard = f"utter_hardship_{reason}" if reason in REASONS else "utter_hardship_other"
    thanks = answer(say(heard))
    if "offer_amount" in turn.also:
        # They said what they can pay; that is taken up next, and nothing else is asked.
        return thanks
    if not turn.conversation.verified:
        return thanks.before(identity.begin(turn, "action_hardship_options"))
    return replace(thanks, then=(turn.question("action_hardship_options"),))


@action("action_hardship_options", needs="account")
def hardship_options(turn: Turn) -> Answer:
    """A break, a smaller plan, a person, free advice."""
    standing = [h for h in turn.holds if h.kind == "hardship_pause"]
    if standing:
        return answer(say("utter_paused_already", until=standing[-1].until or turn.today))
    if holds.silences_money(turn.holds):
        return answer(say("utter_on_hold", choices=[PERSON]))
    if entries.balance(turn.connection, turn.account.id).minor <= 0:
        return answer(say("utter_hardship_nothing_owed"))
    return answer(
        say("utter_hardship_options", choices=_choices(turn)), asks=Pending("hardship_choice", {})
    )


@action("action_hardship_choice", needs="account")
def hardship_choice(turn: Turn) -> Answer:
    """A break of so many days, or a smaller plan: by button, by place, or in words."""
    pauses = turn.creditor.plan_policy.pause_days
    options = [*(f"pause_{days}" for days in pauses), "plan"]
    place = turn.heard.ordinal or turn.heard.count or 0
    chosen = turn.heard.option
    if chosen == "pause" or (chosen is None and place in pauses):
        chosen = f"pause_{place if place in pauses else pauses[0]}"
    if chosen is None and 1 <= place <= len(options):
        chosen = options[place - 1]
    if chosen == "plan":
        wish = {"action": "action_ask_plan", "intent": "ask_plan", "entities": []}
        return Answer((), then=(wish,))
    if chosen is None or chosen not in options:
        return answer(
            say("utter_hardship_which", choices=_choices(turn)),
            asks=Pending("hardship_choice", {}),
        )
    return _pause(turn, int(chosen.removeprefix("pause_")))


def _pause(turn: Turn, days: int) -> Answer:
    until = turn.today + timedelta(days=days)
    holds.place(
        turn.connection,
        scope="account",
        scope_id=turn.account.id,
        kind="hardship_pause",
        until=until,
        evidence={"conversation": turn.conversation.id, "message": turn.message.id},
        key=turn.key("pause"),
    )
    return answer(say("utter_paused", until=until))


def _choices(turn: Turn) -> list[Choice]:
    pauses = [
        Choice(
            "utter_label_pause",
            "inform",
            ({"entity": "option", "value": f"pause_{days}"},),
            {"days": days},
            key=f"pause_{days}",
        )
        for days in turn.creditor.plan_policy.pause_days
    ]
    plan = Choice("utter_label_small_plan", "inform", ({"entity": "option", "value": "plan"},))
    return [*pauses, plan, PERSON]
