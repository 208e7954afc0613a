"""The amounts and days that a message may name are those of the ledger, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from bot import clock
from bot.compliance import facts
from bot.compliance.gate import Facts, Outgoing
from bot.conversations.ground import Ground
from bot.conversations.records import Conversation, open_conversation
from bot.creditors import Creditors
from bot.db import Database
from bot.ledger import accounts, entries, holds, imports, offers, plans
from bot.ledger.accounts import Account
from bot.money import Money
from tests.moments import MONDAY

TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def books(database: Database, creditors: Creditors) -> Database:
    """A database with the demo accounts."""
    imports.demo(database, creditors, clock.today("UTC"))
    return database


def account_of(books: Database, reference: str, creditor: str = "demo-bank") -> Account:
    with books.read() as connection:
        found = accounts.find(connection, creditor, reference)
    assert found is not None
    return found


def load(books: Database, creditors: Creditors, account: Account) -> Facts:
    with books.read() as connection:
        entries_only = facts.load(connection, account, creditors[account.creditor])
        return facts.with_plans(connection, entries_only, account.id, "cv_one")


def dollars(cents: int) -> Money:
    return Money(cents, "USD")


def test_all_that_the_bot_tells_of_an_account_is_known(
    books: Database, creditors: Creditors
) -> None:
    account = account_of(books, "A-1042")
    known = load(books, creditors, account)
    with books.read() as connection:
        history = entries.history(connection, account.id)
        balance = entries.balance(connection, account.id)
    assert known.balance == balance.minor
    assert known.knows(balance)
    assert all(known.knows(entry.amount) for entry in history)
    assert all(known.knows(-entry.amount) for entry in history)
    for kind in ("charge", "payment"):
        of_kind = [entry.amount for entry in history if entry.kind == kind]
        assert known.knows(sum(of_kind, dollars(0)))
    assert {account.due_on, account.opened_on, TODAY} <= known.days
    assert all(entry.posted_on in known.days for entry in history)


@pytest.mark.parametrize("off", [1, -1, 100])
def test_a_cent_more_or_less_is_not_known(books: Database, creditors: Creditors, off: int) -> None:
    account = account_of(books, "A-1042")
    known = load(books, creditors, account)
    assert not known.knows(dollars((known.balance or 0) + off))
    assert not known.knows(Money(known.balance or 0, "GBP"))


def test_a_partial_sum_of_instalments_is_no_fact(books: Database, creditors: Creditors) -> None:
    account = account_of(books, "A-1042")
    (terms,) = (
        offer.terms
        for offer in offers.ladder(
            dollars(100_000), creditors["demo-bank"].plan_policy, TODAY, 1_000
        )
        if offer.name == "short"
    )
    with books.write() as connection:
        plan = plans.offer(
            connection, account, terms, conversation_id="cv_one", key="k", today=TODAY
        )
    known = load(books, creditors, account)
    assert all(known.knows(one.amount) for one in plan.instalments)
    assert {one.due_on for one in plan.instalments} <= known.days
    two = plan.instalments[0].amount + plan.instalments[1].amount
    assert not known.knows(two)
    with books.read() as connection:
        entries_only = facts.load(connection, account, creditors["demo-bank"])
        elsewhere = facts.with_plans(connection, entries_only, account.id, "cv_other")
    assert not elsewhere.knows(plan.instalments[0].amount), "another conversation's offer"


def test_a_settlement_is_the_one_of_the_policy(books: Database, creditors: Creditors) -> None:
    account = account_of(books, "C-2202", "demo-collect")
    known = load(books, creditors, account)
    assert known.balance is not None
    assert known.settles_for == known.balance * 50 // 100
    young = replace(account, opened_on=TODAY - timedelta(days=10))
    assert load(books, creditors, young).settles_for is None


def test_the_validation_period_of_a_collector(books: Database, creditors: Creditors) -> None:
    account = account_of(books, "C-2201", "demo-collect")
    collector = creditors["demo-collect"]
    sent = replace(account, validation_sent_on=TODAY)
    assert facts.in_validation_period(sent, collector, MONDAY)
    assert facts.in_validation_period(replace(sent, validation_sent_on=None), collector, MONDAY)
    long_ago = replace(sent, validation_sent_on=TODAY - timedelta(days=60))
    assert not facts.in_validation_period(long_ago, collector, MONDAY)
    own = account_of(books, "A-1042")
    assert not facts.in_validation_period(own, creditors["demo-bank"], MONDAY)


# --- What a turn reads ----------------------------------------------------------------------------


def opened(books: Database, account: Account) -> Conversation:
    """A conversation about the account, checked."""
    with books.write() as connection:
        new = open_conversation(connection, channel="chat", creditor=account.creditor)
    return replace(
        new,
        account_id=account.id,
        debtor_id=account.debtor_id,
        verified_at=MONDAY,
        verified_until=MONDAY + timedelta(minutes=30),
    )


def test_holds_of_the_account_the_person_and_the_conversation_protect(
    books: Database, creditors: Creditors
) -> None:
    account = account_of(books, "A-1042")
    conversation = opened(books, account)
    scopes = {
        "account": (account.id, "dispute"),
        "person": (account.debtor_id, "attorney"),
        "conversation": (conversation.id, "crisis"),
    }
    with books.write() as connection:
        for scope, (scope_id, kind) in scopes.items():
            holds.place(
                connection, scope=scope, scope_id=scope_id, kind=kind, evidence={}, key=scope
            )
    with books.read() as connection:
        ground = Ground(connection, conversation, creditors["demo-bank"])
        assert {hold.kind for hold in ground.holds} == {"dispute", "attorney", "crisis"}
        stranger = replace(conversation, id="cv_other", account_id=None, debtor_id=None)
        assert Ground(connection, stranger, creditors["demo-bank"]).holds == ()


@pytest.mark.parametrize(
    ("reference", "creditor", "notice"),
    [("C-2202", "demo-collect", "time_barred_ca_not_reported"), ("C-2201", "demo-collect", "")],
)
def test_the_notice_of_a_time_barred_debt_follows_the_ledger(
    books: Database, creditors: Creditors, reference: str, creditor: str, notice: str
) -> None:
    account = account_of(books, reference, creditor)
    with books.read() as connection:
        ground = Ground(connection, opened(books, account), creditors[creditor])
        assert ground.time_barred_notice == notice


def test_a_turn_reads_the_ledger_once_and_only_where_amounts_are_named(
    books: Database, creditors: Creditors
) -> None:
    account = account_of(books, "A-1042")
    conversation = opened(books, account)
    told = Outgoing("utter_balance_only", {"balance": dollars(100_000), "today": TODAY})
    seen: list[str] = []
    event.listen(
        books.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_: seen.append(statement),
    )
    with books.read() as connection:
        ground = Ground(connection, conversation, creditors["demo-bank"])
        ground.context(Outgoing("utter_greet"), conversation)
        assert not [statement for statement in seen if "FROM entry" in statement]
        for _ in range(3):
            ground.context(told, conversation)
        assert len([statement for statement in seen if "FROM entry" in statement]) == 1
        assert not [statement for statement in seen if "JOIN instalment" in statement]
        for _ in range(3):
            ground.context(replace(told, values={"amount": dollars(777)}), conversation)
    assert len([statement for statement in seen if "FROM entry" in statement]) == 1
    assert len([statement for statement in seen if "JOIN instalment" in statement]) == 1
