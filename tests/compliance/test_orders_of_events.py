"""No order of events ever leads to a request for money under a hold, to a word about a debt before
the check, or to a disclosure that is missing or said twice.

A machine lives a conversation with the real sender and database: holds come and go, the person is
checked and the check expires, messages of every kind are tried by bot, agent and reminder. What was
stored is then judged by plain rules written here, not by the gate's own.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot import clock, creditors, schema
from bot.compliance.gate import Choice, Outgoing
from bot.conversations import identity, records
from bot.conversations.sending import Sender
from bot.db import Database
from bot.ledger import accounts, entries, holds, imports
from bot.ledger.tables import HOLD_KINDS
from bot.wording import Wording
from tests.compliance.setting import said_by_agent
from tests.moments import MONDAY

ROOT = Path(__file__).resolve().parents[2]
KNOWN = creditors.load(ROOT / "creditors.yml")
SENDER = Sender(Wording.load())
DISCLOSED = "is a debt collector. We are trying to collect a debt"

ASKING = ("utter_pay_how", "utter_no_plan", "utter_settlement_none")
TELLING = ("utter_balance_only", "utter_no_plan_needed")
HARMLESS = ("utter_greet", "utter_what_now", "utter_third_party", "utter_crisis_still")


@cache
def demo() -> bytes:
    """A database with the demo accounts on that Monday, made once."""
    with tempfile.TemporaryDirectory() as folder, clock.at(MONDAY):
        database = Database(f"sqlite:///{folder}/one.db")
        schema.upgrade(database)
        imports.demo(database, KNOWN, clock.today("UTC"))
        database.close()
        return (Path(folder) / "one.db").read_bytes()


class Conversation(RuleBasedStateMachine):
    """One conversation with a collector, and what stands on it."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name) / "one.db"
        file.write_bytes(demo())
        self.time = clock.at(MONDAY)
        self.time.__enter__()
        self.database = Database(f"sqlite:///{file}")
        self.creditor = KNOWN["demo-collect"]
        self.standing: dict[str, str] = {}
        self.sent: list[dict[str, Any]] = []
        self.number = 0
        with self.database.write() as connection:
            account = accounts.find(connection, "demo-collect", "C-2201")
            assert account is not None
            self.account = account
            self.balance = entries.balance(connection, account.id)
            opened = records.open_conversation(connection, channel="chat", creditor="demo-collect")
            self.id = opened.id

    def teardown(self) -> None:
        if hasattr(self, "time"):
            self.database.close()
            self.time.__exit__(None, None, None)
            self.folder.cleanup()

    # --- what happens

    @rule()
    def checked(self) -> None:
        with self.database.write() as connection:
            current = records.get(connection, self.id)
            identity.verify(connection, current, [self.account], by="answers", named=True)

    @rule()
    def quiet_for_an_hour(self) -> None:
        clock.travel(timedelta(hours=1))

    @precondition(lambda self: len(self.standing) < 3)
    @rule(kind=st.sampled_from(HOLD_KINDS), scope=st.sampled_from(["account", "person"]))
    def held(self, kind: str, scope: str) -> None:
        self.number += 1
        scope_id = self.account.id if scope == "account" else self.account.debtor_id
        with self.database.write() as connection:
            placed = holds.place(
                connection,
                scope=scope,
                scope_id=scope_id,
                kind=kind,
                evidence={"intent": kind, "message": "-"},
                key=f"k{self.number}",
            )
        self.standing[placed.id] = kind

    @precondition(lambda self: self.standing)
    @rule(data=st.data())
    def lifted(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(sorted(self.standing)))
        with self.database.write() as connection:
            holds.lift(connection, chosen, by="agent", reason="asked for")
        del self.standing[chosen]

    @rule(response=st.sampled_from(ASKING + TELLING + HARMLESS), offers=st.booleans())
    def bot_says(self, response: str, offers: bool) -> None:
        values = {"reference": "C-2201", "today": clock.today("America/New_York")}
        if response in ("utter_pay_how", "utter_balance_only"):
            values["balance"] = self.balance
        choices = (Choice("utter_label_see_options", "ask_plan"),) if offers else ()
        self._try(Outgoing(response, values, choices=choices))

    @rule(
        text=st.sampled_from(
            [
                "Could you pay something today?",
                "You owe $412.00 to Lakeview Dental.",
                "You owe $999.00 to Lakeview Dental.",
                "Good afternoon, how can I help?",
            ]
        )
    )
    def agent_says(self, text: str) -> None:
        self._try(said_by_agent(text))

    @rule(kind=st.sampled_from(["reminder", "missed_payment", "contact_request", ""]))
    def reminder(self, kind: str) -> None:
        outgoing = Outgoing("utter_pay_how", {}, author="reminder", kind=kind)
        self._try(outgoing, started_by_us=True)

    def _try(self, outgoing: Outgoing, *, started_by_us: bool = False) -> None:
        with self.database.write() as connection:
            before = records.get(connection, self.id)
            SENDER.send(connection, before, self.creditor, outgoing, started_by_us=started_by_us)
            for message in records.messages_after(connection, self.id, before.last_sequence):
                self.sent.append(
                    {
                        "text": message.text,
                        "response": message.response,
                        "choices": message.choices,
                        "author": message.author,
                        "checked": before.verified,
                        "known": before.account_id is not None,
                        "holds": set(self.standing.values()),
                    }
                )

    # --- what must hold, whatever happened

    @invariant()
    def nobody_is_asked_for_money_under_a_hold(self) -> None:
        for message in getattr(self, "sent", []):
            if message["holds"]:
                assert message["response"] not in ASKING
                assert "pay something" not in message["text"]
                # Before anybody said who they are, no hold of theirs can be known.
                assert not (message["known"] and message["choices"])

    @invariant()
    def nothing_is_told_of_a_debt_before_the_check(self) -> None:
        for message in getattr(self, "sent", []):
            if not message["checked"]:
                for word in ("$", "debt", "owe", "C-2201", "pay something"):
                    assert word not in message["text"]

    @invariant()
    def under_crisis_attorney_or_death_no_amount_is_told(self) -> None:
        for message in getattr(self, "sent", []):
            if message["holds"] & {"crisis", "attorney", "deceased"}:
                assert "$" not in message["text"]

    @invariant()
    def the_disclosure_comes_once_and_before_any_amount(self) -> None:
        sent = getattr(self, "sent", [])
        disclosed = [place for place, message in enumerate(sent) if DISCLOSED in message["text"]]
        assert len(disclosed) <= 1
        told = [place for place, message in enumerate(sent) if "$" in message["text"]]
        if told:
            assert disclosed
            assert disclosed[0] <= told[0]

    @invariant()
    def no_amount_is_told_that_the_ledger_does_not_hold(self) -> None:
        for message in getattr(self, "sent", []):
            assert "$999" not in message["text"]

    @invariant()
    def a_reminder_without_an_address_never_goes_out(self) -> None:
        assert not [m for m in getattr(self, "sent", []) if m["author"] == "reminder"]


TestOrdersOfEvents = Conversation.TestCase
TestOrdersOfEvents.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
