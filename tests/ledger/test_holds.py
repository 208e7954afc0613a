"""Holds protect an account or a person until they end or are lifted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot import audit, clock
from bot.db import Database
from bot.ledger import holds
from bot.ledger.accounts import Account
from bot.money import Money


def place(database: Database, scope: str, scope_id: str, **values: object) -> holds.Hold:
    wanted = {"kind": "dispute", "evidence": {"message": "m1"}, "key": "k1", **values}
    with database.write() as connection:
        return holds.place(connection, scope=scope, scope_id=scope_id, **wanted)  # type: ignore[arg-type]


def standing(database: Database, account: Account) -> tuple[holds.Hold, ...]:
    with database.read() as connection:
        return holds.standing(connection, account)


def test_a_hold_on_the_account_or_its_person_silences_money(
    database: Database, account: Account
) -> None:
    assert not holds.silences_money(standing(database, account))
    place(database, "account", account.id, key="a", amount=Money(5_000, "USD"))
    place(database, "person", account.debtor_id, kind="attorney", key="b")
    found = standing(database, account)
    assert [(one.kind, one.amount) for one in found] == [
        ("dispute", Money(5_000, "USD")),
        ("attorney", None),
    ]
    assert holds.silences_money(found)


def test_somebody_elses_hold_does_not_count(database: Database, account: Account) -> None:
    place(database, "account", "ac_other")
    place(database, "conversation", account.id, key="k2")
    assert standing(database, account) == ()


def test_the_same_key_places_one_hold(database: Database, account: Account) -> None:
    first = place(database, "account", account.id)
    assert place(database, "account", account.id, kind="cease") == first
    assert standing(database, account) == (first,)


def test_a_pause_ends_on_its_day_where_the_debtor_is(database: Database, account: Account) -> None:
    place(database, "account", account.id, kind="hardship_pause", until=date(2026, 4, 1))
    clock.travel(timedelta(days=29, hours=10))  # 31 March, 23:00 in Los Angeles (summer time)
    assert standing(database, account)
    clock.travel(timedelta(hours=2))
    assert standing(database, account) == ()


def test_a_lifted_hold_is_kept_with_who_and_why(database: Database, account: Account) -> None:
    hold = place(database, "account", account.id)
    with database.write() as connection:
        lifted = holds.lift(connection, hold.id, by="agent 7", reason="proof sent")
        again = holds.lift(connection, hold.id, by="agent 8", reason="twice")
    assert (lifted.lifted_by, lifted.lifted_because) == ("agent 7", "proof sent")
    assert again == lifted
    assert standing(database, account) == ()
    with database.read() as connection:
        assert holds.history(connection, account) == (lifted,)


def test_an_unknown_hold_cannot_be_lifted(database: Database) -> None:
    with pytest.raises(LookupError), database.write() as connection:
        holds.lift(connection, "hd_none", by="agent 7", reason="")


@pytest.mark.parametrize("wrong", [{"kind": "mood"}, {"amount": Money(-1, "USD")}])
def test_the_database_knows_what_a_hold_may_be(
    database: Database, account: Account, wrong: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError):
        place(database, "account", account.id, **wrong)


def test_1006_38_d_2_a_dispute_of_a_part_leaves_the_rest(
    database: Database, account: Account
) -> None:
    """The disputed portion is never planned or paid (1006.30(c)); the rest may be."""
    whole = place(database, "account", account.id)
    assert holds.bars_plans(standing(database, account))
    with database.write() as connection:
        holds.narrow(connection, whole, Money(300_00, "USD"), evidence={}, key="part")
    (part,) = standing(database, account)
    assert part.amount == Money(300_00, "USD")
    assert not holds.bars_plans([part])
    assert holds.silences_money([part])
    assert holds.undisputed(Money(1000_00, "USD"), [part]) == Money(700_00, "USD")
    assert holds.undisputed(Money(100_00, "USD"), [part]) == Money(0, "USD")


def test_a_hold_is_lifted_for_a_reason_and_that_is_audited(
    database: Database, account: Account
) -> None:
    hold = place(database, "account", account.id)
    with pytest.raises(ValueError, match="reason"), database.write() as connection:
        holds.lift(connection, hold.id, by="agent:7", reason=" ")
    with database.write() as connection:
        holds.lift(connection, hold.id, by="agent:7", reason="proof sent")
        rows = connection.execute(
            audit.audit_event.select().where(audit.audit_event.c.subject == account.id)
        ).all()
    assert [(row.kind, row.actor) for row in rows] == [
        ("hold_placed", "debtor"),
        ("hold_lifted", "agent:7"),
    ]
    assert "proof" not in str(rows[-1].facts)


def test_lifting_ends_what_one_statement_set_in_two_places(
    database: Database, account: Account
) -> None:
    place(database, "conversation", "cv_1", key="mg_1:dispute:cv_1")
    there = place(database, "account", account.id, key=f"mg_1:dispute:{account.id}")
    other = place(database, "account", account.id, key=f"mg_2:dispute:{account.id}")
    with database.write() as connection:
        holds.lift(connection, there.id, by="agent:7", reason="proof sent")
        assert holds.of_conversation(connection, "cv_1") == ()
    assert standing(database, account) == (other,)
