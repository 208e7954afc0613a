"""Who is on the other end: the check that comes before anything about a debt is said.

On the website a person names an account (by its reference or their phone number), their date of
birth and their postal code, in any order. What they answer is sealed by a keyed digest the moment
it arrives and is never kept in the clear. Right and wrong answers look the same from outside:
nothing is compared before all three are there, what does not exist is compared too, and failures
count against the account, by whatever it was named, or against what was claimed where there is
none.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import jwt
from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from bot import audit, clock
from bot.conversations import records
from bot.conversations.records import Conversation
from bot.conversations.tables import conversation as conversation_table
from bot.conversations.tables import identity_lock
from bot.creditors import Creditor
from bot.identifiers import Identifier
from bot.ledger import accounts
from bot.ledger.accounts import Account

MOST_FAILURES = 3
LOCK = timedelta(hours=24)
SILENCE = {"chat": timedelta(minutes=30)}
SILENCE_BY_PHONE = timedelta(hours=24)
"""How long a check lasts without a message: half an hour on the website, a day by phone."""

TO_THE_MINUTE = timedelta(minutes=1)
"""A check is prolonged no oftener than this, which spares a write for most messages."""

_ABSENT = "0" * 64


@dataclass(frozen=True)
class Answers:
    """What a person has answered so far. Everything but the claim is sealed."""

    reference: str | None = None
    phone: str | None = None
    birth_dates: tuple[str, ...] = ()
    postal_code: str | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was answered."""
        return self == Answers()

    @property
    def missing(self) -> str | None:
        """What to ask next: `account`, `birth_date`, `postal_code`, or None when complete."""
        if not (self.reference or self.phone):
            return "account"
        if not self.birth_dates:
            return "birth_date"
        if not self.postal_code:
            return "postal_code"
        return None

    def with_newer(self, newer: Answers) -> Answers:
        """These answers, with those of a later message in their place where it has any."""
        claimed = newer.reference or newer.phone
        return Answers(
            reference=newer.reference if claimed else self.reference,
            phone=newer.phone if claimed else self.phone,
            birth_dates=newer.birth_dates or self.birth_dates,
            postal_code=newer.postal_code or self.postal_code,
        )

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return {
            "reference": self.reference,
            "phone": self.phone,
            "birth_dates": list(self.birth_dates),
            "postal_code": self.postal_code,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Answers:
        """From the database."""
        if not stored:
            return cls()
        return cls(
            stored.get("reference"),
            stored.get("phone"),
            tuple(stored.get("birth_dates") or ()),
            stored.get("postal_code"),
        )


@dataclass(frozen=True)
class Verified:
    """The check succeeded, for one person and these of their accounts."""

    conversation: Conversation
    accounts: tuple[Account, ...]


@dataclass(frozen=True)
class Failed:
    """The check failed. `attempts_left` is 0 when it is now locked."""

    conversation: Conversation
    attempts_left: int


class InvalidToken(ValueError):
    """A host site's identity token is not valid for this creditor."""


def seal(found: Iterable[Identifier], secret: str) -> Answers:
    """Answers from what was found in a message; the last of each kind counts."""
    answers = Answers()
    for item in found:
        if item.kind == "reference":
            answers = replace(answers, reference=str(item.value), phone=None)
        elif item.kind == "phone" and answers.reference is None:
            answers = replace(answers, phone=str(item.value))
        elif item.kind == "birth_date":
            values = item.value if isinstance(item.value, tuple) else (item.value,)
            sealed = tuple(digest(secret, "birth_date", str(v)) for v in values)
            answers = replace(answers, birth_dates=sealed)
        elif item.kind == "postal_code":
            sealed_code = digest(secret, "postal_code", str(item.value))
            answers = replace(answers, postal_code=sealed_code)
    return answers


def digest(secret: str, kind: str, value: str) -> str:
    """A keyed digest of one answer, as people write it in different ways."""
    plain = re.sub(r"[^0-9A-Z]", "", value.upper())
    if kind == "postal_code" and plain.isdigit():
        plain = plain[:5]  # ZIP+4 and ZIP name the same person's place
    return hmac.new(secret.encode(), f"{kind}:{plain}".encode(), hashlib.sha256).hexdigest()


def check(
    connection: Connection,
    conversation: Conversation,
    creditor: Creditor,
    answers: Answers,
    secret: str,
) -> Verified | Failed:
    """Compare complete answers with the ledger and record the outcome."""
    candidates = _candidates(connection, creditor, answers)
    keys = {a.id: digest(secret, "account", a.id) for a in candidates}
    failures = {
        key: _failures(connection, key)
        for key in sorted(keys.values()) or [_claim(creditor, answers, secret)]
    }
    right = [a for a in candidates if _matches(connection, a, answers, secret)]
    if not candidates:
        # The same work for an account that does not exist.
        accounts.find(connection, creditor.slug, "-")
        _same(answers, _ABSENT, _ABSENT)
    right = [a for a in right if not failures[keys[a.id]].locked]
    if not right or conversation.locked:
        return _fail(connection, conversation, failures)
    forgotten = [keys[a.id] for a in right]
    connection.execute(identity_lock.delete().where(identity_lock.c.key.in_(forgotten)))
    named = answers.reference is not None
    return verify(connection, conversation, right, by="answers", named=named)


def verify(
    connection: Connection,
    conversation: Conversation,
    found: list[Account],
    *,
    by: str,
    named: bool,
) -> Verified:
    """Record that the person is checked, `by` answers, token or agent.

    The conversation is about the first of the `found` accounts if it was `named`, or if they have
    no other; else it is asked which.
    """
    now = clock.now()
    debtor_id = found[0].debtor_id
    every = accounts.of_debtor(connection, debtor_id)
    theirs = [a for a in every if a.creditor == conversation.creditor]
    if len(theirs) == 1 or named:
        account_id: str | None = found[0].id
    else:
        account_id = conversation.account_id if conversation.debtor_id == debtor_id else None
    values: dict[str, Any] = {
        "debtor_id": debtor_id,
        "account_id": account_id,
        "verified_at": now,
        "verified_until": now + silence(conversation.channel),
        "failed_attempts": 0,
        "locked_until": None,
    }
    records.change(connection, conversation.id, **values)
    audit.record(connection, conversation.id, "verified", "debtor", {"by": by})
    return Verified(replace(conversation, **values), tuple(theirs))


def extend(connection: Connection, conversation: Conversation) -> Conversation:
    """A message of a checked person keeps the check alive; an expired one stays expired."""
    until = clock.now() + silence(conversation.channel)
    known = conversation.verified_until
    if not conversation.verified or (known and until - known < TO_THE_MINUTE):
        return conversation
    records.change(connection, conversation.id, verified_until=until)
    return replace(conversation, verified_until=until)


def end(connection: Connection, conversation: Conversation, because: str) -> None:
    """The check no longer counts, because of what was said: whoever writes now is not known."""
    records.change(connection, conversation.id, verified_until=clock.now())
    audit.record(connection, conversation.id, "check_ended", "debtor", {"because": because})


def silence(channel: str) -> timedelta:
    """How long a check lasts without a message on this channel."""
    return SILENCE.get(channel, SILENCE_BY_PHONE)


def unlock(
    connection: Connection,
    conversation: Conversation,
    account: Account | None = None,
    *,
    secret: str = "",
) -> None:
    """Lift the lock of a conversation, and that of `account` (an agent's act)."""
    if account is not None:
        key = digest(secret, "account", account.id)
        connection.execute(identity_lock.delete().where(identity_lock.c.key == key))
    connection.execute(
        update(conversation_table)
        .where(conversation_table.c.id == conversation.id)
        .values(failed_attempts=0, locked_until=None)
    )


def account_of_token(connection: Connection, creditor: Creditor, token: str, key: str) -> Account:
    """The account that a host site's signed token names.

    The token is a JWT (HS256, key IDENTITY_JWT_KEY) with `sub` (account reference), `aud` (the
    creditor's slug) and `exp`. Raises InvalidToken.
    """
    if not key:
        raise InvalidToken("this assistant takes no identity tokens")
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=["HS256"],
            audience=creditor.slug,
            options={"require": ["exp", "sub", "aud"], "verify_exp": False, "verify_iat": False},
        )
        expires = float(claims["exp"])
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise InvalidToken("the identity token is not valid") from error
    if not clock.now().timestamp() < expires:  # nor is it good until NaN
        raise InvalidToken("the identity token has expired")
    account = accounts.find(connection, creditor.slug, str(claims["sub"]))
    if account is None:
        raise InvalidToken("the identity token is not valid")
    return account


