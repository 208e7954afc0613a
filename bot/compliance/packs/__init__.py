"""Policy packs: what the law says of messages about debts, as data for counsel to read and change.

A pack is a YAML file beside this module, for a role and a jurisdiction. It holds the sections that
the gate's rules cite, every prescribed text with its section, the numbers, what each hold forbids
and what each kind of message that we start may contain. A creditor names its pack and may be
stricter (`contact_limits` in creditors.yml), never laxer. A mistake stops the start with the file
and the field (`PackError`).
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import time
from functools import cache
from pathlib import Path

import yaml

from bot.creditors import ROLES, ContactLimits, Creditor
from bot.creditors_file import Section
from bot.ledger.tables import HOLD_KINDS

FOLDER = Path(__file__).resolve().parent

RULES = (
    "initial_disclosure",
    "later_disclosure",
    "opt_out_notice",
    "opt_out_confirmation",
    "opted_out",
    "contact_hours",
    "inconvenient",
    "text_caps",
    "call_caps",
    "third_party",
    "outbound_content",
    "contact_point",
    "validation_notice",
    "overshadowing",
    "time_barred",
    "false_amount",
    "false_threat",
    "human_claim",
    "automated",
    "card_number",
    "channel_sign_off",
    "hold",
)
"""Every rule of the gate that a pack gives its section."""

ONLY_FOR_COLLECTORS = (
    "initial_disclosure",
    "later_disclosure",
    "validation_notice",
    "overshadowing",
)
"""Rules that a pack may leave out; every other holds for everybody."""

FORBIDDEN = ("ask", "start", "debt")
CONTENTS = (
    "first_name",
    "company",
    "phone",
    "creditor",
    "reference",
    "debt",
    "amount",
    "date",
    "link",
)
NEEDS = ("confirmed", "consented", "esign")
ORIGINS = ("law", "model", "ours")
WORD_GROUPS = ("never", "unless_intended", "overshadows", "human", "debt", "asks")

PLACEHOLDERS = (
    "company",
    "creditor",
    "original_creditor",
    "phone",
    "reference",
    "date",
    "itemization_date",
)
"""What a prescribed text may leave open."""

NEEDED_TEXTS = (
    "automated",
    "opt_out_sms",
    "opt_out_email",
    "opt_out_confirmed_sms",
    "help_sms",
    "cease_confirmed",
    "time_barred",
)
"""Texts that every pack has. A pack with the rule of an initial disclosure has its texts too."""

_COLLECTORS_TEXTS = ("initial_disclosure", "initial_disclosure_unnamed", "later_disclosure")


class PackError(ValueError):
    """A policy pack, or a creditor's use of one, is wrong; names the file and the field."""


