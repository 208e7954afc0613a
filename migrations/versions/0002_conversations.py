"""The conversations: messages, trackers, identity locks, handoffs; and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.db import Json, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("audit_event", "identity_lock", "conversation", "handoff", "message", "tracker")

_FIXED = (
    "id",
    "conversation_id",
    "sequence",
    "author",
    "author_name",
    "at",
    "text_hash",
    "response",
    "choices",
    "card",
    "external_id",
    "reading",
    "in_reply_to",
    "answer_index",
)
"""What of a message never changes. Its text may only be blanked (`forget`); how far its processing
and delivery have come is no part of what was said."""


def upgrade() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("subject", "position", name=op.f("uq_audit_event_subject_position")),
    )
    op.create_table(
        "identity_lock",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("failed_at", UtcDateTime(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_identity_lock")),
    )
    op.create_table(
        "conversation",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("creditor", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("debtor_id", sa.String(), nullable=True),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("pending", Json, nullable=True),
        sa.Column("said", Json, nullable=False),
        sa.Column("misunderstood", sa.Integer(), nullable=False),
        sa.Column("verified_at", UtcDateTime(), nullable=True),
        sa.Column("verified_until", UtcDateTime(), nullable=True),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", UtcDateTime(), nullable=True),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String(length=64), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("active_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "state IN ('bot', 'waiting', 'with_agent', 'closed')",
            name=op.f("ck_conversation_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_conversation_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["debtor_id"], ["debtor.id"], name=op.f("fk_conversation_debtor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
    )
    op.create_index("ix_conversation_account_id", "conversation", ["account_id"], unique=False)
    op.create_table(
        "handoff",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("priority", sa.String(length=16), nullable=False),
        sa.Column("brief", Json, nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_by", sa.String(length=64), nullable=True),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("first_reply_at", UtcDateTime(), nullable=True),
        sa.Column("resolved_at", UtcDateTime(), nullable=True),
        sa.Column("disposition", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "priority IN ('urgent', 'high', 'normal')", name=op.f("ck_handoff_priority")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_handoff_conversation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff")),
    )
    op.create_index(
        "ix_handoff_one_open",
        "handoff",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=16), nullable=False),
        sa.Column("author_name", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("response", sa.String(length=64), nullable=True),
        sa.Column("choices", Json, nullable=True),
        sa.Column("card", Json, nullable=True),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("reading", Json, nullable=True),
        sa.Column("answers", Json, nullable=True),
        sa.Column("in_reply_to", sa.String(length=64), nullable=True),
        sa.Column("answer_index", sa.Integer(), nullable=True),
        sa.Column("processing", sa.String(length=16), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.String(length=16), nullable=True),
        sa.Column("model", sa.String(length=64), nullable=True),
        sa.Column("pack", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "author IN ('debtor', 'bot', 'agent', 'system')", name=op.f("ck_message_author")
        ),
        sa.CheckConstraint(
            "processing IS NULL OR processing IN ('received', 'running', 'answered', 'failed')",
            name=op.f("ck_message_processing"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_message_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["in_reply_to"], ["message.id"], name=op.f("fk_message_in_reply_to")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint(
            "conversation_id", "external_id", name=op.f("uq_message_conversation_id_external_id")
        ),
        sa.UniqueConstraint(
            "conversation_id", "sequence", name=op.f("uq_message_conversation_id_sequence")
        ),
        sa.UniqueConstraint(
            "in_reply_to", "answer_index", name=op.f("uq_message_in_reply_to_answer_index")
        ),
    )
    op.create_index(
        "ix_message_owed",
        "message",
        ["conversation_id", "sequence"],
        unique=False,
        sqlite_where=sa.text("processing IN ('received', 'running')"),
        postgresql_where=sa.text("processing IN ('received', 'running')"),
    )
    op.create_table(
        "tracker",
        sa.Column("conversation_id", sa.String(length=64), nullable=False),
        sa.Column("slots", Json, nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_tracker_conversation_id")
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_tracker")),
    )

    _only_add_to_audit()
    _keep_messages()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_other_text")


def _only_add_to_audit() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_event_refuses_{change.lower()} BEFORE {change}"
                " ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event is only ever added to');"
                " END"
            )
        return
    op.execute(
        "CREATE TRIGGER audit_event_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE"
        " ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _keep_messages() -> None:
    columns = ", ".join(_FIXED)
    if op.get_bind().dialect.name == "sqlite":
        for name, event in (("change", f"UPDATE OF {columns}"), ("delete", "DELETE")):
            op.execute(
                f"CREATE TRIGGER message_refuses_{name} BEFORE {event} ON message"
                " BEGIN SELECT RAISE(ABORT, 'message is only ever added to'); END"
            )
        op.execute(
            "CREATE TRIGGER message_refuses_text BEFORE UPDATE OF text ON message"
            " WHEN NEW.text <> '' AND NEW.text <> OLD.text"
            " BEGIN SELECT RAISE(ABORT, 'the text of a message may only be blanked'); END"
        )
        return
    op.execute(
        f"CREATE TRIGGER message_refuses_change BEFORE UPDATE OF {columns} OR DELETE OR TRUNCATE"
        " ON message FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        """
        CREATE FUNCTION refuse_other_text() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'the text of a message may only be blanked'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER message_refuses_text BEFORE UPDATE OF text ON message FOR EACH ROW"
        " WHEN (NEW.text <> '' AND NEW.text <> OLD.text)"
        " EXECUTE FUNCTION refuse_other_text()"
    )
