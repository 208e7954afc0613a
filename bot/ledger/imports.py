"""Loading a creditor's books from CSV files: all or nothing, and the same file twice is once.

Files are read and checked whole before the database is touched; then a few large statements write
them in one transaction. An account is opened once: a later file may repeat its row, not change it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot import clock
from bot.creditors import Creditors
from bot.db import Database, new_id
from bot.ledger import tables
from bot.ledger.account_rows import AccountRow, read_accounts
from bot.ledger.bulk import bulk, insert
from bot.ledger.csv_rows import ImportRefused, Problem
from bot.ledger.entry_rows import EntryRow, read_entries
from bot.ledger.plan_payments import follow_entries, follow_status

__all__ = ["ImportRefused", "Problem", "Report", "demo", "import_accounts", "import_entries"]

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"
DEMO_DAY = date(2026, 1, 15)
"""The day on which the demo files are told; `demo` moves it to today."""

_CHUNK = 500
"""Values in one IN list; SQLite takes 999 in older builds."""


@dataclass(frozen=True)
class Report:
    """What an import did. What stood there already counts as unchanged."""

    accounts_added: int = 0
    accounts_unchanged: int = 0
    entries_added: int = 0
    entries_unchanged: int = 0


def import_accounts(
    database: Database,
    path: str | Path,
    *,
    creditors: Creditors,
    entries_path: str | Path | None = None,
) -> Report:
    """Open accounts from a CSV file, with their history from another (design: Commands).

    An account without rows in the entries file gets one opening entry of its balance. Raises
    ImportRefused with every problem, and then nothing was loaded; OSError for an unreadable file.
    """
    return _import_accounts(
        database, Path(path), Path(entries_path) if entries_path else None, creditors, timedelta(0)
    )


def import_entries(database: Database, path: str | Path) -> Report:
    """Post entries from a CSV file to accounts that exist; plans and statuses follow.

    Raises ImportRefused with every problem, and then nothing was loaded; OSError for an unreadable
    file.
    """
    problems: list[Problem] = []
    rows = read_entries(Path(path), problems)
    with bulk(database) as connection:
        known = _accounts_with(connection, {row.reference_key for row in rows})
        posted: dict[str, list[EntryRow]] = defaultdict(list)
        for row in rows:
            account = row.choose(known[row.reference_key])
            if account and row.read_amount(account.currency):
                posted[account.id].append(row)
        values, unchanged = _new_entries(connection, posted)
        if problems:
            raise ImportRefused(_in_order(problems))
        insert(connection, tables.entry, values)
        _follow(connection, {value["account_id"] for value in values})
    return Report(entries_added=len(values), entries_unchanged=unchanged)


def demo(database: Database, creditors: Creditors, today: date) -> Report:
    """Load the demo accounts as if their story were told today. Loaded already: nothing changes."""
    return _import_accounts(
        database, DEMO / "accounts.csv", DEMO / "entries.csv", creditors, today - DEMO_DAY
    )


def _import_accounts(
    database: Database,
    path: Path,
    entries_path: Path | None,
    creditors: Creditors,
    shift: timedelta,
) -> Report:
    problems: list[Problem] = []
    rows, bad = read_accounts(path, creditors, problems, shift)
    entry_rows = read_entries(entries_path, problems, shift) if entries_path else []
    # Entries of a bad account are not to blame for it.
    histories = _histories(rows, [row for row in entry_rows if row.reference_key not in bad])
    for row in rows:
        row.check_history(histories[row.creditor, row.reference_key])
    if problems:
        raise ImportRefused(_in_order(problems))
    digests = {
        (row.creditor, row.reference_key): _digest(row, histories[row.creditor, row.reference_key])
        for row in rows
    }
    with bulk(database) as connection:
        known = _accounts_with(connection, {row.reference_key for row in rows})
        loaded = {
            (account.creditor, account.reference_key): account.source_digest
            for accounts in known.values()
            for account in accounts
        }
        new = []
        for row in rows:
            before = loaded.get((row.creditor, row.reference_key))
            if before is None:
                new.append(row)
            elif before != digests[row.creditor, row.reference_key]:
                row.source.wrong("reference", "is in the ledger already, with other values")
        if problems:
            raise ImportRefused(_in_order(problems))
        entries = _open(connection, new, histories, digests)
    kept = [row for row in rows if (row.creditor, row.reference_key) in loaded]
    return Report(
        accounts_added=len(new),
        accounts_unchanged=len(kept),
        entries_added=entries,
        entries_unchanged=sum(
            len(histories[row.creditor, row.reference_key]) or bool(row.balance.minor)
            for row in kept
        ),
    )


def _histories(
    rows: Sequence[AccountRow], entry_rows: Sequence[EntryRow]
) -> dict[tuple[str, str], list[EntryRow]]:
    """The rows of the entries file by the account of the accounts file that they belong to."""
    by_reference: dict[str, list[AccountRow]] = defaultdict(list)
    for row in rows:
        by_reference[row.reference_key].append(row)
    histories: dict[tuple[str, str], list[EntryRow]] = defaultdict(list)
    for entry_row in entry_rows:
        account = entry_row.choose(by_reference[entry_row.reference_key])
        if account and entry_row.read_amount(account.currency):
            histories[account.creditor, account.reference_key].append(entry_row)
    return histories


def _digest(row: AccountRow, history: Sequence[EntryRow]) -> str:
    lines = [row.source.cells, *(entry.source.cells for entry in history)]
    text = "\n".join(
        "\t".join(f"{name}={cells[name].strip()}" for name in sorted(cells) if cells[name].strip())
        for cells in lines
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _open(
    connection: Connection,
    rows: Sequence[AccountRow],
    histories: Mapping[tuple[str, str], Sequence[EntryRow]],
    digests: Mapping[tuple[str, str], str],
) -> int:
    """Insert people, contact points, accounts and entries; returns how many entries."""
    people = _people(connection, rows)
    new_people: dict[tuple[str, str], dict[str, Any]] = {}
    points: dict[tuple[str, str, str], dict[str, Any]] = {}
    accounts, entries = [], []
    now = clock.now()
    for row in rows:
        person = (row.creditor, row.match_key)
        if person not in people:
            people[person] = new_id("db")
            new_people[person] = {"id": people[person], **row.debtor}
        for point in row.contact_points:
            identity = (people[person], point["kind"], point["address"])
            points.setdefault(identity, {"id": new_id("cp"), "debtor_id": people[person], **point})
        key = (row.creditor, row.reference_key)
        account_id = new_id("ac")
        accounts.append(
            {
                "id": account_id,
                "debtor_id": people[person],
                "source_digest": digests[key],
                **row.account,
            }
        )
        history = [entry.values for entry in histories.get(key, ())] or row.opening()
        entries += [{"account_id": account_id, "recorded_at": now, **values} for values in history]
    insert(connection, tables.debtor, list(new_people.values()))
    known = set(people.values()) - {person["id"] for person in new_people.values()}
    new_points = [point for point in points.values() if point["debtor_id"] not in known]
    insert(connection, tables.contact_point, new_points)
    for point in points.values():
        if point["debtor_id"] in known:
            tables.insert_once(connection, tables.contact_point, **point)
    insert(connection, tables.account, accounts)
    insert(connection, tables.entry, entries)
    return len(entries)


def _people(connection: Connection, rows: Sequence[AccountRow]) -> dict[tuple[str, str], str]:
    """Ids of those of the file's people who are in the ledger, by creditor and match key."""
    people = {}
    for chunk in _chunks({row.match_key for row in rows}):
        found = connection.execute(
            select(tables.debtor.c.creditor, tables.debtor.c.match_key, tables.debtor.c.id).where(
                tables.debtor.c.match_key.in_(chunk)
            )
        )
        people.update({(creditor, key): debtor_id for creditor, key, debtor_id in found})
    return people