def _claim(creditor: Creditor, answers: Answers, secret: str) -> str:
    return digest(secret, f"claim:{creditor.slug}", answers.reference or answers.phone or "")


def _candidates(
    connection: Connection, creditor: Creditor, answers: Answers
) -> tuple[Account, ...]:
    if answers.reference:
        account = accounts.find(connection, creditor.slug, answers.reference)
        return (account,) if account else ()
    return accounts.by_phone(connection, creditor.slug, answers.phone or "")


def _matches(connection: Connection, account: Account, answers: Answers, secret: str) -> bool:
    debtor = accounts.debtor_of(connection, account)
    born: date = debtor.birth_date
    return _same(
        answers,
        digest(secret, "birth_date", born.isoformat()),
        digest(secret, "postal_code", debtor.postal_code),
    )


def _same(answers: Answers, birth_date: str, postal_code: str) -> bool:
    born = [hmac.compare_digest(birth_date, given) for given in answers.birth_dates]
    placed = hmac.compare_digest(postal_code, answers.postal_code or "")
    return any(born) and placed


@dataclass(frozen=True)
class _Failures:
    """Failed checks of one account, or of what was claimed where there is none."""

    attempts: int
    locked_until: datetime | None

    @property
    def locked(self) -> bool:
        return self.locked_until is not None and clock.now() < self.locked_until


