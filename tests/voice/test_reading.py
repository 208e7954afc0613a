"""Sentences, words, syllables and the grade made of them."""

from __future__ import annotations

import pytest

from bot.voice.reading import grade, measure, sentences, syllables, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You owe $1,289.93. That's all.", ["You owe $1,289.93.", "That's all."]),
        ('Done? Yes! "Good." Right', ["Done?", "Yes!", '"Good.', "Right"]),
        (
            "See https://a.example.com/x. Or call 1.5",
            ["See https://a.example.com/x.", "Or call 1.5"],
        ),
        ("one line\nanother", ["one line", "another"]),
        ("", []),
        (" … ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_words_count_figures_and_not_signs() -> None:
    assert words("You owe $49.54 – today, at 9:00 — yes") == [
        *("You", "owe", "$49.54", "today,", "at", "9:00", "yes")
    ]


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("balance", 2),
        ("reference", 3),
        ("doesn't", 2),
        ("don't", 1),
        ("couldn’t".replace("’", "'"), 2),
        ("we've", 1),
        ("$1,289.93", 1),
        ("https://www.example.com", 1),
        ("help@example.com", 1),
        ("self-employed,", 3),
        ("A-1042.", 1),
        ("été", 1),
    ],
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count


def test_measures_of_a_text_counted_by_hand() -> None:
    # You owe mon-ey (3 words, 4). We can make a plan (5, 5).
    counts = measure("You owe money. We can make a plan.")
    assert (counts.sentences, counts.words, counts.syllables, counts.longest) == (2, 8, 9, 5)
    assert counts.mean_sentence == 4
    assert grade(counts) == pytest.approx(0.39 * 4 + 11.8 * 9 / 8 - 15.59)


def test_names_are_one_plain_word() -> None:
    plain = measure("Call Bob.")
    named = measure(
        "Call National Foundation for Credit Counseling.",
        names=["", "National Foundation for Credit Counseling", "National"],
    )
    assert named == plain


def test_measures_add_up() -> None:
    one, two = measure("One two three."), measure("Four five.")
    both = measure("One two three. Four five.")
    assert one + two == both
    assert grade(measure("")) == 0


def test_hard_prose_is_told_from_plain() -> None:
    hard = (
        "Failure to remit the aforementioned outstanding obligation within the stipulated period "
        "may precipitate additional administrative consequences."
    )
    assert grade(measure(hard)) > 20
    assert grade(measure("You owe $40. Can you pay some of it on Friday?")) < 3
