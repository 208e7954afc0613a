"""Judges one message by the house rules, as the person would read it on one channel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.voice.house import house
from bot.voice.reading import grade, measure, sentences, words
from bot.voice.sms import segments

GRADE = 8.0
"""The highest grade of one message; all together stay below MEAN_GRADE."""
MEAN_GRADE = 6.0
SENTENCE_WORDS = 25
MEAN_SENTENCE_WORDS = 15.0
MESSAGE_WORDS = 60
QUESTIONS = 1
SMS_SEGMENTS = 2
NAME_EVERY = 3
"""The first name stands in at most one of so many messages."""

LEAST_WORDS = 5
"""A grade says nothing about fewer words than these."""

_AMOUNT = re.compile(r"[$£€]\s?\d")
_SHOUTED = re.compile(r"\b[A-Z]{2,}(?:'[A-Z]+)?\b")
_EXPLAINED = re.compile(r"\(|\bmeans?\b|\bthat is\b|\bin other words\b", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """Something in a message that is not how we write."""

    measure: str
    """Which rule: `grade`, `sentence`, `words`, `questions`, `segments`, `ban list`, `capitals`,
    `exclamation`, `term`, `first name`, `money` or `fact`."""
    found: str
    """What was found: the figure, or the words as they stand in the text."""
    advice: str
    """What to do about it."""

    def __str__(self) -> str:
        return f"{self.measure}: {self.found}: {self.advice}"


def findings(
    text: str,
    channel: str = "chat",
    *,
    names: Sequence[str] = (),
    footer: str = "",
    first_name: str = "",
    verified: bool = True,
    recent: Sequence[str] = (),
    legal_action_intended: bool = False,
    no_money: bool = False,
) -> tuple[Finding, ...]:
    """Everything in `text` that is not how we write, in the order of the rules.

    `channel` is `chat`, `sms` or `whatsapp`. `names` are proper names that say nothing about how
    hard the text is; `footer` is what the sender adds on this channel, such as the opt-out.
    `first_name` is the person's; `verified` tells whether the identity check stands, and `recent`
    holds our messages before this one, the latest last. With `no_money` (bereavement, crisis) any
    word of money is found.
    """
    return (
        *_reading(text, names),
        *_length(text, channel, footer),
        *_banned(text, legal_action_intended),
        *_manner(text, names),
        *_terms(text),
        *_first_name(text, first_name, verified, recent),
        *(_money(text) if no_money else ()),
    )


def piece_findings(text: str) -> tuple[Finding, ...]:
    """As `findings`, for a label, heading or phrase that is no sentence of its own."""
    return (*_banned(text, False), *_manner(text, ()), *_terms(text))


def talks_of_money(text: str) -> bool:
    """Whether money owed is spoken of: an amount, or a word such as "pay"."""
    return bool(_AMOUNT.search(text) or house().money.search(text))


def _reading(text: str, names: Sequence[str]) -> Iterator[Finding]:
    measures = measure(text, names)
    if measures.words >= LEAST_WORDS and (found := grade(measures)) > GRADE:
        yield Finding(
            "grade", f"{found:.1f}, at most {GRADE:g}", "use shorter words and shorter sentences"
        )
    if measures.longest > SENTENCE_WORDS:
        yield Finding(
            "sentence", f"{measures.longest} words, at most {SENTENCE_WORDS}", "make two of it"
        )


def _length(text: str, channel: str, footer: str) -> Iterator[Finding]:
    count = len(words(text))
    if count > MESSAGE_WORDS:
        yield Finding("words", f"{count}, at most {MESSAGE_WORDS}", "say less, or in two messages")
    questions = sum(sentence.rstrip("\"')]").endswith("?") for sentence in sentences(text))
    if questions > QUESTIONS:
        yield Finding("questions", f"{questions}, at most {QUESTIONS}", "ask one thing")
    if channel == "sms":
        yield from _segments(f"{text}\n{footer}" if footer else text)


def _segments(text: str) -> Iterator[Finding]:
    needed = segments(text)
    if needed.forced_by:
        yield Finding(
            "segments",
            f"{needed.forced_by!r} makes it UCS-2, {needed.count} messages",
            "write it with characters of the GSM alphabet",
        )
    elif needed.count > SMS_SEGMENTS:
        yield Finding(
            "segments",
            f"{needed.count} ({needed.units} characters), at most {SMS_SEGMENTS}",
            "shorten it by "
            f"{needed.units - 153 * SMS_SEGMENTS}, or add a variation with `channel: sms`",
        )


def _banned(text: str, legal_action_intended: bool) -> Iterator[Finding]:
    plain = text.replace("’", "'")
    for entry in house().banned:
        if entry.unless == "legal_action_intended" and legal_action_intended:
            continue
        for match in entry.pattern.finditer(plain):
            yield Finding("ban list", match.group(), entry.instead)


def _manner(text: str, names: Sequence[str]) -> Iterator[Finding]:
    own = {word for name in names for word in _SHOUTED.findall(name)}
    for match in _SHOUTED.finditer(text):
        if match.group() not in house().capitals | own:
            yield Finding("capitals", match.group(), "write it small")
    if "!" in text and talks_of_money(text):
        yield Finding("exclamation", "!", "end with a full stop where money is spoken of")


def _terms(text: str) -> Iterator[Finding]:
    if not house().any_term.search(text):
        return
    for sentence in sentences(text):
        for pattern, plain in house().terms:
            match = pattern.search(sentence)
            if match and not _EXPLAINED.search(sentence):
                instead = f'write "{plain}", or explain it' if plain else "leave it out"
                yield Finding("term", match.group(), instead)


def _first_name(
    text: str, first_name: str, verified: bool, recent: Sequence[str]
) -> Iterator[Finding]:
    if not first_name:
        return
    name = re.compile(rf"\b{re.escape(first_name)}\b")
    times = len(name.findall(text))
    if times and not verified:
        yield Finding("first name", first_name, "leave it out until the person is checked")
    elif times > 1:
        yield Finding("first name", f"{first_name}, {times} times", "once is enough")
    elif times and any(map(name.search, recent[-(NAME_EVERY - 1) :])):
        yield Finding(
            "first name", first_name, f"it stood in one of the last {NAME_EVERY - 1} messages"
        )


def _money(text: str) -> Iterator[Finding]:
    match = _AMOUNT.search(text) or house().money.search(text)
    if match:
        yield Finding("money", match.group(), "leave money out of this message")
