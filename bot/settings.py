"""What the operator may set, read once from the environment (and `.env`).

`SETTINGS` lists every name with its default and meaning; `.env.example` is checked against it.
A wrong value stops the start with the name and what to write instead.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dotenv import load_dotenv

ROOT = Path(__file__).resolve().parent.parent
"""The project's own folder, where `domain.yml`, `creditors.yml` and `widget/` stand."""


class SettingsError(ValueError):
    """A setting has a value that cannot work; the message names it and says what to write."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, its default as text, and what it means."""

    name: str
    default: str
    meaning: str


SETTINGS: tuple[Setting, ...] = (
    Setting("ENVIRONMENT", "development", "development or production"),
    Setting("HOST", "127.0.0.1", "address the assistant listens on"),
    Setting("PORT", "5005", "port of the assistant"),
    Setting("DESK_PORT", "5006", "port of the agents' desk"),
    Setting("DESK_URL", "", "address agents reach the desk at; default http://HOST:DESK_PORT"),
    Setting("PUBLIC_URL", "", "address people reach the assistant at; default http://HOST:PORT"),
    Setting("DATA_DIR", "var", "folder for the database, the model and the secret key"),
    Setting("DATABASE_URL", "", "SQLAlchemy address; default SQLite in DATA_DIR"),
    Setting("REDIS_URL", "", "Redis address (nothing uses it yet)"),
    Setting("SECRET_KEY", "", "at least 32 characters; made and kept in DATA_DIR by make run"),
    Setting("CREDITORS_FILE", "creditors.yml", "the creditors and their policies"),
    Setting("ASSISTANTS", "1", "how many assistant processes share the database"),
    Setting("IDENTITY_JWT_KEY", "", "key of the host site's signed identity tokens (HS256)"),
    Setting("ENCODER_MODEL", "", "another place of the encoder's model.onnx; its hash is checked"),
    Setting("ENCODER_TOKENIZER", "", "another place of its tokenizer.json; its hash is checked"),
    Setting("ENCODINGS_CACHE", "", "file that keeps encodings between trainings, in DATA_DIR"),
    Setting("SMS_ENABLED", "no", "yes once text messages about debts were signed off"),
    Setting("WHATSAPP_ENABLED", "no", "yes once WhatsApp messages about debts were signed off"),
    Setting("SIGNED_OFF_BY", "", "who signed these channels off, by name"),
    Setting("SIGNED_OFF_ON", "", "the day of that, as an ISO date"),
    Setting("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR"),
    Setting("CLOCK_AT", "", "start the clock at this moment (development only)"),
)


@dataclass(frozen=True)
class SignOff:
    """The operator's written word that debts may be spoken of on these channels, which carriers and
    WhatsApp's business policy restrict: who gave it, and when."""

    channels: tuple[str, ...]
    by: str
    on: date


@dataclass(frozen=True)
class Settings:
    """The settings of this process, checked."""

    environment: str
    host: str
    port: int
    desk_port: int
    desk_url: str
    public_url: str
    data_dir: Path
    database_url: str
    redis_url: str
    secret_key: str
    creditors_file: Path
    assistants: int
    identity_jwt_key: str
    log_level: str
    sign_off: SignOff | None = None

    @property
    def channels_on(self) -> tuple[str, ...]:
        """The channels that messages may go out on: the website, and what was signed off."""
        return ("chat", *(self.sign_off.channels if self.sign_off else ()))

    @property
    def production(self) -> bool:
        """Whether people with real debts use this."""
        return self.environment == "production"

    @property
    def model_dir(self) -> Path:
        """Where the trained model is kept."""
        return self.data_dir / "model"


