"""The ledger: debtors, accounts, entries, holds, plans, approvals.

Revises nothing; the schema begins here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import Json, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "debtor",
    "contact_point",
    "account",
    "entry",
    "hold",
    "plan",
    "instalment",
    "plan_change",
    "approval",
)
ONLY_ADDED_TO = ("entry", "plan_change")


def upgrade() -> None:
    op.create_table(
        "debtor",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("creditor", sa.String(), nullable=False),
        sa.Column("match_key", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("postal_code", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debtor")),
        sa.UniqueConstraint("creditor", "match_key", name=op.f("uq_debtor_creditor_match_key")),
    )
    op.create_table(
        "contact_point",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("debtor_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("opted_out_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('phone', 'email')", name=op.f("ck_contact_point_kind")),
        sa.ForeignKeyConstraint(
            ["debtor_id"], ["debtor.id"], name=op.f("fk_contact_point_debtor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_point")),
        sa.UniqueConstraint(
            "debtor_id", "kind", "address", name=op.f("uq_contact_point_debtor_id_kind_address")
        ),
    )
    op.create_index("ix_contact_point_address", "contact_point", ["address"], unique=False)
    op.create_table(
        "account",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("creditor", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("reference_key", sa.String(), nullable=False),
        sa.Column("debtor_id", sa.String(), nullable=False),
        sa.Column("original_creditor", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("minimum_due", sa.BigInteger(), nullable=True),
        sa.Column("time_barred_on", sa.Date(), nullable=True),
        sa.Column("itemization_date", sa.Date(), nullable=True),
        sa.Column("validation_sent_on", sa.Date(), nullable=True),
        sa.Column("legal_action_intended", sa.Boolean(), nullable=False),
        sa.Column("credit_reported", sa.Boolean(), nullable=True),
        sa.Column("source_digest", sa.String(), nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'in_plan', 'paid', 'settled', 'closed')",
            name=op.f("ck_account_status"),
        ),
        sa.CheckConstraint("length(currency) = 3", name=op.f("ck_account_currency")),
        sa.CheckConstraint("minimum_due >= 0", name=op.f("ck_account_minimum_due")),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtor.id"], name=op.f("fk_account_debtor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint(
            "creditor", "reference_key", name=op.f("uq_account_creditor_reference_key")
        ),
    )
    op.create_index("ix_account_debtor_id", "account", ["debtor_id"], unique=False)
    op.create_index("ix_account_reference_key", "account", ["reference_key"], unique=False)
    op.create_table(
        "entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('charge', 'interest', 'fee', 'payment', 'refund', 'adjustment', 'waiver')",
            name=op.f("ck_entry_kind"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('charge', 'interest', 'fee') OR amount > 0", name=op.f("ck_entry_raises")
        ),
        sa.CheckConstraint(
            "kind NOT IN ('payment', 'waiver') OR amount < 0", name=op.f("ck_entry_lowers")
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_entry_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_entry_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint(
            "account_id", "external_id", name=op.f("uq_entry_account_id_external_id")
        ),
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("scope_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("placed_at", UtcDateTime(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(), nullable=True),
        sa.Column("lifted_because", sa.String(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('dispute', 'cease', 'attorney', 'bankruptcy', 'identity_theft',"
            " 'hardship_pause', 'adviser', 'deceased', 'crisis', 'vulnerability')",
            name=op.f("ck_hold_kind"),
        ),
        sa.CheckConstraint(
            "scope IN ('account', 'person', 'contact_point', 'conversation')",
            name=op.f("ck_hold_scope"),
        ),
        sa.CheckConstraint("(amount IS NULL) = (currency IS NULL)", name=op.f("ck_hold_currency")),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) ="
            " (lifted_because IS NULL)",
            name=op.f("ck_hold_lifted"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_hold_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("key", name=op.f("uq_hold_key")),
    )
    op.create_index("ix_hold_scope", "hold", ["scope", "scope_id"], unique=False)
    op.create_table(
        "plan",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("days_of_month", Json, nullable=False),
        sa.Column("terms_hash", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("replaces", sa.String(), nullable=True),
        sa.Column("balance_offered", sa.BigInteger(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("offer_key", sa.String(), nullable=False),
        sa.Column("agreed_at", UtcDateTime(), nullable=True),
        sa.Column("agreement_key", sa.String(), nullable=True),
        sa.Column("evidence", Json, nullable=True),
        sa.Column("entries_before", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'settlement' AND total < balance_offered) OR (kind <> 'settlement'"
            " AND total = balance_offered)",
            name=op.f("ck_plan_total"),
        ),
        sa.CheckConstraint(
            "frequency IN ('weekly', 'biweekly', 'semimonthly', 'monthly', 'once')",
            name=op.f("ck_plan_frequency"),
        ),
        sa.CheckConstraint(
            "kind IN ('full', 'instalments', 'settlement')", name=op.f("ck_plan_kind")
        ),
        sa.CheckConstraint(
            "status IN ('offered', 'active', 'completed', 'broken', 'cancelled', 'expired')",
            name=op.f("ck_plan_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('active', 'completed', 'broken') OR (agreed_at IS NOT NULL AND"
            " agreement_key IS NOT NULL AND entries_before IS NOT NULL)",
            name=op.f("ck_plan_agreed"),
        ),
        sa.CheckConstraint("amount > 0 AND amount <= total", name=op.f("ck_plan_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_plan_account_id")),
        sa.ForeignKeyConstraint(["replaces"], ["plan.id"], name=op.f("fk_plan_replaces")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("agreement_key", name=op.f("uq_plan_agreement_key")),
        sa.UniqueConstraint("offer_key", name=op.f("uq_plan_offer_key")),
    )
    op.create_index("ix_plan_account_id", "plan", ["account_id"], unique=False)
    op.create_index(
        "uq_plan_active",
        "plan",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_table(
        "instalment",
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("moved_from", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(status = 'paid') = (paid = amount)", name=op.f("ck_instalment_settled")
        ),
        sa.CheckConstraint("status <> 'skipped' OR paid = 0", name=op.f("ck_instalment_skipped")),
        sa.CheckConstraint(
            "status IN ('due', 'paid', 'skipped')", name=op.f("ck_instalment_status")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_instalment_amount")),
        sa.CheckConstraint("paid >= 0 AND paid <= amount", name=op.f("ck_instalment_paid")),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_instalment_sequence")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_instalment_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "sequence", name=op.f("pk_instalment")),
    )
    op.create_index(
        "uq_instalment_due_on",
        "instalment",
        ["plan_id", "due_on"],
        unique=True,
        sqlite_where=sa.text("status <> 'skipped'"),
        postgresql_where=sa.text("status <> 'skipped'"),
    )
    op.create_table(
        "plan_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('moved', 'skipped', 'cancelled', 'replaced', 'completed')",
            name=op.f("ck_plan_change_kind"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_change_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_change")),
        sa.UniqueConstraint("key", name=op.f("uq_plan_change_key")),
    )
    op.create_index("ix_plan_change_plan_id", "plan_change", ["plan_id"], unique=False)
    op.create_table(
        "approval",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("terms", Json, nullable=False),
        sa.Column("terms_hash", sa.String(), nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(status = 'requested') = (decided_at IS NULL) AND (decided_at IS NULL) ="
            " (decided_by IS NULL)",
            name=op.f("ck_approval_decided"),
        ),
        sa.CheckConstraint(
            "status IN ('requested', 'approved', 'refused')", name=op.f("ck_approval_status")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_approval_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint("key", name=op.f("uq_approval_key")),
    )
    op.create_index("ix_approval_account_id", "approval", ["account_id"], unique=False)

    for table in ONLY_ADDED_TO:
        _refuse_changes(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def _refuse_changes(table: str) -> None:
    """Rows of the table are added and never changed, whatever the program tries."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
            )
        return
    op.execute(
        """
        CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
