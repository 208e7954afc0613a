"""Loading a creditor's books: all or nothing, every bad row named, the same file twice once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.creditors import Creditors
from bot.db import Database
from bot.ledger import accounts, entries, imports, plans, schedule, tables
from bot.ledger.exports import account_as_json
from bot.ledger.imports import ImportRefused, Report
from bot.ledger.schedule import Frequency
from bot.money import Money

HEADER = (
    "reference,creditor,first_name,last_name,birth_date,postal_code,phone,due_on,balance,currency"
)
GOOD = "Q-1,demo-bank,Ann,Lee,1980-01-02,90210,+12135550111,2026-03-20,100.00,USD"
ENTRIES = "reference,posted_on,kind,amount,memo,external_id"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rows(database: Database) -> dict[str, int]:
    with database.read() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (tables.debtor, tables.contact_point, tables.account, tables.entry)
        }


def refused(database: Database, creditors: Creditors, path: Path, **more: Path) -> list[str]:
    before = rows(database)
    with pytest.raises(ImportRefused) as caught:
        imports.import_accounts(database, path, creditors=creditors, **more)
    assert rows(database) == before
    return [str(problem) for problem in caught.value.problems]


def test_the_demo_is_loaded_as_if_told_today(database: Database, creditors: Creditors) -> None:
    report = imports.demo(database, creditors, date(2026, 3, 2))
    assert report == Report(accounts_added=11, entries_added=38)
    with database.read() as connection:
        maria = accounts.find(connection, "demo-bank", " a 1042")
        assert maria is not None
        assert (maria.reference, maria.status) == ("A-1042", "open")
        assert maria.due_on == date(2026, 3, 16)  # 29 January, told on 15 January
        assert entries.balance(connection, maria.id) == Money(100_000, "USD")
        person = accounts.debtor_of(connection, maria)
        assert (person.first_name, person.birth_date) == ("Maria", date(1988, 5, 3))
        assert person.postal_code == "90210"
        assert [
            one.reference for one in accounts.by_phone(connection, "demo-bank", "+12135550142")
        ] == ["A-1042"]
        shared = accounts.by_phone(connection, "demo-bank", "+12065550163")
        assert [accounts.debtor_of(connection, one).first_name for one in shared] == [
            "Linh",
            "Minh",
        ]
        james = accounts.find(connection, "demo-bank", "A-1057")
        assert james is not None
        both = accounts.of_debtor(connection, james.debtor_id)
        assert [one.reference for one in both] == ["A-1057", "A-1058"]
        assert accounts.find(connection, "demo-uk", "A-1042") is None


def test_the_demo_loaded_on_another_day_changes_nothing(
    database: Database, creditors: Creditors
) -> None:
    imports.demo(database, creditors, date(2026, 3, 1))
    before = rows(database)
    again = imports.demo(database, creditors, date(2026, 3, 2))
    assert again == Report(accounts_unchanged=11, entries_unchanged=38)
    assert rows(database) == before


def test_an_account_without_a_history_opens_with_one_charge(
    database: Database, creditors: Creditors, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", HEADER, GOOD)
    assert imports.import_accounts(database, path, creditors=creditors) == Report(1, 0, 1, 0)
    assert imports.import_accounts(database, path, creditors=creditors) == Report(0, 1, 0, 1)
    with database.read() as connection:
        account = accounts.find(connection, "demo-bank", "Q1")
        assert account is not None
        (opening,) = entries.history(connection, account.id)
    assert (opening.kind, str(opening.amount), opening.posted_on) == (
        "charge",
        "$100.00",
        date(2026, 3, 2),
    )
    assert account.time_zone == "America/Los_Angeles"


def test_columns_in_any_order_and_a_byte_order_mark(
    database: Database, creditors: Creditors, tmp_path: Path
) -> None:
    names, values = HEADER.split(","), GOOD.split(",")
    path = write(tmp_path / "a.csv", "\ufeff" + ",".join(names[::-1]), ",".join(values[::-1]))
    assert imports.import_accounts(database, path, creditors=creditors).accounts_added == 1


def test_every_bad_row_is_named_and_nothing_is_loaded(
    database: Database, creditors: Creditors, tmp_path: Path
) -> None:
    def row(**cells: str) -> str:
        return ",".join(
            {**dict(zip(HEADER.split(","), GOOD.split(","), strict=True)), **cells}.values()
        )

    path = write(
        tmp_path / "a.csv",
        HEADER,
        GOOD,
        row(reference="q1"),
        row(reference="Q-2", creditor="other-bank"),
        row(reference="Q-3", birth_date="03/05/1988"),
        row(reference="Q-4", balance="12.345"),
        row(reference="Q-5", currency="GBP"),
        row(reference="Q-6", phone="213-555-0111", due_on=""),
        row(reference="Q-7", balance="lots"),
        "Q-8,demo-bank",
        row(reference="Q-9", balance="9" * 20),
        row(reference="---"),
        row(reference="Q-11", birth_date="2030-01-01"),
    )
    assert refused(database, creditors, path) == [
        "a.csv, line 3, reference: stands on line 2 already",
        "a.csv, line 4, creditor: 'other-bank' is not demo-bank or demo-collect or demo-uk",
        "a.csv, line 5, birth_date: '03/05/1988' is no date; write e.g. 2026-01-31",
        "a.csv, line 6, balance: '12.345' has more than the 2 decimals of USD",
        "a.csv, line 7, currency: demo-bank keeps its accounts in USD",
        "a.csv, line 8, due_on: is empty",
        "a.csv, line 8, phone: '213-555-0111' should look like +12135550142",
        "a.csv, line 9, balance: 'lots' is no amount; write e.g. 1200.50",
        "a.csv, line 10: has 2 columns, the header 10",
        f"a.csv, line 11, balance: {'9' * 20} is beyond any debt",
        "a.csv, line 12, reference: has neither letters nor digits",
        "a.csv, line 13, birth_date: 2030-01-01 is no birth date",
    ]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("time_zone", "Mars/Olympus", "'Mars/Olympus' is not an IANA name"),
        ("status", "lost", "'lost' is not open or in_plan or paid or settled or closed"),
        ("status", "paid", "is paid, but 100.00 is owed"),
        ("legal_action_intended", "maybe", "'maybe' is neither true nor false"),
        ("minimum_due", "-1", "is below zero"),
        ("email", "ann", "'ann' should look like"),
        ("language", "english", "'english' should look like en"),
        ("opened_on", "2026-02-30", "'2026-02-30' is no date"),
    ],
)
def test_optional_columns_are_checked_too(
    database: Database, creditors: Creditors, tmp_path: Path, column: str, value: str, said: str
) -> None:
    path = write(tmp_path / "a.csv", f"{HEADER},{column}", f"{GOOD},{value}")
    (problem,) = refused(database, creditors, path)
    assert problem.startswith(f"a.csv, line 2, {column}: {said}")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (HEADER.replace(",balance", ""), "balance: is missing"),
        (HEADER + ",shoe_size", "shoe_size: is no known column"),
        (HEADER + ",phone", "phone: stands twice"),
    ],
)
def test_a_wrong_header(
    database: Database, creditors: Creditors, tmp_path: Path, header: str, said: str
) -> None:
    path = write(tmp_path / "a.csv", header, GOOD)
    assert refused(database, creditors, path) == [f"a.csv, line 1, {said}"]


@pytest.mark.parametrize("content", [b"reference\xff\n", b"reference,\x00\n", b'"open', b""])
def test_what_is_no_csv_is_refused(
    database: Database, creditors: Creditors, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert refused(database, creditors, path)


def test_the_history_must_sum_to_the_balance(
    database: Database, creditors: Creditors, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", HEADER, GOOD)
    history = write(
        tmp_path / "e.csv",
        ENTRIES,
        "Q-1,2026-01-01,charge,150.00,,e1",
        "q1,2026-02-01,payment,-49.00,,e2",
    )
    said = refused(database, creditors, path, entries_path=history)
    assert said == ["a.csv, line 2, balance: is 100.00, but its entries sum to 101.00"]


def test_bad_entries_are_named(database: Database, creditors: Creditors, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", HEADER, GOOD)
    history = write(
        tmp_path / "e.csv",
        ENTRIES,
        "Q-1,2026-01-01,charge,100.00,,e1",
        "Q-9,2026-01-01,charge,100.00,,e2",
        "Q-1,2026-01-01,payment,10.00,,e3",
        "Q-1,2026-01-01,gift,-10.00,,e4",
        "Q-1,2026-03-05,payment,-10.00,,e5",
        "Q-1,2026-01-01,fee,0.00,,e6",
        "Q-1,2026-01-01,fee,1.00,,e1",
    )
    said = refused(database, creditors, path, entries_path=history)
    assert [line for line in said if line.startswith("e.csv")] == [
        "e.csv, line 3, reference: is of no account",
        "e.csv, line 4, amount: a payment is negative; take one back as an adjustment",
        f"e.csv, line 5, kind: 'gift' is not {' or '.join(entries.KINDS)}",
        "e.csv, line 6, posted_on: 2026-03-05 has not come yet",
        "e.csv, line 7, amount: is zero",
        "e.csv, line 8, external_id: stands on line 2 already",
    ]


def test_an_opened_account_is_not_changed_by_a_later_file(
    database: Database, creditors: Creditors, tmp_path: Path
) -> None:
    imports.import_accounts(database, write(tmp_path / "a.csv", HEADER, GOOD), creditors=creditors)
    changed = write(tmp_path / "b.csv", HEADER, GOOD.replace("100.00", "90.00"))
    assert refused(database, creditors, changed) == [
        "b.csv, line 2, reference: is in the ledger already, with other values"
    ]


def test_later_payments_reach_the_plan_once(
    database: Database, creditors: Creditors, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.csv", HEADER, GOOD, GOOD.replace("Q-1", "Q-2").replace("Ann", "Bo"))
    imports.import_accounts(database, path, creditors=creditors)
    with database.write() as connection:
        account = accounts.find(connection, "demo-bank", "Q-1")
        assert account is not None
        amounts = schedule.amounts_by_size(Money(10_000, "USD"), Money(2_500, "USD"))
        terms = schedule.terms("instalments", Frequency.WEEKLY, date(2026, 3, 6), amounts, "US")
        plan = plans.offer(
            connection, account, terms, conversation_id="cv", key="o", today=date(2026, 3, 2)
        )
        plans.agree(connection, plan.id, terms_hash=plan.terms_hash, evidence={}, key="a")
    later = write(
        tmp_path / "later.csv",
        ENTRIES,
        "Q-1,2026-03-02,payment,-30.00,Thank you,p1",
        "Q-2,2026-03-02,payment,-100.00,Thank you,p1",
    )
    assert imports.import_entries(database, later) == Report(entries_added=2)
    assert imports.import_entries(database, later) == Report(entries_unchanged=2)
    with database.read() as connection:
        active = plans.active(connection, account.id)
        other = accounts.find(connection, "demo-bank", "Q-2")
        assert active is not None
        assert other is not None
        assert [one.paid.minor for one in active.instalments] == [2_500, 500, 0, 0]
        assert other.status == "paid"
    conflicting = write(tmp_path / "x.csv", ENTRIES, "Q-1,2026-03-02,payment,-31.00,,p1")
    with pytest.raises(ImportRefused, match="external_id: is in the ledger already, with other"):
        imports.import_entries(database, conflicting)


def test_a_reference_of_two_creditors_needs_the_creditor(
    database: Database, creditors: Creditors, tmp_path: Path
) -> None:
    twin = GOOD.replace("demo-bank", "demo-collect")
    imports.import_accounts(
        database, write(tmp_path / "a.csv", HEADER, GOOD, twin), creditors=creditors
    )
    payment = "Q-1,2026-03-02,payment,-1.00,,p1"
    with pytest.raises(ImportRefused, match="is of several creditors; add a column creditor"):
        imports.import_entries(database, write(tmp_path / "e.csv", ENTRIES, payment))
    named = write(tmp_path / "e.csv", ENTRIES + ",creditor", payment + ",demo-collect")
    assert imports.import_entries(database, named).entries_added == 1
    with database.read() as connection:
        with pytest.raises(LookupError, match="demo-bank, demo-collect; name the creditor"):
            account_as_json(connection, "Q-1")
        found = account_as_json(connection, "q 1", "demo-collect")
    assert found["balance"] == {"minor": 9_900, "currency": "USD"}


def test_one_account_as_json(database: Database, creditors: Creditors) -> None:
    imports.demo(database, creditors, date(2026, 3, 2))
    with database.read() as connection:
        found = account_as_json(connection, "A-1042")
        with pytest.raises(LookupError, match="no account A-9999"):
            account_as_json(connection, "A-9999")
    assert set(found) == {"account", "balance", "entries", "holds", "plans", "payments"}
    assert found["account"]["reference"] == "A-1042"
    assert found["balance"] == {"minor": 100_000, "currency": "USD"}
    assert sum(entry["amount"]["minor"] for entry in found["entries"]) == 100_000
    assert [one["amount"]["minor"] for one in found["payments"]] == [12_000, 8_000]
    assert found["plans"] == found["holds"] == []


def test_odd_names_arrive_as_they_are_written(
    database: Database, creditors: Creditors, tmp_path: Path
) -> None:
    odd = r"O'Brien\N \t é 李"
    path = write(tmp_path / "a.csv", HEADER, GOOD.replace("Lee", odd))
    imports.import_accounts(database, path, creditors=creditors)
    with database.read() as connection:
        account = accounts.find(connection, "demo-bank", "Q-1")
        assert account is not None
        assert accounts.debtor_of(connection, account).last_name == odd


def test_a_second_account_brings_a_new_number_of_the_same_person(
    database: Database, creditors: Creditors, tmp_path: Path
) -> None:
    imports.import_accounts(database, write(tmp_path / "a.csv", HEADER, GOOD), creditors=creditors)
    second = GOOD.replace("Q-1", "Q-2")
    more = write(
        tmp_path / "b.csv", HEADER, second, second.replace("Q-2", "Q-3").replace("0111", "0112")
    )
    imports.import_accounts(database, more, creditors=creditors)
    assert rows(database) == {"debtor": 1, "contact_point": 2, "account": 3, "entry": 3}
    with database.read() as connection:
        found = accounts.by_phone(connection, "demo-bank", "+12135550112")
        points = accounts.contact_points(connection, found[0].debtor_id)
    assert [one.reference for one in found] == ["Q-1", "Q-2", "Q-3"]
    assert [one.address for one in points] == ["+12135550111", "+12135550112"]
