"""Rights and protections act at once, whoever has the conversation and whether or not the person
was checked: a lock or an unfinished identity check never stands in their way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.engine import Connection

from bot import audit, clock
from bot.compliance import packs
from bot.conversations import handoffs, identity, records
from bot.conversations.records import Conversation
from bot.creditors import Creditor
from bot.ledger import accounts, contact_points, holds, preferences, tables
from bot.ledger.accounts import Account
from bot.particulars import ContactWish, Particulars

WRITTEN = ("sms", "whatsapp", "email")
"""The channels that we write to people on by ourselves. The website is not among them: there it is
the person who comes."""


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
    "opt_out": Protection(None, "person", False),
    "wrong_person": Protection(None, "person", True),
    "third_party": Protection(None, "person", True),
}
"""By intent. What the law asks for each stands in the policy packs; this is what is done at once.
A request for proof holds like a dispute until the proof was sent (12 CFR 1006.38(d)(2)); an
adviser gives 60 days of breathing space in the United Kingdom."""

OTHER_RIGHTS: dict[str, Protection] = {
    "original_creditor": Protection("dispute", "account", True),
    "death": Protection("deceased", "person", True),
    "report_vulnerability": Protection("vulnerability", "person", True),
    "inconvenient_time": Protection(None, "person", False),
}
"""Rights that are stated in the course of something else, or need a word more before they are set:
a request for the original creditor's name and address holds like a dispute until they were sent
(1006.38(c))."""

_KINDS = {
    "deceased": OTHER_RIGHTS["death"],
    "vulnerability": OTHER_RIGHTS["report_vulnerability"],
}
_NOTHING = Particulars()

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


SOMEBODY_ELSE = ("third_party", "wrong_person")
"""Who says this is not the person who was checked: nothing more is told them (12 CFR
1006.6(d)(1))."""


def protect(
    connection: Connection,
    conversation: Conversation,
    creditor: Creditor,
    intent: str,
    *,
    message_id: str,
    particulars: Particulars = _NOTHING,
) -> None:
    """Do what `intent` calls for: set its hold, keep its wishes, and call a person where the table
    says so.

    It lands on the checked person and their account; else on the conversation and on the account
    that was named in it, if there is such an account. Doing it again for the same message changes
    nothing.
    """
    protection = PROTECTIONS.get(intent) or OTHER_RIGHTS.get(intent)
    if protection is None:
        return
    about = account_meant(connection, conversation)
    evidence: dict[str, Any] = {
        "conversation": conversation.id,
        "message": message_id,
        "intent": intent,
    }
    if protection.hold:
        _place(
            connection,
            conversation,
            protection,
            about,
            evidence,
            until=_until(creditor, protection),
        )
    death = intent == "third_party" and particulars.death
    if death and not conversation.verified:
        # Whoever passed the check is alive: then it is somebody of theirs who has died.
        because = {**evidence, "intent": "death"}
        _place(connection, conversation, OTHER_RIGHTS["death"], about, because)
    if intent in SOMEBODY_ELSE and conversation.verified and not particulars.death:
        identity.end(connection, conversation, intent)
    if intent == "wrong_person" and particulars.phone:
        taken = contact_points.take_away(
            connection, creditor.slug, particulars.phone, on=clock.today(creditor.time_zone)
        )
        evidence = {**evidence, "contact_points": list(taken)}
    _keep_wishes(connection, conversation, creditor, intent, particulars, about, evidence)
    audit.record(connection, conversation.id, "protected", "debtor", evidence)
    if protection.handoff:
        reason = "death" if death else intent
        handoffs.open_handoff(connection, conversation, reason, message_id=message_id)


def name_account(
    connection: Connection, conversation: Conversation, reference: str
) -> Conversation:
    """Remember the account that somebody named without a check. What they asked for before lands on
    it too, and whatever they ask for next does at once."""
    records.change(connection, conversation.id, named_reference=reference[:64])
    renamed = records.get(connection, conversation.id)
    account = account_meant(connection, renamed)
    if account is not None and not renamed.verified:
        _carry(connection, renamed, account)
    return renamed


def in_crisis(connection: Connection, conversation: Conversation) -> bool:
    """Whether this person, or this conversation, said something that stops all talk of money."""
    found = connection.execute(
        _IN_CRISIS, {"conversation": conversation.id, "person": conversation.debtor_id}
    )
    return found.first() is not None


def carry_over(connection: Connection, conversation: Conversation) -> None:
    """Once the person is known, what they asked for before counts for them and their accounts."""
    for account in _theirs(connection, conversation):
        _carry(connection, conversation, account)


def account_meant(connection: Connection, conversation: Conversation) -> Account | None:
    """The account that a right is about: the checked person's, the one they were checked for
    earlier, or the one that was named. Nothing about it is ever said on this ground."""
    if conversation.account_id is not None:
        return accounts.get(connection, conversation.account_id)
    if conversation.verified or not conversation.named_reference:
        return None
    return accounts.find(connection, conversation.creditor, conversation.named_reference)


def _place(
    connection: Connection,
    conversation: Conversation,
    protection: Protection,
    about: Account | None,
    evidence: dict[str, Any],
    *,
    until: date | None = None,
) -> None:
    for scope, scope_id in _targets(connection, conversation, protection, about):
        holds.place(
            connection,
            scope=scope,
            scope_id=scope_id,
            kind=str(protection.hold),
            until=until,
            evidence=evidence,
            key=f"{evidence['message']}:{protection.hold}:{scope_id}",
        )


def _targets(
    connection: Connection,
    conversation: Conversation,
    protection: Protection,
    about: Account | None,
) -> list[tuple[str, str]]:
    """On what a hold is set. Without a check the conversation itself is held as well, so that it
    counts for whoever is checked in it later."""
    if not conversation.verified:
        there = [("conversation", conversation.id)]
        if about is None:
            return there
        place = (
            ("person", about.debtor_id) if protection.scope == "person" else ("account", about.id)
        )
        return [*there, place]
    if protection.scope == "person":
        return [("person", str(conversation.debtor_id))]
    if about is not None:
        return [("account", about.id)]
    return [("account", account.id) for account in _theirs(connection, conversation)]


def _theirs(connection: Connection, conversation: Conversation) -> tuple[Account, ...]:
    if conversation.debtor_id is None:
        return ()
    return tuple(
        account
        for account in accounts.of_debtor(connection, conversation.debtor_id)
        if account.creditor == conversation.creditor
    )


def _until(creditor: Creditor, protection: Protection) -> date | None:
    """Breathing space ends by itself, where the law knows it; any other hold when it is lifted."""
    if protection.hold != "adviser" or creditor.jurisdiction != "UK":
        return None
    days = packs.of(creditor).limits.breathing_space_days
    return clock.today(creditor.time_zone) + timedelta(days=days)


def _keep_wishes(
    connection: Connection,
    conversation: Conversation,
    creditor: Creditor,
    intent: str,
    particulars: Particulars,
    about: Account | None,
    evidence: dict[str, Any],
) -> None:
    wishes: Iterable[ContactWish] = ()
    if intent == "opt_out":
        named = particulars.channels or WRITTEN
        wishes = [ContactWish(False, channel=channel) for channel in named]
    elif intent == "inconvenient_time":
        wishes = particulars.wishes
    debtor_id = conversation.debtor_id if conversation.verified else None
    if debtor_id is None and about is not None:
        debtor_id = about.debtor_id
    for number, wish in enumerate(wishes):
        preferences.state(
            connection,
            wish,
            debtor_id=debtor_id,
            conversation_id=conversation.id,
            evidence=evidence,
            key=f"{evidence['message']}:wish:{number}",
        )
    if debtor_id is not None:
        _opt_out(connection, debtor_id, wishes, clock.today(creditor.time_zone))


def _opt_out(
    connection: Connection, debtor_id: str, wishes: Iterable[ContactWish], today: date
) -> None:
    """A channel that is unwanted at any time ends now."""
    ended = [
        wish.channel
        for wish in wishes
        if wish.channel and not wish.wanted and not wish.says_when and wish.place is None
    ]
    contact_points.opt_out(connection, debtor_id, ended, on=today)


def _carry(connection: Connection, conversation: Conversation, account: Account) -> None:
    """Set on an account and its person what was set on the conversation."""
    for hold in holds.of_conversation(connection, conversation.id):
        intent = str(hold.evidence.get("intent", ""))
        protection = PROTECTIONS.get(intent) or OTHER_RIGHTS.get(intent) or _KINDS.get(hold.kind)
        scope = protection.scope if protection else "account"
        scope_id = account.debtor_id if scope == "person" else account.id
        holds.place(
            connection,
            scope=scope,
            scope_id=scope_id,
            kind=hold.kind,
            until=hold.until,
            amount=hold.amount,
            evidence=hold.evidence,
            key=f"{hold.evidence['message']}:{hold.kind}:{scope_id}",
        )
    waiting = preferences.waiting(connection, conversation.id)
    for preference in waiting:
        preferences.belongs_to(connection, preference.id, account.debtor_id)
    _opt_out(
        connection,
        account.debtor_id,
        [preference.wish for preference in waiting],
        clock.today(account.time_zone),
    )
