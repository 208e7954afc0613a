"""The prescribed texts: each at its moment, word for word, and only then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.compliance.gate import Choice, Context, Outgoing
from bot.money import Money
from bot.voice import sms
from tests.compliance.setting import (
    BRITISH,
    COLLECTOR,
    EVERYBODY,
    OWED,
    OWN_DEBTS,
    REMINDER,
    TEXT,
    clearance,
    notices,
    refusal,
    said_by_agent,
)

THANKS = Outgoing("utter_verified", {"first_name": "Kevin"})
JUST_CHECKED = replace(COLLECTOR, shown=(), new_check=True)


@pytest.mark.parametrize("outgoing", [THANKS, said_by_agent("Hello, I'm Marcus.")])
def test_1006_18_e_1_the_first_message_after_the_check_discloses(outgoing: Outgoing) -> None:
    (notice,) = clearance(outgoing, JUST_CHECKED).notices
    assert notice.section == "1006.18(e)(1)"
    assert notice.text == (
        "Fairlight Recovery is a debt collector. We are trying to collect a debt that you owe to "
        "Lakeview Dental. We will use any information you give us to help collect the debt."
    )


def test_1006_18_e_1_never_before_the_check() -> None:
    unchecked = replace(JUST_CHECKED, verified=False, new_check=False)
    assert clearance(Outgoing("utter_greet"), unchecked).notices == ()
    assert clearance(Outgoing("utter_greet"), unchecked).on_screen is None


def test_1006_18_e_1_exactly_once() -> None:
    again = replace(COLLECTOR, shown=("initial_disclosure",), new_check=False)
    assert notices(Outgoing("utter_greet"), again) == []


def test_1006_18_e_1_without_a_chosen_account_no_creditor_is_named() -> None:
    several = replace(JUST_CHECKED, creditor_name="")
    (notice,) = clearance(Outgoing("utter_what_now"), several).notices
    assert notice.name == "initial_disclosure_unnamed"
    assert "attempt to collect a debt" in notice.text
    assert "any information obtained will be used for that purpose" in notice.text


def test_1006_18_e_2_on_the_website_the_line_stands_beside_every_later_message() -> None:
    line = clearance(Outgoing("utter_greet"), COLLECTOR).on_screen
    assert line is not None
    assert (line.section, line.text) == (
        "1006.18(e)(2)",
        "This communication is from a debt collector.",
    )


def test_1006_18_e_2_who_comes_back_through_a_new_check_reads_it_in_the_message() -> None:
    back = replace(COLLECTOR, shown=("initial_disclosure",), new_check=True)
    assert notices(THANKS, back) == ["later_disclosure"]


def test_1006_18_e_2_every_text_says_it() -> None:
    assert "later_disclosure" in notices(REMINDER, TEXT)


def test_1006_18_e_1_by_text_it_is_a_message_of_its_own() -> None:
    first = clearance(REMINDER, replace(TEXT, shown=()))
    (alone,) = [notice for notice in first.notices if notice.alone]
    assert alone.name == "initial_disclosure"
    assert alone.text.endswith("Reply STOP to stop texts to this telephone number."), "1006.6(e)"
    assert sms.segments(alone.text).count <= 2


@pytest.mark.parametrize("context", [OWN_DEBTS, BRITISH])
def test_who_collects_own_debts_discloses_no_debt_collector(context: Context) -> None:
    first = clearance(THANKS, replace(context, new_check=True))
    assert first.notices == ()
    assert first.on_screen is None


def test_1006_6_e_every_text_says_how_to_opt_out() -> None:
    last = clearance(REMINDER, TEXT).notices[-1]
    assert last.section == "1006.6(e)"
    assert last.text == "Reply STOP to stop texts to this telephone number."


def test_1006_6_e_every_email_says_how_to_opt_out() -> None:
    by_email = replace(COLLECTOR, channel="email")
    assert notices(Outgoing("utter_greet"), by_email)[-1] == "opt_out_email"


@pytest.mark.parametrize("response", ["utter_opt_out", "utter_cease_contact"])
@pytest.mark.parametrize("context", [COLLECTOR, JUST_CHECKED, TEXT])
def test_1006_14_h_the_confirmation_carries_nothing_else(response: str, context: Context) -> None:
    cleared = clearance(Outgoing(response), replace(context, started_by_us=False))
    assert cleared.notices == ()
    assert cleared.on_screen is None


@pytest.mark.parametrize(
    "more",
    [
        {"card": {"kind": "account"}},
        {"choices": (Choice("utter_label_person", "ask_human"),)},
        {"values": {"balance": OWED}},
        {"notice": "later_disclosure"},
    ],
)
def test_1006_14_h_a_confirmation_with_more_in_it_is_refused(more: dict[str, object]) -> None:
    refused = refusal(Outgoing("utter_opt_out", **more), COLLECTOR)  # type: ignore[arg-type]
    assert refused.section == "1006.14(h)"


@pytest.mark.parametrize("context", EVERYBODY)
def test_17941_a_conversation_begins_with_who_is_speaking(context: Context) -> None:
    fresh = replace(context, verified=False, introduced=False)
    assert notices(Outgoing("utter_greet"), fresh) == ["automated"]
    assert notices(Outgoing("utter_welcome"), fresh) == []
    assert notices(said_by_agent("Hello, I'm Dana."), fresh) == []


def test_17941_no_program_says_that_it_is_a_person() -> None:
    claim = Outgoing("", text="Don't worry, I’m a real person.")
    assert refusal(claim, COLLECTOR).section == "Cal. B&P 17941"
    clearance(said_by_agent("I'm a real person."), COLLECTOR)


def test_1788_14_d_the_first_message_about_a_time_barred_debt_carries_the_notice() -> None:
    old = replace(COLLECTOR, time_barred_notice="time_barred_ca_obsolete")
    (notice,) = clearance(THANKS, old).notices
    assert notice.section == "Cal. Civ. 1788.14(d)(2)"
    assert notice.text.startswith("The law limits how long you can be sued on a debt.")
    assert notices(THANKS, replace(old, shown=(*old.shown, "time_barred_ca_obsolete"))) == []


@pytest.mark.parametrize("hold", ["crisis", "attorney", "deceased"])
def test_where_nothing_is_said_of_the_debt_nothing_is_disclosed_of_it(hold: str) -> None:
    silenced = replace(JUST_CHECKED, standing_holds=(hold,), time_barred_notice="time_barred")
    assert notices(THANKS, silenced) == []


def test_a_prescribed_text_goes_along_where_an_answer_asks_for_it() -> None:
    asked = Outgoing("utter_greet", notice="time_barred_ny")
    assert notices(asked, COLLECTOR) == ["time_barred_ny"]


def test_1006_6_d_1_no_prescribed_text_about_a_debt_before_the_check() -> None:
    asked = Outgoing("utter_greet", notice="time_barred_ny")
    assert refusal(asked, replace(COLLECTOR, verified=False)).section == "1006.6(d)(1)"


def test_amounts_do_not_keep_a_disclosure_away() -> None:
    told = Outgoing("utter_balance_only", {"balance": Money(41_200, "USD")})
    assert notices(told, JUST_CHECKED) == ["initial_disclosure"]
