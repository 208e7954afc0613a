"""What somebody can spare, worked by hand."""

from __future__ import annotations

import pytest

from bot.db import Database
from bot.ledger import affordability, schedule
from bot.ledger.accounts import Account
from bot.ledger.affordability import HEADINGS, Affordability
from bot.ledger.schedule import Frequency
from bot.money import Money
from tests.ledger.conftest import MONDAY


def usd(whole: int) -> Money:
    return Money(whole * 100, "USD")


def answered(database: Database, account: Account, *amounts: int) -> Affordability:
    with database.write() as connection:
        check = affordability.begin(connection, account.id, conversation_id="cv_1", key="k")
        for number, (heading, amount) in enumerate(zip(HEADINGS, amounts, strict=False)):
            assert check.missing == heading
            check = affordability.answer(
                connection, check, heading, usd(amount), message_id=f"mg_{number}"
            )
    return check


def test_half_of_what_is_left_is_the_most(database: Database, account: Account) -> None:
    check = answered(database, account, 1800, 750, 150, 347, 53)
    assert check.missing is None
    assert check.left == usd(500)
    assert check.most == usd(250)


def test_nothing_left_is_nothing_to_take(database: Database, account: Account) -> None:
    check = answered(database, account, 1000, 900, 100, 200, 0)
    assert check.left == -usd(200)
    assert check.most == usd(0)


def test_an_answer_can_be_corrected(database: Database, account: Account) -> None:
    check = answered(database, account, 1800, 700)
    with database.write() as connection:
        check = affordability.answer(connection, check, "home", usd(750), message_id="mg_9")
    assert (check.home, check.missing) == (usd(750), "utilities")
    assert check.messages == ("mg_0", "mg_1", "mg_9")


def test_unfinished_answers_tell_nothing(database: Database, account: Account) -> None:
    with pytest.raises(ValueError, match="not everything"):
        _ = answered(database, account, 1800).left


def test_answers_below_zero_are_none(database: Database, account: Account) -> None:
    check = answered(database, account)
    with pytest.raises(ValueError, match="no answer"), database.write() as connection:
        affordability.answer(connection, check, "food", -usd(1), message_id="mg_1")


def test_forgotten_when_they_say_so(database: Database, account: Account) -> None:
    answered(database, account, 1800, 750, 150, 350, 50)
    with database.write() as connection:
        messages = affordability.forget(connection, account.id)
        assert messages == ("mg_0", "mg_1", "mg_2", "mg_3", "mg_4")
        assert affordability.current(connection, account.id) is None
        assert affordability.forget(connection, account.id) == ()


@pytest.mark.parametrize(
    ("amount", "frequency", "income", "cost"),
    [
        (100_00, None, 100_00, 100_00),
        (100_00, Frequency.WEEKLY, 433_33, 433_34),
        (100_00, Frequency.BIWEEKLY, 216_66, 216_67),
        (100_00, Frequency.SEMIMONTHLY, 200_00, 200_00),
    ],
)
def test_a_month_of_it(amount: int, frequency: Frequency | None, income: int, cost: int) -> None:
    money = Money(amount, "USD")
    assert affordability.monthly(money, frequency, round_up=False).minor == income
    assert affordability.monthly(money, frequency, round_up=True).minor == cost


@pytest.mark.parametrize(
    ("amount", "frequency", "too_much"),
    [
        (250, Frequency.MONTHLY, False),
        (251, Frequency.MONTHLY, True),
        (57, Frequency.WEEKLY, False),
        (58, Frequency.WEEKLY, True),
        (1000, Frequency.ONCE, False),
    ],
)
def test_above_half_of_what_is_left_is_too_much(
    database: Database, account: Account, amount: int, frequency: Frequency, *, too_much: bool
) -> None:
    """$500 is left, so at most $250 a month: $57 a week is $247, $58 is $251.33."""
    check = answered(database, account, 1800, 750, 150, 347, 53)
    amounts = schedule.amounts_by_size(usd(1000), usd(amount))
    terms = schedule.terms("instalments", frequency, MONDAY, amounts, "US")
    assert affordability.asks_too_much(check, terms) is too_much
    assert not affordability.asks_too_much(None, terms)
