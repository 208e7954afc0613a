"""A message and its setting, as the rules' tests vary them one thing at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timezone
from typing import Any

from bot.compliance import gate
from bot.compliance.gate import Cleared, Context, Facts, Outgoing, Reach, Refused
from bot.money import Money

NOON_IN_NEW_YORK = datetime(2026, 3, 2, 17, 0, tzinfo=timezone.utc)
TODAY = date(2026, 3, 2)
OWED = Money(41_200, "USD")
DUE = date(2026, 3, 20)

FACTS = Facts(
    currency="USD",
    amounts=frozenset({41_200, 5_000}),
    days=frozenset({TODAY, DUE}),
    balance=41_200,
    settles_for=28_840,
)

COLLECTOR = Context(
    conversation="cv_1",
    channel="chat",
    creditor="demo-collect",
    role="third_party",
    policy_pack="us_third_party",
    verified=True,
    started_by_us=False,
    standing_holds=(),
    now=NOON_IN_NEW_YORK,
    company="Fairlight Recovery",
    phone="+1 212-555-0140",
    creditor_name="Lakeview Dental",
    shown=("initial_disclosure",),
    facts=FACTS,
)
"""Somebody checked, on the website, who was told once who is writing."""

OWN_DEBTS = replace(
    COLLECTOR,
    creditor="demo-bank",
    role="first_party",
    policy_pack="us_first_party",
    company="Harbor Community Bank",
    creditor_name="Harbor Community Bank",
    shown=(),
)
BRITISH = replace(
    OWN_DEBTS,
    creditor="demo-uk",
    policy_pack="uk",
    company="Thistle Credit",
    creditor_name="Thistle Credit",
    facts=replace(FACTS, currency="GBP"),
)
EVERYBODY = (COLLECTOR, OWN_DEBTS, BRITISH)

PHONE = Reach(
    kind="sms",
    time_zones=("America/New_York",),
    consented_on=date(2025, 11, 30),
    confirmed_on=date(2026, 2, 1),
)
"""A telephone that the person agreed to and used a month ago."""

TEXT = replace(
    COLLECTOR, channel="sms", started_by_us=True, channels_on=("chat", "sms"), reach=PHONE
)
"""A text that we start, at noon, to somebody who was told once who is writing."""

REMINDER = Outgoing(
    "utter_greet", {"amount": Money(5_000, "USD")}, author="reminder", kind="reminder"
)


def said_by_agent(text: str) -> Outgoing:
    """An agent's own words."""
    return Outgoing("", text=text, author="agent", author_name="Dana")


def texted(now: datetime | None = None, **reach: Any) -> Context:
    """A text that we start, with something else about the telephone or the moment."""
    return replace(TEXT, reach=replace(PHONE, **reach), now=now or TEXT.now)


def refusal(outgoing: Outgoing, context: Context) -> Refused:
    """The gate's refusal, which there must be."""
    verdict = gate.check(outgoing, context)
    assert isinstance(verdict, Refused), "this should have been refused"
    return verdict


def clearance(outgoing: Outgoing, context: Context) -> Cleared:
    """The gate's clearance, which there must be."""
    verdict = gate.check(outgoing, context)
    assert isinstance(verdict, Cleared), verdict
    return verdict


def notices(outgoing: Outgoing, context: Context) -> list[str]:
    """The names of the prescribed texts that go with a cleared message."""
    return [notice.name for notice in clearance(outgoing, context).notices]
