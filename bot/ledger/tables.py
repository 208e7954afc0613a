"""The ledger's tables. What must never be wrong is a constraint here, not only a rule in Python.

Amounts are minor units of the account's currency. Days are dates where the debtor is; moments are
UTC. `entry` and `plan_change` only ever grow: triggers made by the migration refuse anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from bot.db import Json, UtcDateTime, metadata
from bot.particulars import CHANNELS, PLACES

CONTACT_KINDS = ("phone", "email")
ACCOUNT_STATUSES = ("open", "in_plan", "paid", "settled", "closed")
ENTRY_KINDS = ("charge", "interest", "fee", "payment", "refund", "adjustment", "waiver")
RAISING_KINDS = ("charge", "interest", "fee")
LOWERING_KINDS = ("payment", "waiver")
HOLD_SCOPES = ("account", "person", "contact_point", "conversation")
HOLD_KINDS = (
    "dispute",
    "cease",
    "attorney",
    "bankruptcy",
    "identity_theft",
    "hardship_pause",
    "adviser",
    "deceased",
    "crisis",
    "vulnerability",
)
PLAN_KINDS = ("full", "instalments", "settlement")
PLAN_STATUSES = ("offered", "active", "completed", "broken", "cancelled", "expired")
PLAN_FREQUENCIES = ("weekly", "biweekly", "semimonthly", "monthly", "once")
INSTALMENT_STATUSES = ("due", "paid", "skipped")
CHANGE_KINDS = ("moved", "skipped", "cancelled", "replaced", "completed")
APPROVAL_STATUSES = ("requested", "approved", "refused")
CONSENT_KINDS = ("electronic", "time_barred", "vulnerability", "contact")


def _one_of(column: str, values: Sequence[str], name: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


def _sign(kinds: Sequence[str], condition: str, name: str) -> CheckConstraint:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return CheckConstraint(f"kind NOT IN ({listed}) OR {condition}", name=name)


debtor = Table(
    "debtor",
    metadata,
    Column("id", String, primary_key=True),
    Column("creditor", String, nullable=False),
    Column("match_key", String, nullable=False),
    Column("first_name", String, nullable=False),
    Column("last_name", String, nullable=False),
    Column("birth_date", Date, nullable=False),
    Column("postal_code", String, nullable=False),
    Column("state", String),
    Column("language", String, nullable=False),
    Column("time_zone", String, nullable=False),
    UniqueConstraint("creditor", "match_key"),
)

contact_point = Table(
    "contact_point",
    metadata,
    Column("id", String, primary_key=True),
    Column("debtor_id", ForeignKey("debtor.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("address", String, nullable=False),
    Column("consent_on", Date),
    Column("confirmed_on", Date),
    Column("opted_out_on", Date),
    # Since when we know that somebody else is reached there; it is then this person's no more.
    Column("wrong_on", Date),
    UniqueConstraint("debtor_id", "kind", "address"),
    # People share telephones, so an address is not unique; but it must be found fast.
    Index("ix_contact_point_address", "address"),
    _one_of("kind", CONTACT_KINDS, "kind"),
)

account = Table(
    "account",
    metadata,
    Column("id", String, primary_key=True),
    Column("creditor", String, nullable=False),
    Column("reference", String, nullable=False),
    Column("reference_key", String, nullable=False),
    Column("debtor_id", ForeignKey("debtor.id"), nullable=False),
    Column("original_creditor", String),
    Column("status", String, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("minimum_due", BigInteger),
    Column("time_barred_on", Date),
    Column("itemization_date", Date),
    Column("validation_sent_on", Date),
    Column("legal_action_intended", Boolean(create_constraint=False), nullable=False),
    Column("credit_reported", Boolean(create_constraint=False)),
    Column("source_digest", String, nullable=False),
    UniqueConstraint("creditor", "reference_key"),
    Index("ix_account_reference_key", "reference_key"),
    Index("ix_account_debtor_id", "debtor_id"),
    _one_of("status", ACCOUNT_STATUSES, "status"),
    CheckConstraint("minimum_due >= 0", name="minimum_due"),
    CheckConstraint("length(currency) = 3", name="currency"),
)

entry = Table(
    "entry",
    metadata,
    # A number, not an opaque id: entries of one day stand in the order in which they were posted.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("posted_on", Date, nullable=False),
    Column("kind", String, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("memo", String, nullable=False),
    Column("external_id", String, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    UniqueConstraint("account_id", "external_id"),
    _one_of("kind", ENTRY_KINDS, "kind"),
    CheckConstraint("amount <> 0", name="amount"),
    _sign(RAISING_KINDS, "amount > 0", "raises"),
    _sign(LOWERING_KINDS, "amount < 0", "lowers"),
)

hold = Table(
    "hold",
    metadata,
    Column("id", String, primary_key=True),
    Column("scope", String, nullable=False),
    Column("scope_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("amount", BigInteger),
    Column("currency", String(3)),
    Column("placed_at", UtcDateTime, nullable=False),
    Column("until", Date),
    Column("evidence", Json, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("lifted_at", UtcDateTime),
    Column("lifted_by", String),
    Column("lifted_because", String),
    Index("ix_hold_scope", "scope", "scope_id"),
    _one_of("scope", HOLD_SCOPES, "scope"),
    _one_of("kind", HOLD_KINDS, "kind"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("(amount IS NULL) = (currency IS NULL)", name="currency"),
    CheckConstraint(
        "(lifted_at IS NULL) = (lifted_by IS NULL)"
        " AND (lifted_at IS NULL) = (lifted_because IS NULL)",
        name="lifted",
    ),
)

plan = Table(
    "plan",
    metadata,
    Column("id", String, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("conversation_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("status", String, nullable=False),
    Column("frequency", String, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("days_of_month", Json, nullable=False),
    Column("terms_hash", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("replaces", ForeignKey("plan.id")),
    Column("balance_offered", BigInteger, nullable=False),
    Column("offered_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("offer_key", String, nullable=False, unique=True),
    Column("agreed_at", UtcDateTime),
    Column("agreement_key", String, unique=True),
    Column("evidence", Json),
    Column("entries_before", BigInteger),
    Index("ix_plan_account_id", "account_id"),
    Index(
        "uq_plan_active",
        "account_id",
        unique=True,
        sqlite_where=text("status = 'active'"),
        postgresql_where=text("status = 'active'"),
    ),
    _one_of("kind", PLAN_KINDS, "kind"),
    _one_of("status", PLAN_STATUSES, "status"),
    _one_of("frequency", PLAN_FREQUENCIES, "frequency"),
    CheckConstraint("amount > 0 AND amount <= total", name="amount"),
    CheckConstraint(
        "(kind = 'settlement' AND total < balance_offered)"
        " OR (kind <> 'settlement' AND total = balance_offered)",
        name="total",
    ),
    CheckConstraint(
        "status NOT IN ('active', 'completed', 'broken')"
        " OR (agreed_at IS NOT NULL AND agreement_key IS NOT NULL AND entries_before IS NOT NULL)",
        name="agreed",
    ),
)

instalment = Table(
    "instalment",
    metadata,
    Column("plan_id", ForeignKey("plan.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("due_on", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("paid", BigInteger, nullable=False),
    Column("status", String, nullable=False),
    Column("moved_from", Date),
    Index(
        "uq_instalment_due_on",
        "plan_id",
        "due_on",
        unique=True,
        sqlite_where=text("status <> 'skipped'"),
        postgresql_where=text("status <> 'skipped'"),
    ),
    _one_of("status", INSTALMENT_STATUSES, "status"),
    CheckConstraint("sequence > 0", name="sequence"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("paid >= 0 AND paid <= amount", name="paid"),
    CheckConstraint("(status = 'paid') = (paid = amount)", name="settled"),
    CheckConstraint("status <> 'skipped' OR paid = 0", name="skipped"),
)

plan_change = Table(
    "plan_change",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("plan_id", ForeignKey("plan.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("sequence", Integer),
    Column("evidence", Json, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("changed_at", UtcDateTime, nullable=False),
    Index("ix_plan_change_plan_id", "plan_id"),
    _one_of("kind", CHANGE_KINDS, "kind"),
)

approval = Table(
    "approval",
    metadata,
    Column("id", String, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("status", String, nullable=False),
    Column("terms", Json, nullable=False),
    Column("terms_hash", String, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("decided_at", UtcDateTime),
    Column("decided_by", String),
    Index("ix_approval_account_id", "account_id"),
    _one_of("status", APPROVAL_STATUSES, "status"),
    CheckConstraint(
        "(status = 'requested') = (decided_at IS NULL)"
        " AND (decided_at IS NULL) = (decided_by IS NULL)",
        name="decided",
    ),
)

promise = Table(
    "promise",
    metadata,
    Column("id", String, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("recorded_by", String, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Index("ix_promise_account_id", "account_id"),
    CheckConstraint("amount > 0", name="amount"),
)

preference = Table(
    "preference",
    metadata,
    Column("id", String, primary_key=True),
    # Stated before the person was known, it belongs to the conversation alone at first.
    Column("debtor_id", ForeignKey("debtor.id")),
    Column("conversation_id", String, nullable=False),
    Column("wanted", Boolean(create_constraint=False), nullable=False),
    Column("days", Json, nullable=False),
    Column("start_minute", Integer, nullable=False),
    Column("end_minute", Integer, nullable=False),
    Column("place", String),
    Column("channel", String),
    Column("evidence", Json, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("stated_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("withdrawn_by", String),
    Index("ix_preference_debtor_id", "debtor_id"),
    Index("ix_preference_conversation_id", "conversation_id"),
    _one_of("place", PLACES, "place"),
    _one_of("channel", CHANNELS, "channel"),
    CheckConstraint(
        "start_minute >= 0 AND start_minute < 1440 AND end_minute > 0 AND end_minute <= 1440"
        " AND start_minute <> end_minute",
        name="hours",
    ),
    CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
)

consent_event = Table(
    "consent_event",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("debtor_id", String),
    Column("account_id", String),
    Column("conversation_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("given", Boolean(create_constraint=False), nullable=False),
    Column("evidence", Json, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_consent_event_conversation_id", "conversation_id"),
    Index("ix_consent_event_debtor_id", "debtor_id"),
    _one_of("kind", CONSENT_KINDS, "kind"),
)

affordability = Table(
    "affordability",
    metadata,
    Column("id", String, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("conversation_id", String, nullable=False),
    # Minor units of the account's currency, a month; NULL until it was answered.
    Column("income", BigInteger),
    Column("home", BigInteger),
    Column("utilities", BigInteger),
    Column("food", BigInteger),
    Column("other", BigInteger),
    Column("messages", Json, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Index("ix_affordability_account_id", "account_id"),
    CheckConstraint(
        "income >= 0 AND home >= 0 AND utilities >= 0 AND food >= 0 AND other >= 0", name="amounts"
    ),
)

validation_notice = Table(
    "validation_notice",
    metadata,
    Column("id", String, primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("conversation_id", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("disputes_until", Date, nullable=False),
    Column("content", Json, nullable=False),
    Column("key", String, nullable=False, unique=True),
    Index("ix_validation_notice_account_id", "account_id"),
)


def insert_once(connection: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless one with the same unique key stands already; says whether it did.

    Two transactions at once with the same key: the second waits for the first, then inserts
    nothing.
    """
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).values(**values).on_conflict_do_nothing()
    return bool(connection.execute(statement).rowcount)
