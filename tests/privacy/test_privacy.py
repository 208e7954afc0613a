"""All of a person's records on request, and none of their words once they are forgotten."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Date, DateTime, String, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import JSON

import bot.desk.tables  # noqa: F401
from bot import audit, clock
from bot.conversations.tables import conversation, message, tracker
from bot.creditors import Creditors
from bot.db import Database, UtcDateTime, metadata
from bot.ledger import accounts, entries, tables
from bot.privacy import access, forgetting, reach, retention
from bot.privacy.forgetting import PlanRuns, TooEarly
from bot.privacy.reach import personal
from tests.privacy.conftest import BIRTHDAY, REFERENCE, WORD, planted

NOBODYS = {"agent", "agent_session", "desk_act", "identity_lock", "sign_in_failure"}
"""Tables in which nothing of a person in debt stands: agents, and keyed digests of claims."""

UNPLANTED = {"reference", "reference_key", "state", "lease_owner", "time_zone", "named_reference"}
"""Columns of words that have other values here: REFERENCE, a state, a zone, a process."""

THREE_YEARS = timedelta(days=3 * 365 + 2)


def forget(database: Database, **more: Any) -> None:
    with database.write() as connection:
        person = reach.with_claims(connection, reach.find(connection, REFERENCE))
        forgetting.forget(connection, person, forgetting.kept(connection, person, 3), **more)


def everything_in(database: Database) -> str:
    """All rows of all tables, as text."""
    with database.read() as connection:
        rows = [
            str([value.isoformat() if isinstance(value, date) else value for value in row])
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        ]
    return "\n".join(rows)


def test_every_table_and_column_is_judged() -> None:
    judged = {one.table.name: one for one in personal()}
    assert set(metadata.tables) == set(judged) | NOBODYS
    for name, one in judged.items():
        if not one.delete:
            columns = set(one.table.c.keys())
            assert columns == set(one.keep) | set(one.blank), name
        assert not set(one.keep) & set(one.blank), name
        assert set(one.by) <= set(one.table.c.keys()), name
        moments = {c.name for c in one.table.c if isinstance(c.type, (UtcDateTime, DateTime, Date))}
        assert set(one.activity) <= moments, name


def test_what_is_kept_is_never_free_text() -> None:
    """Whoever keeps a column of words says here that only ids and fixed names stand in it."""
    kept = {
        f"{one.table.name}.{column.name}"
        for one in personal()
        for column in one.table.c
        if not one.delete and column.name in one.keep and isinstance(column.type, (String, JSON))
    }
    assert kept == {
        *("debtor.id", "debtor.creditor", "debtor.language"),
        *("contact_point.id", "contact_point.debtor_id", "contact_point.kind"),
        *("account.id", "account.creditor", "account.debtor_id", "account.status"),
        *("account.currency", "account.source_digest"),
        *("entry.account_id", "entry.kind"),
        *("hold.id", "hold.scope", "hold.scope_id", "hold.kind", "hold.currency", "hold.key"),
        *("hold.lifted_by",),
        *("plan.id", "plan.account_id", "plan.conversation_id", "plan.kind", "plan.status"),
        *("plan.frequency", "plan.days_of_month", "plan.terms_hash", "plan.replaces"),
        *("plan.offer_key", "plan.agreement_key"),
        *("instalment.plan_id", "instalment.status"),
        *("plan_change.plan_id", "plan_change.kind", "plan_change.key"),
        *("approval.id", "approval.account_id", "approval.status", "approval.terms_hash"),
        *("approval.key", "approval.decided_by"),
        *("consent_event.debtor_id", "consent_event.account_id", "consent_event.conversation_id"),
        *("consent_event.kind", "consent_event.key"),
        *("validation_notice.id", "validation_notice.account_id", "validation_notice.channel"),
        *("validation_notice.conversation_id", "validation_notice.key"),
        *("promise.id", "promise.account_id", "promise.recorded_by", "promise.key"),
        *("conversation.id", "conversation.channel", "conversation.creditor"),
        *("conversation.language", "conversation.debtor_id", "conversation.account_id"),
        *("conversation.said", "conversation.agent_name"),
        *("message.id", "message.conversation_id", "message.author", "message.author_name"),
        *("message.text_hash", "message.response", "message.external_id", "message.in_reply_to"),
        *("message.processing", "message.delivery", "message.model", "message.pack"),
        *("message.notice",),
        *("handoff.id", "handoff.conversation_id", "handoff.reason", "handoff.priority"),
        *("handoff.claimed_by", "handoff.disposition"),
        *("note.id", "note.conversation_id", "note.agent_id", "note.agent_name"),
        *("audit_event.subject", "audit_event.kind", "audit_event.actor", "audit_event.facts"),
        *("audit_event.previous", "audit_event.hash", "audit_chain.subject", "audit_chain.head"),
    }


def test_the_export_holds_every_word(books: Database) -> None:
    with books.read() as connection:
        found = access.everything(connection, reach.find(connection, REFERENCE))
    text = json.dumps(found)
    for one in personal():
        assert one.table.name in found, "nothing is planted there"
        for column in set(one.blank) - UNPLANTED:
            if isinstance(one.table.c[column].type, (String, JSON)):
                assert planted(one.table, column) in text, (one.table.name, column)
    assert planted(tables.preference, "withdrawn_by") in text
    assert '"income": 7777777' in text
    assert BIRTHDAY.isoformat() in text
    assert REFERENCE in text
    assert len(found["hold"]) == 4
    assert {row["subject"][:2] for row in found["audit_event"]} == {"ac", "cv", "db"}


def test_nothing_of_it_is_left_after_forgetting(books: Database, tmp_path: Path) -> None:
    assert WORD in everything_in(books)
    with clock.at(clock.now() + THREE_YEARS):
        forget(books)
    books.compact()
    left = everything_in(books)
    for gone in (WORD, BIRTHDAY.isoformat(), REFERENCE, "ZX77", "7777777"):
        assert gone not in left
    if books.is_sqlite:
        for file in tmp_path.glob("evenkeel.db*"):
            assert WORD.encode() not in file.read_bytes(), file.name


def test_hashes_sums_and_chains_stay(books: Database) -> None:
    with books.read() as connection:
        account = accounts.named(connection, REFERENCE)
        before = entries.balance(connection, account.id)
    with clock.at(clock.now() + THREE_YEARS):
        forget(books)
    with books.read() as connection:
        assert entries.balance(connection, account.id) == before
        assert audit.verify(connection) == []
        hashes = connection.execute(
            select(message.c.text_hash).where(message.c.id == "mg_1")
        ).scalar_one()
        assert hashes == audit.text_hash(planted(message, "text"))
        held = connection.execute(select(tables.hold.c.evidence)).scalars().all()
        assert held[0] == {"conversation": "cv_" + "1" * 32, "intent": "dispute_amount"}
        closed = connection.execute(
            select(conversation.c.state, conversation.c.verified_until)
        ).one()
        assert tuple(closed) == ("closed", None)
        (done,) = connection.execute(
            select(audit.audit_event).where(audit.audit_event.c.kind == "forgotten")
        ).all()
    assert done.subject == account.id
    assert done.facts["rows"]["message"] == 1
    assert accounts_of(books, REFERENCE) == 0


def accounts_of(database: Database, reference: str) -> int:
    with database.read() as connection:
        return len(accounts.with_reference(connection, reference))


def test_others_are_left_alone(books: Database) -> None:
    def of_others(connection: Connection) -> str:
        return json.dumps(
            [
                access.everything(connection, reach.find(connection, reference))
                for reference in ("A-1057", "C-2201", "T-3301")
            ]
        )

    with books.read() as connection:
        before = of_others(connection)
    with clock.at(clock.now() + THREE_YEARS):
        forget(books)
    with books.read() as connection:
        assert of_others(connection) == before


def test_1006_100_refuses_before_three_years_are_over(books: Database) -> None:
    last = clock.now().date()
    over = last.replace(year=last.year + 3)
    with pytest.raises(TooEarly, match=over.isoformat()):
        forget(books)
    with clock.at(clock.now() + timedelta(days=3 * 365)), pytest.raises(TooEarly):
        forget(books)
    assert WORD in everything_in(books)


def test_1006_100_any_record_counts_as_activity(books: Database) -> None:
    with clock.at(clock.now() + timedelta(days=100)), books.write() as connection:
        person = reach.find(connection, REFERENCE)
        before = forgetting.kept(connection, person, 3).last
        connection.execute(tracker.delete())
        connection.execute(
            tables.hold.update().where(tables.hold.c.id == "hd_2").values(lifted_at=clock.now())
        )
        after = forgetting.kept(connection, person, 3)
    assert after.last == before + timedelta(days=100)


def test_a_lawful_reason_comes_before_the_time_and_is_kept(books: Database) -> None:
    forget(books, despite="order of 2 March, no. 7")
    assert WORD not in everything_in(books)
    with books.read() as connection:
        (facts,) = connection.execute(
            select(audit.audit_event.c.facts).where(audit.audit_event.c.kind == "forgotten")
        ).scalars()
    assert facts["despite"] == "order of 2 March, no. 7"


def test_nobody_is_forgotten_in_the_middle_of_a_plan(books: Database) -> None:
    with books.write() as connection:
        connection.execute(
            tables.plan.update().values(
                status="active", agreed_at=clock.now(), agreement_key="k", entries_before=0
            )
        )
    with clock.at(clock.now() + THREE_YEARS), pytest.raises(PlanRuns):
        forget(books)


def test_kept_through_the_day_after_a_leap_day() -> None:
    assert forgetting.Kept(date(2024, 2, 29), 3).until == date(2027, 3, 1)
    assert forgetting.Kept(date(2026, 3, 2), 6).until == date(2032, 3, 2)


@pytest.mark.parametrize(
    "change",
    [
        message.update().values(text="other"),
        message.update().values(card={"kind": "other"}),
        message.update().values(text_hash="0"),
        message.delete(),
        tables.entry.update().values(memo="other"),
        tables.entry.update().values(external_id="other"),
        tables.entry.update().values(amount=5),
        tables.entry.delete(),
        tables.plan_change.update().values(evidence={"other": 1}),
        tables.plan_change.update().values(kind="moved"),
        tables.plan_change.delete(),
        tables.consent_event.update().values(evidence={"other": 1}),
        tables.consent_event.update().values(given=False),
        tables.consent_event.delete(),
    ],
    ids=str,
)
def test_what_happened_may_be_blanked_and_never_rewritten(books: Database, change: Any) -> None:
    with pytest.raises(DBAPIError), books.write() as connection:
        connection.execute(change)


def visit(connection: Connection, name: str, **more: Any) -> None:
    """A conversation with somebody who was never checked."""
    now = clock.now()
    numbers = {"misunderstood": 0, "failed_attempts": 0, "last_sequence": 1}
    connection.execute(
        conversation.insert().values(
            id=name,
            channel="chat",
            creditor="demo-bank",
            language="en",
            state="bot",
            said={},
            opened_at=now,
            active_at=now,
            **numbers,
            **more,
        )
    )
    connection.execute(
        message.insert().values(
            id=f"mg_of_{name}",
            conversation_id=name,
            sequence=1,
            author="debtor",
            author_name="",
            at=now,
            text=f"{WORD} of {name}",
            text_hash="0",
            attempts=0,
        )
    )


def test_a_stranger_who_named_the_reference(books: Database) -> None:
    with books.write() as connection:
        visit(connection, "cv_stranger", named_reference=REFERENCE.lower())
        visit(connection, "cv_other", named_reference="A-1057")
    with books.read() as connection:
        found = access.everything(connection, reach.find(connection, REFERENCE))
    assert "cv_stranger" not in json.dumps(found), "their words may be another person's"
    with clock.at(clock.now() + THREE_YEARS):
        forget(books)
    left = everything_in(books)
    assert f"{WORD} of cv_stranger" not in left
    assert f"{WORD} of cv_other" in left


def test_the_sweep_forgets_whose_time_is_over(books: Database, creditors: Creditors) -> None:
    with books.write() as connection:
        connection.execute(
            tables.account.update()
            .where(tables.account.c.reference == REFERENCE)
            .values(status="paid")
        )
        visit(connection, "cv_visitor")
        nothing = retention.sweep(connection, creditors)
    assert (nothing.people, nothing.visitors, nothing.rows) == (0, 0, {})
    with clock.at(clock.now() + THREE_YEARS):
        with books.write() as connection:
            would = retention.sweep(connection, creditors, dry_run=True)
        assert WORD in everything_in(books)
        with books.write() as connection:
            done = retention.sweep(connection, creditors)
        assert (would.people, would.visitors) == (done.people, done.visitors) == (2, 1), (
            "A-1080 is paid too"
        )
        assert would.rows["message"] == done.rows["message"] == 2
        assert WORD not in everything_in(books)
        assert accounts_of(books, "A-1057") == 1, "an open account is no matter of retention"
        with books.write() as connection:
            again = retention.sweep(connection, creditors)
        assert (again.people, again.visitors) == (0, 0)


def test_what_served_the_moment_goes_after_a_month(books: Database, creditors: Creditors) -> None:
    with clock.at(clock.now() + timedelta(days=31)), books.write() as connection:
        swept = retention.sweep(connection, creditors)
        assert swept.rows == {"tracker": 1}
        assert connection.execute(select(tracker)).all() == []


def test_how_long_records_are_kept_stands_in_the_pack(creditors: Creditors) -> None:
    assert retention.years(creditors, "demo-collect") == 3
    assert retention.years(creditors, "demo-uk") == 6
    assert retention.years(creditors, "no longer there") == 6
