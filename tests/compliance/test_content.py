"""What a message may say: to whom, of which amounts, under which holds, with which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.compliance import gate, packs
from bot.compliance.gate import Choice, Cleared, Context, Outgoing, Refused, Stated
from bot.compliance.rules import RULES
from bot.ledger import schedule
from bot.ledger.holds import PARTLY_DISPUTED
from bot.ledger.schedule import Frequency, Terms
from bot.ledger.tables import HOLD_KINDS
from bot.money import Money
from bot.wording import Phrase
from tests.compliance.setting import (
    BRITISH,
    COLLECTOR,
    EVERYBODY,
    OWED,
    OWN_DEBTS,
    REMINDER,
    TEXT,
    TODAY,
    clearance,
    refusal,
    said_by_agent,
)

UNCHECKED = replace(COLLECTOR, verified=False)
STRANGE = Money(12_345, "USD")
BALANCE = Outgoing("utter_balance_only", {"balance": OWED, "today": TODAY})
SEE_OPTIONS = Choice("utter_label_see_options", "ask_plan")


def terms(total: Money, kind: str = "instalments") -> Terms:
    """A schedule over four months."""
    return Terms(
        kind=kind,
        total=total,
        frequency=Frequency.MONTHLY,
        amount=total.split(4)[0],
        instalments=tuple(
            schedule.Instalment(place, TODAY + timedelta(days=30 * place), amount)
            for place, amount in enumerate(total.split(4), start=1)
        ),
        start=TODAY + timedelta(days=30),
    )


def proposal(of: Terms) -> Outgoing:
    """A schedule put before the person."""
    return Outgoing(
        "utter_plan_schedule",
        {"total": of.total, "amount": of.amount, "first": of.instalments[0].due_on},
        basis=(of,),
    )


# --- Third parties ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "outgoing",
    [
        BALANCE,
        Outgoing("utter_greet", card={"kind": "account"}),
        Outgoing("utter_greet", {"how": Phrase("utter_inner", {"amount": OWED})}),
        Outgoing("utter_greet", choices=(Choice("utter_label_yes", "affirm", (), {"x": OWED}),)),
        Outgoing("utter_no_plan"),
        Outgoing("utter_on_hold"),
        Outgoing("utter_credit_report_yes"),
        said_by_agent("You still owe on the loan."),
        said_by_agent("It's about $50."),
        said_by_agent("This is about your past due account."),
        said_by_agent("Could you pay something today?"),
    ],
)
def test_1006_6_d_1_nothing_tells_of_a_debt_before_the_check(outgoing: Outgoing) -> None:
    assert refusal(outgoing, UNCHECKED).section == "1006.6(d)(1)"
    assert refusal(outgoing, replace(BRITISH, verified=False)).section == "CONC 7.9.10R"


@pytest.mark.parametrize(
    "outgoing",
    [
        Outgoing("utter_welcome"),
        Outgoing("utter_ask_reference"),
        Outgoing("utter_dispute_not_mine"),
        Outgoing("utter_third_party"),
        Outgoing("utter_crisis_us"),
        said_by_agent("Hello, I'm Marcus. How can I help you?"),
    ],
)
def test_1006_6_d_1_who_was_not_checked_is_still_helped(outgoing: Outgoing) -> None:
    clearance(outgoing, UNCHECKED)


# --- Amounts and days ---------------------------------------------------------------------------


@pytest.mark.parametrize("context", EVERYBODY)
def test_1006_18_b_2_an_amount_of_the_ledger_may_be_named(context: Context) -> None:
    owed = replace(OWED, currency=context.facts.currency)
    clearance(Outgoing("utter_balance_only", {"balance": owed, "today": TODAY}), context)


@pytest.mark.parametrize(
    "outgoing",
    [
        Outgoing("utter_balance_only", {"balance": STRANGE}),
        Outgoing("utter_balance_only", {"balance": replace(OWED, currency="EUR")}),
        Outgoing("utter_greet", {"how": Phrase("utter_inner", {"amount": STRANGE})}),
        Outgoing("utter_greet", choices=(Choice("utter_label_x", "deny", (), {"x": STRANGE}),)),
        Outgoing("utter_greet", card={"kind": "account", "balance": STRANGE.as_json()}),
        Outgoing("utter_due_in", {"due": date(2026, 3, 21)}),
        Outgoing("utter_greet", card={"kind": "account", "due": {"date": "2026-03-21"}}),
        said_by_agent("You owe $123.45 in all."),
        said_by_agent("It comes to 123.45."),
        said_by_agent("Shall we say 120 dollars a month?"),
        said_by_agent("That's $1,412.00 with our costs."),
    ],
)
def test_1006_18_b_2_what_is_not_in_the_ledger_is_refused(outgoing: Outgoing) -> None:
    refused = refusal(outgoing, COLLECTOR)
    assert refused.section == "1006.18(b)(2)"
    assert "not in the ledger" in refused.reason


@pytest.mark.parametrize(
    "text",
    [
        "You owe $412.00.",
        "It's $412 in all, as of today.",
        "412.00 is what stands here, 50 dollars of it due first.",
        "I can call you at 10.30 on 3/20/2026, reference 12345.",
        "We are at 48 Canal Row, room 12.",
    ],
)
def test_1006_18_b_2_an_agent_may_name_what_is_in_the_ledger(text: str) -> None:
    clearance(said_by_agent(text), COLLECTOR)


def test_1006_18_b_2_a_credit_is_named_without_its_sign() -> None:
    clearance(Outgoing("utter_credit_balance", {"credit": -OWED}), COLLECTOR)


def test_1006_18_b_2_a_proposed_plan_must_add_up_to_what_is_owed() -> None:
    clearance(proposal(terms(OWED)), COLLECTOR)
    assert refusal(proposal(terms(OWED + Money(1, "USD"))), COLLECTOR).section == "1006.18(b)(2)"
    assert refusal(proposal(terms(Money(30_000, "USD"))), COLLECTOR).section == "1006.18(b)(2)"


def test_1006_18_b_2_a_settlement_must_be_the_one_that_the_policy_takes() -> None:
    clearance(proposal(terms(Money(28_840, "USD"), "settlement")), COLLECTOR)
    less = proposal(terms(Money(20_000, "USD"), "settlement"))
    assert refusal(less, COLLECTOR).section == "1006.18(b)(2)"
    none = replace(COLLECTOR, facts=replace(COLLECTOR.facts, settles_for=None))
    assert refusal(proposal(terms(Money(28_840, "USD"), "settlement")), none)


def test_1006_18_b_2_a_proposal_vouches_for_its_own_sums_only() -> None:
    wrong = proposal(terms(OWED))
    wrong = replace(wrong, values={**wrong.values, "amount": STRANGE})
    assert refusal(wrong, COLLECTOR).section == "1006.18(b)(2)"


def test_1006_18_b_2_what_the_person_said_of_their_rent_may_be_said_back() -> None:
    rent = Outgoing("utter_greet", {"rent": STRANGE}, basis=(Stated(STRANGE),))
    clearance(rent, COLLECTOR)


def test_1006_18_b_2_what_was_cleared_may_be_said_again() -> None:
    clearance(Outgoing("utter_repeat", {"text": "You owe $9.00."}), COLLECTOR)


# --- Holds --------------------------------------------------------------------------------------


def test_to_ask_what_somebody_meant_is_no_offer() -> None:
    meant = Choice("utter_reading_ask_plan", "ask_plan")
    held = replace(COLLECTOR, standing_holds=("dispute",))
    clearance(Outgoing("utter_clarify", choices=(meant,)), held)


@pytest.mark.parametrize("hold", HOLD_KINDS)
@pytest.mark.parametrize("context", EVERYBODY)
@pytest.mark.parametrize(
    "outgoing",
    [
        Outgoing("utter_pay_how"),
        Outgoing("utter_greet", choices=(SEE_OPTIONS,)),
        Outgoing("utter_greet", card={"kind": "payment_link"}),
        Outgoing("utter_greet", card={"kind": "schedule", "status": "offered"}),
        said_by_agent("Could you pay something today?"),
        said_by_agent("How much could you manage each month?"),
    ],
)
def test_1006_38_d_2_no_ask_for_money_under_any_hold(
    hold: str, context: Context, outgoing: Outgoing
) -> None:
    refused = refusal(outgoing, replace(context, standing_holds=(hold,)))
    assert refused.section == packs.load(context.policy_pack).holds[hold].section


def test_1006_38_d_2_a_hold_that_the_pack_does_not_know_protects_too() -> None:
    unknown = replace(COLLECTOR, standing_holds=("something new",))
    assert refusal(Outgoing("utter_pay_how"), unknown).section == "1006.38(d)(2)"


def test_1006_38_d_2_what_is_not_disputed_may_be_paid_but_nothing_is_started() -> None:
    """Only the disputed portion ceases; a plan goes no further than the rest (`Facts.balance`)."""
    partly = replace(COLLECTOR, standing_holds=(PARTLY_DISPUTED,))
    clearance(proposal(terms(OWED)), partly)
    beyond = replace(partly, facts=replace(partly.facts, balance=30_000))
    assert refusal(proposal(terms(OWED)), beyond).section == "1006.18(b)(2)"
    started = replace(TEXT, standing_holds=(PARTLY_DISPUTED,))
    assert refusal(REMINDER, started).section == "1006.38(d)(2)"


@pytest.mark.parametrize("hold", ["dispute", "cease", "bankruptcy", "hardship_pause"])
def test_under_most_holds_a_question_of_the_person_is_answered(hold: str) -> None:
    clearance(BALANCE, replace(COLLECTOR, standing_holds=(hold,)))


@pytest.mark.parametrize("outgoing", [BALANCE, said_by_agent("You owe $412.00 to us.")])
def test_1006_6_b_2_with_an_attorney_nothing_more_is_said_of_the_debt(outgoing: Outgoing) -> None:
    represented = replace(COLLECTOR, standing_holds=("attorney",))
    assert refusal(outgoing, represented).section == "1006.6(b)(2)"
    clearance(said_by_agent("We'll write to your lawyer."), represented)


@pytest.mark.parametrize("context", EVERYBODY)
@pytest.mark.parametrize("outgoing", [BALANCE, Outgoing("utter_no_plan_needed")])
def test_crisis_no_talk_of_money_at_all(context: Context, outgoing: Outgoing) -> None:
    assert refusal(outgoing, replace(context, standing_holds=("crisis",))).rule == "hold"
    clearance(Outgoing("utter_crisis_still"), replace(context, standing_holds=("crisis",)))


# --- Time-barred debts --------------------------------------------------------------------------

OLD = replace(COLLECTOR, time_barred_notice="time_barred_ny")


@pytest.mark.parametrize(
    "outgoing",
    [
        proposal(terms(OWED)),
        Outgoing("utter_pay_how"),
        Outgoing("utter_greet", choices=(SEE_OPTIONS,)),
        Outgoing("utter_greet", card={"kind": "payment_link"}),
        Outgoing("utter_greet", card={"kind": "options"}),
        said_by_agent("Would you like to pay it off?"),
    ],
)
def test_1006_26_b_no_plan_or_payment_before_the_notice(outgoing: Outgoing) -> None:
    assert refusal(outgoing, OLD).section == "1006.26(b)"
    another = replace(OLD, shown=("initial_disclosure", "time_barred"))
    assert refusal(outgoing, another).section == "1006.26(b)", "the notice of another place"
    clearance(outgoing, replace(OLD, shown=("initial_disclosure", "time_barred_ny")))


def test_1006_26_b_the_notice_does_not_go_out_with_the_plan_itself() -> None:
    assert refusal(replace(proposal(terms(OWED)), notice="time_barred_ny"), OLD)


def test_1006_26_b_what_is_owed_may_be_told() -> None:
    clearance(BALANCE, OLD)


@pytest.mark.parametrize("text", ["We may take legal action.", "You could be sued for this."])
def test_1006_26_b_no_threat_of_a_suit_on_a_time_barred_debt(text: str) -> None:
    intended = replace(OLD, legal_action_intended=True)
    assert refusal(said_by_agent(text), intended).section == "1006.26(b)"


# --- Threats and pressure -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "You will be arrested.",
        "I'll send the POLICE to your door",
        "We'll tell your employer about it.",
        "We can seize your car.",
    ],
)
@pytest.mark.parametrize("context", EVERYBODY)
def test_1006_18_b_nothing_false_whatever_the_ledger_says(text: str, context: Context) -> None:
    intended = replace(context, legal_action_intended=True)
    assert refusal(said_by_agent(text), intended).rule == "false_threat"


@pytest.mark.parametrize(
    "outgoing",
    [
        said_by_agent("We may take you to court."),
        said_by_agent("Our lawyers will garnish your wages."),
        Outgoing("utter_legal_person"),
    ],
)
def test_1006_18_b_legal_steps_only_where_the_ledger_intends_them(outgoing: Outgoing) -> None:
    assert refusal(outgoing, COLLECTOR).section == "1006.18(b)-(c)"
    clearance(outgoing, replace(COLLECTOR, legal_action_intended=True))


def test_1006_18_b_harmless_words_are_no_threats() -> None:
    for text in ("I issued it today.", "Courtney will help you.", "It was pursued no further."):
        clearance(said_by_agent(text), COLLECTOR)


@pytest.mark.parametrize(
    "text", ["Please answer immediately.", "This is your last chance.", "It's a final notice."]
)
def test_1006_38_b_nothing_overshadows_the_right_to_dispute(text: str) -> None:
    disputable = replace(COLLECTOR, in_validation_period=True)
    assert refusal(said_by_agent(text), disputable).section == "1006.38(b)"
    clearance(said_by_agent(text), COLLECTOR)
    clearance(said_by_agent(text), replace(OWN_DEBTS, in_validation_period=True))


# --- Card numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "outgoing",
    [
        said_by_agent("Is it 4111 1111 1111 1111?"),
        Outgoing("utter_repeat", {"text": "my card is 4111-1111-1111-1111"}),
        Outgoing("utter_greet", card={"kind": "history", "memo": "card 5500005555555559"}),
        Outgoing("utter_greet", choices=(Choice("x", "deny", (), {"l": "4111111111111111"}),)),
    ],
)
@pytest.mark.parametrize("context", EVERYBODY)
def test_pci_4_2_2_card_numbers_never_go_out(outgoing: Outgoing, context: Context) -> None:
    assert refusal(outgoing, context).section == "PCI DSS 4.2.2"


def test_pci_4_2_2_a_reference_is_no_card_number() -> None:
    clearance(said_by_agent("Your reference is 1234 5678 9012 3456."), COLLECTOR)


# --- The gate itself ----------------------------------------------------------------------------


def test_the_gate_is_a_function_of_the_message_and_its_context() -> None:
    for outgoing in (BALANCE, Outgoing("utter_pay_how"), said_by_agent("You owe $9.00.")):
        assert gate.check(outgoing, COLLECTOR) == gate.check(outgoing, COLLECTOR)


def test_every_rule_of_every_pack_is_one_of_the_gates() -> None:
    added = {"initial_disclosure", "later_disclosure", "opt_out_notice", "automated"}
    assert set(packs.RULES) == set(RULES) | added


@pytest.mark.parametrize("context", EVERYBODY)
def test_a_greeting_passes_everywhere(context: Context) -> None:
    verdict = gate.check(Outgoing("utter_greet"), context)
    assert isinstance(verdict, Cleared)
    assert not isinstance(verdict, Refused)
