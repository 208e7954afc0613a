"""Living with a plan: how it stands, another day, a skipped payment, an end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from actions import cards
from actions.account import dates_on_the_table
from actions.registry import action
from actions.resume import YES_NO
from actions.turn import (
    OPTIONS_OFFERED,
    PERSON,
    SEE_OPTIONS,
    Answer,
    Pending,
    Turn,
    answer,
    aside,
    say,
)
from bot.conversations.schedules import rhythm
from bot.ledger import entries, holds, plans
from bot.ledger.plans import Plan, PlanInstalment, Refused


@action("action_ask_plan_status", needs="account")
def ask_plan_status(turn: Turn) -> Answer:
    """The next payment, what is paid and what is left; or that there is no plan."""
    if turn.pending is not None and turn.pending.name == "confirm_plan":
        return aside(dates_on_the_table(turn, turn.pending))
    plan = _active(turn)
    if plan is None:
        finished = [
            p for p in plans.of_account(turn.connection, turn.account.id) if p.status == "completed"
        ]
        if finished:
            return aside(
                say(
                    "utter_plan_completed",
                    total=finished[-1].total,
                    card=cards.plan_card(turn, finished[-1], rhythm(finished[-1])),
                )
            )
        owed = entries.balance(turn.connection, turn.account.id)
        if holds.silences_money(turn.holds) or owed.minor <= 0:
            return aside(say("utter_no_plan_needed"))
        return aside(say("utter_no_plan", choices=[SEE_OPTIONS]), asks=OPTIONS_OFFERED)
    progress = plans.progress(plan)
    following = _next(plan)
    missed = following.status == "missed" and not holds.silences_money(turn.holds)
    return aside(
        say(
            "utter_plan_status_missed" if missed else "utter_plan_status",
            next_amount=following.left,
            next_due=following.due_on,
            paid=progress.paid,
            left=progress.left,
            count=progress.count_left,
            card=cards.plan_card(turn, plan, rhythm(plan)),
        )
    )


@action("action_change_due_date", needs="account")
def change_due_date(turn: Turn) -> Answer:
    """Move the next payment, once, within the days the policy gives."""
    if turn.heard.amount is not None or turn.heard.frequency is not None:
        # Not one date but the plan itself shall change.
        return replace(answer(), then=(turn.question("action_offer_amount"),))
    plan = _active(turn)
    if plan is None:
        return _no_plan(turn)
    following = _next(plan)
    if following.moved_from is not None:
        return answer(say("utter_move_moved_before", due=following.due_on, choices=[PERSON]))
    wanted = _wanted_day(turn, following.due_on)
    if wanted is None:
        return _ask_day(turn, plan, following.sequence, following.due_on)
    return _to(turn, plan, following.sequence, wanted)


@action("action_move_date", needs="account")
def move_date(turn: Turn) -> Answer:
    """The new day, in answer to the question for it."""
    plan = _active(turn)
    sequence = turn.asked.get("sequence")
    if plan is None or plan.id != turn.asked.get("plan") or sequence is None:
        return change_due_date(turn)
    due = next(i.due_on for i in plan.instalments if i.sequence == sequence)
    wanted = _wanted_day(turn, due)
    if wanted is None:
        return _ask_day(turn, plan, sequence, due)
    return _to(turn, plan, sequence, wanted)


@action("action_move_payment", needs="account")
def move_payment(turn: Turn) -> Answer:
    """The yes to the new day."""
    outcome = plans.move(
        turn.connection,
        str(turn.asked["plan"]),
        int(turn.asked["sequence"]),
        date.fromisoformat(str(turn.asked["date"])),
        policy=turn.creditor.plan_policy,
        evidence=_evidence(turn),
        key=turn.key("move"),
    )
    if isinstance(outcome, Refused):
        return answer(say("utter_change_no_longer", choices=[PERSON]))
    moved = next(i for i in outcome.plan.instalments if i.sequence == turn.asked["sequence"])
    return answer(
        say(
            "utter_moved",
            amount=moved.left,
            due=moved.due_on,
            card=cards.plan_card(turn, outcome.plan, rhythm(outcome.plan)),
        )
    )


@action("action_skip_payment", needs="account")
def skip_payment(turn: Turn) -> Answer:
    """Offer to put the next payment at the end of the plan."""
    plan = _active(turn)
    if plan is None and holds.silences_money(turn.holds):
        return answer(say("utter_on_hold", choices=[PERSON]))
    if plan is None:
        return aside(say("utter_skip_no_plan", choices=[SEE_OPTIONS, PERSON]), asks=OPTIONS_OFFERED)
    following = _next(plan)
    asks = Pending("confirm_skip", {"plan": plan.id, "sequence": following.sequence})
    return answer(
        say("utter_skip_confirm", amount=following.left, due=following.due_on, choices=YES_NO),
        asks=asks,
    )


@action("action_skip_confirmed", needs="account")
def skip_confirmed(turn: Turn) -> Answer:
    """The yes to skipping."""
    outcome = plans.skip(
        turn.connection,
        str(turn.asked["plan"]),
        int(turn.asked["sequence"]),
        policy=turn.creditor.plan_policy,
        evidence=_evidence(turn),
        key=turn.key("skip"),
    )
    if isinstance(outcome, Refused):
        return answer(say(f"utter_skip_{outcome.reason}", choices=[PERSON]))
    following = _next(outcome.plan)
    last = outcome.plan.instalments[-1]
    return answer(
        say(
            "utter_skipped",
            last=last.due_on,
            next_amount=following.left,
            next_due=following.due_on,
            card=cards.plan_card(turn, outcome.plan, rhythm(outcome.plan)),
        )
    )


@action("action_cancel_plan", needs="account")
def cancel_plan(turn: Turn) -> Answer:
    """Ask once whether the plan shall really end, and say what that means."""
    plan = _active(turn)
    if plan is None:
        return answer(say("utter_cancel_nothing"))
    return answer(
        say("utter_cancel_confirm", left=plans.progress(plan).left, choices=YES_NO),
        asks=Pending("confirm_cancel", {"plan": plan.id}),
    )


@action("action_cancel_confirmed", needs="account")
def cancel_confirmed(turn: Turn) -> Answer:
    """The yes to ending it; confirmed in writing, with what is left."""
    plan = _active(turn)
    if plan is None or plan.id != turn.asked.get("plan"):
        return answer(say("utter_change_no_longer", choices=[PERSON]))
    plans.cancel(turn.connection, plan.id, evidence=_evidence(turn), key=turn.key("cancel"))
    left = entries.balance(turn.connection, turn.account.id)
    return answer(say("utter_cancelled", left=left, choices=[PERSON]))


@action("action_leave_plan", needs="account")
def leave_plan(turn: Turn) -> Answer:
    """A no to a change: the plan stays as it is."""
    plan = _active(turn)
    following = plans.progress(plan).next if plan else None
    if following is None:
        return answer(say("utter_no_problem"))
    return answer(say("utter_plan_stays", amount=following.left, due=following.due_on))


def _active(turn: Turn) -> Plan | None:
    return plans.active(turn.connection, turn.account.id)


def _next(plan: Plan) -> PlanInstalment:
    """The next payment of an active plan: with nothing left to pay it would be completed."""
    following = plans.progress(plan).next
    if following is None:
        raise LookupError(f"plan {plan.id} is {plan.status} with nothing left to pay")
    return following


def _no_plan(turn: Turn) -> Answer:
    balance = entries.balance(turn.connection, turn.account.id)
    if balance.minor <= 0:
        return answer(say("utter_nothing_owed", reference=turn.account.reference, balance=balance))
    if holds.silences_money(turn.holds):
        return answer(say("utter_on_hold", choices=[PERSON]))
    return answer(
        say("utter_move_no_plan", due=turn.account.due_on, choices=[SEE_OPTIONS, PERSON]),
        asks=OPTIONS_OFFERED,
    )


def _wanted_day(turn: Turn, due: date) -> date | None:
    """The day that was said: a date, or a weekday in the week of the payment or after it.

    Of "friday not weds" the first is wanted; of "the 4th to the 11th" the one that is not the
    present day.
    """
    heard = turn.heard
    others = [day for day in heard.dates if day != due]
    if others:
        return others[-1] if len(heard.dates) > 1 and heard.dates[0] == due else others[0]
    if heard.weekday is not None:
        later = due + timedelta(days=(heard.weekday - due.weekday()) % 7 or 7)
        return later
    return None


def _ask_day(turn: Turn, plan: Plan, sequence: int, due: date) -> Answer:
    return answer(
        say("utter_move_which_date", due=due, days=turn.creditor.plan_policy.move_days),
        asks=Pending("move_date", {"plan": plan.id, "sequence": sequence}),
    )


def _to(turn: Turn, plan: Plan, sequence: int, wanted: date) -> Answer:
    policy = turn.creditor.plan_policy
    instalment = next(i for i in plan.instalments if i.sequence == sequence)
    landing = plans.can_move(plan, sequence, wanted, policy=policy, today=turn.today)
    if isinstance(landing, Refused):
        values: dict[str, Any] = {"due": instalment.due_on, "days": policy.move_days}
        return answer(
            say(f"utter_move_{landing.reason}", choices=[PERSON], **values),
            asks=Pending("move_date", {"plan": plan.id, "sequence": sequence}),
        )
    return answer(
        say(
            "utter_move_confirm",
            amount=instalment.left,
            due=instalment.due_on,
            new=landing,
            basis=[landing],
            choices=YES_NO,
        ),
        asks=Pending(
            "confirm_move",
            {"plan": plan.id, "sequence": sequence, "date": landing.isoformat()},
        ),
    )


def _evidence(turn: Turn) -> Mapping[str, Any]:
    return {
        "conversation": turn.conversation.id,
        "channel": turn.conversation.channel,
        "message": turn.message.id,
    }
