"""Misspells sentences the way thumbs do, the same way for the same sentence each time."""

from __future__ import annotations

import random
from zlib import crc32

#: The letters beside each on a keyboard.
NEIGHBOURS = {
    "a": "sqz", "b": "vgn", "c": "xvd", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht",
    "h": "gjy", "i": "uok", "j": "hku", "k": "jli", "l": "kop", "m": "nj", "n": "bmh",
    "o": "ipl", "p": "ol", "q": "wa", "r": "etf", "s": "adw", "t": "ryg", "u": "yij",
    "v": "cbf", "w": "qes", "x": "zcs", "y": "tuh", "z": "xa",
}  # fmt: skip


def misspelt(sentence: str, *, seed: int) -> str:
    """`sentence` with one slip of the thumb in one word of four letters or more.

    The slip is a letter left out, doubled, swapped with the next, or hit beside. Numbers and short
    words stay, since a slip there changes the meaning. The same sentence and seed always give the
    same result.
    """
    chance = random.Random(crc32(f"{seed}:{sentence}".encode()))
    words = sentence.split(" ")
    candidates = [place for place, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not candidates:
        return sentence
    place = chance.choice(candidates)
    words[place] = _slip(words[place], chance)
    return " ".join(words)


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    letter = word[at]
    kind = chance.choice(("left out", "doubled", "swapped", "beside"))
    if kind == "left out":
        return word[:at] + word[at + 1 :]
    if kind == "doubled":
        return word[:at] + letter + word[at:]
    if kind == "swapped":
        return word[:at] + word[at + 1] + letter + word[at + 2 :]
    return word[:at] + chance.choice(NEIGHBOURS.get(letter.lower(), letter)) + word[at + 1 :]
