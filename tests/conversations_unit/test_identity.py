"""Who is on the other end: nothing tells right from wrong, and three failures lock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import select

from bot import clock
from bot.conversations import identity, records
from bot.conversations.identity import Answers, Failed, InvalidToken, Verified
from bot.conversations.records import Conversation
from bot.conversations.redaction import redact
from bot.conversations.tables import identity_lock
from bot.creditors import Creditor
from bot.db import Database
from tests.conversations_unit.conftest import SECRET, open_one
from tests.moments import MONDAY

RIGHT = "A-1042, 3 May 1988, 90210"
WRONG = "A-1042, 4 May 1988, 90210"
KEY = "a key that the host site shares with us"


def answers(text: str, *, day_first: bool = False) -> Answers:
    return redact(text, day_first=day_first, checking=True, secret=SECRET).answers


def check(
    books: Database, conversation: Conversation, creditor: Creditor, text: str
) -> Verified | Failed:
    with books.write() as connection:
        current = records.get(connection, conversation.id)
        return identity.check(connection, current, creditor, answers(text), SECRET)


def now(books: Database, conversation: Conversation) -> Conversation:
    with books.read() as connection:
        return records.get(connection, conversation.id)


@pytest.mark.parametrize(
    "text",
    [
        RIGHT,
        "born 3 may '88, zip 90210, ref a1042",
        "90210-1234 05/03/1988 a1042",
        "+1 213 555 0142, 1988-05-03, 90210",
        "(213) 555-0142 3.5.1988 90210",
    ],
)
def test_right_answers_in_any_order_and_wording(
    books: Database, conversation: Conversation, creditor: Creditor, text: str
) -> None:
    outcome = check(books, conversation, creditor, text)
    assert isinstance(outcome, Verified)
    assert [a.reference for a in outcome.accounts] == ["A-1042"]
    stands = now(books, conversation)
    assert stands.verified
    assert stands.account_id == outcome.accounts[0].id


def test_a_british_postcode_however_spaced(books: Database, creditors: Any) -> None:
    other = open_one(books, "demo-uk")
    with books.write() as connection:
        given = answers("T3301 17/09/1991 m14bt", day_first=True)
        outcome = identity.check(connection, other, creditors["demo-uk"], given, SECRET)
    assert isinstance(outcome, Verified)


@pytest.mark.parametrize(
    "text",
    [
        WRONG,
        "A-1042, 3 May 1988, 90211",
        "A-1057, 3 May 1988, 90210",
        "A-9999, 3 May 1988, 90210",
        "+12065550163, 3 May 1988, 90210",
        "T-3301, 17 September 1991, M1 4BT",
    ],
)
def test_anything_wrong_fails_alike(
    books: Database, conversation: Conversation, creditor: Creditor, text: str
) -> None:
    outcome = check(books, conversation, creditor, text)
    assert isinstance(outcome, Failed)
    assert outcome.attempts_left == 2
    stands = now(books, conversation)
    assert (stands.verified, stands.debtor_id, stands.account_id) == (False, None, None)


def test_a_person_with_two_accounts_found_by_phone_is_asked_which(
    books: Database, conversation: Conversation, creditor: Creditor
) -> None:
    outcome = check(books, conversation, creditor, "+13125550157, 20 Nov 1975, 60614")
    assert isinstance(outcome, Verified)
    assert {a.reference for a in outcome.accounts} == {"A-1057", "A-1058"}
    assert now(books, conversation).account_id is None


def test_two_people_who_share_a_number_are_told_apart(
    books: Database, conversation: Conversation, creditor: Creditor
) -> None:
    outcome = check(books, conversation, creditor, "+12065550163, 9 Aug 1990, 98103")
    assert isinstance(outcome, Verified)
    assert [a.reference for a in outcome.accounts] == ["A-1064"]


def test_three_failures_lock_the_account_for_every_conversation_and_a_day(
    books: Database, conversation: Conversation, creditor: Creditor
) -> None:
    left = [check(books, conversation, creditor, WRONG) for _ in range(3)]
    assert [o.attempts_left for o in left if isinstance(o, Failed)] == [2, 1, 0]
    assert now(books, conversation).locked
    assert isinstance(check(books, open_one(books), creditor, RIGHT), Failed)
    clock.travel(timedelta(hours=23))
    assert isinstance(check(books, open_one(books), creditor, RIGHT), Failed)
    clock.travel(timedelta(hours=2))
    assert isinstance(check(books, open_one(books), creditor, RIGHT), Verified)


def test_another_name_for_the_account_gives_no_further_attempts(
    books: Database, creditor: Creditor
) -> None:
    for claim in ("A-1042", "a1042", "+1 213 555 0142"):
        check(books, open_one(books), creditor, f"{claim}, 4 May 1988, 90210")
    for claim in ("A-1042", "(213) 555-0142"):
        outcome = check(books, open_one(books), creditor, f"{claim}, 3 May 1988, 90210")
        assert isinstance(outcome, Failed)


def test_an_account_that_does_not_exist_locks_like_one_that_does(
    books: Database, creditor: Creditor
) -> None:
    def locks() -> list[tuple[int, bool]]:
        with books.read() as connection:
            rows = connection.execute(select(identity_lock)).all()
        return [(row.failed_attempts, row.locked_until is not None) for row in rows]

    for reference in ("A-1042", "A-9999"):
        for _ in range(3):
            check(books, open_one(books), creditor, f"{reference}, 4 May 1988, 90210")
    assert locks() == [(3, True), (3, True)]


def test_after_a_lock_the_count_begins_anew(books: Database, creditor: Creditor) -> None:
    for _ in range(3):
        check(books, open_one(books), creditor, WRONG)
    clock.travel(timedelta(hours=20))
    check(books, open_one(books), creditor, WRONG)
    clock.travel(timedelta(hours=5))
    slipped = open_one(books)
    assert isinstance(check(books, slipped, creditor, WRONG), Failed)
    assert isinstance(check(books, slipped, creditor, RIGHT), Verified)


def test_failures_that_race_are_all_counted(books: Database, creditor: Creditor) -> None:
    check(books, open_one(books), creditor, WRONG)
    racing = [open_one(books) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda c: check(books, c, creditor, WRONG), racing))
    with books.read() as connection:
        counted = connection.execute(select(identity_lock.c.failed_attempts)).scalar()
    assert counted == 9


def test_success_forgets_the_failures(books: Database, creditor: Creditor) -> None:
    for _ in range(2):
        trying = open_one(books)
        for _ in range(2):
            check(books, trying, creditor, WRONG)
        assert isinstance(check(books, trying, creditor, RIGHT), Verified)


def test_a_check_is_over_after_half_an_hour_of_silence(
    books: Database, conversation: Conversation, creditor: Creditor
) -> None:
    check(books, conversation, creditor, RIGHT)
    clock.travel(timedelta(minutes=29))
    with books.write() as connection:
        identity.extend(connection, records.get(connection, conversation.id))
    clock.travel(timedelta(minutes=29))
    assert now(books, conversation).verified
    clock.travel(timedelta(minutes=2))
    assert not now(books, conversation).verified
    with books.write() as connection:
        identity.extend(connection, records.get(connection, conversation.id))
    assert not now(books, conversation).verified, "what is over is not extended"


def test_an_agent_unlocks(books: Database, conversation: Conversation, creditor: Creditor) -> None:
    for _ in range(3):
        check(books, conversation, creditor, "A-9999, 3 May 1988, 90210")
    assert isinstance(check(books, conversation, creditor, RIGHT), Failed)
    with books.write() as connection:
        identity.unlock(connection, now(books, conversation))
    assert isinstance(check(books, conversation, creditor, RIGHT), Verified)


def token(key: str = KEY, algorithm: str = "HS256", **changes: Any) -> str:
    claims = {
        "sub": "A-1042",
        "aud": "demo-bank",
        "exp": (clock.now() + timedelta(minutes=5)).timestamp(),
        **changes,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm)


def test_a_host_sites_token_names_the_account(books: Database, creditor: Creditor) -> None:
    with books.read() as connection:
        account = identity.account_of_token(connection, creditor, token(), KEY)
    assert account.reference == "A-1042"


def _tokens_that_prove_nothing() -> dict[str, str]:
    with clock.at(MONDAY):
        return {
            "another key": token(key="another key that is long enough to be one"),
            "no signature": token(key="", algorithm="none"),
            "another algorithm": token(algorithm="HS512"),
            "another creditor": token(aud="demo-uk"),
            "no audience": token(aud=None),
            "no expiry": token(exp=None),
            "expired": token(exp=(clock.now() - timedelta(seconds=1)).timestamp()),
            "an expiry that is no number": token(exp=float("nan")),
            "no account": token(sub="A-9999"),
            "another creditor's account": token(sub="T-3301"),
            "no subject": token(sub=None),
            "no token": "not.a.token",
            "nothing": "",
            "not even text": "\ud800",
        }


PROVING_NOTHING = _tokens_that_prove_nothing()


@pytest.mark.parametrize("what", PROVING_NOTHING)
def test_tokens_that_prove_nothing(books: Database, creditor: Creditor, what: str) -> None:
    with books.read() as connection, pytest.raises(InvalidToken):
        identity.account_of_token(connection, creditor, PROVING_NOTHING[what], KEY)


def test_no_token_is_taken_without_a_key(books: Database, creditor: Creditor) -> None:
    with books.read() as connection, pytest.raises(InvalidToken):
        identity.account_of_token(connection, creditor, token(), "")
