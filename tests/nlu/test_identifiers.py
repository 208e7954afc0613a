"""Identifiers are found in the free order and wording in which people give them."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import clock, identifiers


@pytest.fixture(autouse=True)
def _fixed_clock():
    with clock.at(datetime(2026, 3, 2, 12, tzinfo=timezone.utc)):
        yield


def found(text, *, day_first=False):
    return [(i.kind, i.value) for i in identifiers.find(text, day_first=day_first)]


def test_the_whole_check_in_one_message():
    assert found("ref A-1042, born 3 May 1988, 90210") == [
        ("reference", "A-1042"),
        ("birth_date", ("1988-05-03",)),
        ("postal_code", "90210"),
    ]
    assert found("a1042 sw1a1aa 03/05/1988", day_first=True) == [
        ("reference", "A1042"),
        ("postal_code", "SW1A 1AA"),
        ("birth_date", ("1988-05-03", "1988-03-05")),
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A-1042", "A-1042"),
        ("a-1042", "A-1042"),
        ("its a1042", "A1042"),
        ("A 1042", "A 1042"),
        ("my reference is A-1042.", "A-1042"),
        ("ref 10-4422", "10-4422"),
        ("reference number: 104422", "104422"),
        ("account number 104422", "104422"),
        ("FR-20931", "FR-20931"),
        ("acct # TC3301", "TC3301"),
        ("case no. 5531-22", "5531-22"),
    ],
)
def test_references(text, value):
    assert found(text) == [("reference", value)]


@pytest.mark.parametrize(
    "text",
    [
        "i can pay500 a month",
        "since jan2026",
        "gbp200 is all i have",
        "in 2024 i moved",
        "50 every other friday",
        "$1,200.50",
        "i paid 300 on the 15th",
        "can we do 6 payments",
        "A 1000 dollars is too much",
        "chapter 13",
        "next friday at 3pm",
    ],
)
def test_ordinary_numbers_identify_nobody(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1988-05-03", ("1988-05-03",)),
        ("1988/5/3", ("1988-05-03",)),
        ("3 May 1988", ("1988-05-03",)),
        ("3rd of may, 1988", ("1988-05-03",)),
        ("may 3rd '88", ("1988-05-03",)),
        ("May 3, 1988", ("1988-05-03",)),
        ("03-may-88", ("1988-05-03",)),
        ("03may1988", ("1988-05-03",)),
        ("5/3/1988", ("1988-05-03", "1988-03-05")),
        ("5.3.88", ("1988-05-03", "1988-03-05")),
        ("05 03 1988", ("1988-05-03", "1988-03-05")),
        ("23/11/1970", ("1970-11-23",)),
        ("dob 05031988", ("1988-05-03", "1988-03-05")),
        ("born 19880503", ("1988-05-03",)),
        ("my date of birth is 050388", ("1988-05-03", "1988-03-05")),
        ("02/02/2001", ("2001-02-02",)),
    ],
)
def test_birth_dates(text, value):
    assert found(text) == [("birth_date", value)]


@pytest.mark.parametrize(
    "text",
    [
        "march 15 2026",
        "03/15/26",
        "15/04/2027",
        "2026-04-01",
        "1 april 2020",
        "31 feb 1988",
        "may 3 1890",
    ],
)
def test_other_dates_are_no_births(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("90210", "90210"),
        ("zip 90210-1234", "90210-1234"),
        ("CA90210", "90210"),
        ("CA 90210", "90210"),
        ("my postcode is ec1a 1bb", "EC1A 1BB"),
        ("M11AE", "M1 1AE"),
        ("w1t 3jl please", "W1T 3JL"),
    ],
)
def test_postal_codes(text, value):
    assert found(text) == [("postal_code", value)]


@pytest.mark.parametrize("text", ["12000 dollars", "$12000", "b4 5pm", "12,500.00"])
def test_no_postal_code(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("213-555-0142", "+12135550142"),
        ("(213) 555-0142", "+12135550142"),
        ("+1 213 555 0142", "+12135550142"),
        ("2135550142", "+12135550142"),
        ("12135550142", "+12135550142"),
        ("07700 900123", "+447700900123"),
        ("+44 7700 900123", "+447700900123"),
        ("+44 (0)20 7946 0000", "+442079460000"),
        ("020 7946 0000", "+442079460000"),
        ("+353 20 912 3456", "+353209123456"),
    ],
)
def test_phones(text, value):
    assert found(text) == [("phone", value)]


@pytest.mark.parametrize(
    "text",
    [
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "4242424242424242",
        "3782 822463 10005",
        "5555.5555.5555.4444",
        "４２４２ ４２４２ ４２４２ ４２４２",
    ],
)
def test_cards(text):
    assert found(f"heres my card {text} thx") == [("card", text)]


def test_card_with_expiry_and_code_behind_it():
    assert found("4242 4242 4242 4242 12/27 123")[0] == ("card", "4242 4242 4242 4242")
    assert found("4242 4242 4242 4242 1227 123")[0][0] == "card"


def test_number_that_fails_luhn_is_no_card():
    assert ("card", "4242 4242 4242 4243") not in found("4242 4242 4242 4243")


def test_phone_and_zip_are_no_card():
    kinds = [kind for kind, _ in found("213 555 0142 90210")]
    assert kinds == ["phone", "postal_code"]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("123-45-6789", "ssn", "123-45-6789"),
        ("ssn 123456789", "ssn", "123456789"),
        ("my social is 123456789", "ssn", "123456789"),
        ("QQ 12 34 56 C".replace("QQ", "AB"), "ssn", "AB 12 34 56 C"),
        ("GB82 WEST 1234 5698 7654 32", "bank_account", "GB82 WEST 1234 5698 7654 32"),
        ("gb82west12345698765432", "bank_account", "gb82west12345698765432"),
        ("account number 12345678", "bank_account", "12345678"),
        ("sort code 12-34-56", "bank_account", "12-34-56"),
        ("routing 021000021", "bank_account", "021000021"),
        ("maria.a1042@example.com", "email", "maria.a1042@example.com"),
    ],
)
def test_what_must_be_redacted(text, kind, value):
    assert found(text) == [(kind, value)]


def test_iban_with_a_wrong_checksum_is_none():
    assert "bank_account" not in [k for k, _ in found("GB83 WEST 1234 5698 7654 32")]


@given(st.text(max_size=80), st.booleans())
def test_any_text_gives_ordered_disjoint_spans(text, day_first):
    identifiers_found = identifiers.find(text, day_first=day_first)
    last = 0
    for identifier in identifiers_found:
        assert last <= identifier.start < identifier.end <= len(text)
        last = identifier.end


@given(st.integers(min_value=10**14, max_value=10**15 - 1), st.sampled_from([" ", "-", ""]))
def test_every_luhn_number_is_found_however_it_is_grouped(body, gap):
    first = "4" + str(body)[1:]
    check = next(d for d in "0123456789" if identifiers.passes_luhn(first + d))
    digits = first + check
    written = gap.join(digits[i : i + 4] for i in range(0, 16, 4))
    assert found(f"use {written} ok") == [("card", written)]
