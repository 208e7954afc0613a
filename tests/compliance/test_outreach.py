"""Messages that we start: when, where to, how often, and with what in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone

import pytest

from bot.compliance import packs
from bot.compliance.gate import Context, Outgoing, Span
from bot.creditors import ContactLimits
from bot.money import Money
from tests.compliance.setting import (
    DUE,
    EVERYBODY,
    PHONE,
    REMINDER,
    TEXT,
    TODAY,
    clearance,
    refusal,
    texted,
)

ASK_TO_CALL = Outgoing(
    "utter_greet", {"first_name": "Kevin"}, author="reminder", kind="contact_request"
)


def new_york(hour: int, minute: int = 0) -> datetime:
    """A moment of that Monday by New York's clocks."""
    return datetime(2026, 3, 2, hour + 5, minute, tzinfo=timezone.utc)


def test_a_text_at_noon_to_a_confirmed_telephone_is_sent() -> None:
    clearance(REMINDER, TEXT)


@pytest.mark.parametrize("moment", [new_york(7, 59), new_york(0), new_york(5)])
def test_1006_6_b_1_nothing_before_eight_where_the_person_is(moment: datetime) -> None:
    assert refusal(REMINDER, texted(moment)).section == "1006.6(b)(1)"


def test_1006_6_b_1_nothing_after_nine_where_the_person_is() -> None:
    clearance(REMINDER, texted(datetime(2026, 3, 3, 1, 59, tzinfo=timezone.utc)))
    late = datetime(2026, 3, 3, 2, 0, tzinfo=timezone.utc)
    assert refusal(REMINDER, texted(late)).section == "1006.6(b)(1)"


def test_1006_6_b_1_from_eight_it_may_be() -> None:
    clearance(REMINDER, texted(new_york(8)))


def test_1006_6_b_1_in_conflicting_places_inside_the_hours_of_all() -> None:
    both = ("America/New_York", "America/Los_Angeles")
    early = refusal(REMINDER, texted(new_york(10, 59), time_zones=both))
    assert early.section == "1006.6(b)(1)"
    clearance(REMINDER, texted(new_york(11), time_zones=both))
    late = datetime(2026, 3, 3, 2, 30, tzinfo=timezone.utc)
    assert refusal(REMINDER, texted(late, time_zones=both)).section == "1006.6(b)(1)"


def test_1006_6_b_1_not_where_it_is_unknown_what_time_it_is() -> None:
    assert refusal(REMINDER, texted(time_zones=())).section == "1006.6(b)(1)"


def test_1006_6_b_1_a_creditor_may_keep_shorter_hours() -> None:
    shorter = replace(texted(new_york(8, 30)), contact_limits=ContactLimits(contact_from=time(9)))
    assert refusal(REMINDER, shorter).section == "1006.6(b)(1)"


def test_1006_6_b_1_who_has_just_written_is_answered_at_any_hour() -> None:
    at_night = replace(texted(new_york(3)), started_by_us=False, verified=True)
    clearance(Outgoing("utter_greet"), at_night)


@pytest.mark.parametrize(
    ("span", "moment", "suits"),
    [
        (Span(None, time(9), time(17)), new_york(12), False),
        (Span(None, time(9), time(17)), new_york(17), True),
        (Span(0, time(9), time(17)), new_york(12), False),
        (Span(1, time(9), time(17)), new_york(12), True),
        (Span(None, time(20), time(10)), new_york(9), False),
        (Span(6, time(20), time(10)), new_york(9), False),
        (Span(0, time(20), time(10)), new_york(9), True),
    ],
)
def test_1006_6_b_1_stated_inconvenient_times_win(
    span: Span, moment: datetime, suits: bool
) -> None:
    context = texted(moment, inconvenient=(span,))
    if suits:
        clearance(REMINDER, context)
    else:
        assert refusal(REMINDER, context).section == "1006.6(b)(1)"


def test_1006_6_b_1_ii_not_at_a_place_that_does_not_suit() -> None:
    assert refusal(REMINDER, texted(inconvenient_place=True)).section == "1006.6(b)(1)"


@pytest.mark.parametrize("context", EVERYBODY)
def test_1006_14_a_one_text_a_day_and_three_a_week(context: Context) -> None:
    text = replace(context, channel="sms", started_by_us=True, channels_on=("sms",), reach=PHONE)
    amount = Outgoing("utter_greet", author="reminder", kind="reminder")
    clearance(amount, replace(text, reach=replace(PHONE, sent_in_7_days=2)))
    for sent in ({"sent_today": 1}, {"sent_in_7_days": 3}):
        refused = refusal(amount, replace(text, reach=replace(PHONE, **sent)))  # type: ignore[arg-type]
        assert refused.rule == "text_caps"


def test_1006_14_a_an_answer_to_stop_is_no_text_that_counts() -> None:
    confirmation = Outgoing("utter_opt_out", author="reminder", kind="opt_out_confirmation")
    clearance(confirmation, texted(sent_today=1, opted_out_on=TODAY))


