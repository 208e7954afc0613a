"""What was accepted is answered once, in order, whoever dies on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from bot import clock
from bot.conversations import inbox, records
from bot.conversations.inbox import Accepted
from bot.conversations.records import Conversation, Message
from bot.conversations.tables import message
from bot.db import Database
from tests.conversations_unit.conftest import Say, open_one


def claim(database: Database, conversation: Conversation, owner: str) -> Message | None:
    with database.write() as connection:
        claimed = inbox.claim(connection, conversation.id, owner)
    return claimed.message if claimed else None


def finish(database: Database, claimed: Message, owner: str) -> bool:
    with database.write() as connection:
        return inbox.finish(connection, claimed, owner)


def stored(database: Database, conversation: Conversation) -> list[Message]:
    with database.read() as connection:
        return records.messages_after(connection, conversation.id, 0)


def test_messages_are_numbered_in_the_order_they_came(
    database: Database, conversation: Conversation, say: Say
) -> None:
    accepted = [say(f"message {n}", f"text {n}") for n in range(3)]
    assert [a.sequence for a in accepted] == [1, 2, 3]
    assert [m.text for m in stored(database, conversation)] == ["text 0", "text 1", "text 2"]
    assert {m.processing for m in stored(database, conversation)} == {"received"}


def test_the_same_id_is_the_same_message(
    database: Database, conversation: Conversation, say: Say
) -> None:
    first = say("one and the same", "50 a month")
    again = say("one and the same", "500 a month")
    assert again == Accepted(first.message_id, first.sequence, repeated=True)
    assert [m.text for m in stored(database, conversation)] == ["50 a month"]
    assert say("another").sequence == 2, "a repeat takes no number"


def test_the_same_id_in_another_conversation_is_another_message(
    database: Database, say: Say
) -> None:
    say("an id")
    other = open_one(database)
    with database.write() as connection:
        assert not inbox.accept(connection, other.id, external_id="an id", text="hi").repeated


def test_one_message_sent_by_many_threads_at_once_is_stored_once(
    database: Database, conversation: Conversation
) -> None:
    def send(number: int) -> Accepted:
        with database.write() as connection:
            text = f"text {number}"
            return inbox.accept(connection, conversation.id, external_id="the id", text=text)

    with ThreadPoolExecutor(8) as pool:
        accepted = list(pool.map(send, range(16)))
    assert sum(not a.repeated for a in accepted) == 1
    assert len({a.message_id for a in accepted}) == 1
    assert len(stored(database, conversation)) == 1


def test_many_threads_get_numbers_without_gaps(
    database: Database, conversation: Conversation
) -> None:
    def send(number: int) -> int:
        with database.write() as connection:
            external_id = f"id {number}"
            return inbox.accept(
                connection, conversation.id, external_id=external_id, text="hi"
            ).sequence

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(send, range(16))) == list(range(1, 17))


def test_no_more_than_so_many_wait(say: Say, database: Database) -> None:
    for number in range(inbox.MOST_OWED):
        say(f"message {number}")
    with pytest.raises(inbox.TooManyWaiting):
        say("one too many")
    assert say("message 3").repeated, "a repeat is no further message"
    with database.read() as connection:
        kept = connection.execute(select(func.count()).select_from(message)).scalar()
    assert kept == inbox.MOST_OWED


def test_claimed_oldest_first_and_by_one_only(
    database: Database, conversation: Conversation, say: Say
) -> None:
    say("first", "first")
    say("second", "second")
    claimed = claim(database, conversation, "worker a")
    assert claimed is not None
    assert claimed.text == "first"
    assert claim(database, conversation, "worker b") is None
    assert finish(database, claimed, "worker a")
    after = claim(database, conversation, "worker a")
    assert after is not None
    assert after.text == "second"


def test_claimed_by_many_at_once_it_goes_to_one(
    database: Database, conversation: Conversation, say: Say
) -> None:
    say("the message")
    with ThreadPoolExecutor(8) as pool:
        owners = [f"worker {n}" for n in range(8)]
        claims = list(pool.map(lambda owner: claim(database, conversation, owner), owners))
    assert sum(c is not None for c in claims) == 1


def test_a_dead_workers_conversation_goes_to_another_after_the_lease(
    database: Database, conversation: Conversation, say: Say
) -> None:
    say("the message")
    claim(database, conversation, "dead")
    clock.travel(inbox.LEASE - timedelta(seconds=1))
    assert claim(database, conversation, "alive") is None
    with database.read() as connection:
        assert inbox.owed(connection) == []
    clock.travel(timedelta(seconds=2))
    with database.read() as connection:
        assert inbox.owed(connection) == [conversation.id]
    taken = claim(database, conversation, "alive")
    assert taken is not None
    assert taken.attempts == 2


def test_who_was_only_slow_cannot_finish(
    database: Database, conversation: Conversation, say: Say
) -> None:
    say("the message")
    slow = claim(database, conversation, "slow")
    assert slow is not None
    clock.travel(inbox.LEASE + timedelta(seconds=1))
    quick = claim(database, conversation, "quick")
    assert quick is not None
    assert not finish(database, slow, "slow")
    assert finish(database, quick, "quick")
    with database.write() as connection:
        inbox.release(connection, conversation.id, "quick")
    assert not finish(database, slow, "slow"), "not even once the conversation is free"


def test_a_lease_is_released_when_nothing_is_owed(
    database: Database, conversation: Conversation, say: Say
) -> None:
    assert claim(database, conversation, "worker a") is None
    say("the message")
    assert claim(database, conversation, "worker b") is not None


def test_nobody_releases_the_lease_of_another(
    database: Database, conversation: Conversation, say: Say
) -> None:
    say("the message")
    claim(database, conversation, "worker a")
    with database.write() as connection:
        inbox.release(connection, conversation.id, "worker b")
    assert claim(database, conversation, "worker b") is None


def test_a_start_voids_the_leases_of_the_dead(
    database: Database, conversation: Conversation, say: Say
) -> None:
    say("the message")
    claim(database, conversation, "dead")
    with database.write() as connection:
        inbox.forget_leases(connection)
    assert claim(database, conversation, "alive") is not None


def test_finishing_blanks_the_sealed_answers(
    database: Database, conversation: Conversation
) -> None:
    with database.write() as connection:
        inbox.accept(
            connection,
            conversation.id,
            external_id="the id",
            text="[date of birth]",
            answers={"birth_dates": ["a seal"]},
        )
    claimed = claim(database, conversation, "worker")
    assert claimed is not None
    assert claimed.answers == {"birth_dates": ["a seal"]}
    assert finish(database, claimed, "worker")
    kept = stored(database, conversation)[0]
    assert kept.answers is None
    assert kept.processing == "answered"


@pytest.mark.parametrize(
    "change", [{"text": "other words"}, {"author": "bot"}, {"sequence": 9}, {"external_id": "x"}]
)
def test_what_was_said_cannot_be_changed(
    database: Database, say: Say, change: dict[str, object]
) -> None:
    accepted = say("the message", "i agree to nothing")
    with pytest.raises(DBAPIError), database.write() as connection:
        connection.execute(
            message.update().where(message.c.id == accepted.message_id).values(**change)
        )


def test_what_was_said_may_be_blanked(
    database: Database, conversation: Conversation, say: Say
) -> None:
    accepted = say("the message", "my name is maria")
    with database.write() as connection:
        connection.execute(
            message.update().where(message.c.id == accepted.message_id).values(text="")
        )
    assert stored(database, conversation)[0].text == ""


def test_a_message_that_nothing_else_waits_before_is_claimed_as_it_is_accepted(
    database: Database, conversation: Conversation
) -> None:
    with database.write() as connection:
        accepted = inbox.accept(
            connection, conversation.id, external_id="the id", text="hi", owner="worker a"
        )
    assert accepted.claimed is not None
    with database.read() as connection:
        assert records.get_message(connection, accepted.message_id) == accepted.claimed
    assert claim(database, conversation, "worker b") is None, "its lease stands"
    with database.write() as connection:
        assert inbox.finish(connection, accepted.claimed, "worker a")
        assert not inbox.owes(connection, conversation.id)


def test_a_message_that_others_wait_before_is_not_claimed_out_of_turn(
    database: Database, conversation: Conversation, say: Say
) -> None:
    say("first", "first")
    with database.write() as connection:
        later = inbox.accept(
            connection, conversation.id, external_id="later", text="later", owner="worker a"
        )
    assert later.claimed is None
    claimed = claim(database, conversation, "worker a")
    assert claimed is not None
    assert claimed.text == "first"


def test_a_conversation_that_another_works_on_is_left_to_it(
    database: Database, conversation: Conversation
) -> None:
    with database.write() as connection:
        records.change(
            connection,
            conversation.id,
            lease_owner="worker b",
            lease_until=clock.now() + inbox.LEASE,
        )
        accepted = inbox.accept(
            connection, conversation.id, external_id="the id", text="hi", owner="worker a"
        )
    assert accepted.claimed is None
