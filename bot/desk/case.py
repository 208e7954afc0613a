"""Everything that an agent sees of one conversation, read in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot import clock
from bot.conversations import records
from bot.conversations.records import Conversation, Message
from bot.conversations.tables import conversation as conversation_table
from bot.conversations.tables import handoff, message, note
from bot.creditors import Creditor
from bot.desk import agents, brief, chart, queue
from bot.desk.agents import Agent
from bot.desk.brief import Brief
from bot.desk.chart import Chart
from bot.desk.queue import Wait
from bot.ledger import accounts, approvals, entries, holds, plans, promises
from bot.ledger.accounts import Account, ContactPoint, Debtor
from bot.ledger.approvals import Approval
from bot.ledger.entries import Entry
from bot.ledger.holds import Hold
from bot.ledger.plans import Plan, Progress
from bot.ledger.promises import Promise
from bot.ledger.schedule import Terms
from bot.money import Money

MOST_MESSAGES = 400
"""Of a long conversation the latest are shown."""


@dataclass(frozen=True)
class Note:
    """What an agent wrote for colleagues."""

    id: str
    agent_name: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Handoff:
    """The request for a person that stands, or the latest that did."""

    reason: str
    priority: str
    opened_at: datetime
    claimed_by: str | None
    snoozed_until: datetime | None
    resolved_at: datetime | None
    disposition: str | None
    events: list[Mapping[str, Any]]


@dataclass(frozen=True)
class Ledger:
    """The account that the conversation is about, as it stands."""

    account: Account
    debtor: Debtor
    contacts: tuple[ContactPoint, ...]
    balance: Money
    payments: tuple[Entry, ...]
    plan: Plan | None
    progress: Progress | None
    plans: tuple[Plan, ...]
    others: tuple[Account, ...]
    approvals: tuple[tuple[Approval, Terms], ...]
    promises: tuple[Promise, ...]
    chart: Chart | None


@dataclass(frozen=True)
class Case:
    """One conversation as it is shown."""

    conversation: Conversation
    creditor: Creditor
    handoff: Handoff | None
    holder: Agent | None
    wait: Wait | None
    ledger: Ledger | None
    holds: tuple[Hold, ...]
    brief: Brief
    earlier: tuple[Conversation, ...]


def read(connection: Connection, conversation: Conversation, creditor: Creditor) -> Case:
    """All of it but the messages."""
    latest = _handoff(connection, conversation.id)
    standing = latest if latest and latest.resolved_at is None else None
    holder = (
        agents.get(connection, standing.claimed_by) if standing and standing.claimed_by else None
    )
    zone = creditor.time_zone
    ledger = None
    if conversation.account_id is not None:
        ledger = _ledger(connection, conversation.account_id)
        zone = ledger.account.time_zone
    protecting = holds.protecting(
        connection,
        conversation_id=conversation.id,
        debtor_id=conversation.debtor_id,
        account_id=conversation.account_id,
        today=clock.today(zone),
    )
    may, must_not = brief.may_and_must_not(
        connection,
        conversation,
        creditor,
        ledger.account if ledger else None,
        ledger.balance if ledger else None,
        to_approve=len(ledger.approvals) if ledger else 0,
    )
    claims = brief.claims(
        connection,
        conversation,
        latest.events if latest else [],
        protecting,
        ledger.plans if ledger else (),
    )
    waits = standing is not None and conversation.state == "waiting"
    return Case(
        conversation=conversation,
        creditor=creditor,
        handoff=latest,
        holder=holder,
        wait=queue.waited(standing.opened_at, creditor) if standing and waits else None,
        ledger=ledger,
        holds=protecting,
        brief=Brief(claims, may, must_not),
        earlier=_earlier(connection, conversation),
    )


def talk(
    connection: Connection, conversation: Conversation, after: int, since: datetime | None
) -> list[Message | Note]:
    """The messages after that number and the notes after that moment, in the order of time."""
    newest = max(after, conversation.last_sequence - MOST_MESSAGES)
    said = records.messages_after(connection, conversation.id, newest)
    query = select(note).where(note.c.conversation_id == conversation.id)
    if since is not None:
        query = query.where(note.c.at > since)
    notes = [
        Note(row.id, row.agent_name, row.at, row.text)
        for row in connection.execute(query.order_by(note.c.at))
    ]
    return sorted([*said, *notes], key=lambda one: one.at)


def delivered(connection: Connection, conversation: Conversation) -> int:
    """The number of the last message up to which all of ours have reached the person."""
    waiting = connection.execute(
        select(message.c.sequence)
        .where(message.c.conversation_id == conversation.id, message.c.delivery == "queued")
        .order_by(message.c.sequence)
        .limit(1)
    ).scalar()
    return conversation.last_sequence if waiting is None else int(waiting) - 1


def _handoff(connection: Connection, conversation_id: str) -> Handoff | None:
    row = connection.execute(
        select(handoff)
        .where(handoff.c.conversation_id == conversation_id)
        .order_by(handoff.c.resolved_at.isnot(None), handoff.c.opened_at.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return Handoff(
        reason=row.reason,
        priority=row.priority,
        opened_at=row.opened_at,
        claimed_by=row.claimed_by,
        snoozed_until=row.snoozed_until,
        resolved_at=row.resolved_at,
        disposition=row.disposition,
        events=list(row.brief.get("events", [])),
    )


def _ledger(connection: Connection, account_id: str) -> Ledger:
    account = accounts.get(connection, account_id)
    debtor = accounts.debtor_of(connection, account)
    every = plans.of_account(connection, account_id)
    active = next((plan for plan in every if plan.status == "active"), None)
    payments = entries.payments(connection, account_id)
    return Ledger(
        account=account,
        debtor=debtor,
        contacts=accounts.contact_points(connection, debtor.id),
        balance=entries.balance(connection, account_id),
        payments=payments,
        plan=active,
        progress=plans.progress(active) if active else None,
        plans=every,
        others=tuple(a for a in accounts.of_debtor(connection, debtor.id) if a.id != account_id),
        approvals=tuple(
            (one, Terms.from_json(one.terms)) for one in approvals.requested(connection, account_id)
        ),
        promises=promises.of_account(connection, account),
        chart=chart.of(payments, active),
    )


def _earlier(connection: Connection, conversation: Conversation) -> tuple[Conversation, ...]:
    """Other conversations of the same person with the same creditor, the latest first."""
    if conversation.debtor_id is None:
        return ()
    rows = connection.execute(
        select(conversation_table.c.id)
        .where(
            conversation_table.c.debtor_id == conversation.debtor_id,
            conversation_table.c.creditor == conversation.creditor,
            conversation_table.c.id != conversation.id,
        )
        .order_by(conversation_table.c.active_at.desc())
        .limit(10)
    )
    return tuple(records.get(connection, row.id) for row in rows.all())
