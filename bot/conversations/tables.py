"""Tables of the conversations: who talks, what was said, what is owed an answer."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.db import Json, UtcDateTime, metadata

STATES = ("bot", "waiting", "with_agent", "closed")
AUTHORS = ("debtor", "bot", "agent", "system")
PROCESSING = ("received", "running", "answered", "failed")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(v) for v in values)})"


conversation = Table(
    "conversation",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("creditor", String(64), nullable=False),
    Column("language", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("debtor_id", ForeignKey("debtor.id")),
    Column("account_id", ForeignKey("account.id")),
    # The account that somebody named without being checked: rights stated here land on it too.
    Column("named_reference", String(64)),
    Column("pending", Json),
    Column("said", Json, nullable=False),
    Column("misunderstood", Integer, nullable=False),
    Column("verified_at", UtcDateTime),
    Column("verified_until", UtcDateTime),
    Column("failed_attempts", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    Column("last_sequence", Integer, nullable=False),
    Column("lease_owner", String(64)),
    Column("lease_until", UtcDateTime),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("active_at", UtcDateTime, nullable=False),
    Column("agent_name", String(64)),
    Column("typing_until", UtcDateTime),
    CheckConstraint(_one_of("state", STATES), name="state"),
    Index("ix_conversation_account_id", "account_id"),
    Index("ix_conversation_debtor_id", "debtor_id"),
)
"""`pending` is what the bot asked last; `said` the variation last used of each response.
`agent_name` is the first name of the person who has it, `typing_until` how long they count as
writing."""

message = Table(
    "message",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("author", String(16), nullable=False),
    Column("author_name", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("response", String(64)),
    Column("choices", Json),
    Column("card", Json),
    Column("notice", String),
    Column("external_id", String(64)),
    Column("reading", Json),
    Column("answers", Json),
    Column("in_reply_to", ForeignKey("message.id")),
    Column("answer_index", Integer),
    Column("processing", String(16)),
    Column("attempts", Integer, nullable=False),
    Column("delivery", String(16)),
    Column("model", String(64)),
    Column("pack", String(64)),
    UniqueConstraint("conversation_id", "sequence"),
    UniqueConstraint("conversation_id", "external_id"),
    UniqueConstraint("in_reply_to", "answer_index"),
    CheckConstraint(_one_of("author", AUTHORS), name="author"),
    CheckConstraint(
        f"processing IS NULL OR {_one_of('processing', PROCESSING)}", name="processing"
    ),
    Index(
        "ix_message_owed",
        "conversation_id",
        "sequence",
        sqlite_where=text("processing IN ('received', 'running')"),
        postgresql_where=text("processing IN ('received', 'running')"),
    ),
)
"""`notice` is the prescribed line that stands in sight beside the message; `reading` is what a
message means that needs no understanding; `answers` the sealed answers to
the identity check with the rest of the words, blanked once they were looked at."""

tracker = Table(
    "tracker",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id"), primary_key=True),
    Column("slots", Json, nullable=False),
    Column("events", Json, nullable=False),
)

identity_lock = Table(
    "identity_lock",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("failed_attempts", Integer, nullable=False),
    Column("failed_at", UtcDateTime, nullable=False),
    Column("locked_until", UtcDateTime),
)
"""Failed checks by account, or by what was claimed where there is no such account (keyed digests):
so that a lock tells nobody that it exists."""

handoff = Table(
    "handoff",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("priority", String(16), nullable=False),
    Column("brief", Json, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("claimed_by", String(64)),
    Column("claimed_at", UtcDateTime),
    Column("first_reply_at", UtcDateTime),
    Column("resolved_at", UtcDateTime),
    Column("disposition", String(64)),
    Column("snoozed_until", UtcDateTime),
    Column("changed_at", UtcDateTime, nullable=False),
    CheckConstraint(_one_of("priority", ("urgent", "high", "normal")), name="priority"),
    Index("ix_handoff_conversation_id", "conversation_id"),
    Index("ix_handoff_resolved_at", "resolved_at"),
    Index(
        "ix_handoff_one_open",
        "conversation_id",
        unique=True,
        sqlite_where=text("resolved_at IS NULL"),
        postgresql_where=text("resolved_at IS NULL"),
    ),
)
"""`claimed_by` is the agent who has it; `changed_at` moves with every change, so that whoever
watches the queue need not read it all."""

note = Table(
    "note",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("agent_id", String(64), nullable=False),
    Column("agent_name", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_note_conversation_id", "conversation_id"),
)
"""What agents write for each other; the person never sees it, but it is part of their data."""
