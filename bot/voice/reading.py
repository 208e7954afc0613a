"""How hard a text is to read: sentences, words, syllables, and the school grade made of them.

The grade is that of Kincaid, Fishburne, Rogers and Chissom (1975), fitted on passages of running
text. A figure, a date's number, an address of a website or a proper name says nothing about how
plain the writing is; each is read as one word of one syllable.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import syllapy

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+")
_WORD = re.compile(r"[^\s—–]+")
_LETTERS = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*")
_NAME = "Xe"
"""Stands for a proper name when a text is measured: one word of one syllable."""

_SHORT_NOT = frozenset({"do", "wo", "ca", "are", "were", "ai"})
"""What stands before n't without a syllable more: don't, won't, can't, aren't, weren't."""


@dataclass(frozen=True)
class Measures:
    """Counts of one or several texts; they add up."""

    sentences: int
    words: int
    syllables: int
    longest: int
    """The words of the longest sentence."""

    def __add__(self, other: Measures) -> Measures:
        return Measures(
            self.sentences + other.sentences,
            self.words + other.words,
            self.syllables + other.syllables,
            max(self.longest, other.longest),
        )

    @property
    def mean_sentence(self) -> float:
        """Words in a sentence on average."""
        return self.words / self.sentences if self.sentences else 0.0


NOTHING = Measures(0, 0, 0, 0)


def measure(text: str, names: Sequence[str] = ()) -> Measures:
    """Count `text`. `names` are proper names in it, such as the creditor's; each is one word."""
    plain = _without_names(text.replace("’", "'"), names)
    found = [words(sentence) for sentence in sentences(plain)]
    return Measures(
        sentences=len(found),
        words=sum(map(len, found)),
        syllables=sum(syllables(word) for sentence in found for word in sentence),
        longest=max(map(len, found), default=0),
    )


def grade(measures: Measures) -> float:
    """The Flesch-Kincaid grade: years of school that reading it takes; below 0 is very easy."""
    if not measures.words:
        return 0.0
    each = measures.syllables / measures.words
    return 0.39 * measures.mean_sentence + 11.8 * each - 15.59


def sentences(text: str) -> list[str]:
    """The sentences of a text, and the lines that are none."""
    return [
        sentence
        for line in text.splitlines()
        for sentence in _SENTENCE_END.split(line.strip())
        if any(map(str.isalnum, sentence))
    ]


def words(text: str) -> list[str]:
    """Its words; figures and addresses count, signs standing alone do not."""
    return [word for word in _WORD.findall(text) if any(map(str.isalnum, word))]


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """The syllables of one English word; 1 for figures, addresses and what else has no letters."""
    if any(map(str.isdigit, word)) or "://" in word or "@" in word:
        return 1
    match = _LETTERS.search(word)
    if match is None:
        return 1
    return sum(_part(part) for part in match.group().lower().split("-"))


def _part(word: str) -> int:
    base, _, ending = word.partition("'")
    if ending == "t" and base.endswith("n"):
        base = base[:-1]
        return _known(base) + (base not in _SHORT_NOT)
    return _known(base)


def _known(word: str) -> int:
    return max(1, int(syllapy.count(word)))


def _without_names(text: str, names: Sequence[str]) -> str:
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = text.replace(name, _NAME)
    return text