def load(env_file: Path | None = None) -> Settings:
    """Read and check all settings.

    Raises SettingsError. In development a secret key is made once and kept in DATA_DIR.
    """
    load_dotenv(env_file or ROOT / ".env", override=False)
    value = {s.name: os.environ.get(s.name, "").strip() or s.default for s in SETTINGS}
    environment = value["ENVIRONMENT"]
    if environment not in ("development", "production"):
        raise SettingsError(f"ENVIRONMENT={environment!r}: write development or production")
    data_dir = _path(value["DATA_DIR"])
    database_url = value["DATABASE_URL"] or f"sqlite:///{data_dir / 'evenkeel.db'}"
    assistants = _number(value, "ASSISTANTS", 1, 64)
    if assistants > 1 and database_url.startswith("sqlite"):
        raise SettingsError(
            f"ASSISTANTS={assistants} with SQLite would lose messages: "
            "set DATABASE_URL to a PostgreSQL address, or ASSISTANTS=1"
        )
    if environment == "production" and value["CLOCK_AT"]:
        raise SettingsError("CLOCK_AT is for development: remove it in production")
    level = value["LOG_LEVEL"].upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise SettingsError(f"LOG_LEVEL={level!r}: write DEBUG, INFO, WARNING or ERROR")
    host, port = value["HOST"], _number(value, "PORT", 0, 65535)
    desk_port = _number(value, "DESK_PORT", 0, 65535)
    return Settings(
        environment=environment,
        host=host,
        port=port,
        desk_port=desk_port,
        desk_url=(value["DESK_URL"] or f"http://{host}:{desk_port}").rstrip("/"),
        public_url=(value["PUBLIC_URL"] or f"http://{host}:{port}").rstrip("/"),
        data_dir=data_dir,
        database_url=database_url,
        redis_url=value["REDIS_URL"],
        secret_key=_secret_key(value["SECRET_KEY"], environment, data_dir),
        creditors_file=_path(value["CREDITORS_FILE"]),
        assistants=assistants,
        identity_jwt_key=_jwt_key(value["IDENTITY_JWT_KEY"]),
        log_level=level,
        sign_off=_sign_off(value),
    )


def _path(text: str) -> Path:
    path = Path(text).expanduser()
    return path if path.is_absolute() else ROOT / path


def _number(value: dict[str, str], name: str, least: int, most: int) -> int:
    text = value[name]
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingsError(f"{name}={text!r}: write a whole number from {least} to {most}")
    return int(text)


def _sign_off(value: dict[str, str]) -> SignOff | None:
    channels = []
    for name in ("SMS_ENABLED", "WHATSAPP_ENABLED"):
        if value[name] not in ("yes", "no"):
            raise SettingsError(f"{name}={value[name]!r}: write yes or no")
        if value[name] == "yes":
            channels.append(name.removesuffix("_ENABLED").lower())
    if not channels:
        return None
    if not value["SIGNED_OFF_BY"]:
        raise SettingsError(
            f"{channels[0].upper()}_ENABLED=yes needs SIGNED_OFF_BY, the name of who signed it off"
        )
    try:
        signed_on = date.fromisoformat(value["SIGNED_OFF_ON"])
    except ValueError as error:
        raise SettingsError(
            f"SIGNED_OFF_ON={value['SIGNED_OFF_ON']!r}: write the day of the sign-off, "
            "e.g. 2026-03-02"
        ) from error
    return SignOff(tuple(channels), value["SIGNED_OFF_BY"], signed_on)


def _jwt_key(key: str) -> str:
    if key and len(key) < 32:
        raise SettingsError("IDENTITY_JWT_KEY is too short: use at least 32 random characters")
    return key


def _secret_key(key: str, environment: str, data_dir: Path) -> str:
    if key:
        if len(key) < 32:
            raise SettingsError("SECRET_KEY is too short: use at least 32 random characters")
        return key
    if environment == "production":
        raise SettingsError(
            "SECRET_KEY is required in production: set it to at least 32 random characters, "
            "the same for every process"
        )
    kept = data_dir / "secret_key"
    if not kept.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=data_dir) as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            # Linked whole and never over another: two processes started together end with one key.
            with contextlib.suppress(FileExistsError):
                os.link(file.name, kept)
    key = kept.read_text().strip()
    if len(key) < 32:
        raise SettingsError(f"{kept} holds no key: remove it, and a new one is made")
    return key
