"""Rights and protections act at once, whoever has the conversation and whether or not the person
was checked: a lock or an unfinished identity check never stands in their way.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.engine import Connection

from bot import audit
from bot.conversations import handoffs
from bot.conversations.records import Conversation
from bot.ledger import accounts, holds, tables
from bot.ledger.accounts import Account


@dataclass(frozen=True)
class Protection:
    """What a stated right does: the hold it sets, on what, and whether a person is called."""

    hold: str | None
    scope: str
    handoff: bool


PROTECTIONS: dict[str, Protection] = {
    "crisis": Protection("crisis", "person", True),
    "dispute_not_mine": Protection("dispute", "account", True),
    "dispute_amount": Protection("dispute", "account", True),
    "report_identity_theft": Protection("identity_theft", "account", True),
    "request_validation": Protection("dispute", "account", True),
    "report_bankruptcy": Protection("bankruptcy", "person", True),
    "report_attorney": Protection("attorney", "person", True),
    "report_adviser": Protection("adviser", "person", True),
    "cease_contact": Protection("cease", "person", False),
    "refuse_to_pay": Protection("cease", "person", False),
    "opt_out": Protection(None, "person", True),
    "wrong_person": Protection(None, "person", True),
    "third_party": Protection(None, "person", True),
}
"""By intent. What the law asks for each stands in the policy packs; this is what is done at once.
A request for proof holds like a dispute until the proof was sent (12 CFR 1006.38(d)(2))."""


_IN_CRISIS = select(tables.hold.c.id).where(
    tables.hold.c.kind == "crisis",
    tables.hold.c.lifted_at.is_(None),
    or_(
        and_(
            tables.hold.c.scope == "conversation",
            tables.hold.c.scope_id == bindparam("conversation"),
        ),
        and_(tables.hold.c.scope == "person", tables.hold.c.scope_id == bindparam("person")),
    ),
)


def protect(
    connection: Connection,
    conversation: Conversation,
    intent: str,
    *,
    message_id: str,
    account: Account | None = None,
) -> None:
    """Set the hold that `intent` calls for, and call a person where the table says so.

    It lands on `account` where one is given, else on the checked person's, else on the
    conversation until one is known. Doing it again for the same message changes nothing.
    """
    protection = PROTECTIONS.get(intent)
    if protection is None:
        return
    if protection.hold:
        for scope, scope_id in _targets(connection, conversation, protection, account):
            holds.place(
                connection,
                scope=scope,
                scope_id=scope_id,
                kind=protection.hold,
                evidence={
                    "conversation": conversation.id,
                    "message": message_id,
                    "intent": intent,
                },
                key=f"{message_id}:{protection.hold}:{scope_id}",
            )
    audit.record(
        connection,
        conversation.id,
        "protected",
        "debtor",
        {"intent": intent, "message": message_id},
    )
    if protection.handoff:
        handoffs.open_handoff(connection, conversation, intent, message_id=message_id)


def in_crisis(connection: Connection, conversation: Conversation) -> bool:
    """Whether this person, or this conversation, said something that stops all talk of money."""
    found = connection.execute(
        _IN_CRISIS, {"conversation": conversation.id, "person": conversation.debtor_id}
    )
    return found.first() is not None


def carry_over(connection: Connection, conversation: Conversation) -> None:
    """Once the person is known, what they asked for before counts for them and their accounts."""
    rows = connection.execute(
        select(tables.hold.c.evidence).where(
            tables.hold.c.scope == "conversation",
            tables.hold.c.scope_id == conversation.id,
            tables.hold.c.lifted_at.is_(None),
        )
    )
    for row in rows.all():
        protection = PROTECTIONS[row.evidence["intent"]]
        for scope, scope_id in _targets(connection, conversation, protection, None):
            holds.place(
                connection,
                scope=scope,
                scope_id=scope_id,
                kind=str(protection.hold),
                evidence=row.evidence,
                key=f"{row.evidence['message']}:{protection.hold}:{scope_id}",
            )


def _targets(
    connection: Connection,
    conversation: Conversation,
    protection: Protection,
    account: Account | None,
) -> list[tuple[str, str]]:
    if account is not None:
        if protection.scope == "person":
            return [("person", account.debtor_id)]
        return [("account", account.id)]
    if not conversation.verified or conversation.debtor_id is None:
        return [("conversation", conversation.id)]
    if protection.scope == "person":
        return [("person", conversation.debtor_id)]
    if conversation.account_id is not None:
        return [("account", conversation.account_id)]
    return [
        ("account", a.id)
        for a in accounts.of_debtor(connection, conversation.debtor_id)
        if a.creditor == conversation.creditor
    ]
