"""A decision of the gate as it stands in the audit log, and back again for a replay.

No personal text: short texts stand as hashes, free words as the hash of the message, which a replay
finds in the message itself unless it was forgotten. Of the ledger's facts only those are kept that
the message names, which is all that any rule can ask of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime, time
from typing import Any

from bot.compliance import contents
from bot.compliance.context import Context, Facts, Reach, Span
from bot.compliance.outgoing import Choice, Outgoing, Stated
from bot.compliance.verdicts import Cleared, Refused
from bot.creditors import ContactLimits
from bot.ledger.schedule import Terms
from bot.money import Money
from bot.wording import Phrase

_DEFAULTS = {each.name: each.default for each in fields(Context)}
_APART = ("facts", "reach", "contact_limits", "now", "company", "phone", "creditor_name")


def as_json(
    outgoing: Outgoing, context: Context, verdict: Cleared | Refused, *, message: str | None
) -> dict[str, Any]:
    """The inputs and the outcome of one decision. `message` is the id of what was sent."""
    outcome: dict[str, Any] = {"message": message} if message else {}
    if isinstance(verdict, Refused):
        outcome |= {"section": verdict.section, "rule": verdict.rule, "reason": verdict.reason}
    elif verdict.notices:
        outcome["notices"] = {notice.name: notice.section for notice in verdict.notices}
    return {**outcome, "said": _said(outgoing), "in": _setting(outgoing, context)}


def from_json(stored: Mapping[str, Any], text: str = "") -> tuple[Outgoing, Context]:
    """The message and its context as the gate saw them. `text` is an agent's, where it is kept."""
    said, setting = stored["said"], stored["in"]
    outgoing = Outgoing(
        response=said.get("response", ""),
        values=_decoded(said.get("values", {})),
        card=_decoded(said["card"]) if "card" in said else None,
        choices=tuple(
            Choice(one.get("label", ""), one["intent"], values=_decoded(one.get("values", {})))
            for one in said.get("choices", ())
        ),
        author=said.get("author", "bot"),
        text=text,
        basis=tuple(date.fromisoformat(day) for day in said.get("basis", ())),
        notice=said.get("notice", ""),
        kind=said.get("kind", ""),
    )
    own = {name: value for name, value in setting.items() if name not in _APART}
    for name in ("standing_holds", "shown", "channels_on"):
        if name in own:
            own[name] = tuple(own[name])
    context = Context(
        **{"started_by_us": False, "verified": False, "standing_holds": (), **own},
        now=datetime.fromisoformat(setting["now"]),
        creditor_name="-" if setting.get("creditor_name") else "",
        facts=_facts(setting.get("facts", {})),
        reach=_reach(setting["reach"]) if "reach" in setting else None,
        contact_limits=_limits(setting.get("contact_limits", {})),
    )
    return outgoing, context


def words_of(stored: Mapping[str, Any], sent: str) -> str | None:
    """The free words of a decision, out of what was sent; None where they are not there to be read:
    the message was refused, or forgotten."""
    text = stored["said"].get("text")
    if text is None:
        return ""
    words = sent[: text["length"]]
    return words if brief_hash(words) == text["hash"] else None


