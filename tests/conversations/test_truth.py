"""The check of all dialogues against the ledger finds what is not true."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot import clock
from bot.audit import text_hash
from bot.conversations.tables import message
from bot.creditors import Creditors
from tests.assistant import Running
from tests.conversations.truth import untrue


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("You owe $1,000.00.", ""),
        ("You owe $1,000.01.", "100001 minor units"),
        ("It was due {due:%A, %B} {due.day}.", ""),
        ("It was due Saturday, January 31.", "2026-01-31"),
    ],
)
def test_one_wrong_figure_is_found(
    running: Running, creditors: Creditors, text: str, wrong: str
) -> None:
    text = text.format(due=running.account("A-1042").due_on)
    person = running.person().verified()
    assert untrue(running.database, creditors) == []
    with running.database.write() as connection:
        connection.execute(
            message.insert().values(
                id="mg_false",
                conversation_id=person.conversation,
                sequence=999,
                author="bot",
                author_name="",
                at=clock.now(),
                text=text,
                text_hash=text_hash(text),
                attempts=0,
            )
        )
    found = untrue(running.database, creditors)
    assert [one.split(" in ")[0] for one in found] == ([f"None: {wrong}"] if wrong else [])
    forget(running)


def forget(running: Running) -> None:
    """Blank it again, so that the check after this dialogue finds nothing."""
    with running.database.write() as connection:
        assert connection.execute(select(message.c.id).where(message.c.id == "mg_false")).all()
        connection.execute(message.update().where(message.c.id == "mg_false").values(text=""))
