"""The one agent of the demo. Never in production."""

from __future__ import annotations

import secrets
from pathlib import Path

from bot.db import Database
from bot.desk import agents

EMAIL = "dana@desk.example.com"
FIRST_NAME = "Dana"


def agent(database: Database, data_dir: Path) -> tuple[str, str] | None:
    """Address and password of the demo's agent, made if there is no agent at all yet; None if
    there are agents of the operator's own. The password is random and kept in DATA_DIR."""
    kept = data_dir / "demo_agent"
    with database.write() as connection:
        if not agents.everybody(connection):
            password = "-".join(secrets.token_hex(2) for _ in range(4))
            agents.add(
                connection, email=EMAIL, first_name=FIRST_NAME, password=password, role="admin"
            )
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.touch(mode=0o600)
            kept.write_text(password + "\n", encoding="utf-8")
        if agents.find(connection, EMAIL) is None or not kept.exists():
            return None
    return EMAIL, kept.read_text(encoding="utf-8").strip()
