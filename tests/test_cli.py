"""The commands, and what they say when something is wrong."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from bot import audit, cli, clock, settings
from bot.conversations import handoffs, records
from bot.db import Database
from bot.desk import agents
from bot.ledger import accounts
from bot.settings import SETTINGS
from tests.moments import MONDAY

ACCOUNTS = (
    "reference,creditor,first_name,last_name,birth_date,postal_code,due_on,balance,currency\n"
    "R-1,demo-bank,Ann,Lee,1980-01-02,90210,2026-03-20,250.00,USD\n"
)


@pytest.fixture(autouse=True)
def _place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for setting in SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setattr(settings, "load_dotenv", lambda *_, **__: None)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("CLOCK_AT", MONDAY.isoformat())
    # Each command sets the clock, as its own process would.
    monkeypatch.setattr(clock, "_offset", clock._offset)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """The one that the commands use."""
    return Database(f"sqlite:///{tmp_path / 'var' / 'evenkeel.db'}")


def run(*arguments: str) -> int:
    return cli.main(arguments)


def test_without_a_command_it_tells_how(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def test_a_ledger_from_a_file_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(ACCOUNTS)
    assert run("import-accounts", str(file)) == 0
    assert "1 accounts and 1 entries added" in capsys.readouterr().out
    assert run("import-accounts", str(file)) == 0
    assert "0 accounts and 0 entries added" in capsys.readouterr().out
    later = tmp_path / "entries.csv"
    later.write_text(
        "reference,posted_on,kind,amount,memo,external_id\nR-1,2026-03-01,payment,-50.00,,p1\n"
    )
    assert run("import-entries", str(later)) == 0
    capsys.readouterr()
    assert run("export", "r1") == 0
    exported = json.loads(capsys.readouterr().out)
    assert exported["account"]["reference"] == "R-1"
    assert exported["balance"] == {"minor": 20000, "currency": "USD"}
    assert exported["conversations"] == []


def test_a_bad_file_is_named_row_by_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(ACCOUNTS.replace("250.00", "much").replace("1980-01-02", "1980"))
    assert run("import-accounts", str(file)) == 1
    told = capsys.readouterr()
    assert "much" in told.err
    assert "balance" in told.err
    assert "birth_date" in told.err
    assert "nothing was loaded" in told.err
    assert "Traceback" not in told.err
    assert run("export", "R-1") == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("import-accounts", "/nowhere/accounts.csv"), "accounts.csv"),
        (("export", "R-404"), "R-404"),
        (("chat", "--url", "http://127.0.0.1:9"), "make run"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run("migrate")
    assert run(*arguments) == 1
    error = capsys.readouterr().err.strip()
    assert error.startswith("error: ")
    assert told in error
    assert len(error.splitlines()) == 1


def test_a_wrong_setting_stops_every_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "five")
    assert run("migrate") == 1
    assert "PORT" in capsys.readouterr().err


def test_a_database_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg2://nobody:hush@127.0.0.1:9/none")
    assert run("migrate") == 1
    told = capsys.readouterr().err
    assert "DATABASE_URL" in told
    assert "hush" not in told


def test_a_wrong_creditors_file_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "creditors.yml"
    source = (settings.ROOT / "creditors.yml").read_text(encoding="utf-8")
    file.write_text(source.replace("currency: GBP", "currency: pounds"))
    monkeypatch.setenv("CREDITORS_FILE", str(file))
    assert run("demo") == 1
    told = capsys.readouterr().err
    assert "demo-uk" in told
    assert "currency" in told


def test_the_demo_accounts(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("demo") == 0
    with database.read() as connection:
        assert accounts.find(connection, "demo-bank", "A-1042") is not None
    database.close()
    assert "accounts" in capsys.readouterr().out


def test_there_is_no_demo_in_production(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CLOCK_AT")
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("SECRET_KEY", "x" * 32)
    assert run("demo") == 1
    assert "production" in capsys.readouterr().err


def test_who_waits_for_a_person(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    run("migrate")
    with database.write() as connection:
        for reason in ("requested", "crisis"):
            conversation = records.open_conversation(
                connection, channel="chat", creditor="demo-bank"
            )
            handoffs.open_handoff(connection, conversation, reason)
    capsys.readouterr()
    assert run("handoffs") == 0
    first, second, last = capsys.readouterr().out.splitlines()
    assert "urgent" in first
    assert "crisis" in first
    assert "requested" in second
    assert last == "2 waiting"


def test_the_audit_log_is_checked(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    run("migrate")
    with database.write() as connection:
        audit.record(connection, "cv_1", "handoff", "bot", {"reason": "requested"})
    assert run("audit", "verify") == 0
    with database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_event_refuses_update")
        connection.exec_driver_sql("UPDATE audit_event SET kind = 'nothing'")
    assert run("audit", "verify") == 1
    told = capsys.readouterr()
    assert "cv_1 row 1: was changed" in told.out
    assert "not whole" in told.err
    database.close()


def test_what_was_said_is_judged_again(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    run("migrate")
    setting = {
        "conversation": "cv_1",
        "channel": "chat",
        "creditor": "demo-bank",
        "role": "first_party",
        "policy_pack": "us_first_party",
        "verified": True,
        "now": MONDAY.isoformat(),
    }
    with database.write() as connection:
        said = {"said": {"response": "utter_greet"}, "in": setting}
        audit.record(connection, "cv_1", "cleared", "bot", said)
    assert run("audit", "replay") == 0
    assert "1 decisions made again; 0 messages" in capsys.readouterr().out
    with database.write() as connection:
        amount = {"balance": {"minor": 12_345, "currency": "USD"}}
        said = {"said": {"response": "utter_balance_only", "values": amount}, "in": setting}
        audit.record(connection, "cv_1", "cleared", "bot", said)
    assert run("audit", "replay") == 1
    told = capsys.readouterr().out
    assert "(utter_balance_only): 12 U.S.C. 5531: $123.45, which is not in the ledger" in told
    assert "2 decisions made again; 1 messages" in told
    database.close()


def test_a_creditor_with_a_laxer_pack_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (settings.ROOT / "creditors.yml").read_text(encoding="utf-8")
    lax = text.replace("policy_pack: us_third_party", "policy_pack: us_first_party")
    file = tmp_path / "creditors.yml"
    file.write_text(lax, encoding="utf-8")
    monkeypatch.setenv("CREDITORS_FILE", str(file))
    assert run("demo") == 1
    assert "demo-collect: policy_pack 'us_first_party'" in capsys.readouterr().err


def test_the_audit_log_is_checked_against_an_anchor(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("migrate") == 0
    capsys.readouterr()
    assert run("audit", "anchor") == 0
    anchors = tmp_path / "anchors"
    anchors.write_text(capsys.readouterr().out)
    assert run("audit", "verify", "--anchors", str(anchors)) == 0
    anchors.write_text(anchors.read_text().replace('"rows": 0', '"rows": 1'))
    assert run("audit", "verify", "--anchors", str(anchors)) == 1
    assert "is not what it was before" in capsys.readouterr().out
    anchors.write_text("nonsense")
    assert run("audit", "verify", "--anchors", str(anchors)) == 1
    assert "no line of `audit anchor`" in capsys.readouterr().err


def test_a_person_is_forgotten_when_it_is_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(ACCOUNTS)
    run("import-accounts", str(file))
    assert run("forget", "R-1", "--dry-run") == 0
    told = capsys.readouterr().out
    assert "kept until 2029-03-02, for activity on 2026-03-02" in told
    assert "would blank 1 in debtor" in told
    assert run("forget", "R-1") == 1
    assert "records are kept until 2029-03-02" in capsys.readouterr().err
    monkeypatch.setenv("CLOCK_AT", MONDAY.replace(year=2029, day=3).isoformat())
    assert run("retain", "--dry-run") == 0
    assert "Would forget 0 people" in capsys.readouterr().out
    assert run("forget", "R-1") == 0
    assert "blanked 1 in debtor" in capsys.readouterr().out
    assert run("export", "R-1") == 1
    assert "no account R-1" in capsys.readouterr().err
    assert run("audit", "verify") == 0


def test_a_person_is_forgotten_before_for_a_reason_in_law(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(ACCOUNTS)
    run("import-accounts", str(file))
    assert run("forget", "R-1", "--despite-retention", "loaded by mistake") == 0
    capsys.readouterr()
    assert run("retain") == 0
    assert "Forgot 0 people and 0 visitors" in capsys.readouterr().out
    assert run("export", "R-1") == 1


def test_somebody_is_let_in_at_the_desk(
    monkeypatch: pytest.MonkeyPatch, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough password\n"))
    assert run("agent", "add", "Lee@example.com", "Lee", "--role", "supervisor") == 0
    assert "lee@example.com (supervisor)" in capsys.readouterr().out
    with database.read() as connection:
        added = agents.find(connection, "lee@example.com")
        assert agents.knows_password(connection, added, "a long enough password")
    for arguments, told in [
        (("agent", "add", "lee@example.com", "Lee"), "already"),
        (("agent", "add", "ann@example.com", "Ann", "--creditor", "nobody"), "no creditor"),
    ]:
        monkeypatch.setattr("sys.stdin", io.StringIO("a long enough password\n"))
        assert run(*arguments) == 1
        assert told in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert run("agent", "add", "ann@example.com", "Ann") == 1
    assert "12 characters" in capsys.readouterr().err
