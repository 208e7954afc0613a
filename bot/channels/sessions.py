"""The session token of the website chat: opaque to the client, signed, and the only key to one
conversation. It travels in the Authorization header and never in an address."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

import jwt

from bot import clock

LIFETIME = timedelta(hours=24)
_ALGORITHM = "HS256"
_AUDIENCE = "chat"


class InvalidSession(Exception):
    """The token is not one of ours. `expired` tells whether it was."""

    def __init__(self, expired: bool) -> None:
        super().__init__("session expired" if expired else "not a valid session")
        self.expired = expired


def issue(conversation_id: str, secret: str) -> str:
    """A token for one conversation, good for 24 hours."""
    expires = clock.now() + LIFETIME
    claims = {"sub": conversation_id, "aud": _AUDIENCE, "until": expires.timestamp()}
    return jwt.encode(claims, _key(secret), algorithm=_ALGORITHM)


def conversation_of(token: str, secret: str) -> str:
    """The conversation that a token opens. Raises InvalidSession."""
    try:
        claims = jwt.decode(
            token,
            _key(secret),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            options={"require": ["sub", "aud", "until"]},
        )
        until, subject = float(claims["until"]), str(claims["sub"])
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise InvalidSession(expired=False) from error
    if until <= clock.now().timestamp():
        raise InvalidSession(expired=True)
    return subject


def control_id(conversation_id: str, kind: str, secret: str) -> str:
    """The id of a control (`person`, `stop`) of one conversation, which nobody else can make."""
    code = hmac.new(_key(secret), f"{conversation_id}:{kind}".encode(), hashlib.sha256)
    return f"ct_{code.hexdigest()[:24]}"


def _key(secret: str) -> bytes:
    # A key of its own, so that no token of another purpose can ever stand in for a session.
    return hashlib.sha256(f"evenkeel chat session:{secret}".encode()).digest()
