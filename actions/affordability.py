"""What somebody can spare: five short questions, one a message, and a plan from what is left.

They may be interrupted, corrected ("rent is 900") and left at any time; the answers are kept apart
and deleted when the person says so.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from actions.registry import action
from actions.turn import PERSON, Answer, Pending, Turn, answer, say
from bot.compliance.gate import Choice, Stated
from bot.conversations import handoffs, records
from bot.ledger import affordability, entries, holds, offers
from bot.ledger.affordability import HEADINGS, Affordability
from bot.ledger.offers import Offer, Proposal
from bot.ledger.schedule import Frequency
from bot.money import Money

_STARTS_IN = timedelta(days=14)
_WORDS = {
    "income": r"income|earn\w*|wages?|salary|pay ?check|take home|get paid|benefits?|pension",
    "home": r"rent|mortgage|housing|council tax|landlord|home",
    "utilities": r"utilit\w+|gas|electric\w*|water|heating|internet|broadband|mobile|phone|energy",
    "food": r"food|groceries|grocery|eating|shopping|housekeeping",
    "other": r"transport|bus|car|fuel|petrol|insurance|child ?care|medic\w*|school|everything else",
}
_HEADING = {name: re.compile(rf"\b(?:{words})\b", re.I) for name, words in _WORDS.items()}
_NOTHING = re.compile(
    r"\b(?:nothing|none|zero|nil|nowt|0|no (?:income|rent|mortgage|bills?|money|job)|(?:do not"
    r"|don'?t|dont) (?:pay|have|get|earn|spend)|lives? (?:with|at) (?:my )?(?:mum|mom|parents?|dad"
    r"|family)|n/?a)\b",
    re.IGNORECASE,
)
_BACK = re.compile(r"\b(?:go back|last one|previous|before that|change that)\b", re.IGNORECASE)
_STOP = re.compile(r"\b(?:stop|enough|never ?mind|forget it|skip|rather not|quit)\b", re.IGNORECASE)


@action("action_affordability_check", needs="no_hold")
def begin(turn: Turn) -> Answer:
    """Why they are asked, what becomes of the answers, and the first question."""
    check = affordability.begin(
        turn.connection,
        turn.account.id,
        conversation_id=turn.conversation.id,
        key=turn.key("affordability"),
    )
    return answer(say("utter_afford_begin"), *_question(turn, check), asks=_asks(check))


@action("action_affordability", needs="no_hold")
def answered(turn: Turn) -> Answer:
    """One answer, or a correction of an earlier one; after the last, what is left."""
    check = affordability.current(turn.connection, turn.account.id)
    if check is None or turn.pending is None or turn.pending.name != "affordability":
        return begin(turn)
    asked = str(turn.asked.get("heading") or check.missing or HEADINGS[-1])
    text = turn.message.text
    if turn.heard.amount is None and _BACK.search(text):
        before = HEADINGS[max(0, HEADINGS.index(asked) - 1)]
        return answer(say(_ask(turn, before)), asks=_asks(check, before))
    if turn.heard.amount is None and (turn.intent == "cancel_plan" or _STOP.search(text)):
        return answer(say("utter_afford_left_off", choices=[PERSON]))
    heading = _meant(text, asked)
    amount = _amount(turn, heading)
    if amount is None:
        if turn.asked.get("again"):
            return answer(say("utter_afford_left_off", choices=[PERSON]))
        again = _asks(check, asked).with_data(again=True)
        return answer(say("utter_afford_again"), say(_ask(turn, asked)), asks=again)
    check = affordability.answer(
        turn.connection, check, heading, amount, message_id=turn.message.id
    )
    if check.missing is None:
        return _result(turn, check)
    lead = (say("utter_afford_corrected"),) if heading != asked else ()
    return answer(*lead, *_question(turn, check), asks=_asks(check))


@action("action_delete_answers", needs="account")
def delete_answers(turn: Turn) -> Answer:
    """Their answers go, from the table and from what was written here."""
    messages = affordability.forget(turn.connection, turn.account.id)
    records.blank(turn.connection, turn.conversation.id, messages)
    if not messages:
        return answer(say("utter_answers_none"))
    return answer(say("utter_answers_deleted"))


def guard(turn: Turn, offer: Offer) -> Answer | None:
    """Instead of an offer that asks for more than they said is spare: that it does, and a lower
    one. None where it does not."""
    check = affordability.current(turn.connection, turn.account.id)
    if check is None or not affordability.asks_too_much(check, offer.terms):
        return None
    lower = _offers(turn, check)
    response = "utter_over_spare" if lower else "utter_over_spare_none"
    return answer(
        say(
            response,
            choices=[*_choices(turn, lower), PERSON],
            basis=[one.terms for one in lower],
        ),
        asks=Pending("plan_amount", {"draft": {"frequency": "monthly"}}) if lower else None,
    )


def _asks(check: Affordability, heading: str | None = None) -> Pending:
    return Pending("affordability", {"heading": heading or check.missing})


def _question(turn: Turn, check: Affordability) -> tuple[Any, ...]:
    return (say(_ask(turn, str(check.missing))),)


def _ask(turn: Turn, heading: str) -> str:
    """The question; British headings are those of the Standard Financial Statement."""
    if turn.creditor.jurisdiction == "UK" and heading in ("home", "other"):
        return f"utter_afford_{heading}_uk"
    return f"utter_afford_{heading}"


def _meant(text: str, asked: str) -> str:
    """The heading that an answer is about: the one asked, unless another is plainly named and it is
    not."""
    if _HEADING[asked].search(text):
        return asked
    named = [name for name in HEADINGS if _HEADING[name].search(text)]
    return named[0] if len(named) == 1 else asked


def _amount(turn: Turn, heading: str) -> Money | None:
    currency = turn.account.currency
    amounts = [
        Money(int(e["value"]["minor"]), currency)
        for e in turn.entities
        if e.get("entity") == "amount" and e["value"].get("currency") == currency
    ]
    if not amounts and turn.heard.count:
        amounts = [Money.parse(str(turn.heard.count), currency)]
    if not amounts:
        return Money(0, currency) if _NOTHING.search(turn.message.text) else None
    # "Gas 80 and phone 30" are both of it; "no, 900" is said once.
    total = sum(amounts[1:], amounts[0]) if " and " in turn.message.text.lower() else amounts[-1]
    frequency = Frequency(turn.heard.frequency) if turn.heard.frequency else None
    return affordability.monthly(abs(total), frequency, round_up=heading != "income")


def _result(turn: Turn, check: Affordability) -> Answer:
    """What is left, and plans that leave at least half of it; a pause and free advice where nothing
    is."""
    lower = _offers(turn, check)
    if not lower:
        handoffs.open_handoff(
            turn.connection, turn.conversation, "cannot_afford", message_id=turn.message.id
        )
        response = "utter_afford_too_little" if check.most.minor > 0 else "utter_afford_nothing"
        return answer(
            say(response, choices=[*_pauses(turn), PERSON]), asks=Pending("hardship_choice", {})
        )
    return answer(
        say(
            "utter_afford_result",
            left=check.left,
            most=check.most,
            basis=[Stated(check.left), Stated(check.most), *(one.terms for one in lower)],
            choices=[*_choices(turn, lower), *_pauses(turn)[:1], PERSON],
        ),
        asks=Pending("plan_amount", {"draft": {"frequency": "monthly"}}),
    )


def _offers(turn: Turn, check: Affordability) -> list[Offer]:
    """Plans within what is spare and within the policy: half of it, and less where that is
    possible."""
    owed = holds.undisputed(entries.balance(turn.connection, turn.account.id), turn.holds)
    if check.missing or owed.minor <= 0:
        return []
    found: dict[int, Offer] = {}
    policy = turn.creditor.plan_policy
    for part in (check.most, check.left.percent(33), check.left.percent(20)):
        amount = Money(min(part.minor // 100 * 100, owed.minor), owed.currency)
        if amount.minor <= 0:
            continue
        proposal = Proposal(
            amount=amount, frequency=Frequency.MONTHLY, start=turn.today + _STARTS_IN
        )
        made = offers.from_proposal(
            owed, proposal, policy, turn.today, longest_months=policy.longest_months_bot
        )
        if isinstance(made, Offer) and not affordability.asks_too_much(check, made.terms):
            found.setdefault(made.amount.minor, made)
    return list(found.values())[:2]


def _choices(turn: Turn, lower: list[Offer]) -> list[Choice]:
    return [
        Choice(
            "utter_label_monthly_amount",
            "offer_amount",
            (
                {"entity": "amount", "value": one.amount.as_json()},
                {"entity": "frequency", "value": Frequency.MONTHLY.value},
                {"entity": "date", "value": one.terms.start.isoformat()},
            ),
            {"amount": one.amount},
            key=f"monthly_{one.amount.minor}",
        )
        for one in lower
    ]


def _pauses(turn: Turn) -> list[Choice]:
    return [
        Choice(
            "utter_label_pause",
            "report_hardship",
            ({"entity": "option", "value": f"pause_{days}"},),
            {"days": days},
            key=f"pause_{days}",
        )
        for days in turn.creditor.plan_policy.pause_days
    ]