@pytest.mark.parametrize(
    ("calls", "talked", "may"),
    [(6, None, True), (7, None, False), (0, 6, False), (0, 7, True), (0, 0, False)],
)
def test_1006_14_b_2_seven_calls_in_seven_days_and_none_within_seven_of_talking(
    calls: int, talked: int | None, may: bool
) -> None:
    talked_on = None if talked is None else TODAY - timedelta(days=talked)
    call = texted(kind="call", sent_in_7_days=calls, talked_on=talked_on)
    outgoing = replace(REMINDER, kind="agent_message")
    if may:
        clearance(outgoing, call)
    else:
        assert refusal(outgoing, call).section == "1006.14(b)(2)"


@pytest.mark.parametrize(("days", "may"), [(0, True), (60, True), (61, False), (400, False)])
def test_1006_6_d_5_a_telephone_is_known_for_60_days(days: int, may: bool) -> None:
    context = texted(confirmed_on=TODAY - timedelta(days=days))
    if may:
        clearance(REMINDER, context)
    else:
        assert refusal(REMINDER, context).section == "1006.6(d)(5)"


@pytest.mark.parametrize("unknown", [{"confirmed_on": None}, {"consented_on": None}])
def test_1006_6_d_5_nothing_of_a_debt_to_an_unconfirmed_telephone(unknown: dict[str, None]) -> None:
    assert refusal(REMINDER, texted(**unknown)).section == "1006.6(d)(5)"
    clearance(ASK_TO_CALL, texted(**unknown))


def test_1006_6_d_5_nothing_without_an_address() -> None:
    assert refusal(REMINDER, replace(TEXT, reach=None)).section == "1006.6(d)(5)"


def test_a_message_of_no_kind_is_not_started() -> None:
    assert "table" in refusal(replace(REMINDER, kind=""), TEXT).reason
    assert "table" in refusal(replace(REMINDER, kind="greeting"), TEXT).reason


@pytest.mark.parametrize(
    "values",
    [
        {"amount": Money(5_000, "USD")},
        {"due": DUE},
        {"reference": "C-2201"},
        {"creditor": "Lakeview Dental"},
        {"link": "https://pay.example.com/1"},
    ],
)
def test_1006_6_d_1_the_limited_wording_says_who_wants_to_be_called_and_no_more(
    values: dict[str, object],
) -> None:
    more = replace(ASK_TO_CALL, values={"first_name": "Kevin", **values})
    assert refusal(more, TEXT).section == "1006.6(d)(1)"


def test_1006_6_d_1_the_limited_wording_is_followed_by_no_disclosure_of_a_debt() -> None:
    cleared = clearance(ASK_TO_CALL, replace(TEXT, shown=()))
    assert [notice.name for notice in cleared.notices] == ["opt_out_sms"]


def test_1006_14_h_nothing_more_after_an_opt_out() -> None:
    assert refusal(REMINDER, texted(opted_out_on=date(2026, 3, 1))).section == "1006.14(h)"
    assert refusal(ASK_TO_CALL, texted(opted_out_on=date(2026, 3, 1))).section == "1006.14(h)"


def test_15_usc_7001_validation_information_by_text_needs_consent_to_electronic_notices() -> None:
    notice = Outgoing("utter_greet", author="reminder", kind="validation_notice")
    assert refusal(notice, TEXT).section == "1006.34"
    clearance(notice, texted(esign_on=date(2026, 2, 1)))


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
@pytest.mark.parametrize("started", [True, False])
def test_text_channels_are_off_until_the_operator_signed_them_off(
    channel: str, started: bool
) -> None:
    off = replace(
        TEXT,
        channel=channel,
        channels_on=("chat",),
        started_by_us=started,
        reach=replace(PHONE, kind=channel),
    )
    assert refusal(REMINDER, off).section == "operator sign-off"


def test_nothing_that_we_start_goes_out_under_any_hold_that_its_kind_does_not_name() -> None:
    pack = packs.load("us_third_party")
    for name, kind in pack.outbound.items():
        for hold in pack.holds:
            if hold not in kind.although:
                context = replace(texted(esign_on=TODAY), standing_holds=(hold,))
                outgoing = Outgoing("utter_greet", author="reminder", kind=name)
                assert refusal(outgoing, context).section == pack.holds[hold].section


def test_1006_6_c_under_a_cease_only_its_confirmation_or_a_specific_remedy() -> None:
    pack = packs.load("us_third_party")
    allowed = {name for name, kind in pack.outbound.items() if "cease" in kind.although}
    answers = {"opt_out_confirmation", "help_answer"}
    assert allowed - answers == {"cease_confirmation", "specific_remedy"}
    ceased = replace(TEXT, standing_holds=("cease",))
    assert refusal(REMINDER, ceased).section == "1006.6(c)"
