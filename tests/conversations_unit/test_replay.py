"""Every decision of the gate is kept with its inputs, and can be made again with today's rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timezone

import pytest
from sqlalchemy import select

from bot import audit
from bot.audit import audit_event
from bot.compliance import decisions, gate, packs, scanning
from bot.compliance.gate import Choice, Context, Outgoing, Refused, Span
from bot.conversations import identity, records, replay
from bot.conversations.records import Conversation
from bot.conversations.sending import Sender
from bot.creditors import ContactLimits, Creditors
from bot.db import Database
from bot.ledger import accounts, entries, holds
from bot.ledger.accounts import Account
from bot.money import Money
from bot.wording import Phrase
from tests.compliance.setting import COLLECTOR, DUE, OWED, PHONE, TEXT, TODAY, said_by_agent
from tests.conversations_unit.conftest import open_one

TWENTY = Money(2_000, "USD")


@pytest.fixture
def account(books: Database) -> Account:
    """The account of Kevin Brandt with a collector."""
    with books.read() as connection:
        found = accounts.find(connection, "demo-collect", "C-2201")
    assert found is not None
    return found


@pytest.fixture
def checked(books: Database, account: Account) -> Conversation:
    """A conversation with him, checked."""
    conversation = open_one(books, "demo-collect")
    with books.write() as connection:
        identity.verify(connection, conversation, [account], by="answers", named=True)
    return conversation


@pytest.fixture
def tell(
    books: Database, checked: Conversation, creditors: Creditors, sender: Sender
) -> Callable[..., Conversation]:
    """Sends him something."""

    def sent(outgoing: Outgoing) -> Conversation:
        with books.write() as connection:
            current = records.get(connection, checked.id)
            return sender.send(connection, current, creditors["demo-collect"], outgoing)

    return sent


def all_decisions(books: Database) -> list[tuple[str, dict]]:  # type: ignore[type-arg]
    """The rows that the gate left."""
    with books.read() as connection:
        rows = connection.execute(select(audit_event).order_by(audit_event.c.id))
        return [(r.kind, r.facts) for r in rows if r.kind in ("cleared", "refused")]


def replayed(books: Database) -> replay.Replayed:
    with books.read() as connection:
        return replay.replay(connection)


def test_each_message_leaves_one_row_with_its_inputs(
    books: Database, tell: Callable[..., Conversation], account: Account
) -> None:
    with books.read() as connection:
        balance = entries.balance(connection, account.id)
    tell(Outgoing("utter_verified", {"first_name": "Kevin"}))
    told = {"balance": balance, "reference": "C-2201", "today": TODAY}
    tell(Outgoing("utter_balance_only", told))
    tell(Outgoing("utter_greet", {"balance": TWENTY + Money(1, "USD")}))
    kinds = [kind for kind, _ in all_decisions(books)]
    assert kinds == ["cleared", "cleared", "refused", "cleared"]
    first, second, third, _ = [facts for _, facts in all_decisions(books)]
    assert first["notices"]["initial_disclosure"] == "1006.18(e)(1)"
    assert "notices" not in second
    assert second["in"]["facts"]["amounts"] == [balance.minor]
    assert third["section"] == "1006.18(b)(2)"
    with books.read() as connection:
        assert audit.verify(connection) == []


def test_no_personal_text_is_kept(
    books: Database, tell: Callable[..., Conversation], account: Account
) -> None:
    tell(Outgoing("utter_verified", {"first_name": "Kevin"}))
    tell(said_by_agent("Hello Kevin, Marcus here."))
    kept = str(all_decisions(books))
    for personal in ("Kevin", "Marcus", "Lakeview", "C-2201"):
        assert personal not in kept


def test_the_same_rules_come_to_the_same_end(
    books: Database, tell: Callable[..., Conversation]
) -> None:
    for outgoing in (
        Outgoing("utter_verified", {"first_name": "Kevin"}),
        Outgoing("utter_greet", {"amount": Money(99, "USD")}),
        said_by_agent("You'll be arrested."),
        said_by_agent("You owe $412.00, Kevin."),
    ):
        tell(outgoing)
    again = replayed(books)
    assert again.objections == ()
    assert (again.decisions, again.still_refused, again.now_allowed) == (4, 1, 0)
    assert again.unread == 1, "what an agent was not allowed to send is not kept anywhere"


def test_a_longer_list_of_words_lists_what_it_would_refuse_today(
    books: Database, tell: Callable[..., Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(said_by_agent("We can talk tomorrow."))
    sent = tell(said_by_agent("You'd better be quick."))
    known = scanning.found
    monkeypatch.setattr(
        scanning,
        "found",
        lambda text, group: "better be" if "better be" in text else known(text, group),
    )
    (objection,) = replayed(books).objections
    assert objection.sequence == sent.last_sequence
    assert objection.section == "1006.18(b)-(c)"
    assert "free words" in str(objection)


def test_a_stricter_pack_lists_what_it_would_refuse_today(
    books: Database,
    tell: Callable[..., Conversation],
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with books.write() as connection:
        balance = entries.balance(connection, account.id)
        holds.place(
            connection, scope="account", scope_id=account.id, kind="dispute", evidence={}, key="k"
        )
    tell(Outgoing("utter_balance_only", {"balance": balance, "reference": "-", "today": TODAY}))
    assert replayed(books).objections == ()
    pack = packs.load("us_third_party")
    silent = replace(pack.holds["dispute"], forbids=frozenset({"ask", "start", "debt"}))
    monkeypatch.setattr(
        packs, "load", lambda name: replace(pack, holds={**pack.holds, "dispute": silent})
    )
    (objection,) = replayed(books).objections
    assert objection.response == "utter_balance_only"
    assert objection.section == "1006.38(d)(2)"


@pytest.mark.parametrize(
    ("outgoing", "context"),
    [
        (Outgoing("utter_greet"), COLLECTOR),
        (Outgoing("utter_balance_only", {"balance": OWED, "today": TODAY}), COLLECTOR),
        (Outgoing("utter_greet", {"x": Money(1, "USD"), "who": "Kevin"}), COLLECTOR),
        (Outgoing("utter_greet", {"p": Phrase("utter_x", {"amount": OWED})}), COLLECTOR),
        (Outgoing("utter_due_in", {"due": DUE, "days": 3}), COLLECTOR),
        (Outgoing("utter_due_in", {"due": date(2026, 5, 5)}), COLLECTOR),
        (Outgoing("utter_due_in", {"due": date(2026, 5, 5)}, basis=(date(2026, 5, 5),)), COLLECTOR),
        (
            Outgoing(
                "utter_greet",
                card={"kind": "schedule", "status": "offered", "total": OWED.as_json()},
                choices=(Choice("utter_label_yes", "affirm", (), {"amount": OWED}),),
            ),
            replace(COLLECTOR, standing_holds=("dispute",)),
        ),
        (said_by_agent("You owe $412.00."), COLLECTOR),
        (said_by_agent("You owe $413.00."), COLLECTOR),
        (Outgoing("utter_pay_how"), replace(COLLECTOR, time_barred_notice="time_barred_ny")),
        (Outgoing("utter_greet", author="reminder", kind="reminder"), TEXT),
        (
            Outgoing("utter_greet", author="reminder", kind="reminder"),
            replace(
                TEXT,
                now=datetime(2026, 3, 2, 13, 30, tzinfo=timezone.utc),
                contact_limits=ContactLimits(contact_from=time(9), texts_a_week=2),
                reach=replace(PHONE, inconvenient=(Span(0, time(9), time(17)),), sent_today=1),
            ),
        ),
    ],
)
def test_a_decision_survives_the_log(outgoing: Outgoing, context: Context) -> None:
    before = gate.check(outgoing, context)
    stored = decisions.as_json(outgoing, context, before, message="mg_1")
    after = gate.check(*decisions.from_json(stored, outgoing.text))
    assert isinstance(before, Refused) == isinstance(after, Refused)
    if isinstance(before, Refused) and isinstance(after, Refused):
        assert (before.section, before.rule) == (after.section, after.rule)
    else:
        assert not isinstance(before, Refused)
        assert not isinstance(after, Refused)
        assert [n.name for n in before.notices] == [n.name for n in after.notices]
