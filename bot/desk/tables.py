"""Tables of the desk: who may sit there, who is signed in, what was done already."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from bot.db import Json, UtcDateTime, metadata

ROLES = ("agent", "supervisor", "admin")

agent = Table(
    "agent",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("first_name", String(64), nullable=False),
    Column("role", String(16), nullable=False),
    Column("creditors", Json),
    Column("password_hash", String(256), nullable=False),
    Column("totp_secret", String(64)),
    Column("totp_last_step", Integer),
    Column("active", Boolean, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    CheckConstraint("role IN ('agent', 'supervisor', 'admin')", name="role"),
)
"""`creditors` are the slugs whose conversations they may see, null: all. `totp_last_step` is the
thirty seconds whose code was used last, so that none is good twice."""

agent_session = Table(
    "agent_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", ForeignKey("agent.id"), nullable=False),
    Column("browser_hash", String(64), nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Index("ix_agent_session_agent_id", "agent_id"),
)
"""Who is signed in. The cookie's token itself stands nowhere: nobody who reads this can use it."""

sign_in_failure = Table(
    "sign_in_failure",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("failed_attempts", Integer, nullable=False),
    Column("failed_at", UtcDateTime, nullable=False),
    Column("locked_until", UtcDateTime),
)
"""Failed sign-ins by a keyed digest of the address that was typed, whether or not it is anybody's,
so that a lock tells nobody who works here."""

desk_act = Table(
    "desk_act",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("agent_id", ForeignKey("agent.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("outcome", Json, nullable=False),
)
"""What agents did, by the key of the form they did it with: sent twice, it is done once, and the
second sending gets the first one's answer."""
