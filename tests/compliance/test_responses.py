"""domain.yml against the law: what each response is known as, and which words none may hold."""

from __future__ import annotations

import re

from bot.compliance import contents, scanning
from bot.wording import Wording

RESPONSES = Wording.load().responses
TEXTS = [
    (name, str(variation["text"]))
    for name, variations in RESPONSES.items()
    for variation in variations
]

DENIES = ("utter_legal_none", "utter_legal_person", "utter_report_identity_theft")
"""They say that nobody is arrested for a debt and that no legal steps are planned, or speak of the
report that somebody made to the police themselves."""

NO_MESSAGE = re.compile(r"utter_(label|reading|control|words|receipt|option|hold|can)_\w+")
"""Labels and parts of sentences, which are never said alone."""

TO_ANYBODY = {
    "utter_rights_of_everybody",
    "utter_welcome",
    "utter_capabilities",
    "utter_out_of_scope",
    "utter_offer_person",
    "utter_ask_creditor",
    "utter_stop_which",
    "utter_dispute_not_mine",
    "utter_report_payment_failed",
    "utter_ask_payment_methods",
    "utter_ask_money_help",
    "utter_hardship_job_loss",
    "utter_hardship_benefits",
    "utter_report_bankruptcy",
    "utter_not_sent_time_barred",
}
"""Said to anybody who asks, also before the check: they answer what the person said of themselves,
or say in general what this assistant can do, and tell of no account."""

DEBT = re.compile(r"\b(owe|owed|balance|debt|payment plan|your plan)\b", re.IGNORECASE)
ASKS = re.compile(
    r"(?:smaller payments|ways to pay|set up|which suits you|what amount|how much could you"
    r"|you can pay|settle it|options)[^.]*\?",
    re.IGNORECASE,
)


def test_every_response_that_the_table_names_exists() -> None:
    for kind in contents.KINDS:
        for pattern in contents.listed()[kind]:
            assert any(contents.matches(name, pattern) for name in RESPONSES), (kind, pattern)


def test_no_response_threatens_or_claims_to_be_a_person() -> None:
    found = [
        (name, text)
        for name, text in TEXTS
        if scanning.found(text, "human")
        or scanning.holds_card_number(text)
        or (name not in DENIES and scanning.found(text, "never"))
        or (name not in DENIES and scanning.found(text, "unless_intended"))
    ]
    assert found == []


def test_no_response_puts_pressure() -> None:
    found = [(name, text) for name, text in TEXTS if scanning.found(text, "overshadows")]
    assert found == []


def test_what_tells_of_a_debt_is_known_as_that() -> None:
    """A new response about an account belongs into messages.yml under `tells_of_debt`; one that may
    be said to anybody into TO_ANYBODY here."""
    unknown = [
        (name, text)
        for name, text in TEXTS
        if DEBT.search(text)
        and not NO_MESSAGE.fullmatch(name)
        and name not in TO_ANYBODY
        and not contents.is_a(name, "tells_of_debt")
    ]
    assert unknown == []


def test_what_asks_for_money_is_known_as_that() -> None:
    """A new response that asks for money belongs into messages.yml under `asks_for_money`."""
    unknown = [
        (name, text)
        for name, text in TEXTS
        if ASKS.search(text)
        and not NO_MESSAGE.fullmatch(name)
        and not contents.is_a(name, "asks_for_money")
    ]
    assert unknown == []
