"""Spells out SMS-speak and mends slips of the thumb, so that the encoder sees words it knows.

Only the classifier reads the result. Entities, phrases and people always see what was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bot.nlu.typos import NEIGHBOURS

#: What people write short, by what they write out. Plain apostrophe-less forms are added below.
_SHORT_FORMS = {
    "you": "u ya yu", "your": "ur yr", "you are": "youre u're", "are": "r", "and": "n &",
    "why": "y", "before": "b4", "please": "pls plz pleez pleas plse",
    "thanks": "thx thnx thanx tnx ty tysm tyvm", "what": "wat wot wut wht",
    "what's": "wats whats wots",
    "when": "wen whn", "when's": "whens wens", "where": "wher wer", "who's": "whos", "how": "hw",
    "much": "mch", "going to": "gonna gunna", "want to": "wanna", "have to": "gotta hafta",
    "let me": "lemme", "give me": "gimme", "because": "cuz cos coz bc bcoz", "right now": "rn",
    "i don't know": "idk dunno", "i don't care": "idc", "what do you mean": "wdym",
    "to be honest": "tbh", "message": "msg", "messages": "msgs", "text": "txt", "texts": "txts",
    "texting": "txting txtin", "stop": "stp", "account": "acct acc acnt accnt ac",
    "payment": "pymt pmt pymnt paymt",
    "payments": "pymts pmts", "amount": "amt", "balance": "bal", "minimum": "min",
    "month": "mth mnth", "months": "mths mnths", "week": "wk", "weeks": "wks", "weekly": "wkly",
    "monthly": "mthly", "tomorrow": "tmrw tmr tmro tomoz 2moro 2morrow", "though": "tho",
    "people": "ppl", "someone": "sum1 some1", "anyone": "any1 ne1", "can't": "cnt",
    "about": "abt", "with": "wiv w/", "okay": "k kk okey", "yes": "yh ye yea yep yup yeh yess",
    "see you": "cya",
    "later": "l8r", "great": "gr8", "number": "num no. numba",
    "talk to you later": "ttyl",
    "paid": "payed", "without": "w/o", "isn't": "aint", "something": "smth sth",
    "probably": "prob prolly",
    "kill myself": "kms", "work": "wrk", "owe": "ow", "nothing": "nuffin nuffink nothin nuttin",
    "back": "bk", "mate": "m8", "then": "den", "does": "duz", "till": "til", "them": "dem",
    "having": "havin", "money": "munny monies", "the": "da teh", "this": "dis", "that": "dat",
}  # fmt: skip
_APOSTROPHES = (
    "can't don't won't isn't aren't wasn't weren't doesn't didn't hasn't haven't hadn't couldn't"
    " wouldn't shouldn't i'm i've that's there's here's where's how's let's you've you'll they're"
    " they've we've he's she's it'll that'll who'd how'd where'd what'll when'll"
)
_EXPANDED = {
    **{short: full for full, shorts in _SHORT_FORMS.items() for short in shorts.split()},
    **{full.replace("'", ""): full for full in _APOSTROPHES.split()},
}
#: "ill" and "id" are words of their own; these behind them make them "I'll" and "I'd".
_WILL = re.compile(
    r"\bill(?= (?:not |never |just |try |only |have |be |do |get |pay|send|sort|call|report|take"
    r"|come|think|see|catch|make|give|tell|let|need|transfer|go|talk|look|use|jump|put|find|wait))"
)
_WOULD = re.compile(r"\bid(?= (?:like|rather|prefer|be|sooner|need|want|love|say|have|manage|pay))")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_TOKEN = re.compile(r"[a-z0-9&/]+(?:'[a-z]+)*\.?|[^\sa-z0-9]+|\s+")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: Shorter words are too near to one another to be mended.
LEAST_LETTERS = 3
#: A word this far down a dictionary that no training sentence uses, or a short one that nobody
#: knows, is taken for a slip ("cad", "det", "pln") where a word of so many sentences is near.
RARE = 10000
COMMON = 10
#: How much likelier a thumb makes a usual slip than any other, and than one in the first letter.
UNUSUAL = 0.05
FIRST_LETTER = 0.2


def spelt_out(text: str) -> str:
    """`text` in lower case, short forms written out: "wats my bal" -> "what's my balance"."""
    lowered = _STRETCHED.sub(r"\1\1", text.lower().replace("\u2019", "'"))
    lowered = _WOULD.sub("i'd", _WILL.sub("i'll", lowered))
    return "".join(_EXPANDED.get(token, token) for token in _TOKEN.findall(lowered))


class Speller:
    """Mends words that it does not know.

    It knows the words of the training sentences (`counts`: how often each stands there) and those
    of a general dictionary (word -> rank, 0 the most frequent). A word of the sentences goes before
    any other. One that stands there only once may itself be a slip, and is not taken over.
    """

    def __init__(self, counts: Mapping[str, int], dictionary: Mapping[str, int]) -> None:
        self._words = {word: 1.0 / (2 + rank) for word, rank in dictionary.items()}
        used = {
            word: float(count) for word, count in counts.items() if count > 1 or word in dictionary
        }
        self._words.update(used)
        self._rare = {
            word for word, rank in dictionary.items() if rank >= RARE and word not in used
        }

    def mend(self, text: str) -> str:
        """`text` spelt out, each unknown word replaced by the likeliest known one a slip away."""
        return "".join(
            self._mend_word(token) if token.isalpha() else token
            for token in _TOKEN.findall(spelt_out(text))
        )

    def _mend_word(self, word: str) -> str:
        if len(word) < LEAST_LETTERS or not word.isascii():
            return word
        if word in self._words and word not in self._rare:
            return word
        chances = {
            near: self._words[near] * likely
            for near, likely in _one_slip_away(word)
            if near in self._words
        }
        best = max(chances, key=lambda near: (chances[near], near), default=word)
        doubtful = word in self._rare or len(word) < 4
        return word if doubtful and chances.get(best, 0.0) < COMMON else best


def word_counts(sentences: Iterable[str]) -> dict[str, int]:
    """How often each word stands in `sentences`, spelt out."""
    return dict(
        Counter(
            token
            for sentence in sentences
            for token in _TOKEN.findall(spelt_out(sentence))
            if token.isalpha()
        )
    )


def _one_slip_away(word: str) -> Iterator[tuple[str, float]]:
    """What `word` may have been meant for, and how usual the slip is (1 for the usual ones)."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        place = 1.0 if at else FIRST_LETTER
        if tail:
            doubled = head[-1:] == tail[0] or tail[1:2] == tail[0]
            yield head + tail[1:], place if doubled else place * UNUSUAL
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:], place
        for letter in _LETTERS:
            yield head + letter + tail, place
            if tail:
                beside = letter in NEIGHBOURS.get(tail[0], "")
                yield head + letter + tail[1:], place if beside else place * UNUSUAL


def without_accents(text: str) -> str:
    """`text` with letters for accented letters: "más" -> "mas"."""
    return "".join(
        character
        for character in unicodedata.normalize("NFKD", text)
        if not unicodedata.combining(character)
    )
