"""Whose rows are whose: `records.yml` read, and a person's rows found by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Table, or_, select
from sqlalchemy.engine import Connection, Row

# The audit log is imported for its tables.
from bot import audit  # noqa: F401
from bot.conversations import tables as conversation_tables
from bot.db import metadata
from bot.ledger import accounts, tables
from bot.ledger.accounts import Account

_FILE = Path(__file__).with_name("records.yml")

__all__ = [
    "Person",
    "Personal",
    "find",
    "known",
    "personal",
    "rows",
    "theirs",
    "unknown",
    "with_claims",
]


@dataclass(frozen=True)
class Personal:
    """What `records.yml` says of one table; see there for the fields."""

    table: Table
    by: Mapping[str, str]
    keep: frozenset[str]
    blank: Mapping[str, Any]
    delete: bool
    activity: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """One person's ids by kind (`person`, `account`, `conversation`, `plan`,
    `contact_point`), and their accounts.

    A visitor who was never known is their conversation alone.
    """

    creditor: str
    ids: Mapping[str, frozenset[str]]
    accounts: tuple[Account, ...] = field(default=())

    def of(self, kind: str) -> frozenset[str]:
        """The ids of a kind; `any` is all of them."""
        return (
            frozenset().union(*self.ids.values())
            if kind == "any"
            else self.ids.get(kind, frozenset())
        )


@lru_cache(maxsize=1)
def personal() -> tuple[Personal, ...]:
    """All tables that hold something of a person, in the order of `records.yml`."""
    with _FILE.open(encoding="utf-8") as file:
        entries: dict[str, dict[str, Any]] = yaml.safe_load(file)
    return tuple(
        Personal(
            table=metadata.tables[name],
            by=entry["by"],
            keep=frozenset(entry.get("keep", ())),
            blank=entry.get("blank", {}),
            delete=bool(entry.get("delete", False)),
            activity=tuple(entry.get("activity", ())),
        )
        for name, entry in entries.items()
    )


def find(connection: Connection, reference: str, creditor: str | None = None) -> Person:
    """The person of an account, with all of their accounts.

    LookupError if there is no such account, or if several creditors have one and none is named.
    """
    account = accounts.named(connection, reference, creditor)
    return _person(connection, account.creditor, account.debtor_id)


def with_claims(connection: Connection, person: Person) -> Person:
    """The person with the conversations in which somebody named one of their references and was
    never checked. What was said there may be theirs or a stranger's: it is forgotten with them,
    and never shown to them."""
    conversation = conversation_tables.conversation
    mine = {accounts.reference_key(account.reference) for account in person.accounts}
    named = connection.execute(
        select(conversation.c.id, conversation.c.named_reference).where(
            conversation.c.creditor == person.creditor,
            conversation.c.named_reference.isnot(None),
            conversation.c.debtor_id.is_(None),
        )
    )
    claimed = {row.id for row in named if accounts.reference_key(row.named_reference) in mine}
    return replace(person, ids={**person.ids, "conversation": person.of("conversation") | claimed})


def known(connection: Connection) -> Iterable[Person]:
    """All people in the ledger who were not forgotten."""
    debtor = tables.debtor
    listed = connection.execute(
        select(debtor.c.id, debtor.c.creditor).where(debtor.c.last_name != "").order_by(debtor.c.id)
    ).all()
    return (_person(connection, row.creditor, row.id) for row in listed)


def unknown(connection: Connection) -> Iterable[Person]:
    """The conversations with visitors who were never known, each by itself."""
    conversation = conversation_tables.conversation
    listed = connection.execute(
        select(conversation.c.id, conversation.c.creditor)
        .where(conversation.c.debtor_id.is_(None), conversation.c.account_id.is_(None))
        .order_by(conversation.c.id)
    ).all()
    return (
        Person(
            row.creditor,
            {"conversation": frozenset({row.id})},
        )
        for row in listed
    )


def rows(connection: Connection, person: Person, one: Personal) -> list[Row]:
    """The person's rows in one table."""
    key = list(one.table.primary_key.columns)
    return list(connection.execute(select(one.table).where(theirs(person, one)).order_by(*key)))


def theirs(person: Person, one: Personal) -> Any:
    """The condition that a row of a table is the person's."""
    return or_(
        *(one.table.c[column].in_(sorted(person.of(kind))) for column, kind in one.by.items())
    )


def _person(connection: Connection, creditor: str, debtor_id: str) -> Person:
    owned = accounts.of_debtor(connection, debtor_id)
    of_accounts = sorted(account.id for account in owned)
    conversation, plan = conversation_tables.conversation, tables.plan
    return Person(
        creditor=creditor,
        ids={
            "person": frozenset({debtor_id}),
            "account": frozenset(of_accounts),
            "conversation": _ids(
                connection,
                conversation,
                or_(
                    conversation.c.debtor_id == debtor_id,
                    conversation.c.account_id.in_(of_accounts),
                ),
            ),
            "contact_point": _ids(
                connection, tables.contact_point, tables.contact_point.c.debtor_id == debtor_id
            ),
            "plan": _ids(connection, plan, plan.c.account_id.in_(of_accounts)),
        },
        accounts=owned,
    )


def _ids(connection: Connection, table: Table, condition: Any) -> frozenset[str]:
    return frozenset(connection.execute(select(table.c.id).where(condition)).scalars())