def _failures(connection: Connection, key: str) -> _Failures:
    """The recent failures under `key`, held until the transaction ends: checks of one account that
    come at the same moment are counted one after the other."""
    row = connection.execute(
        select(identity_lock).where(identity_lock.c.key == key).with_for_update()
    ).first()
    now = clock.now()
    if row is None:
        connection.execute(identity_lock.insert().values(key=key, failed_attempts=0, failed_at=now))
        return _Failures(0, None)
    if row.locked_until is not None:
        # Once a lock is over the count begins anew.
        locked = now < row.locked_until
        return _Failures(row.failed_attempts, row.locked_until) if locked else _Failures(0, None)
    return _Failures(row.failed_attempts if now - row.failed_at < LOCK else 0, None)


def _fail(
    connection: Connection, conversation: Conversation, counted: Mapping[str, _Failures]
) -> Failed:
    now = clock.now()
    for key, known in counted.items():
        attempts = known.attempts + 1
        lock = now + LOCK if attempts >= MOST_FAILURES else None
        connection.execute(
            update(identity_lock)
            .where(identity_lock.c.key == key)
            .values(
                failed_attempts=attempts, failed_at=now, locked_until=known.locked_until or lock
            )
        )
    lock_is_over = conversation.locked_until is not None and not conversation.locked
    failures = 1 if lock_is_over else conversation.failed_attempts + 1
    locked: datetime | None = now + LOCK if failures >= MOST_FAILURES else None
    values: dict[str, Any] = {"failed_attempts": failures, "locked_until": locked}
    records.change(connection, conversation.id, **values)
    audit.record(connection, conversation.id, "check_failed", "debtor", {"attempt": failures})
    return Failed(replace(conversation, **values), max(0, MOST_FAILURES - failures))
