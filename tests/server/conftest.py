"""The assistant on each database, for what happens when things go wrong at the same moment."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import clock
from bot.channels import chat
from bot.creditors import Creditors
from bot.db import Database
from bot.ledger import imports
from tests import assistant
from tests.assistant import Person, Running
from tests.conftest import KINDS
from tests.moments import MONDAY


@pytest.fixture(scope="module", params=KINDS)
def served(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    creditors: Creditors,
    model: Path,
) -> Iterator[Running]:
    """An assistant that listens, on SQLite and on PostgreSQL."""
    folder = tmp_path_factory.mktemp("served")
    with request.getfixturevalue(f"{request.param}_copies")(folder) as url:
        database = Database(url)
        settings = assistant.settings_for(url, folder)
        with pytest.MonkeyPatch.context() as patch:
            # All come from one address, and some say a lot at once.
            patch.setattr(chat, "SESSIONS_A_MINUTE", 1_000_000)
            patch.setattr(chat, "MESSAGES_A_MINUTE", 1_000_000)
            yield from assistant.run(settings, database, creditors, model)
        database.close()


@dataclass(frozen=True)
class Somebody:
    """Somebody who owes $1,000.00 on an account of their own."""

    served: Running
    reference: str

    def person(self) -> Person:
        """They open the chat and are checked."""
        return self.served.person().verified(self.reference, "2 Jan 1980", "90210")


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with clock.at(MONDAY):
        yield


@pytest.fixture
def somebody(
    served: Running, creditors: Creditors, tmp_path: Path, _monday: None
) -> Callable[[], Somebody]:
    """Opens accounts by importing them, as an operator does."""

    def new() -> Somebody:
        reference = f"S-{secrets.randbelow(10**8):08}"
        path = tmp_path / "accounts.csv"
        path.write_text(
            "reference,creditor,first_name,last_name,birth_date,postal_code,due_on,balance,currency"
            f"\n{reference},demo-bank,Ann,Lee,1980-01-02,90210,2026-03-20,1000.00,USD\n"
        )
        imports.import_accounts(served.database, path, creditors=creditors)
        return Somebody(served, reference)

    return new