def _accounts_with(connection: Connection, reference_keys: Iterable[str]) -> dict[str, list[Any]]:
    """Rows of the accounts with these references, by reference, locked against other writers."""
    found: dict[str, list[Any]] = defaultdict(list)
    for chunk in _chunks(reference_keys):
        accounts = connection.execute(
            select(tables.account)
            .where(tables.account.c.reference_key.in_(chunk))
            .order_by(tables.account.c.id)
            .with_for_update()
        )
        for account in accounts:
            found[account.reference_key].append(account)
    return found


def _new_entries(
    connection: Connection, posted: Mapping[str, Sequence[EntryRow]]
) -> tuple[list[dict[str, Any]], int]:
    """What is to be inserted, and how many stood there already; conflicts become problems."""
    standing = {}
    for chunk in _chunks(posted):
        found = connection.execute(select(tables.entry).where(tables.entry.c.account_id.in_(chunk)))
        standing.update({(one.account_id, one.external_id): one for one in found})
    values, unchanged = [], 0
    now = clock.now()
    for account_id, rows in posted.items():
        for row in rows:
            before = standing.get((account_id, row.values["external_id"]))
            if before is None:
                values.append({"account_id": account_id, "recorded_at": now, **row.values})
            elif all(getattr(before, name) == row.values[name] for name in row.COMPARED):
                unchanged += 1
            else:
                row.source.wrong("external_id", "is in the ledger already, with other values")
    return values, unchanged


def _follow(connection: Connection, account_ids: Iterable[str]) -> None:
    for chunk in _chunks(account_ids):
        planned = connection.execute(
            select(tables.plan.c.account_id).where(
                tables.plan.c.account_id.in_(chunk), tables.plan.c.status == "active"
            )
        )
        for account_id in planned.scalars().all():
            follow_entries(connection, account_id)
        follow_status(connection, chunk)


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    ordered = iter(sorted(values))
    while chunk := list(islice(ordered, _CHUNK)):
        yield chunk


def _in_order(problems: Sequence[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda one: (one.file, one.line))
