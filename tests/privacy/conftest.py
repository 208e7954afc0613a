"""A person with a distinctive string in every column that something of theirs can reach."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, update
from sqlalchemy.engine import Connection

from bot import audit, clock
from bot.conversations.tables import conversation, handoff, message, note, tracker
from bot.creditors import Creditors
from bot.db import Database
from bot.ledger import accounts, imports, tables
from tests.moments import MONDAY

WORD = "zyxwabra"
BIRTHDAY = date(1977, 7, 7)
REFERENCE = "ZX-77"

EMPTY: dict[str, Any] = {}


def planted(table: Table, column: str) -> str:
    """The distinctive string of one column."""
    return f"{WORD}-{table.name}-{column}"


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def books(database: Database, creditors: Creditors) -> Database:
    """A database with the demo accounts, and one person with everything."""
    imports.demo(database, creditors, clock.today("UTC"))
    with database.write() as connection:
        plant(connection)
    return database


def plant(connection: Connection) -> None:
    """Rows in every table that holds something of a person, with words wherever there is room."""
    now = clock.now()
    account = accounts.named(connection, "A-1042")
    who, what = account.debtor_id, account.id
    talk = {"conversation_id": "cv_" + "1" * 32}

    def words(table: Table, *columns: str) -> dict[str, str]:
        return {column: planted(table, column) for column in columns}

    def json(table: Table, *columns: str) -> dict[str, dict[str, str]]:
        return {column: {"quote": planted(table, column)} for column in columns}

    def put(table: Table, **values: Any) -> None:
        connection.execute(table.insert().values(**values))

    connection.execute(
        update(tables.debtor)
        .where(tables.debtor.c.id == who)
        .values(
            birth_date=BIRTHDAY,
            **words(tables.debtor, "match_key", "first_name", "last_name", "postal_code", "state"),
        )
    )
    connection.execute(
        update(tables.account)
        .where(tables.account.c.id == what)
        .values(
            reference=REFERENCE,
            reference_key=accounts.reference_key(REFERENCE),
            **words(tables.account, "original_creditor"),
        )
    )
    put(
        tables.contact_point,
        id="cp_1",
        debtor_id=who,
        kind="email",
        **words(tables.contact_point, "address"),
    )
    put(
        tables.entry,
        account_id=what,
        posted_on=date(2026, 2, 1),
        kind="payment",
        amount=-100,
        recorded_at=now,
        **words(tables.entry, "memo", "external_id"),
    )
    for number, (scope, scope_id) in enumerate(
        [
            ("account", what),
            ("person", who),
            ("contact_point", "cp_1"),
            ("conversation", talk["conversation_id"]),
        ]
    ):
        put(
            tables.hold,
            id=f"hd_{number}",
            scope=scope,
            scope_id=scope_id,
            kind="dispute",
            placed_at=now,
            key=f"hold {number}",
            lifted_at=now,
            lifted_by="ag_1",
            evidence={
                "conversation": talk["conversation_id"],
                "intent": "dispute_amount",
                "quote": planted(tables.hold, "evidence"),
            },
            **words(tables.hold, "lifted_because"),
        )
    put(
        tables.plan,
        id="pl_1",
        account_id=what,
        **talk,
        kind="instalments",
        status="cancelled",
        frequency="weekly",
        total=1000,
        amount=100,
        starts_on=date(2026, 3, 6),
        days_of_month=[],
        terms_hash="0" * 64,
        version=1,
        balance_offered=1000,
        offered_at=now,
        expires_at=now,
        offer_key="offer",
        **json(tables.plan, "evidence"),
    )
    put(
        tables.instalment,
        plan_id="pl_1",
        sequence=1,
        due_on=date(2026, 3, 6),
        amount=100,
        paid=0,
        status="due",
    )
    put(
        tables.plan_change,
        plan_id="pl_1",
        kind="cancelled",
        key="change",
        changed_at=now,
        **json(tables.plan_change, "evidence"),
    )
    put(
        tables.approval,
        id="ap_1",
        account_id=what,
        status="requested",
        terms_hash="0" * 64,
        key="approval",
        requested_at=now,
        **json(tables.approval, "terms", "evidence"),
    )
    put(
        tables.promise,
        id="pr_1",
        account_id=what,
        amount=100,
        due_on=date(2026, 3, 9),
        recorded_by="ag_1",
        recorded_at=now,
        key="promise",
        **json(tables.promise, "evidence"),
    )
    put(
        tables.preference,
        id="pf_1",
        debtor_id=who,
        **talk,
        wanted=False,
        start_minute=0,
        end_minute=480,
        key="preference",
        stated_at=now,
        withdrawn_at=now,
        **words(tables.preference, "withdrawn_by"),
        **json(tables.preference, "days", "evidence"),
    )
    put(
        tables.consent_event,
        debtor_id=who,
        account_id=what,
        **talk,
        kind="electronic",
        given=True,
        key="consent",
        at=now,
        **json(tables.consent_event, "evidence"),
    )
    put(
        tables.affordability,
        id="af_1",
        account_id=what,
        **talk,
        income=7777777,
        key="affordability",
        started_at=now,
        **json(tables.affordability, "messages"),
    )
    put(
        tables.validation_notice,
        id="vn_1",
        account_id=what,
        **talk,
        channel="chat",
        sent_at=now,
        disputes_until=date(2026, 4, 1),
        key="notice",
        **json(tables.validation_notice, "content"),
    )
    put(
        conversation,
        id=talk["conversation_id"],
        channel="chat",
        creditor="demo-bank",
        language="en",
        state="bot",
        debtor_id=who,
        account_id=what,
        said={},
        misunderstood=0,
        failed_attempts=0,
        last_sequence=1,
        verified_at=now,
        verified_until=now + timedelta(hours=1),
        opened_at=now,
        active_at=now,
        **json(conversation, "pending"),
    )
    put(
        message,
        id="mg_1",
        **talk,
        sequence=1,
        author="debtor",
        author_name="",
        at=now,
        text_hash=audit.text_hash(planted(message, "text")),
        attempts=0,
        **words(message, "text"),
        **json(message, "choices", "card", "reading", "answers"),
    )
    put(tracker, **talk, **json(tracker, "slots", "events"))
    put(
        handoff,
        id="ho_1",
        **talk,
        reason="requested",
        priority="normal",
        opened_at=now,
        changed_at=now,
        **json(handoff, "brief"),
    )
    put(
        note,
        id="no_1",
        **talk,
        agent_id="ag_1",
        agent_name="Dana",
        at=now,
        **words(note, "text"),
    )
    for subject in (what, who, talk["conversation_id"]):
        audit.record(connection, subject, "cleared", "bot", {"message": "mg_1"})
