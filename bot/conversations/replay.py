"""Runs today's gate over what was said before, so that a changed rule or pack shows what it would
have refused.

Each decision stands in the audit log with its inputs. An agent's words and everything that was
rendered are read from the message itself, as long as it was not forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection, Row

from bot.audit import audit_event
from bot.compliance import decisions, gate, scanning
from bot.compliance.gate import Refused
from bot.compliance.packs import PackError
from bot.conversations.tables import message

_DECISIONS = (
    select(
        audit_event.c.subject,
        audit_event.c.at,
        audit_event.c.kind,
        audit_event.c.facts,
        message.c.sequence,
        message.c.text,
        message.c.response,
    )
    .select_from(
        audit_event.outerjoin(message, message.c.id == audit_event.c.facts["message"].as_string())
    )
    .where(audit_event.c.kind.in_(("cleared", "refused")))
    .order_by(audit_event.c.id)
)


@dataclass(frozen=True)
class Objection:
    """A message that was sent and that today's gate refuses."""

    conversation: str
    sequence: int | None
    at: datetime
    response: str
    section: str
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.conversation} message {self.sequence} of {self.at:%Y-%m-%d %H:%M} UTC "
            f"({self.response or 'free words'}): {self.section}: {self.reason}"
        )


@dataclass(frozen=True)
class Replayed:
    """How many decisions were made again, how many had been refusals and still are, how many no
    longer are, and what was sent that would not be sent today. `unread` are those whose free words
    are no longer there."""

    decisions: int
    still_refused: int
    now_allowed: int
    unread: int
    objections: tuple[Objection, ...]


def replay(connection: Connection) -> Replayed:
    """Make every decision of the audit log again with today's rules and packs."""
    count = still = allowed = unread = 0
    objections = []
    for row in _rows(connection):
        words = decisions.words_of(row.facts, row.text or "")
        if words is None:
            unread += 1
            continue
        count += 1
        verdict = _judged(row, words)
        if row.kind == "refused":
            still += isinstance(verdict, Refused)
            allowed += not isinstance(verdict, Refused)
        elif isinstance(verdict, Refused):
            objections.append(
                Objection(
                    conversation=row.subject,
                    sequence=row.sequence,
                    at=row.at,
                    response=row.facts["said"].get("response", ""),
                    section=verdict.section,
                    reason=verdict.reason,
                )
            )
    return Replayed(count, still, allowed, unread, tuple(objections))


def _rows(connection: Connection) -> Iterator[Row]:
    """The decisions with their inputs, oldest first; those of before inputs were kept are none."""
    for row in connection.execution_options(stream_results=True).execute(_DECISIONS):
        if "in" in row.facts:
            yield row


def _judged(row: Row, words: str) -> gate.Cleared | Refused:
    outgoing, context = decisions.from_json(row.facts, words)
    try:
        verdict = gate.check(outgoing, context)
    except PackError as error:
        return Refused("policy pack", str(error), "policy_pack")
    if isinstance(verdict, Refused) or not scanning.holds_card_number(row.text or ""):
        return verdict
    return Refused("PCI DSS 4.2.2", "a card number", "card_number")
