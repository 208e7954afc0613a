"""Taking a message in, with no language model: redacted, protected, stored."""

from __future__ import annotations

import pytest

from bot.channels import intake
from bot.conversations import handoffs, inbox, records
from bot.conversations.records import Conversation, Message
from bot.conversations.tables import conversation as conversation_table
from bot.creditors import Creditor
from bot.db import Database
from bot.ledger import tables
from tests.conversations_unit.conftest import SECRET


def take(database: Database, conversation: Conversation, creditor: Creditor, text: str) -> Message:
    with database.write() as connection:
        accepted = intake.take_text(
            connection,
            records.get(connection, conversation.id),
            creditor,
            text,
            external_id=f"id {hash(text)}",
            secret=SECRET,
        )
        return records.get_message(connection, accepted.message_id)


def asking(database: Database, conversation: Conversation, name: str) -> None:
    with database.write() as connection:
        records.change(connection, conversation.id, pending={"name": name, "data": {}})


def holds(database: Database) -> set[str]:
    with database.read() as connection:
        return {row.kind for row in connection.execute(tables.hold.select())}


@pytest.mark.parametrize(
    "text", ["A-1042", "its a1042, born 3 may 1988", "90210 thanks", "Maria A-1042 may 3 1988"]
)
def test_answers_to_the_check_need_no_model(
    database: Database, conversation: Conversation, creditor: Creditor, text: str
) -> None:
    asking(database, conversation, "identify")
    taken = take(database, conversation, creditor, text)
    assert taken.reading == {"intent": "inform", "entities": []}
    assert taken.answers is not None


@pytest.mark.parametrize("text", ["A-1042 how much?", "A-1042 i want to pay 50 a month please"])
def test_answers_with_a_question_are_read(
    database: Database, conversation: Conversation, creditor: Creditor, text: str
) -> None:
    asking(database, conversation, "identify")
    taken = take(database, conversation, creditor, text)
    assert taken.reading is None
    assert taken.answers is not None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("A-1042 not mine", "dispute"),
        ("filed bankruptcy. A-1042", "bankruptcy"),
        ("a1042 kill myself", "crisis"),
        ("A-1042 my lawyer", "attorney"),
    ],
)
@pytest.mark.parametrize("asked", ["identify", "right_reference", None])
def test_a_right_beside_an_answer_is_obeyed(
    database: Database,
    conversation: Conversation,
    creditor: Creditor,
    text: str,
    kind: str,
    asked: str | None,
) -> None:
    if asked:
        asking(database, conversation, asked)
    taken = take(database, conversation, creditor, text)
    assert holds(database) == {kind}
    assert taken.reading is None, "it is read for what it says, not as an answer"


def test_crisis_calls_a_person_before_anything_is_answered(
    database: Database, conversation: Conversation, creditor: Creditor
) -> None:
    take(database, conversation, creditor, "i want to kill myself")
    assert holds(database) == {"crisis"}
    with database.read() as connection:
        waiting = handoffs.standing(connection, conversation.id)
    assert waiting is not None
    assert (waiting.reason, waiting.priority) == ("crisis", "urgent")


def test_a_repeat_protects_once(
    database: Database, conversation: Conversation, creditor: Creditor
) -> None:
    for _ in range(2):
        take(database, conversation, creditor, "i dispute this debt")
    with database.read() as connection:
        assert len(connection.execute(tables.hold.select()).all()) == 1


@pytest.mark.parametrize("text", ["stop", "STOP", " stop. ", "arrêt"])
def test_a_bare_stop_is_asked_about(
    database: Database, conversation: Conversation, creditor: Creditor, text: str
) -> None:
    taken = take(database, conversation, creditor, text)
    assert taken.reading == intake.CONTROLS["stop"]
    assert holds(database) == set()


def test_what_must_not_be_kept_is_in_no_column(
    database: Database, conversation: Conversation, creditor: Creditor
) -> None:
    asking(database, conversation, "identify")
    secrets = (
        "4111 1111 1111 1111",
        "3 May 1988",
        "90210",
        "078-05-1120",
        "GB82WEST12345698765432",
    )
    take(database, conversation, creditor, " and ".join(secrets))
    with database.read() as connection:
        stored = str(connection.execute(inbox.message.select()).all())
        stored += str(connection.execute(conversation_table.select()).all())
    for secret in (*secrets, "1988-05-03", "4111111111111111"):
        assert secret not in stored


def test_an_unknown_choice_is_refused(database: Database, conversation: Conversation) -> None:
    with pytest.raises(intake.UnknownChoice), database.write() as connection:
        intake.take_choice(connection, conversation, "ch_0000000000000000", external_id="the id")


def test_what_is_written_ahead_of_the_question_is_not_kept_either(
    database: Database, conversation: Conversation, creditor: Creditor
) -> None:
    take(database, conversation, creditor, "what do i owe")
    ahead = take(database, conversation, creditor, "90210")
    assert ahead.text == "[postal code]"
    assert ahead.answers is not None


@pytest.mark.parametrize("text", ["A-1042 suicide", "A-1042 lawyer", "a-1042 bankruptcy"])
def test_a_single_grave_word_is_no_filler(
    database: Database, conversation: Conversation, creditor: Creditor, text: str
) -> None:
    asking(database, conversation, "identify")
    assert take(database, conversation, creditor, text).reading is None
