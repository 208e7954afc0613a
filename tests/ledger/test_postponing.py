"""A plan waits out a pause: nothing in it falls due, and nothing counts as missed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot import clock
from bot.creditors import PlanPolicy
from bot.db import Database
from bot.ledger import entries, plans, schedule
from bot.ledger.accounts import Account
from bot.ledger.plans import Plan
from bot.ledger.schedule import Frequency
from bot.money import Money
from tests.ledger.conftest import MONDAY


def agreed(database: Database, account: Account, frequency: Frequency, start: date) -> Plan:
    amounts = schedule.amounts_by_size(Money(1000_00, "USD"), Money(250_00, "USD"))
    if frequency is Frequency.ONCE:
        amounts = (Money(1000_00, "USD"),)
    terms = schedule.terms("instalments", frequency, start, amounts, "US")
    with database.write() as connection:
        offered = plans.offer(
            connection, account, terms, conversation_id="cv_1", key="o", today=MONDAY
        )
        outcome = plans.agree(
            connection, offered.id, terms_hash=offered.terms_hash, evidence={}, key="a"
        )
    assert isinstance(outcome, plans.Agreed)
    return outcome.plan


def postpone(database: Database, account: Account, until: date, policy: PlanPolicy) -> Plan | None:
    with database.write() as connection:
        return plans.postpone(
            connection,
            account.id,
            until,
            policy=policy,
            evidence={"conversation": "cv_1"},
            key="p",
        )


@pytest.mark.parametrize(
    ("frequency", "start", "days"),
    [
        (Frequency.WEEKLY, date(2026, 3, 6), ["04-03", "04-10", "04-17", "04-24"]),
        (Frequency.BIWEEKLY, date(2026, 3, 6), ["04-03", "04-17", "05-01", "05-15"]),
        # The 31st is not forgotten for the short months: 30 April, 1 June for Sunday 31 May.
        (Frequency.MONTHLY, date(2026, 3, 31), ["04-30", "06-01", "06-30", "07-31"]),
        (Frequency.SEMIMONTHLY, date(2026, 3, 15), ["04-01", "04-15", "05-01", "05-15"]),
        (Frequency.ONCE, date(2026, 3, 20), ["04-01"]),
    ],
)
def test_it_goes_on_in_its_own_rhythm(
    database: Database,
    account: Account,
    policy: PlanPolicy,
    frequency: Frequency,
    start: date,
    days: list[str],
) -> None:
    before = agreed(database, account, frequency, start)
    after = postpone(database, account, date(2026, 4, 1), policy)
    assert after is not None
    assert [one.due_on for one in after.instalments] == [
        date.fromisoformat(f"2026-{day}") for day in days
    ]
    assert [one.amount for one in after.instalments] == [one.amount for one in before.instalments]
    assert (after.status, after.version, after.replaces) == ("active", 2, before.id)
    with database.read() as connection:
        assert plans.get(connection, before.id).status == "cancelled"
        assert plans.active(connection, account.id) == after


def test_nothing_is_missed_after_the_pause(
    database: Database, account: Account, policy: PlanPolicy
) -> None:
    agreed(database, account, Frequency.WEEKLY, date(2026, 3, 6))
    postpone(database, account, date(2026, 4, 1), policy)
    clock.travel(timedelta(days=30))
    with database.read() as connection:
        plan = plans.active(connection, account.id)
    assert plan is not None
    assert {one.status for one in plan.instalments} == {"due"}


def test_what_was_paid_stays_paid_and_later_payments_count_once(
    database: Database, account: Account, policy: PlanPolicy
) -> None:
    agreed(database, account, Frequency.WEEKLY, date(2026, 3, 6))

    def pay(name: str, amount: int) -> Plan | None:
        with database.write() as connection:
            entries.post(
                connection,
                account.id,
                posted_on=MONDAY,
                kind="payment",
                amount=Money(-amount * 100, "USD"),
                memo="",
                external_id=name,
            )
            return plans.follow_entries(connection, account.id)

    pay("first", 300)
    after = postpone(database, account, date(2026, 4, 1), policy)
    assert after is not None
    assert [one.amount.minor // 100 for one in after.instalments] == [200, 250, 250]
    paid = pay("second", 200)
    assert paid is not None
    assert plans.progress(paid).left == Money(500_00, "USD")


def test_once_for_each_key_and_not_at_all_without_need(
    database: Database, account: Account, policy: PlanPolicy
) -> None:
    assert postpone(database, account, date(2026, 4, 1), policy) is None
    before = agreed(database, account, Frequency.MONTHLY, date(2026, 4, 6))
    assert postpone(database, account, date(2026, 4, 1), policy) == before
    after = postpone(database, account, date(2026, 4, 20), policy)
    assert after is not None
    assert after.version == 2
    assert postpone(database, account, date(2026, 4, 20), policy) == after
