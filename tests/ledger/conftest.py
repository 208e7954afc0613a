"""Accounts to reckon with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timezone
from itertools import count

import pytest

from bot import clock
from bot.creditors import Creditors, PlanPolicy
from bot.db import Database
from bot.ledger import accounts, imports
from bot.ledger.accounts import Account

MONDAY = date(2026, 3, 2)
"""The day on which all cases of the ledger begin: an ordinary Monday in Los Angeles."""


@pytest.fixture(autouse=True)
def _monday_noon() -> Iterator[None]:
    with clock.at(datetime(2026, 3, 2, 20, 0, tzinfo=timezone.utc)):
        yield


@pytest.fixture
def policy(creditors: Creditors) -> PlanPolicy:
    """Harbor Community Bank's: at least $25, at most 12 months."""
    return creditors["demo-bank"].plan_policy


OpenAccount = Callable[..., Account]


@pytest.fixture
def open_account(
    database: Database, creditors: Creditors, tmp_path_factory: pytest.TempPathFactory
) -> OpenAccount:
    """Opens an account of Harbor Community Bank by importing it, as an operator does."""
    numbers = count(1)
    folder = tmp_path_factory.mktemp("books")

    def open_one(balance: str = "1000.00") -> Account:
        reference = f"X-{next(numbers)}"
        path = folder / "accounts.csv"
        path.write_text(
            "reference,creditor,first_name,last_name,birth_date,postal_code,due_on,balance,currency"
            f"\n{reference},demo-bank,Ann,{reference},1980-01-02,90210,2026-03-20,{balance},USD\n"
        )
        imports.import_accounts(database, path, creditors=creditors)
        with database.read() as connection:
            account = accounts.find(connection, "demo-bank", reference)
        assert account is not None
        return account

    return open_one


@pytest.fixture
def account(open_account: OpenAccount) -> Account:
    """An account on which $1,000.00 is owed."""
    return open_account()
