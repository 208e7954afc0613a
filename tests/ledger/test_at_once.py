"""Many at the same time, as retries and two channels do it: each thing happens once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import TypeVar

from sqlalchemy import func, select

from bot.creditors import PlanPolicy
from bot.db import Database
from bot.ledger import entries, plans, schedule, tables
from bot.ledger.accounts import Account
from bot.ledger.plans import Agreed, Plan, Skipped
from bot.ledger.schedule import Frequency
from bot.money import Money

Result = TypeVar("Result")
AT_ONCE = 12


def at_once(work: Callable[[int], Result], times: int = AT_ONCE) -> list[Result]:
    """Do the work in so many threads that all begin together."""
    start = Barrier(times)

    def begin(number: int) -> Result:
        start.wait(timeout=10)
        return work(number)

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(begin, range(times)))


def offer(database: Database, account: Account, conversation: str, amount: int = 75) -> Plan:
    amounts = schedule.amounts_by_size(Money(100_000, "USD"), Money(amount * 100, "USD"))
    terms = schedule.terms("instalments", Frequency.BIWEEKLY, date(2026, 3, 6), amounts, "US")
    with database.write() as connection:
        return plans.offer(
            connection,
            account,
            terms,
            conversation_id=conversation,
            key=f"{conversation} {amount}",
            today=date(2026, 3, 2),
        )


def agree(database: Database, plan: Plan, key: str) -> plans.Agreement:
    with database.write() as connection:
        return plans.agree(
            connection, plan.id, terms_hash=plan.terms_hash, evidence={"message": key}, key=key
        )


def count_active(database: Database, account: Account) -> int:
    with database.read() as connection:
        found = connection.execute(
            select(func.count()).where(
                tables.plan.c.account_id == account.id, tables.plan.c.agreed_at.is_not(None)
            )
        )
        return int(found.scalar_one())


def test_one_offer_agreed_by_many_is_one_plan(database: Database, account: Account) -> None:
    plan = offer(database, account, "cv_1")
    answers = at_once(lambda number: agree(database, plan, f"yes {number % 3}"))
    assert all(isinstance(one, Agreed) and one.plan.id == plan.id for one in answers)
    assert count_active(database, account) == 1


def test_one_plan_agreed_over_two_channels_is_one_plan(
    database: Database, account: Account
) -> None:
    offers = [offer(database, account, f"cv_{number}") for number in range(2)]
    answers = at_once(lambda number: agree(database, offers[number % 2], f"yes {number}"))
    assert all(isinstance(one, Agreed) for one in answers)
    assert len({one.plan.id for one in answers if isinstance(one, Agreed)}) == 1
    assert count_active(database, account) == 1


def test_of_two_different_plans_agreed_at_once_one_stands(
    database: Database, account: Account
) -> None:
    offers = [offer(database, account, f"cv_{number}", 75 + number) for number in range(2)]
    answers = at_once(lambda number: agree(database, offers[number % 2], f"yes {number}"))
    assert len({one.plan.id for one in answers if isinstance(one, Agreed)}) == 1
    assert {one.reason for one in answers if isinstance(one, plans.Refused)} == {"superseded"}
    assert count_active(database, account) == 1


def test_an_offer_made_by_many_with_one_key_is_one(database: Database, account: Account) -> None:
    assert len({one.id for one in at_once(lambda _: offer(database, account, "cv_1"))}) == 1


def test_a_payment_posted_by_many_counts_once(database: Database, account: Account) -> None:
    agree(database, offer(database, account, "cv_1"), "yes")

    def pay(_: int) -> None:
        with database.write() as connection:
            entries.post(
                connection,
                account.id,
                posted_on=date(2026, 3, 2),
                kind="payment",
                amount=Money(-7_500, "USD"),
                memo="",
                external_id="p1",
            )
            plans.follow_entries(connection, account.id)

    at_once(pay)
    with database.read() as connection:
        assert entries.balance(connection, account.id) == Money(92_500, "USD")
        plan = plans.active(connection, account.id)
    assert plan is not None
    assert plans.progress(plan).paid == Money(7_500, "USD")


def test_an_instalment_skipped_by_many_is_skipped_once(
    database: Database, account: Account, policy: PlanPolicy
) -> None:
    plan = offer(database, account, "cv_1")
    agree(database, plan, "yes")

    def skip(number: int) -> Skipped | plans.Refused:
        with database.write() as connection:
            return plans.skip(
                connection, plan.id, 1, policy=policy, evidence={}, key=f"skip {number % 2}"
            )

    answers = at_once(skip)
    with database.read() as connection:
        assert len(plans.get(connection, plan.id).instalments) == 15
    assert sum(isinstance(one, Skipped) for one in answers) == AT_ONCE // 2


def test_a_payment_during_the_yes_is_counted_or_voids_it(
    database: Database, account: Account
) -> None:
    """Whichever comes first: the plan and the balance agree with each other afterwards."""
    plan = offer(database, account, "cv_1")

    def work(number: int) -> None:
        if number % 2:
            agree(database, plan, "yes")
            return
        with database.write() as connection:
            entries.post(
                connection,
                account.id,
                posted_on=date(2026, 3, 2),
                kind="payment",
                amount=Money(-7_500, "USD"),
                memo="",
                external_id="p1",
            )
            plans.follow_entries(connection, account.id)

    at_once(work, 4)
    with database.read() as connection:
        standing = plans.active(connection, account.id)
        balance = entries.balance(connection, account.id)
    assert balance == Money(92_500, "USD")
    assert standing is None or plans.progress(standing).left == balance
