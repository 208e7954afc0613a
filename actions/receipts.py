"""How an agreed plan is put into words: its rhythm, and the receipt that the person can keep."""

from __future__ import annotations

from typing import Any

from actions import cards
from actions.turn import Turn, say
from bot.compliance.gate import Outgoing
from bot.conversations.schedules import rhythm
from bot.ledger.plans import Plan
from bot.wording import Phrase, phone


def agreed(turn: Turn, plan: Plan) -> Outgoing:
    """That the plan stands, with a receipt that names a person to turn to."""
    first, last = plan.instalments[0], plan.instalments[-1]
    payments = Phrase(
        "utter_receipt_rhythm",
        {"amount": plan.amount, "rhythm": rhythm(plan), "count": len(plan.instalments)},
    )
    contact = turn.creditor.contact
    return say(
        "utter_plan_agreed",
        amount=first.amount,
        first=first.due_on,
        total=plan.total,
        card={
            "kind": "receipt",
            "id": plan.id,
            "title": Phrase("utter_receipt_title"),
            "lines": [
                _line("utter_receipt_account", turn.account.reference),
                _line("utter_receipt_total", str(plan.total)),
                _line("utter_receipt_payments", payments),
                _line(
                    "utter_receipt_first",
                    f"{cards.day(turn, first.due_on)['text']}, {first.amount}",
                ),
                _line(
                    "utter_receipt_last", f"{cards.day(turn, last.due_on)['text']}, {last.amount}"
                ),
                _line("utter_receipt_agreed", cards.day(turn, turn.today)["text"]),
            ],
            "contact": Phrase(
                "utter_receipt_contact",
                {"contact": contact.person, "phone": phone(contact.phone)},
            ),
        },
    )


def _line(label: str, value: str | Phrase) -> dict[str, Any]:
    return {"label": Phrase(label), "value": value}
