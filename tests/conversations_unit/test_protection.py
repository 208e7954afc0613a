"""Rights land where they belong, before and without the identity check, and stay."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot import clock
from bot.channels import intake
from bot.conversations import identity, protection, records
from bot.conversations.records import Conversation
from bot.creditors import Creditor, Creditors
from bot.db import Database
from bot.ledger import accounts, holds, preferences, tables
from bot.ledger.accounts import Account
from bot.particulars import ContactWish
from tests.conversations_unit.conftest import SECRET, open_one


def take(database: Database, conversation: Conversation, creditor: Creditor, text: str) -> None:
    with database.write() as connection:
        intake.take_text(
            connection,
            records.get(connection, conversation.id),
            creditor,
            text,
            external_id=f"id-{hash(text)}",
            secret=SECRET,
        )


def account(database: Database, reference: str = "A-1042", creditor: str = "demo-bank") -> Account:
    with database.read() as connection:
        found = accounts.find(connection, creditor, reference)
    assert found is not None
    return found


def kinds(database: Database, found: Account) -> set[str]:
    with database.read() as connection:
        return {hold.kind for hold in holds.standing(connection, found)}


def verify(database: Database, conversation: Conversation, found: Account) -> None:
    with database.write() as connection:
        stored = records.get(connection, conversation.id)
        outcome = identity.verify(connection, stored, [found], by="answers", named=True)
        protection.carry_over(connection, outcome.conversation)


def test_a_death_told_before_the_check_is_carried_over(
    books: Database, conversation: Conversation, creditor: Creditor
) -> None:
    take(books, conversation, creditor, "maria passed away last week")
    verify(books, conversation, account(books))
    assert kinds(books, account(books)) == {"deceased"}


def test_a_hold_without_its_intent_is_carried_over(
    books: Database, conversation: Conversation
) -> None:
    with books.write() as connection:
        holds.place(
            connection,
            scope="conversation",
            scope_id=conversation.id,
            kind="deceased",
            evidence={"conversation": conversation.id, "message": "mg_1"},
            key="old",
        )
    verify(books, conversation, account(books))
    assert kinds(books, account(books)) == {"deceased"}


def test_a_right_lands_on_the_account_named_before_it(
    books: Database, conversation: Conversation, creditor: Creditor
) -> None:
    take(books, conversation, creditor, "its about A-1042")
    take(books, conversation, creditor, "i dispute this debt")
    take(books, conversation, creditor, "and i have a lawyer")
    assert kinds(books, account(books)) == {"dispute", "attorney"}


def test_a_right_lands_on_the_account_named_after_it(
    books: Database, conversation: Conversation, creditor: Creditor
) -> None:
    take(books, conversation, creditor, "i never had an account with you")
    assert kinds(books, account(books)) == set()
    take(books, conversation, creditor, "ok its a1042")
    assert kinds(books, account(books)) == {"dispute"}


def test_naming_an_account_that_is_not_there_does_nothing_and_says_nothing(
    books: Database, conversation: Conversation, creditor: Creditor
) -> None:
    take(books, conversation, creditor, "i dispute this, ref A-9999")
    with books.read() as connection:
        scopes = {row.scope for row in connection.execute(tables.hold.select())}
        assert records.get(connection, conversation.id).named_reference == "A-9999"
    assert scopes == {"conversation"}


def test_a_checked_person_cannot_hold_another_persons_account(
    books: Database, conversation: Conversation, creditor: Creditor
) -> None:
    verify(books, conversation, account(books))
    take(books, conversation, creditor, "i dispute this debt, A-1057")
    assert kinds(books, account(books)) == {"dispute"}
    assert kinds(books, account(books, "A-1057")) == set()


@pytest.mark.parametrize(
    ("said", "opted_out"),
    [
        ("stop texting me", {"phone"}),
        ("no more emails please", {"email"}),
        ("stop calling me", set()),
        ("unsubscribe me from everything you send", {"phone", "email"}),
    ],
)
def test_1006_14_h_an_opt_out_ends_its_channel_and_no_other(
    books: Database,
    conversation: Conversation,
    creditor: Creditor,
    said: str,
    opted_out: set[str],
) -> None:
    verify(books, conversation, account(books))
    take(books, conversation, creditor, said)
    found = account(books)
    with books.read() as connection:
        points = accounts.contact_points(connection, found.debtor_id)
        wishes = preferences.standing(connection, found.debtor_id)
    assert {point.kind for point in points if point.opted_out_on} == opted_out
    assert wishes
    assert not any(wish.wish.wanted for wish in wishes)


def test_an_opt_out_stated_before_the_check_marks_the_contact_points_after_it(
    books: Database, conversation: Conversation, creditor: Creditor
) -> None:
    take(books, conversation, creditor, "quit txting me")
    verify(books, conversation, account(books))
    with books.read() as connection:
        points = accounts.contact_points(connection, account(books).debtor_id)
        wishes = preferences.standing(connection, account(books).debtor_id)
    assert {point.kind for point in points if point.opted_out_on} == {"phone"}
    assert [wish.wish for wish in wishes] == [ContactWish(False, channel="sms")]


def test_a_wrong_number_is_taken_off_and_nothing_is_said(
    books: Database, conversation: Conversation, creditor: Creditor
) -> None:
    take(books, conversation, creditor, "wrong number, i am not maria. its +1 213 555 0142")
    with books.read() as connection:
        assert accounts.by_phone(connection, "demo-bank", "+12135550142") == ()
    assert kinds(books, account(books)) == set()


def test_breathing_space_lasts_sixty_days_in_the_uk_and_as_long_as_needed_elsewhere(
    books: Database, creditors: Creditors
) -> None:
    ends: dict[str, date | None] = {}
    for slug, reference in (("demo-uk", "T-3301"), ("demo-bank", "A-1042")):
        conversation = open_one(books, slug)
        found = account(books, reference, slug)
        verify(books, conversation, found)
        with books.write() as connection:
            protection.protect(
                connection,
                records.get(connection, conversation.id),
                creditors[slug],
                "report_adviser",
                message_id=f"mg_{slug}",
            )
            (hold,) = holds.standing(connection, found)
        ends[slug] = hold.until
    today = clock.today("Europe/London")
    assert ends == {"demo-uk": today + timedelta(days=60), "demo-bank": None}
    clock.travel(timedelta(days=61))
    assert kinds(books, account(books, "T-3301", "demo-uk")) == set()
    assert kinds(books, account(books)) == {"adviser"}


def test_a_hold_stays_until_an_agent_lifts_it_wherever_it_was_set(
    books: Database, conversation: Conversation, creditor: Creditor
) -> None:
    take(books, conversation, creditor, "i dont want to live anymore, ref A-1042")
    clock.travel(timedelta(days=400))
    found = account(books)
    assert kinds(books, found) == {"crisis"}
    with books.write() as connection:
        (hold,) = holds.standing(connection, found)
        holds.lift(connection, hold.id, by="agent:7", reason="spoke with her, she is safe")
        assert not protection.in_crisis(connection, records.get(connection, conversation.id))
    verify(books, conversation, found)
    assert kinds(books, found) == set(), "what was lifted does not come back with the check"
