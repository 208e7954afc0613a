"""What becomes of a message at the gate: replaced, dropped, or sent with what the law adds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import clock
from bot.audit import audit_event
from bot.compliance.gate import Choice, Cleared, Outgoing, Reach, Refused
from bot.conversations import identity, records
from bot.conversations.records import Conversation, Message
from bot.conversations.sending import REFUSED_RESPONSE, Sender, Sent, preview
from bot.conversations.tables import message
from bot.creditors import Creditor, Creditors
from bot.db import Database
from bot.ledger import accounts, holds
from bot.ledger.accounts import Account
from bot.money import Money
from tests.compliance.setting import said_by_agent
from tests.conversations_unit.conftest import open_one

OWED = Money(41_200, "USD")
Tell = Callable[..., Sent]


@pytest.fixture
def collector(creditors: Creditors) -> Creditor:
    """Fairlight Recovery."""
    return creditors["demo-collect"]


@pytest.fixture
def account(books: Database) -> Account:
    """Kevin Brandt's."""
    with books.read() as connection:
        found = accounts.find(connection, "demo-collect", "C-2201")
    assert found is not None
    return found


@pytest.fixture
def checked(books: Database, account: Account) -> Conversation:
    """A conversation with him."""
    conversation = open_one(books, "demo-collect")
    with books.write() as connection:
        identity.verify(connection, conversation, [account], by="answers", named=True)
    return conversation


@pytest.fixture
def tell(books: Database, checked: Conversation, collector: Creditor, sender: Sender) -> Tell:
    """Tries to send him something."""

    def attempt(outgoing: Outgoing, sender: Sender = sender, **more: object) -> Sent:
        with books.write() as connection:
            current = records.get(connection, checked.id)
            return sender.attempt(connection, current, collector, outgoing, **more)  # type: ignore[arg-type]

    return attempt


def said(books: Database, conversation: Conversation) -> list[Message]:
    with books.read() as connection:
        return records.messages_after(connection, conversation.id, 0)


def hold(books: Database, account: Account, kind: str) -> None:
    with books.write() as connection:
        holds.place(
            connection, scope="account", scope_id=account.id, kind=kind, evidence={}, key=kind
        )


def test_an_agents_refused_words_reach_nobody(
    books: Database, checked: Conversation, tell: Tell
) -> None:
    sent = tell(said_by_agent("You will be arrested."))
    assert isinstance(sent.verdict, Refused)
    assert sent.verdict.section == "1006.18(b)-(c)"
    assert "arrested" in sent.verdict.reason
    assert said(books, checked) == []


def test_a_look_beforehand_says_the_same_and_leaves_nothing(
    books: Database, checked: Conversation, collector: Creditor
) -> None:
    with books.read() as connection:
        current = records.get(connection, checked.id)
        words = [said_by_agent("You will be arrested."), said_by_agent("You owe $412.00.")]
        no, yes = (preview(connection, current, collector, each) for each in words)
    assert isinstance(no, Refused)
    assert isinstance(yes, Cleared)
    assert [notice.section for notice in yes.notices] == ["1006.18(e)(1)"]
    with books.read() as connection:
        rows = select(func.count()).select_from(audit_event).where(audit_event.c.kind == "refused")
        assert connection.execute(rows).scalar_one() == 0
        assert connection.execute(select(func.count()).select_from(message)).scalar_one() == 0


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("dispute", "hold"),
        ("hardship_pause", "break"),
        ("attorney", "lawyer"),
        ("crisis", "You matter most"),
    ],
)
def test_under_a_hold_the_bot_says_what_stands_in_the_way(
    books: Database, checked: Conversation, account: Account, tell: Tell, kind: str, told: str
) -> None:
    hold(books, account, kind)
    sent = tell(Outgoing("utter_pay_how", {"reference": "C-2201", "balance": OWED}))
    assert isinstance(sent.verdict, Refused)
    (instead,) = said(books, checked)
    assert told in instead.text
    assert "$" not in instead.text