def brief_hash(text: str) -> str:
    """A short hash of a text, to tell whether two are the same without keeping either."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _said(outgoing: Outgoing) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if outgoing.response:
        said["response"] = outgoing.response
    if outgoing.text:
        # How long, because prescribed texts may follow it in what was sent.
        said["text"] = {"hash": brief_hash(outgoing.text), "length": len(outgoing.text)}
    if outgoing.author != "bot":
        said["author"] = outgoing.author
    if outgoing.values:
        said["values"] = _encoded(outgoing.values)
    if outgoing.card is not None:
        said["card"] = _card(outgoing.card)
    if outgoing.choices:
        said["choices"] = [
            {
                "label": one.label,
                "intent": one.intent,
                **({"values": _encoded(one.values)} if one.values else {}),
            }
            for one in outgoing.choices
        ]
    days = [told.isoformat() for told in outgoing.basis if isinstance(told, date)]
    if days:
        said["basis"] = days
    for name in ("notice", "kind"):
        if getattr(outgoing, name):
            said[name] = getattr(outgoing, name)
    return said


def _card(card: Mapping[str, Any]) -> dict[str, Any]:
    """Of a card its kind and what it names, without its words."""
    whole = Outgoing("", card=card)
    short: dict[str, Any] = {"kind": card.get("kind")}
    if "status" in card:
        short["status"] = card["status"]
    amounts = dict.fromkeys(contents.amounts(whole))
    if amounts:
        short["amounts"] = [_encoded(one) for one in amounts]
    days = dict.fromkeys(contents.days(whole))
    if days:
        short["days"] = [_encoded(one) for one in days]
    return short


def _setting(outgoing: Outgoing, context: Context) -> dict[str, Any]:
    """The context without what is as usual."""
    setting: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value
        for name, default in _DEFAULTS.items()
        if name not in _APART and (value := getattr(context, name)) not in (default, False, ())
    }
    if not context.introduced:
        setting["introduced"] = False
    setting["now"] = context.now.isoformat()
    if context.creditor_name:
        setting["creditor_name"] = True
    limits = {name: _plain(value) for name, value in vars(context.contact_limits).items() if value}
    if limits:
        setting["contact_limits"] = limits
    if context.reach is not None:
        setting["reach"] = _reach_json(context.reach)
    facts = _named(outgoing, context.facts)
    if facts:
        setting["facts"] = facts
    return setting


def _named(outgoing: Outgoing, facts: Facts) -> dict[str, Any]:
    """The facts that the message names, those of its proposals among them, once they hold."""
    amounts = {one for one in contents.amounts(outgoing) if facts.knows(one)}
    days = {one for one in contents.days(outgoing) if one in facts.days}
    for told in outgoing.basis:
        if isinstance(told, Terms) and facts.bears(told):
            named = {told.total, told.amount, *(one.amount for one in told.instalments)}
            dated = {told.start, *(one.due_on for one in told.instalments)}
            amounts |= named & set(contents.amounts(outgoing))
            days |= dated & set(contents.days(outgoing))
        elif isinstance(told, Stated):
            amounts.add(told.amount)
    kept: dict[str, Any] = {}
    if amounts or outgoing.text:
        kept["currency"] = facts.currency
        kept["amounts"] = sorted({abs(one.minor) for one in amounts})
    if outgoing.text:
        # Which sums stand in free words is only known by reading them again.
        kept["amounts"] = sorted(facts.amounts)
    if days:
        kept["days"] = sorted(day.isoformat() for day in days)
    return kept


def _facts(stored: Mapping[str, Any]) -> Facts:
    return Facts(
        currency=stored.get("currency", ""),
        amounts=frozenset(stored.get("amounts", ())),
        days=frozenset(map(date.fromisoformat, stored.get("days", ()))),
    )


def _reach_json(reach: Reach) -> dict[str, Any]:
    plain = {name: _plain(value) for name, value in vars(reach).items() if value}
    if reach.inconvenient:
        plain["inconvenient"] = [
            [span.weekday, span.start.isoformat(), span.end.isoformat()]
            for span in reach.inconvenient
        ]
    return plain


def _reach(stored: Mapping[str, Any]) -> Reach:
    values = dict(stored)
    values["time_zones"] = tuple(values.get("time_zones", ()))
    values["inconvenient"] = tuple(
        Span(weekday, time.fromisoformat(start), time.fromisoformat(end))
        for weekday, start, end in values.get("inconvenient", ())
    )
    for name in [name for name in values if name.endswith("_on")]:
        values[name] = date.fromisoformat(values[name])
    return Reach(**values)


def _limits(stored: Mapping[str, Any]) -> ContactLimits:
    times = ("contact_from", "contact_until")
    values: dict[str, Any] = {
        name: time.fromisoformat(value) if name in times else value
        for name, value in stored.items()
    }
    return ContactLimits(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, (date, time)):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _encoded(value: Any) -> Any:
    if isinstance(value, Money):
        return value.as_json()
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Phrase):
        return {
            "phrase": value.name,
            **({"values": _encoded(value.values)} if value.values else {}),
        }
    if isinstance(value, Mapping):
        return {name: _encoded(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_encoded(inner) for inner in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    return {"hash": brief_hash(str(value))}


def _decoded(value: Any) -> Any:
    """Values again; a phrase stays the mapping it was kept as, whose values are read alike, and a
    text comes back empty."""
    if isinstance(value, Mapping):
        if set(value) == {"minor", "currency"}:
            return Money(value["minor"], value["currency"])
        if set(value) == {"date"}:
            return date.fromisoformat(value["date"])
        if set(value) == {"hash"}:
            return ""
        return {name: _decoded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_decoded(inner) for inner in value]
    return value
