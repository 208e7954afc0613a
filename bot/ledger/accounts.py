"""Accounts, the people who owe on them, and how those people are reached."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection
from sqlalchemy.sql import Select

from bot.ledger import tables
from bot.money import Money

_IGNORED = re.compile(r"[\s\-\u2010-\u2015]+")


@dataclass(frozen=True)
class Debtor:
    """A person as one creditor knows them."""

    id: str
    creditor: str
    first_name: str
    last_name: str
    birth_date: date
    postal_code: str
    state: str | None
    language: str
    time_zone: str


@dataclass(frozen=True)
class ContactPoint:
    """A telephone number (E.164) or e-mail address of a debtor. Two people may share one."""

    id: str
    debtor_id: str
    kind: str
    address: str
    consent_on: date | None
    confirmed_on: date | None
    opted_out_on: date | None


@dataclass(frozen=True)
class Account:
    """One debt. What is owed on it is `entries.balance`; it is not kept here."""

    id: str
    creditor: str
    reference: str
    debtor_id: str
    original_creditor: str | None
    status: str
    currency: str
    opened_on: date
    due_on: date
    minimum_due: Money | None
    time_barred_on: date | None
    itemization_date: date | None
    validation_sent_on: date | None
    legal_action_intended: bool
    credit_reported: bool | None
    time_zone: str
    """The debtor's, which is the creditor's where nothing else is known."""


def reference_key(reference: str) -> str:
    """A reference as it is compared: without spaces, hyphens and case."""
    return _IGNORED.sub("", reference).upper()


def find(connection: Connection, creditor_slug: str, reference: str) -> Account | None:
    """The creditor's account with this reference, however it is spaced, hyphened or cased."""
    found = _accounts(
        connection,
        tables.account.c.creditor == creditor_slug,
        tables.account.c.reference_key == reference_key(reference),
    )
    return found[0] if found else None


def with_reference(connection: Connection, reference: str) -> tuple[Account, ...]:
    """All creditors' accounts with this reference, for an operator who does not say whose."""
    return _accounts(connection, tables.account.c.reference_key == reference_key(reference))


def named(connection: Connection, reference: str, creditor: str | None = None) -> Account:
    """The one account that an operator means.

    LookupError if there is no such account, or if several creditors have one and none is named.
    """
    found = [
        account
        for account in with_reference(connection, reference)
        if creditor in (None, account.creditor)
    ]
    if not found:
        raise LookupError(f"no account {reference}")
    if len(found) > 1:
        slugs = ", ".join(account.creditor for account in found)
        raise LookupError(f"{reference} is an account of {slugs}; name the creditor")
    return found[0]


def get(connection: Connection, account_id: str) -> Account:
    """The account with this id. LookupError if there is none."""
    found = _read(connection.execute(_BY_ID, {"id": account_id}))
    if not found:
        raise LookupError(f"no account {account_id}")
    return found[0]


def lock(connection: Connection, account_id: str) -> Account:
    """The account, held against all other writers until this transaction ends.

    Whoever decides about a plan does it under this lock. On SQLite a writing transaction
    already excludes all others.
    """
    connection.execute(
        select(tables.account.c.id).where(tables.account.c.id == account_id).with_for_update()
    )
    return get(connection, account_id)


def by_phone(connection: Connection, creditor_slug: str, phone: str) -> tuple[Account, ...]:
    """The accounts with this creditor of everybody who can be reached at `phone` (E.164)."""
    people = select(tables.contact_point.c.debtor_id).where(
        tables.contact_point.c.kind == "phone",
        tables.contact_point.c.address == phone,
        tables.contact_point.c.wrong_on.is_(None),
    )
    return _accounts(
        connection,
        tables.account.c.creditor == creditor_slug,
        tables.account.c.debtor_id.in_(people),
    )


def of_debtor(connection: Connection, debtor_id: str) -> tuple[Account, ...]:
    """All accounts of one person."""
    return _accounts(connection, tables.account.c.debtor_id == debtor_id)


def debtor_of(connection: Connection, account: Account) -> Debtor:
    """Who owes on the account."""
    row = connection.execute(_DEBTOR, {"id": account.debtor_id}).one()
    return Debtor(
        id=row.id,
        creditor=row.creditor,
        first_name=row.first_name,
        last_name=row.last_name,
        birth_date=row.birth_date,
        postal_code=row.postal_code,
        state=row.state,
        language=row.language,
        time_zone=row.time_zone,
    )


def contact_points(connection: Connection, debtor_id: str) -> tuple[ContactPoint, ...]:
    """How the person can be reached: what turned out to be somebody else's is not among them."""
    rows = connection.execute(
        select(tables.contact_point)
        .where(
            tables.contact_point.c.debtor_id == debtor_id,
            tables.contact_point.c.wrong_on.is_(None),
        )
        .order_by(tables.contact_point.c.kind, tables.contact_point.c.address)
    )
    return tuple(
        ContactPoint(
            id=row.id,
            debtor_id=row.debtor_id,
            kind=row.kind,
            address=row.address,
            consent_on=row.consent_on,
            confirmed_on=row.confirmed_on,
            opted_out_on=row.opted_out_on,
        )
        for row in rows
    )


_SELECT: Select = select(tables.account, tables.debtor.c.time_zone).join(tables.debtor)
# Kept, because asked in every turn: of a kept statement the library keeps the compiled form.
_BY_ID: Select = _SELECT.where(tables.account.c.id == bindparam("id"))
_DEBTOR: Select = select(tables.debtor).where(tables.debtor.c.id == bindparam("id"))


def _accounts(connection: Connection, *conditions: Any) -> tuple[Account, ...]:
    return _read(
        connection.execute(_SELECT.where(*conditions).order_by(tables.account.c.reference_key))
    )


def _read(rows: Any) -> tuple[Account, ...]:
    return tuple(
        Account(
            id=row.id,
            creditor=row.creditor,
            reference=row.reference,
            debtor_id=row.debtor_id,
            original_creditor=row.original_creditor,
            status=row.status,
            currency=row.currency,
            opened_on=row.opened_on,
            due_on=row.due_on,
            minimum_due=(None if row.minimum_due is None else Money(row.minimum_due, row.currency)),
            time_barred_on=row.time_barred_on,
            itemization_date=row.itemization_date,
            validation_sent_on=row.validation_sent_on,
            legal_action_intended=row.legal_action_intended,
            credit_reported=row.credit_reported,
            time_zone=row.time_zone,
        )
        for row in rows
    )