def test_the_texts_of_the_law_follow_the_words(
    books: Database, checked: Conversation, tell: Tell
) -> None:
    tell(Outgoing("utter_verified", {"first_name": "Kevin"}))
    tell(Outgoing("utter_greet"))
    first, second = said(books, checked)
    words, *texts = first.text.split("\n\n")
    assert "Kevin" in words
    assert any("is a debt collector" in text for text in texts)
    assert "\n\n" not in second.text
    assert second.notice == "This communication is from a debt collector."


def test_by_text_the_first_disclosure_is_a_message_of_its_own(
    books: Database, account: Account, collector: Creditor, sender: Sender
) -> None:
    with books.write() as connection:
        opened = records.open_conversation(connection, channel="sms", creditor="demo-collect")
        identity.verify(connection, opened, [account], by="answers", named=True)
        current = records.get(connection, opened.id)
        signed_off = replace(sender, channels_on=("chat", "sms"))
        signed_off.send(connection, current, collector, Outgoing("utter_welcome"))
    alone, welcome = said(books, opened)
    assert alone.text.startswith("Fairlight Recovery is a debt collector.")
    assert "Reply STOP" in alone.text
    assert alone.response is None
    assert welcome.text.endswith("Reply STOP to stop texts to this telephone number.")
    assert "is a debt collector. We" not in welcome.text


def test_what_we_start_needs_an_address_and_a_kind(
    books: Database, checked: Conversation, tell: Tell, sender: Sender
) -> None:
    reminder = Outgoing("utter_greet", author="agent", kind="agent_message")
    assert isinstance(tell(reminder, started_by_us=True).verdict, Refused)
    reach = Reach(
        "sms",
        ("America/New_York",),
        consented_on=date(2025, 11, 30),
        confirmed_on=date(2026, 2, 1),
    )
    assert isinstance(tell(reminder, started_by_us=True, reach=reach).verdict, Refused), "sign-off"
    signed_off = replace(sender, channels_on=("chat", "sms"))
    sent = tell(reminder, signed_off, started_by_us=True, reach=reach)
    assert isinstance(sent.verdict, Cleared)
    assert len(said(books, checked)) == 1


def test_a_choice_that_leads_to_a_payment_goes_no_further_than_a_hold(
    books: Database, checked: Conversation, account: Account, tell: Tell
) -> None:
    hold(books, account, "dispute")
    tell(Outgoing("utter_greet", choices=(Choice("utter_label_see_options", "ask_plan"),)))
    (instead,) = said(books, checked)
    assert instead.choices == []


def test_nobody_is_left_without_a_word(
    books: Database, checked: Conversation, account: Account, tell: Tell
) -> None:
    """Under a hold, but no longer checked: not even the hold may be spoken of."""
    hold(books, account, "dispute")
    clock.travel(timedelta(hours=1))
    tell(Outgoing("utter_greet", choices=(Choice("utter_label_see_options", "ask_plan"),)))
    (instead,) = said(books, checked)
    assert instead.response == REFUSED_RESPONSE
    assert "hold" not in instead.text


def test_a_start_writes_down_which_channels_are_on(
    database: Database, creditors: Creditors, tmp_path: Path
) -> None:
    from bot.server import app
    from bot.settings import SignOff
    from tests.assistant import settings_for

    settings = settings_for(database.url, tmp_path)
    signed = replace(settings, sign_off=SignOff(("sms",), "Ruth Adeyemi", date(2026, 3, 1)))
    for each in (settings, signed):
        app.build(each, database, creditors, tmp_path / "no model is needed for that")
    with database.read() as connection:
        rows = connection.execute(
            select(audit_event.c.facts)
            .where(audit_event.c.kind == "channels")
            .order_by(audit_event.c.id)
        ).all()
    assert [row.facts for row in rows] == [
        {"on": ["chat"]},
        {"on": ["chat", "sms"], "by": "Ruth Adeyemi", "signed_on": "2026-03-01"},
    ]
