"""What a person told and was told, through the real channel: all of it on request, then none."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select

from bot import audit
from bot.db import metadata
from bot.ledger import accounts, exports
from bot.privacy import access, forgetting, reach
from bot.privacy.forgetting import PlanRuns, TooEarly
from tests.assistant import Person, Running

WORD = "Quizzlebert"
SAID = (
    f"I lost my job at {WORD}",
    "50 every other friday",
    "yes go ahead please",
    f"please don't write before noon, {WORD} is where i sleep",
    f"the amount is wrong, ask {WORD}",
    f"talk to a person about {WORD}",
)


def everything_in(running: Running) -> str:
    with running.database.read() as connection:
        return "\n".join(
            str([value.isoformat() if isinstance(value, date) else value for value in row])
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        )


def told(person: Person) -> list[str]:
    return [said["text"] for said in person.read if said["author"] == "bot"]


def test_a_whole_conversation_is_given_and_forgotten(running: Running) -> None:
    person = running.person().verified()
    for text in SAID:
        person.say(text)
    stranger = running.person()
    stranger.say(f"this is not my debt, says {WORD}")
    stranger.say("A-1042")

    with running.database.write() as connection:
        account = accounts.named(connection, "A-1042")
        debtor = accounts.debtor_of(connection, account)
        addresses = [point.address for point in accounts.contact_points(connection, debtor.id)]
        found = reach.find(connection, "A-1042")
        shown = exports.account_as_json(connection, "A-1042")
        export = json.dumps([shown, access.everything(connection, found)], ensure_ascii=False)
    for text in [*SAID, *told(person)]:
        assert json.dumps(text, ensure_ascii=False)[1:-1] in export, text
    for known in [debtor.last_name, debtor.postal_code, "1988-05-03", *addresses]:
        assert known in export
    assert f"says {WORD}" not in export, "a stranger's words"

    with running.database.write() as connection:
        everybody = reach.with_claims(connection, found)
        until = forgetting.kept(connection, everybody, 3)
        with pytest.raises(TooEarly):
            forgetting.forget(connection, everybody, until)
        with pytest.raises(PlanRuns):
            forgetting.forget(connection, everybody, until, despite="a test")
    person = running.person().verified()
    person.say("cancel my plan")
    person.say("yes")
    with running.database.write() as connection:
        found = reach.with_claims(connection, reach.find(connection, "A-1042"))
        forgetting.forget(connection, found, until, despite="a test")

    left = everything_in(running)
    for gone in [WORD, debtor.last_name, "1988-05-03", "A-1042", "A1042", *addresses, *SAID]:
        assert gone not in left, gone
    assert not [text for text in told(person) if "$" in text and text in left]
    with running.database.read() as connection:
        assert audit.verify(connection) == []
        assert "forgotten" in {
            row.kind for row in connection.execute(select(audit.audit_event.c.kind))
        }