@dataclass(frozen=True)
class Text:
    """A prescribed text. `origin` is `law`, `model` or `ours`; `memory` says that it must be
    compared with its source before use."""

    name: str
    section: str
    text: str
    origin: str
    memory: bool = False

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What it leaves open, in order."""
        return tuple(name for _, name, _, _ in string.Formatter().parse(self.text) if name)

    def filled(self, **values: str) -> str:
        """Its words. Raises KeyError for what is left open and not given."""
        return self.text.format(**values)


@dataclass(frozen=True)
class Limits:
    """The numbers of a pack. Times are local where the person is."""

    contact_from: time
    contact_until: time
    texts_a_day: int
    texts_a_week: int
    calls_in_7_days: int
    days_after_talk: int
    confirmed_within_days: int
    opt_out_confirmed_within_minutes: int
    validation_sent_within_days: int
    validation_receipt_business_days: int
    validation_days: int
    keep_years: int
    debit_change_notice_days: int
    breathing_space_days: int


HIGHER_IS_STRICTER = ("contact_from", "days_after_talk")
"""Of the limits that a creditor may set, these protect more the higher they are; others less."""


@dataclass(frozen=True)
class HoldRule:
    """What a hold forbids while it stands: to `ask` for money, to `start` a message, to speak of
    the `debt` at all."""

    section: str
    forbids: frozenset[str]


@dataclass(frozen=True)
class OutboundKind:
    """A kind of message that we start: what it may contain, what its address must be, whether it
    asks for money, and the holds in spite of which it may go out."""

    section: str
    may: frozenset[str]
    needs: frozenset[str]
    asks: bool
    although: frozenset[str]


@dataclass(frozen=True)
class Pack:
    """One policy pack, for one creditor with its stricter limits in place."""

    name: str
    title: str
    role: str
    jurisdiction: str
    digest: str
    rules: Mapping[str, str]
    texts: Mapping[str, Text]
    limits: Limits
    holds: Mapping[str, HoldRule]
    outbound: Mapping[str, OutboundKind]

    def text(self, name: str) -> Text:
        """A prescribed text. Raises PackError if the pack has none of that name."""
        try:
            return self.texts[name]
        except KeyError:
            raise PackError(f"{self.name}.yml: texts: {name} is missing") from None


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """The words that are looked for in free text, by group (`words.yml`)."""
    path = FOLDER / "words.yml"
    section = _read(path)
    groups = {
        group: section.texts(group, pattern=r"\S(.*\S)?", instead="a list of words and phrases")
        for group in WORD_GROUPS
        if section.has(group)
    }
    section.nothing_else()
    for group in WORD_GROUPS:
        if not groups.get(group):
            raise section.wrong(group, None, "a list of words and phrases")
    return groups


def names(folder: Path = FOLDER) -> tuple[str, ...]:
    """The names of all packs."""
    return tuple(sorted(path.stem for path in folder.glob("*.yml") if path.stem != "words"))


@cache
def load(name: str, folder: Path = FOLDER) -> Pack:
    """Read and check one pack. Raises PackError."""
    if name not in names(folder):
        raise PackError(
            f"there is no policy pack {name!r}; write one of {', '.join(names(folder))}"
        )
    path = folder / f"{name}.yml"
    section = _read(path)
    rules = _rules(section.section("rules"))
    pack = Pack(
        name=name,
        title=section.text("title"),
        role=section.choice("role", (*ROLES, "any")),
        jurisdiction=section.text("jurisdiction"),
        digest=hashlib.sha256(path.read_bytes()).hexdigest()[:16],
        rules=rules,
        texts=_texts(section.section("texts"), "initial_disclosure" in rules),
        limits=_limits(section.section("limits")),
        holds=_holds(section.section("holds")),
        outbound=_outbound(section.section("outbound")),
    )
    section.nothing_else()
    return pack


def of(creditor: Creditor) -> Pack:
    """The creditor's pack with its own stricter limits. Raises PackError, also for laxer ones."""
    pack = load(creditor.policy_pack)
    where = f"creditors.yml: {creditor.slug}"
    if pack.role not in (creditor.role, "any"):
        raise PackError(
            f"{where}: policy_pack {pack.name!r} is for a {pack.role} creditor, "
            f"but its role is {creditor.role!r}"
        )
    if pack.jurisdiction != creditor.jurisdiction:
        raise PackError(
            f"{where}: policy_pack {pack.name!r} is for {pack.jurisdiction}, "
            f"but its jurisdiction is {creditor.jurisdiction!r}"
        )
    own = creditor.contact_limits
    return replace(pack, limits=_check_stricter(pack, own, f"{where}: contact_limits"))


def time_barred_text(pack: Pack, *, state: str | None, reported: bool, obsolete: bool) -> Text:
    """The notice that goes before any plan or payment of a time-barred debt.

    `state` is where the person lives, `reported` whether the debt is reported to credit agencies,
    `obsolete` whether it is too old for that (15 U.S.C. 1681c). Where a state prescribes nothing,
    the pack's general notice.
    """
    if state == "CA":
        kind = "obsolete" if obsolete else "reported" if reported else "not_reported"
        return pack.texts.get(f"time_barred_ca_{kind}", pack.text("time_barred"))
    return pack.texts.get(f"time_barred_{(state or '').lower()}", pack.text("time_barred"))


