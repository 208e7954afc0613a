"""From the first question to a plan that stands in the ledger."""

from __future__ import annotations

from datetime import date

from bot.money import Money
from tests.assistant import Running


def test_asks_proposes_agrees(running: Running) -> None:
    person = running.person()
    assert "automated assistant" in person.last["text"]

    asked = person.say("how much do i owe u")
    assert "account reference" in asked
    assert "$" not in asked
    assert "date of birth" in person.say("A-1042")
    assert "postal code" in person.say("3 may 1988")
    told = person.say("90210")
    assert "Maria" in told
    assert str(running.balance("A-1042")) in told

    shown = person.say("50 every other friday")
    assert "$50.00" in shown
    assert "every other Friday" in shown
    assert "$1,000.00" in shown
    assert running.plan("A-1042") is None, "nothing stands before the yes"

    done = person.say("yes")
    assert "set" in done
    assert "Dana Whitfield" in done
    plan = running.plan("A-1042")
    assert plan is not None
    assert [i.amount for i in plan.instalments] == [Money(5000, "USD")] * 20
    assert plan.instalments[0].due_on == date(2026, 3, 6)
    assert plan.instalments[1].due_on == date(2026, 3, 20)
    assert running.account("A-1042").status == "in_plan"
    receipt = person.card("receipt")
    assert receipt["id"] == plan.id
