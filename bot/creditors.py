"""Who the assistant works for: creditors.yml, read once and checked to the last field.

A mistake in the file stops the start with the name of the creditor and the field, and with what
to write instead (`CreditorsError`). Nothing is guessed: an unknown field is a mistake too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import yaml

from bot import clock
from bot.business_days import is_business_day
from bot.creditors_file import CreditorsError, Section
from bot.money import Money

__all__ = [
    "Contact",
    "ContactLimits",
    "Creditor",
    "Creditors",
    "CreditorsError",
    "FreeAdvice",
    "OpeningHours",
    "PlanPolicy",
    "load",
]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FREQUENCIES = ("weekly", "biweekly", "semimonthly", "monthly")
ROLES = ("first_party", "third_party")
JURISDICTIONS = {"US": "US", "UK": "GB-ENG"}
"""Each jurisdiction with the bank holidays that hold there unless the creditor says otherwise."""

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Contact:
    """A real person and how to reach them."""

    person: str
    phone: str
    email: str
    address: str
    website: str


@dataclass(frozen=True)
class FreeAdvice:
    """A free and independent debt advice service of the place."""

    name: str
    phone: str
    url: str


@dataclass(frozen=True)
class OpeningHours:
    """When a person is there: opening and closing time by weekday (Monday is 0), local time."""

    by_weekday: Mapping[int, tuple[time, time]]

    def on(self, day: date) -> tuple[time, time] | None:
        """Opening and closing time on `day`; None when closed all day."""
        return self.by_weekday.get(day.weekday())


@dataclass(frozen=True)
class PlanPolicy:
    """What plans the creditor accepts."""

    frequencies: tuple[str, ...]
    """How often instalments may fall due, the creditor's favourite first."""
    least_instalment: Money
    """No instalment is smaller, save the last, which is whatever remains."""
    longest_months_bot: int = 12
    longest_months_agent: int = 36
    down_payment_percent: int = 0
    """The first instalment is at least so many per cent of the total."""
    settlements: tuple[tuple[int, int], ...] = ()
    """(age of the account in days from which it holds, per cent of the balance that settles)."""
    pause_days: tuple[int, ...] = (30, 60)
    move_days: int = 10
    """How many days one instalment may be moved, once."""
    skips: int = 1
    """How many instalments of one plan may be skipped to its end."""
    holiday_calendar: str = "US"

    def settlement_percent(self, account_age_days: int) -> int | None:
        """The share of the balance that settles an account of this age; None if none does."""
        return next(
            (percent for age, percent in reversed(self.settlements) if age <= account_age_days),
            None,
        )


@dataclass(frozen=True)
class ContactLimits:
    """Where the creditor is stricter than its policy pack in contacting people; None: as the pack
    says. `bot.compliance.packs` refuses what would be laxer."""

    contact_from: time | None = None
    contact_until: time | None = None
    texts_a_day: int | None = None
    texts_a_week: int | None = None
    calls_in_7_days: int | None = None
    days_after_talk: int | None = None
    confirmed_within_days: int | None = None


@dataclass(frozen=True)
class Creditor:
    """One creditor or collection agency."""

    slug: str
    name: str
    role: str
    jurisdiction: str
    policy_pack: str
    currency: str
    time_zone: str
    language: str
    opening_hours: OpeningHours
    contact: Contact
    privacy_url: str
    web_origins: tuple[str, ...]
    phone_numbers: tuple[str, ...]
    plan_policy: PlanPolicy
    reply_target_minutes: int
    """How long a person usually takes to answer, within opening hours."""
    free_advice: FreeAdvice
    contact_limits: ContactLimits = ContactLimits()

    def is_open(self, moment: datetime) -> bool:
        """Whether a person is there at `moment` (aware). Closed on bank holidays."""
        local = clock.local(moment, self.time_zone)
        span = self._hours(local.date())
        return span is not None and span[0] <= local.time() < span[1]

    def next_opening(self, moment: datetime) -> datetime:
        """The next time the doors open after `moment`, in the creditor's time zone."""
        local = clock.local(moment, self.time_zone)
        day = local.date()
        while True:
            span = self._hours(day)
            if span is not None:
                opening = datetime.combine(day, span[0], ZoneInfo(self.time_zone))
                if opening > local:
                    return opening
            day += timedelta(days=1)

    def _hours(self, day: date) -> tuple[time, time] | None:
        span = self.opening_hours.on(day)
        # A Saturday opening is the creditor's own choice; a bank holiday closes any other day.
        weekend = day.weekday() >= 5
        closed = not weekend and not is_business_day(day, self.plan_policy.holiday_calendar)
        return None if closed else span


Creditors: TypeAlias = Mapping[str, Creditor]
"""All creditors by slug, in the order of the file."""


