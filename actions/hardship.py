"""Hard times: what was said is acknowledged first, and that message asks for no payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from actions import identity
from actions.registry import action
from actions.standing import rights_card
from actions.turn import PERSON, Answer, Pending, Turn, answer, say
from bot.compliance.gate import Choice
from bot.ledger import entries, holds, plans

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
    if (turn.heard.option or "").startswith("pause_"):
        # A break was picked where the answers to the five questions were shown.
        return Answer((), then=({**turn.question("action_hardship_choice")},))
    if reason == "bereavement":
        return bereaved(turn)
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
    options = [*(f"pause_{days}" for days in pauses), "plan", "check"]
    place = turn.heard.ordinal or turn.heard.count or 0
    chosen = turn.heard.option
    if chosen == "pause" or (chosen is None and place in pauses):
        chosen = f"pause_{place if place in pauses else pauses[0]}"
    if chosen is None and 1 <= place <= len(options):
        chosen = options[place - 1]
    if chosen in ("plan", "check"):
        name = "action_ask_plan" if chosen == "plan" else "action_affordability_check"
        wish = {"action": name, "intent": "ask_plan", "entities": []}
        return Answer((), then=(wish,))
    if chosen is None or chosen not in options:
        return answer(
            say("utter_hardship_which", choices=_choices(turn)),
            asks=Pending("hardship_choice", {}),
        )
    return _pause(turn, int(chosen.removeprefix("pause_")))


def bereaved(turn: Turn) -> Answer:
    """Condolence, and quiet for as long as they like: nothing of money in what follows either."""
    condolence = say("utter_hardship_bereavement")
    if not turn.conversation.verified or turn.conversation.account_id is None:
        return answer(condolence, say("utter_bereavement_person", choices=[PERSON]))
    return answer(
        condolence,
        say("utter_bereavement_quiet", choices=[*_pauses(turn), PERSON]),
        asks=Pending("hardship_choice", {}),
    )


def _pause(turn: Turn, days: int) -> Answer:
    """A break, which a plan waits out with them: what would fall due in it comes after it."""
    until = turn.today + timedelta(days=days)
    evidence = {
        "conversation": turn.conversation.id,
        "message": turn.message.id,
        "intent": "report_hardship",
    }
    holds.place(
        turn.connection,
        scope="account",
        scope_id=turn.account.id,
        kind="hardship_pause",
        until=until,
        evidence=evidence,
        key=turn.key("pause"),
    )
    before = plans.active(turn.connection, turn.account.id)
    plan = plans.postpone(
        turn.connection,
        turn.account.id,
        until,
        policy=turn.creditor.plan_policy,
        evidence=evidence,
        key=turn.key("postpone"),
    )
    if plan is None or before is None or plan.id == before.id:
        return answer(say("utter_paused", until=until, card=rights_card(turn)))
    following = plans.progress(plan).next
    return answer(
        say("utter_paused", until=until, card=rights_card(turn)),
        say(
            "utter_plan_postponed",
            first=following.due_on if following else until,
            last=plan.instalments[-1].due_on,
        ),
    )


def _pauses(turn: Turn) -> list[Choice]:
    return [
        Choice(
            "utter_label_pause",
            "inform",
            ({"entity": "option", "value": f"pause_{days}"},),
            {"days": days},
            key=f"pause_{days}",
        )
        for days in turn.creditor.plan_policy.pause_days
    ]


def _choices(turn: Turn) -> list[Choice]:
    plan = Choice("utter_label_small_plan", "inform", ({"entity": "option", "value": "plan"},))
    check = Choice("utter_label_work_out", "inform", ({"entity": "option", "value": "check"},))
    return [*_pauses(turn), plan, check, PERSON]
