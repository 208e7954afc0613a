"""Building a plan, from the person's own words or from options, up to the yes that makes it one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from actions import affordability, cards, drafts, time_barred
from actions.account import nothing_owed
from actions.people import when_a_person_comes
from actions.receipts import agreed
from actions.registry import action
from actions.resume import YES_NO
from actions.turn import PERSON, SEE_OPTIONS, Answer, Pending, Turn, answer, say
from bot.compliance.gate import Choice, Outgoing
from bot.conversations import handoffs, records, schedules
from bot.conversations.schedules import SCHEDULE, rhythm
from bot.ledger import approvals, offers, plans
from bot.ledger.offers import Offer, OffPolicy, Proposal
from bot.ledger.plans import Agreed, Plan
from bot.money import Money
from bot.wording import Phrase

_ANOTHER = Choice("utter_label_another_amount", "deny")


@action("action_ask_plan", needs="no_hold")
def ask_plan(turn: Turn) -> Answer:
    """Two or more real options, or what stands already."""
    heard = turn.heard
    if heard.amount is not None or heard.percent is not None or heard.count is not None:
        return offer_amount(turn)
    balance = turn.payable
    if balance.minor <= 0:
        return answer(nothing_owed(turn, balance))
    active = plans.active(turn.connection, turn.account.id)
    if active is not None:
        following = plans.progress(active).next
        return answer(
            say(
                "utter_plan_already",
                amount=active.amount,
                rhythm=rhythm(active),
                next_due=following.due_on if following else active.instalments[-1].due_on,
                choices=[PERSON],
            ),
            asks=Pending("plan_amount", {"draft": _said_so_far(turn)}),
        )
    return _options(turn, balance, "utter_plan_options")


@action("action_choose_plan", needs="no_hold")
def choose_plan(turn: Turn) -> Answer:
    """One of the options, by button, by place, or by its name."""
    balance = turn.payable
    ladder = _ladder(turn, balance)
    chosen = next((o for o in ladder if o.name == turn.heard.option), None)
    place = turn.heard.ordinal or turn.heard.count or 0
    if chosen is None and place and -len(ladder) <= place <= len(ladder):
        chosen = ladder[place - 1 if place > 0 else place]
    if chosen is not None:
        return _propose(turn, chosen)
    if place > len(ladder):
        # "50" among three options is no place but an amount.
        said = {"minor": Money.parse(str(place), balance.currency).minor}
        amount = {"entity": "amount", "value": {**said, "currency": balance.currency}}
        return offer_amount(replace(turn, entities=(amount,)))
    if turn.heard.plan_words:
        # None of these, but their own.
        return offer_amount(turn)
    return _options(turn, balance, "utter_plan_which")


@action("action_offer_amount", needs="no_hold")
def offer_amount(turn: Turn) -> Answer:
    """The plan the person has in mind: computed, or the next thing to ask about it."""
    balance = turn.payable
    if balance.minor <= 0:
        return answer(nothing_owed(turn, balance))
    draft = drafts.merge(drafts.from_json(turn.asked.get("draft"), balance.currency), turn.heard)
    if turn.heard.foreign_currency:
        return _ask(turn, draft, "amount", say("utter_ask_amount_currency", balance=balance))
    if (draft.amount is not None and draft.amount.minor <= 0) or draft.count == 0:
        again = replace(draft, amount=None, count=None)
        return _ask(turn, again, "amount", say("utter_ask_amount_above_zero"))
    missing = offers.missing(draft)
    if missing:
        return _ask(turn, draft, missing[0])
    result = _compute(turn, draft, balance)
    return _propose(turn, result) if isinstance(result, Offer) else _off_policy(turn, draft, result)


@action("action_off_policy_choice", needs="no_hold")
def off_policy_choice(turn: Turn) -> Answer:
    """The nearest plan that is allowed, or theirs, sent to a person for approval."""
    if turn.heard.plan_words and turn.heard.option is None and turn.heard.ordinal is None:
        return offer_amount(turn)
    balance = turn.payable
    draft = drafts.from_json(turn.asked.get("draft"), balance.currency)
    if offers.missing(draft) or balance.minor <= 0:
        return ask_plan(replace(turn, entities=(), pending=None))
    result = _compute(turn, draft, balance)
    if isinstance(result, Offer):
        return _propose(turn, result)
    wants_theirs = turn.heard.option == "approval" or turn.heard.ordinal == 2
    if wants_theirs and result.proposed is not None:
        return _send_for_approval(turn, result.proposed)
    return _propose(turn, result.nearest)


@action("action_agree_plan", needs="account")
def agree_plan(turn: Turn) -> Answer:
    """A clear yes to the schedule that was shown. The plan is agreed here or not at all."""
    plan_id = str(turn.asked.get("plan", ""))
    picked = next((e["value"] for e in turn.entities if e.get("entity") == "plan"), plan_id)
    standing = _plan_of_this_account(turn, plan_id)
    if standing is None or picked != plan_id:
        # A yes on an older schedule than the one on the table agrees to nothing.
        return answer(say("utter_nothing_to_confirm", choices=[SEE_OPTIONS]))
    if time_barred.stands_between(turn):
        return time_barred.notice_first(turn, "action_ask_plan")
    shown = records.last_said(turn.connection, turn.conversation.id, SCHEDULE)
    outcome = plans.agree(
        turn.connection,
        plan_id,
        terms_hash=str(turn.asked.get("terms_hash")),
        evidence={
            "conversation": turn.conversation.id,
            "channel": turn.conversation.channel,
            "yes": turn.message.id,
            "shown": shown.id if shown else None,
            "text": shown.text if shown else None,
        },
        key=turn.key("agree"),
    )
    if isinstance(outcome, Agreed):
        return answer(agreed(turn, outcome.plan))
    if outcome.reason == "held":
        return answer(say("utter_on_hold", choices=[PERSON]))
    return _again(turn, standing, outcome.reason)


@action("action_decline_plan", needs="account")
def decline_plan(turn: Turn) -> Answer:
    """Not this one: ask what would work instead, and keep the rhythm that was named."""
    draft = drafts.from_json(turn.asked.get("draft"), turn.account.currency)
    draft = replace(draft, amount=None, count=None, percent=None)
    return answer(
        say("utter_plan_declined", choices=[SEE_OPTIONS, PERSON]),
        asks=Pending("plan_amount", {"draft": drafts.as_json(draft)}),
    )


@action("action_drop_plan")
def drop_plan(turn: Turn) -> Answer:
    """No plan for now; nothing was set up, and that is fine."""
    return answer(say("utter_plan_dropped", choices=[PERSON]))


def _ladder(turn: Turn, balance: Money) -> tuple[Offer, ...]:
    age = (turn.today - turn.account.opened_on).days
    return offers.ladder(balance, turn.creditor.plan_policy, turn.today, age)


def _options(turn: Turn, balance: Money, response: str) -> Answer:
    ladder = _ladder(turn, balance)
    if not ladder:
        return answer(nothing_owed(turn, balance))
    titled = [(o.name, Phrase(f"utter_option_{o.name}", schedules.values(o)), o) for o in ladder]
    choices = [
        Choice(
            f"utter_option_{o.name}",
            "inform",
            ({"entity": "option", "value": o.name},),
            schedules.values(o),
            key=o.name,
        )
        for o in ladder
    ]
    return answer(
        say(
            response,
            balance=balance,
            count=len(ladder),
            card=cards.options_card(turn, titled),
            choices=[*choices, PERSON],
            basis=[offer.terms for offer in ladder],
        ),
        asks=Pending("choose_plan", {"draft": _said_so_far(turn)}),
    )


def _said_so_far(turn: Turn) -> dict[str, Any]:
    """The draft with what this message adds to it, such as "each month" without an amount."""
    draft = drafts.from_json(turn.asked.get("draft"), turn.account.currency)
    return drafts.as_json(drafts.merge(draft, turn.heard))


def _compute(turn: Turn, draft: Proposal, balance: Money) -> Offer | OffPolicy:
    policy = turn.creditor.plan_policy
    return offers.from_proposal(
        balance, draft, policy, turn.today, longest_months=policy.longest_months_bot
    )


def _propose(turn: Turn, offer: Offer) -> Answer:
    """Put terms on the table, show the whole schedule and ask for a clear yes; unless they told us
    that they cannot spare it."""
    more_than_spare = affordability.guard(turn, offer)
    if more_than_spare is not None:
        return more_than_spare
    plan = plans.offer(
        turn.connection,
        turn.account,
        offer.terms,
        conversation_id=turn.conversation.id,
        key=turn.key(f"offer:{offer.terms.terms_hash}"),
        today=turn.today,
    )
    replaced = plans.active(turn.connection, turn.account.id)
    intro = (say("utter_plan_replaces"),) if replaced else ()
    yes = replace(YES_NO[0], entities=({"entity": "plan", "value": plan.id},))
    return answer(
        *intro,
        say(
            schedules.response(offer.terms),
            card=schedules.card(turn.creditor, offer.terms),
            choices=[yes, Choice("utter_label_change", "deny"), PERSON],
            basis=[offer.terms],
            **schedules.shown(offer),
        ),
        asks=Pending(
            "confirm_plan",
            {
                "plan": plan.id,
                "terms_hash": plan.terms_hash,
                "draft": drafts.as_json(drafts.of_terms(offer.terms)),
            },
        ),
    )


def _ask(turn: Turn, draft: Proposal, what: str, lead: Outgoing | None = None) -> Answer:
    """Ask for the `what` of the draft, in the words of `lead` if it is asked again."""
    asks = Pending(f"plan_{what}", {"draft": drafts.as_json(draft)})
    if lead is not None:
        return answer(lead, asks=asks)
    if what == "amount":
        least = turn.creditor.plan_policy.least_instalment
        return answer(say("utter_ask_amount", least=least, choices=[SEE_OPTIONS]), asks=asks)
    if what == "frequency":
        return answer(say("utter_ask_frequency", choices=_frequencies(turn)), asks=asks)
    return answer(say("utter_ask_start"), asks=asks)


def _frequencies(turn: Turn) -> list[Choice]:
    return [
        Choice(
            f"utter_label_{name}",
            "offer_amount",
            ({"entity": "frequency", "value": name},),
            key=name,
        )
        for name in turn.creditor.plan_policy.frequencies
    ]


def _off_policy(turn: Turn, draft: Proposal, result: OffPolicy) -> Answer:
    nearest = result.nearest
    choices = [Choice("utter_label_take_nearest", "affirm", (), schedules.values(nearest))]
    if result.proposed is not None:
        choices.append(
            Choice(
                "utter_label_ask_approval", "inform", ({"entity": "option", "value": "approval"},)
            )
        )
    policy = turn.creditor.plan_policy
    return answer(
        say(
            f"utter_off_policy_{result.reason}",
            least=policy.least_instalment,
            months=policy.longest_months_bot,
            balance=turn.payable,
            choices=[*choices, _ANOTHER, PERSON],
            basis=[nearest.terms],
            **schedules.values(nearest),
        ),
        asks=Pending("off_policy", {"draft": drafts.as_json(draft)}),
    )


def _send_for_approval(turn: Turn, offer: Offer) -> Answer:
    approvals.request(
        turn.connection,
        turn.account,
        offer.terms,
        evidence={"conversation": turn.conversation.id, "message": turn.message.id},
        key=turn.key("approval"),
    )
    handoffs.open_handoff(
        turn.connection,
        turn.conversation,
        "off_policy",
        message_id=turn.message.id,
        facts={"terms_hash": offer.terms.terms_hash},
    )
    return answer(
        say("utter_sent_for_approval", basis=[offer.terms], **schedules.values(offer)),
        when_a_person_comes(turn),
    )


def _again(turn: Turn, old: Plan, reason: str) -> Answer:
    """The offer no longer stands: say why, and show what it would be today."""
    balance = turn.payable
    why = say(f"utter_offer_{reason}")
    if balance.minor <= 0:
        return answer(why, nothing_owed(turn, balance))
    draft = drafts.from_json(turn.asked.get("draft"), balance.currency)
    if draft.start is not None and draft.start < turn.today:
        draft = replace(draft, start=None)
    if offers.missing(draft):
        return answer(why).before(_options(turn, balance, "utter_plan_options"))
    result = _compute(turn, draft, balance)
    offer = result if isinstance(result, Offer) else result.nearest
    return answer(why).before(_propose(turn, offer))


def _plan_of_this_account(turn: Turn, plan_id: str) -> Plan | None:
    try:
        plan = plans.get(turn.connection, plan_id)
    except LookupError:
        return None
    return plan if plan.account_id == turn.account.id else None
