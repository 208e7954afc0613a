"""No order of events leads to a request for money, or to a plan, while a hold stands."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from actions import perform
from actions.turn import Turn
from bot import clock, schema
from bot.channels import intake
from bot.compliance import contents
from bot.compliance.gate import Outgoing
from bot.conversations import identity, inbox, protection, records
from bot.conversations.sending import Sender
from bot.creditors import Creditors
from bot.db import Database
from bot.ledger import accounts, holds, imports, plans, tables
from bot.ledger.accounts import Account
from bot.wording import Wording
from tests.conversations_unit.conftest import SECRET
from tests.moments import MONDAY

REFERENCE = "C-2201"
RIGHTS = {
    "dispute_not_mine": "this is not my debt, i dispute it",
    "dispute_amount": "the amount is wrong",
    "report_identity_theft": "someone opened this in my name, identity theft",
    "request_validation": "prove i owe this",
    "report_bankruptcy": "i filed for bankruptcy",
    "report_attorney": "i have a lawyer",
    "report_adviser": "a debt adviser deals with it",
    "cease_contact": "never contact me again",
    "refuse_to_pay": "i am not paying this",
    "crisis": "i want to end my life",
}
"""Said in plain words; those of the adviser and the refusal only the model reads."""

AFFIRMED = ("confirm_plan", "time_barred", "stop_sure", "vulnerability_consent")
AMOUNT = {"entity": "amount", "value": {"minor": 5000, "currency": "USD"}}
PROPOSAL = [
    AMOUNT,
    {"entity": "frequency", "value": "monthly"},
    {"entity": "date", "value": "2026-03-16"},
]
WISHES: dict[str, list[dict[str, Any]]] = {
    "ask_plan": [],
    "offer_amount": PROPOSAL,
    "make_payment": [],
    "promise_to_pay": PROPOSAL,
    "ask_settlement": [],
    "ask_balance": [],
    "ask_due_date": [],
    "ask_minimum": [],
    "ask_plan_status": [],
    "ask_rights": [],
    "ask_time_barred": [],
    "change_due_date": [],
    "skip_payment": [],
    "cancel_plan": [],
    "report_hardship": [],
    "report_vulnerability": [],
    "deny": [],
}
PENDING_ACTIONS = {
    "confirm_plan": "action_agree_plan",
    "hardship_choice": "action_hardship_choice",
    "choose_plan": "action_choose_plan",
    "dispute_part": "action_dispute_part",
    "vulnerability_consent": "action_vulnerability_consent",
    "vulnerability_needs": "action_vulnerability_needs",
    "validation_delivery": "action_send_validation",
    "attorney_name": "action_attorney_name",
    "affordability": "action_affordability",
    "see_options": "action_ask_plan",
    "off_policy": "action_off_policy_choice",
    "plan_amount": "action_offer_amount",
    "confirm_move": "action_move_payment",
    "stop_sure": "action_stop_sure",
}


class Life(RuleBasedStateMachine):
    """One person, one account, one conversation, and whatever may happen in between."""

    template: Path
    creditors: Creditors

    @initialize()
    def begin(self) -> None:
        self.numbers = count(1)
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "evenkeel.db"
        shutil.copy(self.template, path)
        clock.set_to(MONDAY)
        self.database = Database(f"sqlite:///{path}")
        self.sender = Sender(Wording.load(), "a model")
        self.creditor = self.creditors["demo-collect"]
        self.said: list[Outgoing] = []
        self.agreed = 0
        self.held_before = False
        with self.database.write() as connection:
            self.conversation = records.open_conversation(
                connection, channel="chat", creditor="demo-collect"
            ).id

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    # --- What may happen ------------------------------------------------------------------------

    @rule(intent=st.sampled_from(sorted(RIGHTS)))
    def states_a_right(self, intent: str) -> None:
        self._turn(f"action_{intent}", intent, text=RIGHTS[intent], picked=True)
        assert self._held(), f"{intent} sets a hold, whoever says it and when"

    @rule()
    def names_the_account(self) -> None:
        self._turn("action_inform", "inform", text=f"it is {REFERENCE}")

    @rule()
    def passes_the_check(self) -> None:
        with self.database.write() as connection:
            stored = records.get(connection, self.conversation)
            checked = identity.verify(connection, stored, [self._account()], by="a", named=True)
            protection.carry_over(connection, checked.conversation)

    @rule(intent=st.sampled_from(sorted(WISHES)))
    def wants(self, intent: str) -> None:
        self._turn(f"action_{intent}", intent, entities=WISHES[intent])

    @precondition(lambda self: self._pending() in PENDING_ACTIONS)
    @rule(
        intent=st.sampled_from(["affirm", "deny", "inform"]),
        entities=st.sampled_from(
            [
                [],
                [AMOUNT],
                PROPOSAL,
                [{"entity": "option", "value": "pause_30"}],
                [{"entity": "option", "value": "check"}],
                [{"entity": "ordinal", "value": 1}],
            ]
        ),
    )
    def answers_what_was_asked(self, intent: str, entities: list[dict[str, Any]]) -> None:
        pending = str(self._pending())
        self._turn(PENDING_ACTIONS[pending], intent, entities=entities)

    @precondition(lambda self: bool(self._holds()))
    @rule(data=st.data())
    def an_agent_lifts_a_hold(self, data: st.DataObject) -> None:
        chosen = data.draw(st.sampled_from(self._holds()))
        with self.database.write() as connection:
            holds.lift(connection, chosen, by="agent:7", reason="settled with them")

    @rule(days=st.sampled_from([0, 1, 29, 31]), minutes=st.sampled_from([1, 31]))
    def time_passes(self, days: int, minutes: int) -> None:
        clock.travel(timedelta(days=days, minutes=minutes))

    # --- What must never be ---------------------------------------------------------------------

    @invariant()
    def nobody_is_asked_for_money_under_a_hold(self) -> None:
        for outgoing in self.said:
            assert not contents.asks_for_money(outgoing), outgoing.response
        self.said = []

    @invariant()
    def no_plan_comes_about_under_a_hold(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.read() as connection:
            found = plans.of_account(connection, self._account().id)
        agreed = len([p for p in found if p.agreed_at and "postpones" not in (p.evidence or {})])
        assert agreed == self.agreed or not self.held_before
        self.agreed = agreed

    # --- How ------------------------------------------------------------------------------------

    def _turn(
        self,
        action: str,
        intent: str,
        *,
        text: str = "well",
        entities: list[dict[str, Any]] | None = None,
        picked: bool = False,
    ) -> None:
        self.held_before = self._held()
        with self.database.write() as connection:
            stored = records.get(connection, self.conversation)
            accepted = intake.take_text(
                connection,
                stored,
                self.creditor,
                text,
                external_id=f"message-{next(self.numbers):04}",
                secret=SECRET,
            )
            message = records.get_message(connection, accepted.message_id)
            conversation = records.get(connection, self.conversation)
            if picked:
                # As from a choice: what was plainly meant.
                message = replace(message, reading={"intent": intent, "entities": []})
            answer = perform(
                action,
                Turn.of(
                    connection=connection,
                    conversation=conversation,
                    creditor=self.creditor,
                    message=message,
                    parse_data={"intent": {"name": intent}, "entities": entities or []},
                    secret=SECRET,
                ),
            )
            conversation = records.get(connection, self.conversation)
            for number, outgoing in enumerate(answer.say):
                conversation = self.sender.send(
                    connection,
                    conversation,
                    self.creditor,
                    outgoing,
                    in_reply_to=message.id,
                    answer_index=number,
                )
            records.change(
                connection,
                self.conversation,
                pending=answer.pending.as_json() if answer.pending else None,
            )
            connection.execute(
                inbox.message.update()
                .where(inbox.message.c.id == message.id)
                .values(processing="answered")
            )
        if self._held():
            self.said += answer.say

    def _account(self) -> Account:
        with self.database.read() as connection:
            found = accounts.find(connection, "demo-collect", REFERENCE)
        assert found is not None
        return found

    def _pending(self) -> str | None:
        if not hasattr(self, "database"):
            return None
        with self.database.read() as connection:
            pending = records.get(connection, self.conversation).pending
        return str(pending["name"]) if pending else None

    def _holds(self) -> list[str]:
        """Everything that stands and bars money, read from the table as it is."""
        if not hasattr(self, "database"):
            return []
        account = self._account()
        today = clock.today(account.time_zone)
        ours = {account.id, account.debtor_id, self.conversation}
        with self.database.read() as connection:
            rows = connection.execute(
                select(tables.hold).where(tables.hold.c.lifted_at.is_(None))
            ).all()
        return [
            row.id
            for row in rows
            if row.scope_id in ours
            and (row.until is None or row.until > today)
            and not (row.kind == "dispute" and row.amount)
        ]

    def _held(self) -> bool:
        return bool(self._holds())


def test_no_order_of_events_asks_for_money_under_a_hold(
    creditors: Creditors, tmp_path: Path
) -> None:
    path = tmp_path / "template.db"
    database = Database(f"sqlite:///{path}")
    schema.upgrade(database)
    with clock.at(MONDAY):
        imports.demo(database, creditors, clock.today("UTC"))
    database.close()
    Life.template, Life.creditors = path, creditors
    with clock.at(MONDAY):
        run_state_machine_as_test(
            Life, settings=settings(max_examples=25, stateful_step_count=14, deadline=None)
        )
