"""Money is exact, and never mixes currencies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.money import CurrencyMismatch, Money

minors = st.integers(min_value=-(10**18), max_value=10**18)
currencies = st.sampled_from(["USD", "GBP", "EUR", "CHF", "JPY", "KWD"])


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1200.5", "USD", 120_050),
        ("1,200.50", "USD", 120_050),
        ("0.29", "USD", 29),  # As a float, times 100, this is 28.999…
        ("-75", "GBP", -7_500),
        ("1200", "JPY", 1_200),
        ("1.234", "KWD", 1_234),
    ],
)
def test_amounts_are_read_exactly(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize("text", ["", "abc", "1.234", "12,00", "1,20.00", ".5", "1e3", "٣", "$5"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount|decimals"):
        Money.parse(text, "USD")


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(120_050, "USD"), "$1,200.50"),
        (Money(2_000, "GBP"), "£20.00"),
        (Money(2_000, "EUR"), "€20.00"),
        (Money(2_000, "CHF"), "CHF 20.00"),
        (Money(1_200, "JPY"), "JPY 1,200"),
        (Money(-500, "USD"), "-$5.00"),
        (Money(5, "USD"), "$0.05"),
        (Money(0, "USD"), "$0.00"),
    ],
)
def test_amounts_are_written_in_full(money: Money, text: str) -> None:
    assert str(money) == text


@given(minors, currencies)
def test_decimal_text_reads_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(money.decimal_text(), currency) == money


def test_a_thousand_in_three_leaves_the_odd_cent_to_the_last() -> None:
    third = Money(33_333, "USD")
    assert Money(100_000, "USD").split(3) == (third, third, Money(33_334, "USD"))


@given(minors, st.integers(min_value=1, max_value=400))
def test_parts_sum_to_the_whole_and_only_the_last_differs(minor: int, count: int) -> None:
    parts = Money(minor, "USD").split(count)
    assert len(parts) == count
    assert sum(part.minor for part in parts) == minor
    assert len(set(parts[:-1])) <= 1
    assert 0 <= parts[-1].minor - parts[0].minor < count


def test_nothing_is_split_into_no_parts() -> None:
    with pytest.raises(ValueError, match="0 parts"):
        Money(100, "USD").split(0)


def test_percentages_are_floored() -> None:
    assert Money(101, "USD").percent(50) == Money(50, "USD")


def test_currencies_do_not_mix() -> None:
    dollar, pound = Money(100, "USD"), Money(100, "GBP")
    assert dollar != pound
    with pytest.raises(CurrencyMismatch):
        dollar + pound
    with pytest.raises(CurrencyMismatch):
        _ = dollar < pound
    with pytest.raises(CurrencyMismatch):
        _ = dollar >= pound


@pytest.mark.parametrize("minor", [1.0, "100", True])
def test_a_float_is_no_money(minor: object) -> None:
    with pytest.raises(TypeError):
        Money(minor, "USD")  # type: ignore[arg-type]


def test_arithmetic() -> None:
    money = Money(100, "USD")
    assert money + money - Money(50, "USD") == Money(150, "USD")
    assert money * 3 == 3 * money == Money(300, "USD")
    assert abs(-money) == money
    assert Money(0, "USD").is_zero
    assert money.as_json() == {"minor": 100, "currency": "USD"}
