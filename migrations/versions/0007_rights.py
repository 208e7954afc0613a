"""Rights: preferences, consents, what somebody can afford, validation notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import Json, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CONSENT_FIXED = (
    *("id", "debtor_id", "account_id", "conversation_id", "kind", "given", "key", "at"),
)
"""What of a consent never changes. What it rests on may only be blanked (`forget`)."""

TABLES = ("preference", "consent_event", "affordability", "validation_notice")


def upgrade() -> None:
    # Columns are added in place: making a table anew would lose its triggers on SQLite.
    op.add_column("contact_point", sa.Column("wrong_on", sa.Date(), nullable=True))
    op.add_column("conversation", sa.Column("named_reference", sa.String(length=64), nullable=True))
    op.create_table(
        "preference",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("debtor_id", sa.String(), nullable=True),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("days", Json, nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=False),
        sa.Column("end_minute", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("stated_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.CheckConstraint(
            "place IN ('work', 'home', 'school', 'hospital')", name=op.f("ck_preference_place")
        ),
        sa.CheckConstraint(
            "channel IN ('sms', 'whatsapp', 'email', 'phone', 'post')",
            name=op.f("ck_preference_channel"),
        ),
        sa.CheckConstraint(
            "start_minute >= 0 AND start_minute < 1440 AND end_minute > 0 AND end_minute <= 1440"
            " AND start_minute <> end_minute",
            name=op.f("ck_preference_hours"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_preference_withdrawn")
        ),
        sa.ForeignKeyConstraint(["debtor_id"], ["debtor.id"], name=op.f("fk_preference_debtor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference")),
        sa.UniqueConstraint("key", name=op.f("uq_preference_key")),
    )
    op.create_index("ix_preference_debtor_id", "preference", ["debtor_id"], unique=False)
    op.create_index(
        "ix_preference_conversation_id", "preference", ["conversation_id"], unique=False
    )
    op.create_table(
        "consent_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("debtor_id", sa.String(), nullable=True),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('electronic', 'time_barred', 'vulnerability', 'contact')",
            name=op.f("ck_consent_event_kind"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
        sa.UniqueConstraint("key", name=op.f("uq_consent_event_key")),
    )
    op.create_index(
        "ix_consent_event_conversation_id", "consent_event", ["conversation_id"], unique=False
    )
    op.create_index("ix_consent_event_debtor_id", "consent_event", ["debtor_id"], unique=False)
    op.create_table(
        "affordability",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("income", sa.BigInteger(), nullable=True),
        sa.Column("home", sa.BigInteger(), nullable=True),
        sa.Column("utilities", sa.BigInteger(), nullable=True),
        sa.Column("food", sa.BigInteger(), nullable=True),
        sa.Column("other", sa.BigInteger(), nullable=True),
        sa.Column("messages", Json, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "income >= 0 AND home >= 0 AND utilities >= 0 AND food >= 0 AND other >= 0",
            name=op.f("ck_affordability_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_affordability_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affordability")),
        sa.UniqueConstraint("key", name=op.f("uq_affordability_key")),
    )
    op.create_index("ix_affordability_account_id", "affordability", ["account_id"], unique=False)
    op.create_table(
        "validation_notice",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("conversation_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("disputes_until", sa.Date(), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_validation_notice_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_validation_notice_key")),
    )
    op.create_index(
        "ix_validation_notice_account_id", "validation_notice", ["account_id"], unique=False
    )
    _keep_consents()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_column("conversation", "named_reference")
    op.drop_column("contact_point", "wrong_on")


def _keep_consents() -> None:
    listed = ", ".join(CONSENT_FIXED)
    if op.get_bind().dialect.name == "sqlite":
        for name, event in (("change", f"UPDATE OF {listed}"), ("delete", "DELETE")):
            op.execute(
                f"CREATE TRIGGER consent_event_refuses_{name} BEFORE {event} ON consent_event"
                " BEGIN SELECT RAISE(ABORT, 'consent_event is only ever added to'); END"
            )
        op.execute(
            "CREATE TRIGGER consent_event_refuses_words BEFORE UPDATE OF evidence ON consent_event"
            " WHEN NEW.evidence <> '{}'"
            " BEGIN SELECT RAISE(ABORT, 'words of consent_event may only be blanked'); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER consent_event_refuses_change BEFORE UPDATE OF {listed} OR DELETE"
        " OR TRUNCATE ON consent_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER consent_event_refuses_words BEFORE UPDATE OF evidence ON consent_event"
        " FOR EACH ROW WHEN (NEW.evidence::text <> '{}') EXECUTE FUNCTION refuse_other_words()"
    )
