"""What agents do in the ledger: confirmed, done once, audited, and within their limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import audit, clock
from bot.conversations import records
from bot.ledger import accounts, approvals, holds, offers, plans, promises
from bot.ledger.offers import OffPolicy, Proposal
from bot.ledger.schedule import Frequency
from bot.money import Money
from tests.desk.conftest import Office, Seat
from tests.desk.test_talking import path, taken

YES = {"confirmed": "yes"}
START = "2026-03-13"


def account_of(office: Office, reference: str = "A-1042") -> accounts.Account:
    with office.database.read() as connection:
        found = accounts.find(connection, "demo-bank", reference)
    assert found is not None
    return found


def kinds(office: Office, subject: str) -> list[str]:
    with office.database.read() as connection:
        assert audit.verify(connection) == []
        rows = connection.execute(
            select(audit.audit_event.c.kind).where(audit.audit_event.c.subject == subject)
        )
        return [row.kind for row in rows]


def schedule(seat: Seat, found: records.Conversation, **fields: str) -> tuple[str, str]:
    """The previewed page, and the hash of the terms in it."""
    page = seat.get(path(found, "plan"), params=fields).text
    _, _, rest = page.partition('name="terms_hash" value="')
    return page, rest[:64]


def test_checked_by_other_means(office: Office) -> None:
    seat = office.seat()
    found = taken(office, seat, reference=None)
    form = {"reference": "a1042", "how": "callback"}
    assert seat.act(path(found, "verify"), **form).status_code == 422  # not confirmed
    assert seat.act(path(found, "verify"), **{**form, **YES, "how": "x"}).status_code == 422
    assert seat.act(path(found, "verify"), **{**form, **YES, "reference": "Z"}).status_code == 404
    seat.done(path(found, "verify"), **form, **YES)
    after = office.read(found)
    assert after.verified
    assert after.account_id == account_of(office).id
    assert "verified_by_agent" in kinds(office, found.id)
    assert "verified_by_agent" in kinds(office, account_of(office).id)


def test_unlocked(office: Office) -> None:
    seat = office.seat()
    found = taken(office, seat, reference=None)
    with office.database.write() as connection:
        until = clock.now() + timedelta(hours=24)
        records.change(connection, found.id, failed_attempts=3, locked_until=until)
    seat.done(path(found, "unlock"), reference="A-1042", **YES)
    assert not office.read(found).locked
    assert "unlocked" in kinds(office, found.id)


def test_a_hold_is_lifted_with_a_reason_and_only_a_standing_one(office: Office) -> None:
    seat = office.seat()
    found = taken(office, seat, "not mine", reason="dispute_not_mine")
    with office.database.read() as connection:
        (hold,) = holds.standing(connection, account_of(office))
    form = {"hold": hold.id, "reason": "They found the invoice."}
    assert seat.act(path(found, "lift"), hold=hold.id, **YES).status_code == 422
    assert seat.act(path(found, "lift"), **{**form, **YES, "hold": "hd_other"}).status_code == 404
    seat.done(path(found, "lift"), **form, **YES)
    with office.database.read() as connection:
        assert holds.standing(connection, account_of(office)) == ()
        lifted = holds.history(connection, account_of(office))[-1]
    assert lifted.lifted_by == seat.agent.actor
    assert lifted.lifted_because == "They found the invoice."
    assert "hold_lifted" in kinds(office, account_of(office).id)


def test_a_plan_up_to_the_agents_limits_is_sent_to_be_agreed(office: Office) -> None:
    seat = office.seat()
    found = taken(office, seat)
    fields = {"amount": "30", "frequency": "monthly", "start": START}  # 34 months: not for the bot
    page, terms_hash = schedule(seat, found, **fields)
    assert "34 payments of $30.00" in page
    form = {**fields, "terms_hash": terms_hash, **YES}
    assert seat.act(path(found, "plan"), **{**form, "amount": "31"}).status_code == 409
    first = seat.act(path(found, "plan"), key="one-offer-only", **form)
    again = seat.act(path(found, "plan"), key="one-offer-only", **form)
    assert first.json() == again.json()
    with office.database.read() as connection:
        (plan,) = plans.of_account(connection, account_of(office).id)
    assert (plan.status, plan.terms_hash) == ("offered", terms_hash)
    shown = office.said(found)[-1]
    assert (shown.author, shown.author_name) == ("agent", "Dana")
    assert shown.card is not None
    assert len(shown.card["instalments"]) == 34
    assert shown.choices[0]["intent"] == "affirm"
    pending = office.read(found).pending
    assert pending is not None
    assert pending["data"]["plan"] == plan.id
    assert "plan_offered" in kinds(office, account_of(office).id)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"amount": "1", "frequency": "monthly", "start": START}, "smallest payment"),
        ({"amount": "50", "frequency": "weekly", "start": "2026-02-01"}, "in the past"),
        ({"amount": "5000", "frequency": "weekly", "start": START}, "more than they owe"),
        ({"amount": "fifty", "frequency": "weekly", "start": START}, "Write the amount"),
        ({"amount": "50", "frequency": "hourly", "start": START}, "how often"),
        ({"amount": "50", "frequency": "weekly", "start": "soon"}, "Choose a day"),
    ],
)
def test_why_a_plan_cannot_be(office: Office, fields: dict[str, str], told: str) -> None:
    seat = office.seat()
    found = taken(office, seat)
    page, terms_hash = schedule(seat, found, **fields)
    assert told in page
    assert not terms_hash
    assert seat.act(path(found, "plan"), **fields, **YES).status_code == 422


def test_no_plan_under_a_hold_or_before_the_check(office: Office) -> None:
    seat = office.seat()
    fields = {"amount": "100", "frequency": "monthly", "start": START}
    held = taken(office, seat, "not mine", reason="dispute_not_mine")
    _, terms_hash = schedule(seat, held, **fields)
    refused = seat.act(path(held, "plan"), **fields, terms_hash=terms_hash, **YES)
    assert refused.status_code == 409
    assert "Not sent" in refused.json()["detail"]
    with office.database.read() as connection:
        assert plans.of_account(connection, account_of(office).id) == ()  # nothing half done
    unknown = taken(office, seat, reference=None)
    assert seat.act(path(unknown, "plan"), **fields, **YES).status_code == 409


def off_policy(office: Office, found: records.Conversation) -> approvals.Approval:
    """What the person asked for, which takes longer than the bot may agree to."""
    account = account_of(office)
    policy = office.creditors["demo-bank"].plan_policy
    proposal = Proposal(
        amount=Money(3000, "USD"), frequency=Frequency.MONTHLY, start=clock.now().date()
    )
    result = offers.from_proposal(
        Money(100000, "USD"), proposal, policy, clock.now().date(), longest_months=12
    )
    assert isinstance(result, OffPolicy)
    assert result.proposed is not None
    with office.database.write() as connection:
        return approvals.request(
            connection,
            account,
            result.proposed.terms,
            evidence={"conversation": found.id},
            key=f"asked in {found.id}",
        )


def test_a_supervisor_approves_and_it_is_sent(office: Office) -> None:
    agent, boss = office.seat(), office.seat("Kim", "supervisor")
    found = taken(office, agent)
    asked = off_policy(office, found)
    form = {"approval": asked.id, "decision": "approve", **YES}
    assert "A plan to decide on" in agent.get(path(found)).text
    assert agent.act(path(found, "decide"), **form).status_code == 403
    boss.done(path(found, "decide"), **form)
    assert boss.act(path(found, "decide"), **form).status_code == 409
    with office.database.read() as connection:
        (plan,) = plans.of_account(connection, account_of(office).id)
        assert approvals.requested(connection, account_of(office).id) == ()
    assert plan.terms_hash == asked.terms_hash
    intro, shown = office.said(found)[-2:]
    assert "plan" in intro.text
    assert shown.card is not None
    assert "plan_approved" in kinds(office, account_of(office).id)


def test_a_supervisor_refuses_and_they_are_told(office: Office) -> None:
    boss = office.seat("Kim", "supervisor")
    found = office.talk(reason="off_policy")
    asked = off_policy(office, found)
    boss.done(path(found, "decide"), approval=asked.id, decision="refuse", **YES)
    assert office.said(found)[-1].response == "utter_approval_refused"
    with office.database.read() as connection:
        assert plans.of_account(connection, account_of(office).id) == ()


def test_a_promise_is_written_down_once(office: Office) -> None:
    seat = office.seat()
    found = taken(office, seat)
    form = {"amount": "120.50", "due_on": START, **YES}
    assert seat.act(path(found, "promise"), **{**form, "amount": "0"}).status_code == 422
    assert seat.act(path(found, "promise"), **{**form, "due_on": "2026-01-01"}).status_code == 422
    for _ in range(2):
        assert seat.act(path(found, "promise"), key="a-promise", **form).status_code == 200
    with office.database.read() as connection:
        (made,) = promises.of_account(connection, account_of(office))
    assert made.amount == Money(12050, "USD")
    assert made.recorded_by == seat.agent.actor


def test_contact_details_are_corrected_and_never_lost(office: Office) -> None:
    seat = office.seat()
    found = taken(office, seat)
    seat.done(path(found, "contact"), address="(213) 555-0177", **YES)
    assert seat.act(path(found, "contact"), address="call me", **YES).status_code == 422
    debtor = account_of(office).debtor_id
    with office.database.read() as connection:
        points = accounts.contact_points(connection, debtor)
    new = next(p for p in points if p.address == "+12135550177")
    assert new.consent_on is None
    seat.done(path(found, "contact"), retire=new.id, **YES)
    assert seat.act(path(found, "contact"), retire="cp_other", **YES).status_code == 404
    with office.database.read() as connection:
        points = accounts.contact_points(connection, debtor)
    assert next(p for p in points if p.id == new.id).opted_out_on is not None
