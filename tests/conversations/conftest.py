"""Whole dialogues with the one assistant of the run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.creditors import Creditors
from tests.assistant import Running
from tests.conversations.truth import untrue


@pytest.fixture(autouse=True)
def _fresh(fresh: None, running: Running, creditors: Creditors) -> Iterator[None]:
    """Each dialogue begins on the same Monday with the demo accounts untouched, and whatever it
    was about, every amount and date that was said in it stands in the ledger."""
    yield
    wrong = untrue(running.database, creditors)
    if wrong:
        pytest.fail("said, and not in the ledger:\n" + "\n".join(wrong))
