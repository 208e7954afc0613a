"""Entries are added once and never changed; the balance is their sum."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.db import Database
from bot.ledger import entries
from bot.ledger.accounts import Account
from bot.money import CurrencyMismatch, Money

DAY = date(2026, 3, 2)


def pay(database: Database, account: Account, amount: str, external_id: str) -> entries.Entry:
    with database.write() as connection:
        return entries.post(
            connection,
            account.id,
            posted_on=DAY,
            kind="payment",
            amount=-Money.parse(amount, "USD"),
            memo="Payment",
            external_id=external_id,
        )


def test_the_balance_is_the_sum_of_the_entries(database: Database, account: Account) -> None:
    pay(database, account, "75.00", "p1")
    pay(database, account, "0.01", "p2")
    with database.read() as connection:
        history = entries.history(connection, account.id)
        assert [str(one.amount) for one in history] == ["$1,000.00", "-$75.00", "-$0.01"]
        assert entries.balance(connection, account.id) == Money(92_499, "USD")
        assert [one.external_id for one in entries.payments(connection, account.id)] == ["p1", "p2"]


def test_the_same_posting_twice_is_one(database: Database, account: Account) -> None:
    assert pay(database, account, "75.00", "p1") == pay(database, account, "75.00", "p1")
    with database.read() as connection:
        assert entries.balance(connection, account.id) == Money(92_500, "USD")


def test_another_amount_under_the_same_id_is_refused(database: Database, account: Account) -> None:
    pay(database, account, "75.00", "p1")
    with pytest.raises(entries.EntryConflict, match=r"p1 stands as payment of -\$75.00"):
        pay(database, account, "80.00", "p1")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET amount = amount + 1",
        "UPDATE entry SET memo = 'something else'",
        "DELETE FROM entry",
    ],
)
def test_the_database_refuses_to_change_an_entry(
    database: Database, account: Account, statement: str
) -> None:
    with (
        pytest.raises(DBAPIError, match=r"entry (is only ever added to|may only be blanked)"),
        database.write() as connection,
    ):
        connection.execute(text(statement))
    with database.read() as connection:
        assert entries.balance(connection, account.id) == Money(100_000, "USD")


def test_postgresql_refuses_to_empty_the_table(database: Database, account: Account) -> None:
    # SQLite has no TRUNCATE.
    statement = "DELETE FROM entry WHERE 1 = 1" if database.is_sqlite else "TRUNCATE entry"
    with (
        pytest.raises(DBAPIError, match="entry is only ever added to"),
        database.write() as connection,
    ):
        connection.execute(text(statement))
    with database.read() as connection:
        assert len(entries.history(connection, account.id)) == 1


@pytest.mark.parametrize(
    ("kind", "minor"),
    [
        ("payment", 100),
        ("waiver", 100),
        ("charge", -100),
        ("fee", -1),
        ("interest", -1),
        ("adjustment", 0),
        ("gift", 100),
    ],
)
def test_the_database_refuses_a_sign_that_does_not_fit(
    database: Database, account: Account, kind: str, minor: int
) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:
        entries.post(
            connection,
            account.id,
            posted_on=DAY,
            kind=kind,
            amount=Money(minor, "USD"),
            memo="",
            external_id="wrong",
        )


def test_pounds_are_not_posted_to_a_dollar_account(database: Database, account: Account) -> None:
    with pytest.raises(CurrencyMismatch), database.write() as connection:
        entries.post(
            connection,
            account.id,
            posted_on=DAY,
            kind="charge",
            amount=Money(100, "GBP"),
            memo="",
            external_id="pounds",
        )


def test_an_unknown_account_has_no_balance(database: Database) -> None:
    with pytest.raises(LookupError), database.read() as connection:
        entries.balance(connection, "ac_none")
