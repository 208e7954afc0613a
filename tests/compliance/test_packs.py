"""Policy packs: ours are whole, each mistake is named by file and field, and a creditor may be
stricter than its pack but never laxer."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
import yaml

from bot.compliance import packs, validation
from bot.compliance.packs import PackError
from bot.creditors import ContactLimits, Creditors, CreditorsError, load

ROOT = Path(__file__).resolve().parents[2]
PACKS = ("uk", "us_first_party", "us_third_party")

Change = Callable[[dict], None]  # type: ignore[type-arg]


def changed(folder: Path, change: Change, name: str = "us_third_party") -> Path:
    """A folder with copies of the packs, one of them changed."""
    copies = folder / "packs"
    shutil.copytree(packs.FOLDER, copies, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    document = yaml.safe_load((copies / f"{name}.yml").read_text(encoding="utf-8"))
    change(document)
    (copies / f"{name}.yml").write_text(yaml.safe_dump(document), encoding="utf-8")
    return copies


def test_there_are_three() -> None:
    assert packs.names() == PACKS


@pytest.mark.parametrize("name", PACKS)
def test_every_text_and_hold_and_kind_names_its_section(name: str) -> None:
    pack = packs.load(name)
    parts = [*pack.texts.values(), *pack.holds.values(), *pack.outbound.values()]
    assert all(part.section for part in parts)
    assert all(section for section in pack.rules.values())


def test_prescribed_wording_is_word_for_word() -> None:
    """The texts whose wording this project was given; to change one is to change the law."""
    texts = packs.load("us_third_party").texts
    told = {
        "initial_disclosure": "{company} is a debt collector. We are trying to collect a debt that "
        "you owe to {creditor}. We will use any information you give us to help collect the debt.",
        "opt_out_sms": "Reply STOP to stop texts to this telephone number.",
        "validation_dispute": "Call or write to us by {date}, to dispute all or part of the debt. "
        "If you do not, we will assume that our information is correct.",
        "validation_dispute_in_writing": "If you write to us by {date}, we must stop collection on "
        "any amount you dispute until we send you information that shows you owe the debt.",
        "validation_original_creditor": "Write to ask for the name and address of the original "
        "creditor, if different from the current creditor.",
        "validation_rights": "Go to www.cfpb.gov/debt-collection to learn more about your rights "
        "under federal law. For instance, you have the right to stop or limit how we contact you.",
        "time_barred": "The law limits how long you can be sued on a debt. Because of the age of "
        "your debt, we will not sue you for it.",
    }
    assert {name: texts[name].text for name in told} == told


def test_a_creditor_that_collects_its_own_debts_never_calls_itself_a_debt_collector() -> None:
    for name in ("us_first_party", "uk"):
        pack = packs.load(name)
        assert "initial_disclosure" not in pack.rules
        assert not any("debt collector" in text.text for text in pack.texts.values())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: d["limits"].pop("texts_a_day"), "limits: texts_a_day is missing"),
        (lambda d: d["limits"].update(texts_a_day="1"), "limits: texts_a_day is '1'"),
        (lambda d: d["limits"].update(texts_a_dya=1), "texts_a_dya is no field here; did you mean"),
        (lambda d: d["limits"].update(contact_from="8 am"), "limits: contact_from is '8 am'"),
        (lambda d: d["limits"].update(contact_until="07:00"), "contact_until is '07:00:00'"),
        (lambda d: d["rules"].pop("third_party"), "rules: third_party is missing"),
        (lambda d: d["rules"].update(third_party=1006.6), "rules: third_party is 1006.6"),
        (lambda d: d["texts"].pop("opt_out_sms"), "texts: opt_out_sms is missing"),
        (lambda d: d["texts"].pop("initial_disclosure"), "texts: initial_disclosure is missing"),
        (lambda d: d["texts"]["opt_out_sms"].pop("section"), "opt_out_sms: section is missing"),
        (lambda d: d["texts"]["opt_out_sms"].update(origin="me"), "opt_out_sms: origin is 'me'"),
        (lambda d: d["texts"]["opt_out_sms"].update(text="{sum}"), "opt_out_sms: text is '{sum}'"),
        (lambda d: d["holds"].pop("crisis"), "holds: crisis: write its fields below it"),
        (lambda d: d["holds"]["crisis"].update(forbids=["ask"]), "holds: crisis: forbids is"),
        (lambda d: d["outbound"]["reminder"].update(needs=[]), "outbound: reminder: needs is []"),
        (lambda d: d["outbound"]["reminder"].update(may=["gossip"]), "reminder: may is ['gossip']"),
        (lambda d: d.update(also=1), "also is no field here"),
    ],
)
def test_a_mistake_names_the_file_and_the_field(change: Change, told: str, tmp_path: Path) -> None:
    folder = changed(tmp_path, change)
    with pytest.raises(PackError) as error:
        packs.load("us_third_party", folder)
    assert "us_third_party.yml" in str(error.value)
    assert told in str(error.value)


def test_an_unknown_pack_is_told_with_what_there_is(creditors: Creditors) -> None:
    with pytest.raises(PackError, match="us_third_party"):
        packs.of(replace(creditors["demo-bank"], policy_pack="us_frist_party"))


@pytest.mark.parametrize(
    ("slug", "pack", "told"),
    [
        ("demo-collect", "us_first_party", "its role is 'third_party'"),
        ("demo-bank", "uk", "its jurisdiction is 'US'"),
    ],
)
def test_a_creditor_cannot_choose_the_laxer_law_of_others(
    creditors: Creditors, slug: str, pack: str, told: str
) -> None:
    with pytest.raises(PackError, match=told):
        packs.of(replace(creditors[slug], policy_pack=pack))


@pytest.mark.parametrize(
    "stricter",
    [
        ContactLimits(contact_from=time(9)),
        ContactLimits(contact_until=time(20)),
        ContactLimits(texts_a_day=0, texts_a_week=2),
        ContactLimits(calls_in_7_days=3, days_after_talk=14),
        ContactLimits(confirmed_within_days=30),
    ],
)
def test_a_creditor_may_be_stricter(creditors: Creditors, stricter: ContactLimits) -> None:
    limits = packs.of(replace(creditors["demo-collect"], contact_limits=stricter)).limits
    own = {name: value for name, value in vars(stricter).items() if value is not None}
    assert {name: getattr(limits, name) for name in own} == own


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("contact_from", time(7)),
        ("contact_until", time(22)),
        ("texts_a_day", 2),
        ("texts_a_week", 7),
        ("calls_in_7_days", 8),
        ("days_after_talk", 6),
        ("confirmed_within_days", 90),
    ],
)
def test_a_creditor_may_never_be_laxer(creditors: Creditors, name: str, value: time | int) -> None:
    laxer = replace(creditors["demo-collect"], contact_limits=ContactLimits(**{name: value}))  # type: ignore[arg-type]
    with pytest.raises(PackError, match=f"demo-collect: contact_limits: {name} .* laxer"):
        packs.of(laxer)


def test_contact_limits_are_read_from_the_creditors_file(tmp_path: Path) -> None:
    document = yaml.safe_load((ROOT / "creditors.yml").read_text(encoding="utf-8"))
    document["demo-bank"]["contact_limits"] = {"contact_until": "20:00", "texts_a_week": 2}
    file = tmp_path / "creditors.yml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    limits = load(file)["demo-bank"].contact_limits
    assert limits == ContactLimits(contact_until=time(20), texts_a_week=2)
    document["demo-bank"]["contact_limits"] = {"texts_a_fortnight": 2}
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(CreditorsError, match="contact_limits: texts_a_fortnight is no field"):
        load(file)


@pytest.mark.parametrize(
    ("state", "reported", "obsolete", "section"),
    [
        ("TX", True, False, "1006.26(b)"),
        (None, False, False, "1006.26(b)"),
        ("CA", True, False, "Cal. Civ. 1788.14(d)(1)"),
        ("CA", False, False, "Cal. Civ. 1788.14(d)(1)"),
        ("CA", True, True, "Cal. Civ. 1788.14(d)(2)"),
        ("NY", False, False, "23 NYCRR 1.3(c)"),
    ],
)
def test_the_notice_of_a_time_barred_debt_is_that_of_the_persons_state(
    state: str | None, reported: bool, obsolete: bool, section: str
) -> None:
    pack = packs.load("us_third_party")
    notice = packs.time_barred_text(pack, state=state, reported=reported, obsolete=obsolete)
    assert notice.section == section


@pytest.mark.parametrize(
    ("sent", "received", "ends"),
    [
        (date(2026, 3, 2), date(2026, 3, 9), date(2026, 4, 8)),  # Monday; a weekend between
        (date(2026, 11, 20), date(2026, 11, 30), date(2026, 12, 30)),  # Thanksgiving between
        (date(2026, 1, 5), date(2026, 1, 12), date(2026, 2, 11)),
    ],
)
def test_1006_34_b_5_the_validation_period_ends_30_days_after_assumed_receipt(
    sent: date, received: date, ends: date
) -> None:
    limits = packs.load("us_third_party").limits
    assert validation.received_on(sent, limits) == received
    assert validation.period_ends_on(sent, limits) == ends
