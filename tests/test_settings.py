"""What the operator sets, and what stops the start."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot import settings
from bot.settings import SETTINGS, Settings, SettingsError

KEY = "x" * 32


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for setting in SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))


def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    empty = tmp_path / "empty.env"
    empty.touch()
    return settings.load(empty)


def test_nothing_need_be_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    loaded = load(monkeypatch, tmp_path)
    assert (loaded.host, loaded.port) == ("127.0.0.1", 5005), "loopback unless asked otherwise"
    assert loaded.public_url == "http://127.0.0.1:5005"
    assert loaded.database_url == f"sqlite:///{tmp_path / 'evenkeel.db'}"
    assert not loaded.production


def test_a_file_is_read_and_the_environment_goes_before_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "some.env"
    file.write_text("PORT=7000\nHOST=0.0.0.0\n")
    monkeypatch.setenv("PORT", "8000")
    monkeypatch.setenv("HOST", "")
    monkeypatch.delenv("HOST")
    loaded = settings.load(file)
    assert (loaded.port, loaded.host) == (8000, "0.0.0.0")  # noqa: S104


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "staging"),
        ("PORT", "http"),
        ("PORT", "-1"),
        ("PORT", "70000"),
        ("PORT", "\u0665"),
        ("ASSISTANTS", "0"),
        ("ASSISTANTS", "2"),
        ("LOG_LEVEL", "LOUD"),
        ("SECRET_KEY", "short"),
        ("IDENTITY_JWT_KEY", "short"),
    ],
)
def test_a_wrong_value_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(SettingsError, match=name):
        load(monkeypatch, tmp_path, **{name: value})


def test_a_wrong_key_is_not_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        load(monkeypatch, tmp_path, SECRET_KEY="hush hush")
    assert "hush" not in str(raised.value)


def test_production_needs_a_key_and_the_true_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        load(monkeypatch, tmp_path, ENVIRONMENT="production")
    assert load(monkeypatch, tmp_path, SECRET_KEY=KEY).production
    with pytest.raises(SettingsError, match="CLOCK_AT"):
        load(monkeypatch, tmp_path, CLOCK_AT="2026-03-02T15:00:00Z")


def test_several_assistants_need_a_shared_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    address = "postgresql+psycopg2://localhost/evenkeel"
    assert load(monkeypatch, tmp_path, ASSISTANTS="3", DATABASE_URL=address).assistants == 3


def test_a_key_is_made_once_and_only_its_owner_reads_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = load(monkeypatch, tmp_path).secret_key
    assert len(first) >= 32
    assert load(monkeypatch, tmp_path).secret_key == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_processes_started_together_end_with_one_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for attempt in range(10):
        monkeypatch.setenv("DATA_DIR", str(tmp_path / str(attempt)))
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(lambda _: load(monkeypatch, tmp_path).secret_key, range(8)))
        assert len(keys) == 1
        assert len(keys.pop()) >= 32


def test_an_empty_key_file_is_no_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret_key").touch()
    with pytest.raises(SettingsError, match="secret_key"):
        load(monkeypatch, tmp_path)


def test_every_setting_stands_in_the_example() -> None:
    example = (settings.ROOT / ".env.example").read_text(encoding="utf-8")
    for setting in SETTINGS:
        assert f"# {setting.name}={setting.default}".rstrip() in example.splitlines()


def test_text_channels_are_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    loaded = load(monkeypatch, tmp_path)
    assert (loaded.channels_on, loaded.sign_off) == (("chat",), None)


def test_a_channel_needs_a_name_and_a_day(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SIGNED_OFF_BY"):
        load(monkeypatch, tmp_path, SMS_ENABLED="yes")
    with pytest.raises(SettingsError, match="SIGNED_OFF_ON"):
        load(monkeypatch, tmp_path, SIGNED_OFF_BY="Ruth Adeyemi", SIGNED_OFF_ON="last week")
    with pytest.raises(SettingsError, match="SMS_ENABLED"):
        load(monkeypatch, tmp_path, SMS_ENABLED="maybe")


def test_a_signed_off_channel_is_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    loaded = load(
        monkeypatch,
        tmp_path,
        SMS_ENABLED="yes",
        SIGNED_OFF_BY="Ruth Adeyemi",
        SIGNED_OFF_ON="2026-03-01",
    )
    assert loaded.channels_on == ("chat", "sms")
    assert loaded.sign_off is not None
    assert (loaded.sign_off.by, loaded.sign_off.on.isoformat()) == ("Ruth Adeyemi", "2026-03-01")