def stricter(limits: Limits, own: ContactLimits) -> Limits:
    """The limits with those of a creditor in the place of what is laxer."""
    changes = {name: value for name, value in vars(own).items() if value is not None}
    return replace(limits, **changes) if changes else limits


def _check_stricter(pack: Pack, own: ContactLimits, where: str) -> Limits:
    for name, value in vars(own).items():
        least = getattr(pack.limits, name)
        if value is None:
            continue
        if value < least if name in HIGHER_IS_STRICTER else value > least:
            raise PackError(
                f"{where}: {name} {value} is laxer than {least} of {pack.name}; "
                "a creditor may only be stricter"
            )
    limits = stricter(pack.limits, own)
    if limits.contact_from >= limits.contact_until:
        raise PackError(f"{where}: contact_from is not before contact_until")
    return limits


def _read(path: Path) -> Section:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise PackError(f"{path.name}: cannot be read: {error}") from error
    return Section(path.name, document, PackError)


def _rules(section: Section) -> Mapping[str, str]:
    rules = {
        name: section.text(name)
        for name in RULES
        if section.has(name) or name not in ONLY_FOR_COLLECTORS
    }
    section.nothing_else()
    return rules


def _texts(section: Section, of_collector: bool) -> Mapping[str, Text]:
    texts = {}
    for name in section.names:
        fields_of = section.section(name)
        text = Text(
            name=name,
            section=fields_of.text("section"),
            text=" ".join(fields_of.text("text").split()),
            origin=fields_of.choice("origin", ORIGINS),
            memory=fields_of.flag("memory", False),
        )
        fields_of.nothing_else()
        for placeholder in text.placeholders:
            if placeholder not in PLACEHOLDERS:
                instead = f"only {{{'}, {'.join(PLACEHOLDERS)}}} may be left open"
                raise fields_of.wrong("text", f"{{{placeholder}}}", instead)
        texts[name] = text
    for name in (*NEEDED_TEXTS, *(_COLLECTORS_TEXTS if of_collector else ())):
        if name not in texts:
            raise section.wrong(name, None, "its section, origin and text")
    return texts


def _limits(section: Section) -> Limits:
    numbers = {
        each.name: section.whole(each.name, 0, 1000)
        for each in fields(Limits)
        if not each.name.startswith("contact_")
    }
    limits = Limits(
        contact_from=section.time("contact_from"),
        contact_until=section.time("contact_until"),
        **numbers,
    )
    section.nothing_else()
    if limits.contact_from >= limits.contact_until:
        raise section.wrong("contact_until", str(limits.contact_until), "a later time")
    return limits


def _holds(section: Section) -> Mapping[str, HoldRule]:
    holds = {}
    for kind in HOLD_KINDS:
        rule = section.section(kind)
        holds[kind] = HoldRule(rule.text("section"), frozenset(rule.choices("forbids", FORBIDDEN)))
        rule.nothing_else()
        if not {"ask", "start"} <= holds[kind].forbids:
            raise rule.wrong("forbids", list(holds[kind].forbids), "at least ask and start")
    section.nothing_else()
    return holds


def _outbound(section: Section) -> Mapping[str, OutboundKind]:
    kinds = {}
    for name in section.names:
        kind = section.section(name)
        kinds[name] = OutboundKind(
            section=kind.text("section"),
            may=frozenset(kind.choices("may", CONTENTS)),
            needs=frozenset(kind.choices("needs", NEEDS, ())),
            asks=kind.flag("asks", False),
            although=frozenset(kind.choices("although", HOLD_KINDS, ())),
        )
        kind.nothing_else()
        told = kinds[name].may & {"creditor", "reference", "debt", "amount", "date"}
        if told and not {"confirmed", "consented"} <= kinds[name].needs:
            raise kind.wrong(
                "needs", sorted(kinds[name].needs), "confirmed and consented, as it tells of a debt"
            )
    return kinds
