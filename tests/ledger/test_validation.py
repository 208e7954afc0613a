"""The itemisation of a debt (12 CFR 1006.34(c)(2)(vii)-(ix)) and the record of its sending."""

from __future__ import annotations

from datetime import date

from bot.creditors import Creditors
from bot.db import Database
from bot.ledger import accounts, entries, imports, tables, validation
from bot.ledger.accounts import Account
from bot.money import Money
from tests.ledger.conftest import MONDAY


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def post(database: Database, account: Account, day: str, kind: str, amount: int) -> None:
    with database.write() as connection:
        entries.post(
            connection,
            account.id,
            posted_on=date.fromisoformat(day),
            kind=kind,
            amount=usd(amount),
            memo="",
            external_id=f"{day} {kind}",
        )


def test_1006_34_c_2_the_parts_sum_to_the_debt_now(database: Database, account: Account) -> None:
    with database.write() as connection:
        connection.execute(
            tables.account.update()
            .where(tables.account.c.id == account.id)
            .values(itemization_date=date(2026, 3, 3))
        )
    for day, kind, amount in (
        ("2026-03-03", "interest", 10_00),
        ("2026-03-04", "interest", 12_34),
        ("2026-03-05", "fee", 35_00),
        ("2026-03-06", "payment", -50_00),
        ("2026-03-07", "adjustment", -1_00),
    ):
        post(database, account, day, kind, amount)
    with database.read() as connection:
        found = validation.itemisation(connection, accounts.get(connection, account.id))
    assert found.then == usd(1010_00)
    assert (found.interest, found.fees) == (usd(12_34), usd(35_00))
    assert (found.payments_and_credits, found.other) == (usd(50_00), usd(-1_00))
    assert found.total == usd(1006_34)


def test_every_demo_account_sums_up(database: Database, creditors: Creditors) -> None:
    imports.demo(database, creditors, MONDAY)
    with database.read() as connection:
        rows = connection.execute(tables.account.select()).all()
        for row in rows:
            account = accounts.get(connection, row.id)
            found = validation.itemisation(connection, account)
            assert found.total == entries.balance(connection, account.id)


def test_1006_34_a_the_first_sending_opens_the_period_and_a_copy_does_not(
    database: Database, account: Account
) -> None:
    with database.write() as connection:
        for key in ("a", "a", "b"):
            validation.record_sending(
                connection,
                accounts.get(connection, account.id),
                conversation_id="cv_1",
                channel="chat",
                content={"sent": key},
                until=date(2026, 4, 8),
                key=key,
            )
        assert accounts.get(connection, account.id).validation_sent_on == MONDAY
        sent = connection.execute(tables.validation_notice.select()).all()
        assert len(sent) == 2
        assert validation.latest(connection, account.id, "cv_2") is None
