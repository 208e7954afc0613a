"""Word and letter n-grams of a sentence as one sparse, hashed, normalised row.

They stand beside the sentence vector: letters survive typos and SMS-speak that the encoder's word
pieces do not. Hashing needs no vocabulary, so nothing has to be stored or versioned.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt
from zlib import crc32

#: Columns; collisions at this size cost nothing measurable with a few thousand sentences.
COLUMNS = 1 << 14
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|[$£€%?]")
_NUMBER = re.compile(r"\d[\d,.]*")
LETTERS = (2, 3, 4)


def columns(text: str) -> dict[int, float]:
    """Column -> weight; the squares of the weights sum to one (empty for no letters at all)."""
    counts = Counter(map(_column, _grams(text)))
    weights = {column: 1.0 + log(count) for column, count in counts.items()}
    norm = sqrt(sum(weight * weight for weight in weights.values()))
    return {column: weight / norm for column, weight in weights.items()}


@lru_cache(maxsize=1 << 16)
def _column(gram: str) -> int:
    return crc32(gram.encode("utf-8")) % COLUMNS


def _grams(text: str) -> Iterator[str]:
    lowered = text.lower().replace("\u2019", "'")
    # Which number it was does not tell what is wanted; that there was one does.
    words = _WORD.findall(_NUMBER.sub(" numeral ", lowered))
    yield from ("w:" + word for word in words)
    yield from (f"w:{first} {second}" for first, second in pairwise(words))
    for word in words:
        padded = f" {word} "
        for length in LETTERS:
            for start in range(len(padded) - length + 1):
                yield "l:" + padded[start : start + length]
