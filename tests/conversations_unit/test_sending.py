"""Whatever reaches a person passes one place: numbered, checked, worded, chosen from."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy.exc import IntegrityError

from bot import audit
from bot.compliance.gate import Choice, Outgoing
from bot.conversations import handoffs, inbox, records
from bot.conversations.records import Conversation
from bot.conversations.sending import REFUSED_RESPONSE, Sender, picked_choice
from bot.creditors import Creditor
from bot.db import Database
from bot.money import Money
from bot.wording import Phrase
from tests.conversations_unit.conftest import open_one, tell

FIFTY = Money(5000, "USD")


def send(
    database: Database,
    sender: Sender,
    conversation: Conversation,
    creditor: Creditor,
    outgoing: Outgoing,
    **more: object,
) -> records.Message:
    with database.write() as connection:
        current = records.get(connection, conversation.id)
        sent = sender.send(connection, current, creditor, outgoing, **more)  # type: ignore[arg-type]
        return records.messages_after(connection, conversation.id, sent.last_sequence - 1)[0]


def test_messages_are_numbered_across_authors(
    database: Database, sender: Sender, conversation: Conversation, creditor: Creditor
) -> None:
    send(database, sender, conversation, creditor, Outgoing("utter_welcome"))
    with database.write() as connection:
        inbox.accept(connection, conversation.id, external_id="an id", text="hi")
    tell(database, sender, conversation, creditor, "Hello, I'm Dana.")
    with database.read() as connection:
        said = records.messages_after(connection, conversation.id, 0)
    assert [(m.sequence, m.author) for m in said] == [(1, "bot"), (2, "debtor"), (3, "agent")]
    assert said[2].author_name == "Dana"


def test_no_wording_twice_running(
    database: Database, sender: Sender, conversation: Conversation, creditor: Creditor
) -> None:
    texts = [
        send(database, sender, conversation, creditor, Outgoing("utter_greet")).text
        for _ in range(6)
    ]
    assert all(first != second for first, second in itertools.pairwise(texts))


@pytest.mark.parametrize(
    "outgoing",
    [
        Outgoing("utter_nothing_owed", {"balance": FIFTY, "reference": "A-1042"}),
        Outgoing("utter_greet", card={"kind": "account"}),
        Outgoing("utter_greet", {"how": Phrase("utter_inner", {"amount": FIFTY})}),
        Outgoing("utter_greet", choices=(Choice("utter_label_yes", "affirm", (), {"x": FIFTY}),)),
    ],
)
def test_no_amount_before_the_check(
    database: Database,
    sender: Sender,
    conversation: Conversation,
    creditor: Creditor,
    outgoing: Outgoing,
) -> None:
    sent = send(database, sender, conversation, creditor, outgoing)
    assert sent.response == REFUSED_RESPONSE
    assert (sent.card, sent.choices) == (None, [])
    assert "$" not in sent.text
    with database.read() as connection:
        kinds = [row.kind for row in connection.execute(audit.audit_event.select())]
        assert audit.verify(connection) == []
    assert kinds == ["refused", "cleared"], "the refusal, and what was said in its place"


def test_a_turn_run_again_cannot_answer_twice(
    database: Database, sender: Sender, conversation: Conversation, creditor: Creditor
) -> None:
    with database.write() as connection:
        accepted = inbox.accept(connection, conversation.id, external_id="an id", text="hi")
    answer = {"in_reply_to": accepted.message_id, "answer_index": 0}
    send(database, sender, conversation, creditor, Outgoing("utter_greet"), **answer)
    with pytest.raises(IntegrityError):
        send(database, sender, conversation, creditor, Outgoing("utter_greet"), **answer)
    with database.read() as connection:
        assert records.get(connection, conversation.id).last_sequence == 2


def test_choices_belong_to_one_conversation(
    database: Database, sender: Sender, conversation: Conversation, creditor: Creditor
) -> None:
    yes = Choice("utter_label_yes", "affirm", ({"entity": "plan", "value": "pl_1"},))
    first = send(database, sender, conversation, creditor, Outgoing("utter_greet", choices=(yes,)))
    second = send(database, sender, conversation, creditor, Outgoing("utter_greet", choices=(yes,)))
    assert first.choices[0]["id"] != second.choices[0]["id"]
    other = open_one(database)
    with database.read() as connection:
        picked = picked_choice(connection, conversation.id, first.choices[0]["id"])
        assert picked is not None
        assert picked["intent"] == "affirm"
        assert picked_choice(connection, other.id, first.choices[0]["id"]) is None
        assert picked_choice(connection, conversation.id, "ch_guess") is None


def test_one_open_handoff_that_grows_more_pressing(
    database: Database, conversation: Conversation
) -> None:
    for reason in ("requested", "crisis", "requested"):
        with database.write() as connection:
            current = records.get(connection, conversation.id)
            handoffs.open_handoff(connection, current, reason, message_id=f"mg_{reason}")
    with database.read() as connection:
        standing = handoffs.standing(connection, conversation.id)
        state = records.get(connection, conversation.id).state
    assert standing is not None
    assert (standing.reason, standing.priority) == ("requested", "urgent")
    assert [e["reason"] for e in standing.brief["events"]] == ["requested", "crisis", "requested"]
    assert state == "waiting"


def test_a_handoff_leaves_the_conversation_with_whom_it_is(
    database: Database, conversation: Conversation
) -> None:
    with database.write() as connection:
        records.change(connection, conversation.id, state="with_agent")
        handoffs.open_handoff(connection, records.get(connection, conversation.id), "complaint")
        assert records.get(connection, conversation.id).state == "with_agent"
