"""Each house rule finds what it is for, and leaves plain words alone."""

from __future__ import annotations

from typing import Any

import pytest

from bot.voice import findings, talks_of_money


def measures(text: str, channel: str = "chat", **more: Any) -> list[tuple[str, str]]:
    return [(finding.measure, finding.found) for finding in findings(text, channel, **more)]


def test_a_plain_message_has_none() -> None:
    text = "You owe $289.93. You can start with $49.54 on Friday. Would that be okay?"
    for channel in ("chat", "sms", "whatsapp"):
        assert findings(text, channel) == ()


@pytest.mark.parametrize(
    "phrase",
    [
        *("you failed", "You ignored us", "YOU  MUST pay", "delinquent", "debtor", "defaulter"),
        *("final notice", "last chance", "immediately", "today only", "act now"),
        *("avoid consequences", "legal action", "we will sue", "garnish", "in court", "arrest"),
        *("calm down", "I know how you feel", "surely", "obviously", "as per", "kindly"),
        *("valued customer", "Unfortunately we"),
    ],
)
def test_every_entry_of_the_ban_list(phrase: str) -> None:
    assert any(measure == "ban list" for measure, _ in measures(f"{phrase}."))


@pytest.mark.parametrize(
    "phrase",
    ["We met, unfortunately.", "Courtesy first", "pursue", "mustard", "a clerk", "You muster"],
)
def test_words_that_only_look_banned(phrase: str) -> None:
    assert measures(phrase) == []


def test_unfortunately_opens_a_later_sentence() -> None:
    assert ("ban list", "Unfortunately") in measures("Thanks. Unfortunately we can't.")


def test_legal_steps_may_be_named_where_they_are_intended() -> None:
    assert measures("We may go to court.") == [("ban list", "court")]
    assert measures("We may go to court.", legal_action_intended=True) == []
    assert measures("You may be arrested.", legal_action_intended=True) == [
        ("ban list", "arrested")
    ]


def test_capitals_exclamations_and_terms() -> None:
    assert measures("Please pay NOW.") == [("capitals", "NOW")]
    assert measures("Text STOP to A-1042X, in the UK.") == []
    assert measures("ACME is here.", names=["ACME Bank"]) == []
    assert measures("You owe $5!") == [("exclamation", "!")]
    assert measures("Well done!") == []
    assert measures("Your arrears are small.") == [("term", "arrears")]
    assert measures("Your arrears (what is late) are small.") == []


def test_lengths() -> None:
    assert measures("one " * 26) == [("sentence", "26 words, at most 25")]
    assert measures("One two three. " * 21) == [("words", "63, at most 60")]
    assert measures("Is it? Or not?") == [("questions", "2, at most 1")]
    assert (
        measures("Incomprehensible administrative considerations notwithstanding, remuneration.")[
            0
        ][0]
        == "grade"
    )
    assert measures("Unbelievable eventualities.") == [], "too few words for a grade"


def test_text_messages_count_the_footer() -> None:
    text = "It is so. " * 26
    assert measures(text, "chat", footer="Reply STOP to stop.")[-1][0] == "words"
    short = "a b c d. " * 14
    assert measures(short, "sms") == []
    assert measures(f"{short}x" * 2, "sms", footer="Reply STOP to stop." * 4)[-1][0] == "segments"
    assert measures("It’s done.", "sms") == [("segments", "'’' makes it UCS-2, 1 messages")]
    assert measures("It’s done.", "chat") == []


def test_the_first_name() -> None:
    assert measures("Thanks, Ana.", first_name="Ana") == []
    assert measures("Anastasia Street", first_name="Ana") == []
    assert measures("Thanks, Ana.", first_name="Ana", verified=False) == [("first name", "Ana")]
    assert measures("Ana, thanks, Ana.", first_name="Ana") == [("first name", "Ana, 2 times")]
    said = ["Hi Ana.", "Okay.", "Right."]
    assert measures("Thanks, Ana.", first_name="Ana", recent=said) == []
    assert measures("Thanks, Ana.", first_name="Ana", recent=said[:2]) == [("first name", "Ana")]


def test_no_money_in_hard_moments() -> None:
    assert measures("You can pay later.", no_money=True) == [("money", "pay")]
    assert measures("We are here.", no_money=True) == []


def test_what_talks_of_money() -> None:
    assert talks_of_money("That makes £5.")
    assert talks_of_money("Your plan is set.")
    assert not talks_of_money("Hello there.")