def load(path: str | Path) -> Creditors:
    """Read and check a creditors file. Raises CreditorsError."""
    path = Path(path)
    try:
        document: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CreditorsError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CreditorsError(f"{path}: is no valid YAML: {error}") from error
    if not isinstance(document, dict) or not document:
        raise CreditorsError(f"{path}: has no creditors; write each one's slug, then its fields")
    found: dict[str, Creditor] = {}
    for slug, fields in document.items():
        if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
            raise CreditorsError(
                f"{path}: {slug!r} is no slug; write lower-case letters, digits and hyphens"
            )
        found[slug] = _creditor(slug, Section(f"{path}: {slug}", fields))
    return found


def _creditor(slug: str, section: Section) -> Creditor:
    currency = section.currency("currency")
    jurisdiction = section.choice("jurisdiction", tuple(JURISDICTIONS))
    creditor = Creditor(
        slug=slug,
        name=section.text("name"),
        role=section.choice("role", ROLES),
        jurisdiction=jurisdiction,
        policy_pack=section.text("policy_pack"),
        currency=currency,
        time_zone=section.time_zone("time_zone"),
        language=section.text("language", "en", pattern=r"[a-z]{2}", instead="e.g. en"),
        opening_hours=_opening_hours(section.section("opening_hours")),
        contact=_contact(section.section("contact")),
        privacy_url=section.url("privacy_url"),
        web_origins=section.texts(
            "web_origins",
            pattern=r"https?://[a-z0-9.-]+(:\d+)?",
            instead="origins such as https://www.example.com, without a path",
        ),
        phone_numbers=section.phones("phone_numbers"),
        plan_policy=_plan_policy(
            section.section("plan_policy"), currency, JURISDICTIONS[jurisdiction]
        ),
        reply_target_minutes=section.whole("reply_target_minutes", 1, 10_000),
        free_advice=_free_advice(section.section("free_advice")),
        contact_limits=(
            _contact_limits(section.section("contact_limits"))
            if section.has("contact_limits")
            else ContactLimits()
        ),
    )
    section.nothing_else()
    return creditor


def _contact(section: Section) -> Contact:
    contact = Contact(
        person=section.text("person"),
        phone=section.phone("phone"),
        email=section.text("email", pattern=r"[^@\s]+@[^@\s]+", instead="e.g. help@example.com"),
        address=section.text("address"),
        website=section.url("website"),
    )
    section.nothing_else()
    return contact


def _free_advice(section: Section) -> FreeAdvice:
    advice = FreeAdvice(section.text("name"), section.text("phone"), section.url("url"))
    section.nothing_else()
    return advice


def _contact_limits(section: Section) -> ContactLimits:
    def hour(name: str) -> time | None:
        return section.time(name) if section.has(name) else None

    def number(name: str) -> int | None:
        return section.whole(name, 0, 1000) if section.has(name) else None

    limits = ContactLimits(
        contact_from=hour("contact_from"),
        contact_until=hour("contact_until"),
        texts_a_day=number("texts_a_day"),
        texts_a_week=number("texts_a_week"),
        calls_in_7_days=number("calls_in_7_days"),
        days_after_talk=number("days_after_talk"),
        confirmed_within_days=number("confirmed_within_days"),
    )
    section.nothing_else()
    return limits


def _opening_hours(section: Section) -> OpeningHours:
    hours: dict[int, tuple[time, time]] = {}
    for number, weekday in enumerate(WEEKDAYS):
        if not section.has(weekday):
            continue
        text = section.text(weekday)
        span = _SPAN.fullmatch(text)
        if span is None or text[:5] >= text[6:]:
            raise section.wrong(weekday, text, "e.g. 09:00-17:30, or leave the day out when closed")
        hours[number] = (time.fromisoformat(text[:5]), time.fromisoformat(text[6:]))
    section.nothing_else()
    if not set(hours) & set(range(5)):
        raise section.wrong("monday", None, "hours for at least one day from monday to friday")
    return OpeningHours(hours)


def _plan_policy(section: Section, currency: str, home_calendar: str) -> PlanPolicy:
    longest_bot = section.whole("longest_months_bot", 1, 120, 12)
    policy = PlanPolicy(
        frequencies=section.choices("frequencies", FREQUENCIES),
        least_instalment=section.money("least_instalment", currency),
        longest_months_bot=longest_bot,
        longest_months_agent=section.whole("longest_months_agent", longest_bot, 120, 36),
        down_payment_percent=section.whole("down_payment_percent", 0, 90, 0),
        settlements=_settlements(section),
        pause_days=section.wholes("pause_days", 1, 90, (30, 60)),
        move_days=section.whole("move_days", 0, 31, 10),
        skips=section.whole("skips", 0, 12, 1),
        holiday_calendar=section.calendar("holiday_calendar", home_calendar),
    )
    section.nothing_else()
    return policy


def _settlements(section: Section) -> tuple[tuple[int, int], ...]:
    steps = []
    for step in section.sections("settlements"):
        steps.append((step.whole("age_days", 0, 36_500), step.whole("percent", 1, 99)))
        step.nothing_else()
    return tuple(sorted(steps))
