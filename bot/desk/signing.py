"""Signing in and out: who sits behind a browser, for how long, and how often it may be tried."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from bot import audit, clock
from bot.desk import agents
from bot.desk.agents import Agent
from bot.desk.tables import agent_session, sign_in_failure
from bot.ledger.tables import insert_once

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
"""A session ends after two hours in which nobody did anything, and after a working day."""

MOST_FAILURES = 5
LOCK = timedelta(minutes=15)
TO_THE_MINUTE = timedelta(minutes=1)
"""A session's last use is noted no oftener than this."""


@dataclass(frozen=True)
class Session:
    """Who is signed in. `csrf` is what each form of theirs carries."""

    agent: Agent
    token_hash: str
    csrf: str
    stale: bool
    """Whether its last use should be noted."""


@dataclass(frozen=True)
class SignedIn:
    """A new session; `token` is for the cookie and stands nowhere else."""

    agent: Agent
    token: str


@dataclass(frozen=True)
class NotSignedIn:
    """It did not work. `locked` if it will not for a while, whatever is typed."""

    locked: bool


def knows_password(connection: Connection, email: str, password: str) -> bool:
    """Whether this is the password of the agent with this address.

    Slow by design, and the same for an address that is nobody's; so it is asked before `sign_in`,
    outside of a writing transaction, which would keep everybody else waiting.
    """
    return agents.knows_password(connection, agents.find(connection, email), password)


def sign_in(
    connection: Connection, email: str, code: str, *, right: bool, browser: str, secret: str
) -> SignedIn | NotSignedIn:
    """Begin a session, if the password was `right` and so is the code.

    A wrong address, password or code look the same from outside. Five failures lock the address
    for a quarter of an hour, whether or not it is anybody's.
    """
    key = hmac.new(secret.encode(), f"sign-in:{email.strip().lower()}".encode(), hashlib.sha256)
    failures = _failures(connection, key.hexdigest())
    who = agents.find(connection, email)
    if failures.locked_until is not None and clock.now() < failures.locked_until:
        return NotSignedIn(locked=True)
    if who is None or not right or not agents.passes_totp(connection, who, code):
        return _fail(connection, key.hexdigest(), failures.attempts, who)
    connection.execute(sign_in_failure.delete().where(sign_in_failure.c.key == key.hexdigest()))
    token, now = secrets.token_urlsafe(32), clock.now()
    connection.execute(
        agent_session.insert().values(
            token_hash=_hash(token),
            agent_id=who.id,
            browser_hash=_hash(browser),
            begun_at=now,
            seen_at=now,
        )
    )
    audit.record(connection, who.id, "signed_in", who.actor, {})
    return SignedIn(who, token)


def session_of(connection: Connection, token: str, *, browser: str, secret: str) -> Session | None:
    """Whose session this cookie is; None if it is nobody's, has ended, or is used by another
    browser than the one that it was given to."""
    row = connection.execute(
        select(agent_session).where(agent_session.c.token_hash == _hash(token))
    ).first()
    if row is None or not hmac.compare_digest(row.browser_hash, _hash(browser)):
        return None
    now = clock.now()
    if now - row.seen_at > IDLE or now - row.begun_at > LONGEST:
        return None
    who = agents.get(connection, row.agent_id)
    if not who.active:
        return None
    csrf = hmac.new(secret.encode(), f"csrf:{token}".encode(), hashlib.sha256).hexdigest()
    return Session(who, row.token_hash, csrf, now - row.seen_at > TO_THE_MINUTE)


def seen(connection: Connection, session: Session) -> None:
    """Note that the session is used."""
    connection.execute(
        update(agent_session)
        .where(agent_session.c.token_hash == session.token_hash)
        .values(seen_at=clock.now())
    )


def sign_out(connection: Connection, session: Session) -> None:
    """End the session; its cookie is worth nothing from now on."""
    connection.execute(
        agent_session.delete().where(agent_session.c.token_hash == session.token_hash)
    )
    audit.record(connection, session.agent.id, "signed_out", session.agent.actor, {})


@dataclass(frozen=True)
class _Failures:
    attempts: int
    locked_until: datetime | None


def _failures(connection: Connection, key: str) -> _Failures:
    """The recent failures, held until the transaction ends, so that those at once are counted."""
    insert_once(connection, sign_in_failure, key=key, failed_attempts=0, failed_at=clock.now())
    row = connection.execute(
        select(sign_in_failure).where(sign_in_failure.c.key == key).with_for_update()
    ).one()
    over = clock.now() - row.failed_at > LOCK
    return _Failures(0, None) if over else _Failures(row.failed_attempts, row.locked_until)


def _fail(connection: Connection, key: str, before: int, who: Agent | None) -> NotSignedIn:
    attempts = before + 1
    locked = attempts >= MOST_FAILURES
    connection.execute(
        update(sign_in_failure)
        .where(sign_in_failure.c.key == key)
        .values(
            failed_attempts=attempts,
            failed_at=clock.now(),
            locked_until=clock.now() + LOCK if locked else None,
        )
    )
    if who is not None:
        kind = "sign_in_locked" if locked else "sign_in_failed"
        audit.record(connection, who.id, kind, "system", {"attempt": attempts})
    return NotSignedIn(locked)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
