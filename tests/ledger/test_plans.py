"""Plans, from the offer to the last instalment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import clock
from bot.creditors import PlanPolicy
from bot.db import Database
from bot.ledger import accounts, approvals, entries, holds, plans, schedule
from bot.ledger.accounts import Account
from bot.ledger.plans import Agreed, Moved, Plan, Refused, Skipped
from bot.ledger.schedule import Frequency, Terms
from bot.money import Money

FRIDAY = date(2026, 3, 6)
EVIDENCE = {"message": "ms_1", "channel": "chat", "text": "yes"}


def terms(
    amount: int = 75,
    total: int = 1000,
    kind: str = "instalments",
    frequency: Frequency = Frequency.BIWEEKLY,
    start: date = FRIDAY,
) -> Terms:
    amounts = schedule.amounts_by_size(Money(total * 100, "USD"), Money(amount * 100, "USD"))
    return schedule.terms(kind, frequency, start, amounts, "US")


def offer(
    database: Database,
    account: Account,
    offered: Terms | None = None,
    key: str = "o1",
    conversation: str = "cv_1",
) -> Plan:
    with database.write() as connection:
        return plans.offer(
            connection,
            account,
            offered or terms(),
            conversation_id=conversation,
            key=key,
            today=date(2026, 3, 2),
        )


def agree(database: Database, plan: Plan, key: str | None = None) -> plans.Agreement:
    with database.write() as connection:
        return plans.agree(
            connection,
            plan.id,
            terms_hash=plan.terms_hash,
            evidence=EVIDENCE,
            key=key or f"yes to {plan.id}",
        )


def agreed(database: Database, account: Account, offered: Terms | None = None) -> Plan:
    agreement = agree(database, offer(database, account, offered))
    assert isinstance(agreement, Agreed)
    return agreement.plan


def pay(database: Database, account: Account, amount: str, external_id: str) -> Plan:
    """A payment arrives; the plan as it is then."""
    with database.write() as connection:
        entries.post(
            connection,
            account.id,
            posted_on=clock.today(account.time_zone),
            kind="payment",
            amount=-Money.parse(amount, "USD"),
            memo="Payment",
            external_id=external_id,
        )
        plan = plans.follow_entries(connection, account.id)
    assert plan is not None
    return plan


def status(database: Database, account: Account) -> str:
    with database.read() as connection:
        return accounts.get(connection, account.id).status


def statuses(plan: Plan) -> list[str]:
    return [one.status for one in plan.instalments]


def reason(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.reason


def test_1000_at_75_every_other_friday_is_agreed(database: Database, account: Account) -> None:
    offered = offer(database, account)
    assert offered.status == "offered"
    assert offered.expires_at - offered.offered_at == timedelta(hours=24)
    assert status(database, account) == "open"
    plan = agreed(database, account)
    assert plan.id == offered.id
    assert (plan.status, plan.version, plan.evidence) == ("active", 1, EVIDENCE)
    assert status(database, account) == "in_plan"
    with database.read() as connection:
        assert plans.active(connection, account.id) == plan
    progress = plans.progress(plan)
    assert (str(progress.paid), str(progress.left), progress.count_left) == (
        "$0.00",
        "$1,000.00",
        14,
    )
    assert progress.next is not None
    assert (progress.next.due_on, str(progress.next.amount)) == (FRIDAY, "$75.00")


def test_agreeing_twice_makes_one_plan(database: Database, account: Account) -> None:
    plan = offer(database, account)
    first = agree(database, plan, key="yes")
    assert agree(database, plan, key="yes") == agree(database, plan, key="yes again") == first
    with database.read() as connection:
        assert len(plans.of_account(connection, account.id)) == 1


def test_offering_twice_with_one_key_is_one_offer(database: Database, account: Account) -> None:
    assert offer(database, account) == offer(database, account)


def test_only_the_newest_offer_of_a_conversation_stands(
    database: Database, account: Account
) -> None:
    old = offer(database, account)
    new = offer(database, account, terms(50), key="o2")
    assert reason(agree(database, old)) == "superseded"
    assert isinstance(agree(database, new), Agreed)


def test_a_yes_is_bound_to_the_schedule_that_was_shown(
    database: Database, account: Account
) -> None:
    plan = offer(database, account)
    shown = replace(plan, terms_hash=terms(50).terms_hash)
    assert reason(agree(database, shown)) == "superseded"
    assert status(database, account) == "open"


def test_an_offer_expires_after_a_day(database: Database, account: Account) -> None:
    plan = offer(database, account)
    clock.travel(timedelta(hours=24))
    assert reason(agree(database, plan)) == "expired"


def test_an_offer_expires_with_its_first_day(database: Database, account: Account) -> None:
    plan = offer(database, account, terms(start=date(2026, 3, 2)))
    clock.travel(timedelta(hours=13))  # past midnight in Los Angeles
    assert reason(agree(database, plan)) == "expired"


def test_a_changed_balance_voids_the_offer(database: Database, account: Account) -> None:
    plan = offer(database, account)
    with database.write() as connection:
        entries.post(
            connection,
            account.id,
            posted_on=date(2026, 3, 2),
            kind="payment",
            amount=Money(-100, "USD"),
            memo="",
            external_id="p",
        )
    assert reason(agree(database, plan)) == "changed_balance"
    assert status(database, account) == "open"


def test_nothing_is_agreed_under_a_hold(database: Database, account: Account) -> None:
    plan = offer(database, account)
    with database.write() as connection:
        hold = holds.place(
            connection,
            scope="person",
            scope_id=account.debtor_id,
            kind="crisis",
            evidence={},
            key="h",
        )
    assert reason(agree(database, plan)) == "held"
    with database.write() as connection:
        holds.lift(connection, hold.id, by="agent 7", reason="they asked to go on")
    assert isinstance(agree(database, plan), Agreed)


def test_what_was_never_offered_cannot_be_agreed(database: Database, account: Account) -> None:
    plan = replace(offer(database, account), id="pl_none")
    assert reason(agree(database, plan)) == "not_found"


def test_terms_that_do_not_fit_the_balance_are_not_offered(
    database: Database, account: Account
) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        offer(database, account, terms(total=900))
    with pytest.raises(ValueError, match="does not fit"):
        offer(database, account, terms(kind="settlement"))
    with pytest.raises(ValueError, match="before today"):
        offer(database, account, terms(start=date(2026, 2, 27)))


def test_a_new_plan_replaces_the_old_and_keeps_it(database: Database, account: Account) -> None:
    old = agreed(database, account)
    new = agree(database, offer(database, account, terms(50), key="o2"))
    assert isinstance(new, Agreed)
    assert (new.plan.version, new.plan.replaces) == (2, old.id)
    with database.read() as connection:
        kept = plans.get(connection, old.id)
    assert (kept.status, kept.version, set(statuses(kept))) == ("cancelled", 1, {"cancelled"})
    assert reason(agree(database, old)) == "superseded"


def test_an_offer_from_before_another_agreement_no_longer_counts(
    database: Database, account: Account
) -> None:
    by_chat = offer(database, account)
    by_phone = offer(database, account, terms(50), key="o2", conversation="cv_2")
    assert isinstance(agree(database, by_phone), Agreed)
    assert reason(agree(database, by_chat)) == "superseded"


def test_the_same_plan_agreed_on_two_channels_is_one(database: Database, account: Account) -> None:
    by_chat = offer(database, account)
    by_phone = offer(database, account, key="o2", conversation="cv_2")
    assert agree(database, by_chat) == agree(database, by_phone)


def test_payments_are_put_to_the_oldest_instalments(database: Database, account: Account) -> None:
    agreed(database, account)
    plan = pay(database, account, "100.00", "p1")
    assert [str(one.paid) for one in plan.instalments[:3]] == ["$75.00", "$25.00", "$0.00"]
    assert statuses(plan)[:3] == ["paid", "due", "due"]
    assert pay(database, account, "100.00", "p1") == plan  # imported twice
    progress = plans.progress(plan)
    assert (str(progress.paid), str(progress.left)) == ("$100.00", "$900.00")
    assert progress.next is not None
    assert str(progress.next.left) == "$50.00"


def test_payments_before_the_plan_do_not_pay_it(database: Database, account: Account) -> None:
    with database.write() as connection:
        entries.post(
            connection,
            account.id,
            posted_on=date(2026, 3, 2),
            kind="payment",
            amount=Money(-10_000, "USD"),
            memo="",
            external_id="before",
        )
    plan = agreed(database, account, terms(total=900))
    with database.write() as connection:
        assert plans.follow_entries(connection, account.id) == plan


def test_a_refunded_payment_is_due_again(database: Database, account: Account) -> None:
    agreed(database, account)
    pay(database, account, "75.00", "p1")
    with database.write() as connection:
        entries.post(
            connection,
            account.id,
            posted_on=date(2026, 3, 2),
            kind="refund",
            amount=Money(7_500, "USD"),
            memo="Returned by the bank",
            external_id="r1",
        )
        plan = plans.follow_entries(connection, account.id)
    assert plan is not None
    assert statuses(plan)[0] == "due"


def test_the_last_instalment_completes_the_plan(database: Database, account: Account) -> None:
    agreed(database, account)
    assert pay(database, account, "999.99", "p1").status == "active"
    plan = pay(database, account, "0.01", "p2")
    assert (plan.status, set(statuses(plan))) == ("completed", {"paid"})
    assert status(database, account) == "paid"


def test_a_completed_settlement_waives_the_rest(database: Database, account: Account) -> None:
    settlement = terms(700, total=700, kind="settlement", frequency=Frequency.ONCE)
    agreed(database, account, settlement)
    assert pay(database, account, "700.00", "p1").status == "completed"
    assert status(database, account) == "settled"
    with database.read() as connection:
        last = entries.history(connection, account.id)[-1]
        assert (last.kind, str(last.amount)) == ("waiver", "-$300.00")
        assert entries.balance(connection, account.id).is_zero


def test_a_settlement_does_not_waive_what_was_charged_since(
    database: Database, account: Account
) -> None:
    agreed(database, account, terms(700, total=700, kind="settlement", frequency=Frequency.ONCE))
    with database.write() as connection:
        entries.post(
            connection,
            account.id,
            posted_on=date(2026, 3, 2),
            kind="charge",
            amount=Money(4_000, "USD"),
            memo="New purchase",
            external_id="c1",
        )
    pay(database, account, "700.00", "p1")
    with database.read() as connection:
        assert str(entries.balance(connection, account.id)) == "$40.00"
    assert status(database, account) == "open"


def test_a_plan_on_which_nothing_is_owed_any_more_is_completed(
    database: Database, account: Account
) -> None:
    agreed(database, account)
    with database.write() as connection:
        entries.post(
            connection,
            account.id,
            posted_on=date(2026, 3, 2),
            kind="waiver",
            amount=Money(-100_000, "USD"),
            memo="Goodwill",
            external_id="w1",
        )
        plan = plans.follow_entries(connection, account.id)
    assert plan is not None
    assert (plan.status, set(statuses(plan))) == ("completed", {"cancelled"})


def test_an_instalment_is_missed_the_day_after(database: Database, account: Account) -> None:
    plan = agreed(database, account)
    clock.travel(timedelta(days=5, hours=-13))  # Friday, 23:00 in Los Angeles
    with database.read() as connection:
        assert statuses(plans.get(connection, plan.id))[0] == "due"
        clock.travel(timedelta(hours=2))
        assert statuses(plans.get(connection, plan.id))[:2] == ["missed", "due"]


def test_cancelling_frees_the_account(database: Database, account: Account) -> None:
    plan = agreed(database, account)
    with database.write() as connection:
        cancelled = plans.cancel(connection, plan.id, evidence=EVIDENCE, key="c1")
        assert plans.cancel(connection, plan.id, evidence=EVIDENCE, key="c1") == cancelled
        assert plans.active(connection, account.id) is None
    assert cancelled.status == "cancelled"
    assert status(database, account) == "open"


def move(
    database: Database, plan: Plan, policy: PlanPolicy, sequence: int, day: str, key: str = "m1"
) -> Moved | Refused:
    with database.write() as connection:
        return plans.move(
            connection,
            plan.id,
            sequence,
            date.fromisoformat(day),
            policy=policy,
            evidence=EVIDENCE,
            key=key,
        )


def test_one_instalment_moves_once(
    database: Database, account: Account, policy: PlanPolicy
) -> None:
    plan = agreed(database, account)
    moved = move(database, plan, policy, 1, "2026-03-14")  # a Saturday
    assert isinstance(moved, Moved)
    first = moved.plan.instalments[0]
    assert (first.due_on, first.moved_from, first.status) == (date(2026, 3, 16), FRIDAY, "moved")
    assert moved.plan.instalments[1:] == plan.instalments[1:]
    assert move(database, plan, policy, 1, "2026-03-14") == moved
    assert reason(move(database, plan, policy, 1, "2026-03-10", "m2")) == "moved_before"


@pytest.mark.parametrize(
    ("sequence", "day", "why"),
    [
        (1, "2026-03-17", "too_far"),
        (2, "2026-03-09", "too_far"),
        (1, "2026-03-01", "in_past"),
        (1, "2026-03-06", "same_day"),
        (15, "2026-03-06", "not_found"),
    ],
)
def test_a_move_that_policy_does_not_allow(
    database: Database, account: Account, policy: PlanPolicy, sequence: int, day: str, why: str
) -> None:
    plan = agreed(database, account)
    assert reason(move(database, plan, policy, sequence, day)) == why
    with database.read() as connection:
        assert plans.get(connection, plan.id) == plan


def test_instalments_do_not_overtake_each_other(
    database: Database, account: Account, policy: PlanPolicy
) -> None:
    plan = agreed(database, account, terms(frequency=Frequency.WEEKLY))
    assert reason(move(database, plan, policy, 1, "2026-03-13")) == "out_of_order"
    assert reason(move(database, plan, policy, 1, "2026-03-16")) == "out_of_order"
    assert reason(move(database, plan, policy, 2, "2026-03-05")) == "out_of_order"
    assert isinstance(move(database, plan, policy, 1, "2026-03-12"), Moved)


def skip(
    database: Database, plan: Plan, policy: PlanPolicy, sequence: int, key: str = "s1"
) -> Skipped | Refused:
    with database.write() as connection:
        return plans.skip(connection, plan.id, sequence, policy=policy, evidence=EVIDENCE, key=key)


def test_one_instalment_is_skipped_to_the_end(
    database: Database, account: Account, policy: PlanPolicy
) -> None:
    plan = agreed(database, account)
    skipped = skip(database, plan, policy, 2)
    assert isinstance(skipped, Skipped)
    after = skipped.plan
    assert statuses(after)[:3] == ["due", "skipped", "due"]
    last = after.instalments[-1]
    assert (last.sequence, last.due_on, str(last.amount)) == (15, date(2026, 9, 18), "$75.00")
    assert str(plans.progress(after).left) == "$1,000.00"
    assert skip(database, plan, policy, 2) == skipped
    assert reason(skip(database, plan, policy, 3, "s2")) == "skipped_before"


def test_a_part_paid_instalment_keeps_what_was_paid(
    database: Database, account: Account, policy: PlanPolicy
) -> None:
    agreed(database, account)
    plan = pay(database, account, "20.00", "p1")
    skipped = skip(database, plan, policy, 1)
    assert isinstance(skipped, Skipped)
    assert (str(skipped.plan.instalments[0].amount), statuses(skipped.plan)[0]) == (
        "$20.00",
        "paid",
    )
    assert str(skipped.plan.instalments[-1].amount) == "$55.00"
    after = pay(database, account, "980.00", "p2")
    assert after.status == "completed"


def test_the_monthly_31st_is_skipped_to_the_31st(
    database: Database, account: Account, policy: PlanPolicy
) -> None:
    monthly = terms(250, frequency=Frequency.MONTHLY, start=date(2026, 3, 31))
    plan = agreed(database, account, monthly)
    assert plan.instalments[-1].due_on == date(2026, 6, 30)
    skipped = skip(database, plan, policy, 4)
    assert isinstance(skipped, Skipped)
    assert skipped.plan.instalments[-1].due_on == date(2026, 7, 31)


def test_a_single_payment_is_not_skipped(
    database: Database, account: Account, policy: PlanPolicy
) -> None:
    once = terms(1000, kind="full", frequency=Frequency.ONCE)
    assert reason(skip(database, agreed(database, account, once), policy, 1)) == "only_instalment"


def test_an_offer_is_not_lived_with(
    database: Database, account: Account, policy: PlanPolicy
) -> None:
    plan = offer(database, account)
    assert reason(skip(database, plan, policy, 1)) == "not_found"
    assert reason(move(database, plan, policy, 1, "2026-03-09")) == "not_found"


def test_an_approval_is_asked_for_once(database: Database, account: Account) -> None:
    asked = terms(20, frequency=Frequency.WEEKLY)
    with database.write() as connection:
        first = approvals.request(connection, account, asked, evidence=EVIDENCE, key="a1")
        again = approvals.request(connection, account, asked, evidence=EVIDENCE, key="a1")
    assert first == again
    assert (first.status, first.terms_hash) == ("requested", asked.terms_hash)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), st.integers(1, 40_000)),
        st.tuples(st.just("skip"), st.integers(1, 16)),
        st.tuples(st.just("move"), st.integers(1, 16)),
    ),
    max_size=8,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_happens_a_plan_sums_to_its_total(
    database: Database,
    open_account: Callable[[], Account],
    policy: PlanPolicy,
    steps: list[tuple[str, int]],
) -> None:
    account = open_account()
    plan = agree(database, offer(database, account, key=account.id))
    assert isinstance(plan, Agreed)
    generous = replace(policy, skips=12)
    for number, (what, value) in enumerate(steps):
        key = f"{account.id} {number}"
        with database.write() as connection:
            now = plans.get(connection, plan.plan.id)
            if now.status != "active":
                break
            if what == "pay":
                owed = entries.balance(connection, account.id)
                entries.post(
                    connection,
                    account.id,
                    posted_on=date(2026, 3, 2),
                    kind="payment",
                    amount=-min(owed, Money(value, "USD")),
                    memo="",
                    external_id=key,
                )
                plans.follow_entries(connection, account.id)
            elif what == "skip":
                plans.skip(connection, now.id, value, policy=generous, evidence=EVIDENCE, key=key)
            else:
                later = now.instalments[0].due_on + timedelta(days=14 * value)
                plans.move(
                    connection, now.id, value, later, policy=policy, evidence=EVIDENCE, key=key
                )
    with database.read() as connection:
        after = plans.get(connection, plan.plan.id)
        balance = entries.balance(connection, account.id)
    kept = [one for one in after.instalments if one.status != "skipped"]
    days = [one.due_on for one in kept]
    assert sum(one.amount.minor for one in kept) == after.total.minor == 100_000
    assert days == sorted(set(days))
    progress = plans.progress(after)
    assert progress.left == balance
    assert progress.paid + progress.left == after.total
