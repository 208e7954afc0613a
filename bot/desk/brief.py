"""The brief: what an agent must know in ten seconds, each claim with the words it rests on.

Nothing is guessed. A claim is a row of the ledger, a hold, an offer, or how the bot understood a
message, and then it carries that message's words and its place in the conversation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot import clock
from bot.compliance.gate import Outgoing, Refused
from bot.conversations import schedules, sending
from bot.conversations.records import Conversation
from bot.conversations.tables import message
from bot.creditors import Creditor
from bot.desk import words
from bot.ledger.accounts import Account
from bot.ledger.holds import Hold
from bot.ledger.plans import Plan
from bot.money import Money

_QUOTE = 220
"""Characters of a message that stand in a quote."""


@dataclass(frozen=True)
class Claim:
    """A statement about the person or the conversation. `quote` are the words it rests on, and
    `sequence` where they stand; both None for what stands in the ledger."""

    label: str
    text: str
    quote: str | None = None
    sequence: int | None = None


@dataclass(frozen=True)
class Forbidden:
    """Something that must not be said now, with why and the section of the law or rule."""

    what: str
    why: str
    section: str


@dataclass(frozen=True)
class Brief:
    """All of it."""

    claims: tuple[Claim, ...]
    may: tuple[str, ...]
    must_not: tuple[Forbidden, ...]


def claims(
    connection: Connection,
    conversation: Conversation,
    events: list[Mapping[str, Any]],
    standing: tuple[Hold, ...],
    plans: tuple[Plan, ...],
) -> tuple[Claim, ...]:
    """What was asked and said, in the order of its weight: why a person is needed, protections,
    hardship and mood, offers."""
    quoted = _quotes(connection, conversation.id)
    found = [_asked(event, quoted) for event in events]
    found += [_held(hold, quoted) for hold in standing]
    found += _heard(connection, conversation.id)
    found += [_offered(connection, plan, conversation) for plan in plans]
    unique = dict.fromkeys(one for one in found if one is not None)
    return tuple(unique)


def may_and_must_not(
    connection: Connection,
    conversation: Conversation,
    creditor: Creditor,
    account: Account | None,
    balance: Money | None,
    *,
    to_approve: int,
) -> tuple[tuple[str, ...], tuple[Forbidden, ...]]:
    """What comes next by law and policy: the gate itself is asked what it would refuse now."""
    may: list[str] = []
    must_not: list[Forbidden] = []
    if not conversation.verified:
        may.append(words.MAY["verify"])
    if conversation.locked:
        may.append(words.MAY["unlock"])
    for name, outgoing in _probes(creditor, balance).items():
        verdict = sending.preview(connection, conversation, creditor, outgoing)
        if isinstance(verdict, Refused):
            must_not.append(Forbidden(words.MAY[name], verdict.reason, verdict.section))
        else:
            may.append(words.MAY[name])
    asks_for_money = words.MAY["ask"] in may
    if account is not None and balance is not None and balance.minor > 0 and asks_for_money:
        may.append(words.plan_limit(creditor.plan_policy.longest_months_agent))
    if to_approve:
        may.append(words.MAY["approve"])
    if account is not None and not account.legal_action_intended:
        must_not.append(Forbidden(words.MAY["legal"], words.NO_LEGAL_ACTION, ""))
    return tuple(may), tuple(must_not)


def _probes(creditor: Creditor, balance: Money | None) -> dict[str, Outgoing]:
    """Messages that stand for what an agent may want to do; none is ever sent."""
    owed = balance or Money(100, creditor.currency)
    return {
        "tell": Outgoing("utter_balance_only", {"balance": owed}, author="agent"),
        "ask": Outgoing("utter_pay_how", {}, author="agent"),
    }


def _asked(event: Mapping[str, Any], quoted: Mapping[str, Any]) -> Claim | None:
    said = quoted.get(str(event.get("message")))
    reason = words.reason(str(event["reason"]))
    if said is None:
        return Claim("Needed for", reason)
    return Claim("Needed for", reason, _short(said.text), said.sequence)


def _held(hold: Hold, quoted: Mapping[str, Any]) -> Claim:
    said = quoted.get(str(hold.evidence.get("message")))
    since = (
        f"{words.HOLDS.get(hold.kind, hold.kind)}, since {hold.placed_at:%b} {hold.placed_at.day}"
    )
    text = since if hold.until is None else f"{since}, until {hold.until:%b} {hold.until.day}"
    if hold.amount is not None:
        text += f", {hold.amount} of it"
    return Claim("Hold", text, _short(said.text) if said else None, said.sequence if said else None)


def _heard(connection: Connection, conversation_id: str) -> list[Claim]:
    """Hardship, mood and the like, from what the bot answered to which message."""
    asked = message.alias("asked")
    rows = connection.execute(
        select(message.c.response, asked.c.text, asked.c.sequence)
        .join(asked, asked.c.id == message.c.in_reply_to)
        .where(
            message.c.conversation_id == conversation_id,
            message.c.response.in_(list(words.HEARD)),
        )
        .order_by(asked.c.sequence)
    )
    return [
        Claim(*words.HEARD[row.response], quote=_short(row.text), sequence=row.sequence)
        for row in rows
    ]


def _offered(connection: Connection, plan: Plan, conversation: Conversation) -> Claim | None:
    if plan.conversation_id != conversation.id and plan.status != "active":
        return None
    shown = connection.execute(
        select(message.c.sequence)
        .where(
            message.c.conversation_id == conversation.id,
            message.c.response.startswith(schedules.SCHEDULE, autoescape=True),
            message.c.at >= plan.offered_at,
        )
        .order_by(message.c.sequence)
        .limit(1)
    ).scalar()
    status = words.PLAN_STATES.get(plan.status, plan.status)
    if plan.status == "offered" and plan.expires_at <= clock.now():
        status = words.PLAN_STATES["expired"]
    return Claim("Plan", f"{words.plan(plan)}: {status}", sequence=shown)


def _quotes(connection: Connection, conversation_id: str) -> dict[str, Any]:
    rows = connection.execute(
        select(message.c.id, message.c.text, message.c.sequence).where(
            message.c.conversation_id == conversation_id, message.c.author == "debtor"
        )
    )
    return {row.id: row for row in rows}


def _short(text: str) -> str:
    return text if len(text) <= _QUOTE else f"{text[:_QUOTE].rstrip()}…"
