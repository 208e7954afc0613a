"""The people who sit at the desk: their passwords, second factors, roles, and whose conversations
they may see."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from bot import audit, clock
from bot.conversations import takeover
from bot.db import new_id
from bot.desk.tables import ROLES, agent, agent_session

SHORTEST_PASSWORD = 12
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")

# argon2id; 19 MiB, two passes: the first choice of the OWASP Password Storage Cheat Sheet.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODYS = _HASHER.hash("the password of nobody")


@dataclass(frozen=True)
class Agent:
    """Somebody who may sign in. `creditors` None: those of all."""

    id: str
    email: str
    first_name: str
    role: str
    creditors: tuple[str, ...] | None
    has_totp: bool
    active: bool

    def is_at_least(self, role: str) -> bool:
        """Whether this role includes that one."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def may_see(self, creditor: str) -> bool:
        """Whether they work for this creditor."""
        return self.creditors is None or creditor in self.creditors

    @property
    def actor(self) -> str:
        """The name in the audit log."""
        return self.at_work.actor

    @property
    def at_work(self) -> takeover.Agent:
        """As conversations know them."""
        return takeover.Agent(self.id, self.first_name)


class CannotAdd(ValueError):
    """An agent cannot be added; the message says what to change."""


def add(
    connection: Connection,
    *,
    email: str,
    first_name: str,
    password: str,
    role: str = "agent",
    creditors: Iterable[str] | None = None,
) -> Agent:
    """Let somebody sign in. Raises CannotAdd for what cannot be, or an address that is taken."""
    email, first_name = email.strip().lower(), first_name.strip()
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        raise CannotAdd(f"{email!r} is no e-mail address")
    if not first_name or len(first_name) > 40:
        raise CannotAdd("a first name has 1 to 40 characters; people read it in the chat")
    if role not in ROLES:
        raise CannotAdd(f"{role!r} is no role; write one of {', '.join(ROLES)}")
    if find(connection, email) is not None:
        raise CannotAdd(f"{email} is an agent already")
    new = new_id("ag")
    connection.execute(
        agent.insert().values(
            id=new,
            email=email,
            first_name=first_name,
            role=role,
            creditors=None if creditors is None else sorted(set(creditors)),
            password_hash=hashed(password),
            active=True,
            added_at=clock.now(),
        )
    )
    audit.record(connection, new, "agent_added", "operator", {"role": role})
    return get(connection, new)


def find(connection: Connection, email: str) -> Agent | None:
    """The agent with this address, however it is cased."""
    found = _read(connection, agent.c.email == email.strip().lower())
    return found[0] if found else None


def get(connection: Connection, agent_id: str) -> Agent:
    """The agent with this id. LookupError if there is none."""
    found = _read(connection, agent.c.id == agent_id)
    if not found:
        raise LookupError(f"no agent {agent_id}")
    return found[0]


def everybody(connection: Connection) -> list[Agent]:
    """All who may sign in, by name."""
    return _read(connection, agent.c.active.is_(True))


def colleagues(connection: Connection, creditor: str) -> list[Agent]:
    """Everybody who may take a conversation of this creditor."""
    return [one for one in everybody(connection) if one.may_see(creditor)]


def hashed(password: str) -> str:
    """A password as it is kept. CannotAdd if it is too short to be one."""
    if len(password) < SHORTEST_PASSWORD:
        raise CannotAdd(f"a password has at least {SHORTEST_PASSWORD} characters")
    return _HASHER.hash(password)


def knows_password(connection: Connection, who: Agent | None, password: str) -> bool:
    """Whether this is their password. For nobody the same work is done, and the answer is no."""
    kept = _NOBODYS
    if who is not None:
        kept = connection.execute(
            select(agent.c.password_hash).where(agent.c.id == who.id)
        ).scalar_one()
    try:
        _HASHER.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
    return who is not None and who.active


def set_password(connection: Connection, who: Agent, password: str) -> None:
    """A new password, which ends all sessions of theirs. Raises CannotAdd."""
    _set(connection, who, password_hash=hashed(password))
    end_sessions(connection, who)
    audit.record(connection, who.id, "password_changed", who.actor, {})


def end_sessions(connection: Connection, who: Agent) -> None:
    """Sign them out everywhere."""
    connection.execute(agent_session.delete().where(agent_session.c.agent_id == who.id))


def new_totp_secret() -> str:
    """A secret for a second factor, to be shown once."""
    return pyotp.random_base32()


def totp_address(who: Agent, secret: str) -> str:
    """The address that an authenticator app takes the secret from."""
    return pyotp.TOTP(secret).provisioning_uri(name=who.email, issuer_name="Evenkeel")


def totp_fits(secret: str, code: str) -> bool:
    """Whether a code is of this moment; used before the secret is theirs."""
    return _step_of(secret, code) is not None


def set_totp(connection: Connection, who: Agent, secret: str | None) -> None:
    """Ask for codes of this secret from now on; None: no longer."""
    _set(connection, who, totp_secret=secret, totp_last_step=None)
    kind = "second_factor_on" if secret else "second_factor_off"
    audit.record(connection, who.id, kind, who.actor, {})


def passes_totp(connection: Connection, who: Agent, code: str) -> bool:
    """Whether the code is right, where one is asked for. None is good twice (RFC 6238, 5.2)."""
    row = connection.execute(
        select(agent.c.totp_secret, agent.c.totp_last_step)
        .where(agent.c.id == who.id)
        .with_for_update()
    ).one()
    if row.totp_secret is None:
        return True
    step = _step_of(row.totp_secret, code)
    if step is None or (row.totp_last_step is not None and step <= row.totp_last_step):
        return False
    _set(connection, who, totp_last_step=step)
    return True


def _step_of(secret: str, code: str) -> int | None:
    """The half minute that a code is of: this one, or the one before or after."""
    totp = pyotp.TOTP(secret)
    plain = re.sub(r"\s", "", code)
    now = int(clock.now().timestamp())
    steps = (now // totp.interval + step for step in (0, -1, 1))
    return next(
        (step for step in steps if pyotp.utils.strings_equal(totp.generate_otp(step), plain)),
        None,
    )


def _set(connection: Connection, who: Agent, **values: Any) -> None:
    connection.execute(update(agent).where(agent.c.id == who.id).values(**values))


def _read(connection: Connection, *conditions: Any) -> list[Agent]:
    rows = connection.execute(
        select(agent).where(*conditions).order_by(agent.c.first_name, agent.c.id)
    )
    return [
        Agent(
            id=row.id,
            email=row.email,
            first_name=row.first_name,
            role=row.role,
            creditors=None if row.creditors is None else tuple(row.creditors),
            has_totp=row.totp_secret is not None,
            active=row.active,
        )
        for row in rows
    ]
