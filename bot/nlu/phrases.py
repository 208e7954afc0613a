"""Phrases that must not be missed, found without a model in well under a millisecond.

A miss breaks the law or harms a person; a false alarm costs a kind question. The reviewed list is
phrases.yml beside this file. The channel asks `find` about every message, whoever has the
conversation; the pipeline asks it last, so that what it finds overrules the classifier.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from bot.nlu import spelling

#: The must-not-miss intents, most urgent first.
URGENCY = (
    "crisis", "third_party", "wrong_person", "report_identity_theft", "report_bankruptcy",
    "report_attorney", "cease_contact", "opt_out", "dispute_amount", "dispute_not_mine",
    "request_validation",
)  # fmt: skip

FILE = Path(__file__).with_name("phrases.yml")

#: A message of one of these alone ends texts on SMS and WhatsApp (47 CFR 64.1200(a)(10); the
#: Spanish and French ones are the carriers' own). On the website the bot asks which is meant.
OPT_OUT_WORDS = frozenset(
    {
        "stop", "stopall", "stop all", "quit", "end", "revoke", "cancel", "unsubscribe", "optout",
        "opt out", "opt-out", "alto", "parar", "pare", "baja", "no mas", "cancelar", "arret",
        "arreter", "arretez", "desabonner",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Vital:
    """A must-not-miss intent and the words that say it: `quote` is `text[start:end]`."""

    intent: str
    start: int
    end: int
    quote: str


# The channel, the pipeline and some actions ask about the same message.
@lru_cache(maxsize=64)
def find(text: str) -> tuple[Vital, ...]:
    """The vital phrases of `text`, one an intent, most urgent first."""
    return _phrase_book().find(text)


def is_opt_out_word(text: str) -> bool:
    """Whether the whole message is one opt-out word, whatever its case and punctuation."""
    letters = re.sub(r"[^\w\s-]", " ", spelling.without_accents(text)).lower()
    words = " ".join(letters.split())
    return words.removesuffix(" please").removeprefix("please ") in OPT_OUT_WORDS


@dataclass(frozen=True)
class _Word:
    """A word as it is matched: spelt out and mended, with the stretch that it stands for."""

    text: str
    start: int
    end: int
    first_of_sentence: bool


@dataclass(frozen=True)
class _Rules:
    """When a match of an intent does not count."""

    negated: bool
    others: bool
    questions: bool


class _PhraseBook:
    """The compiled list."""

    def __init__(self, content: dict[str, Any]) -> None:
        from spacy.vocab import Vocab

        self._vocab = Vocab()
        self._lemmas = _lemmas()
        self._known = frozenset(self._lemmas) | frozenset(self._lemmas.values()) | _COMMON
        self._lists = {name: words.split("|") for name, words in content["words"].items()}
        self._family = frozenset(self._lists["family"])
        self._rules: dict[str, _Rules] = {}
        # One matcher a key word: a message runs only those of the words that it holds.
        self._matchers: dict[str, Any] = {}
        self._listed: set[str] = set()
        for intent, entry in content["intents"].items():
            self._rules[intent] = _Rules(
                negated=entry.get("negated", False),
                others=entry.get("others", True),
                questions=entry.get("questions", True),
            )
            for kind in ("phrases", "except"):
                for phrase in entry.get(kind, []):
                    self._add(f"{intent}:{kind}", self._pattern(phrase))
        self._spelt_once = lru_cache(maxsize=1 << 13)(self._spelt)
        # Only words that no dictionary has are mended, and only into words of the list.
        self._speller = spelling.Speller(
            dict.fromkeys(self._listed, 2), dict.fromkeys(self._known, 0)
        )

    def find(self, text: str) -> tuple[Vital, ...]:
        words = tuple(self._words(text))
        if not words:
            return ()
        accepted: dict[str, Vital] = {}
        exceptions: dict[str, list[tuple[int, int]]] = {}
        matches = []
        for key, first, last in self._matches(self._document(words)):
            intent, kind = self._vocab.strings[key].split(":")
            if kind == "except":
                exceptions.setdefault(intent, []).append((first, last))
            else:
                matches.append((intent, first, last))
        for intent, first, last in sorted(matches, key=lambda match: (match[1], -match[2])):
            if intent in accepted or any(
                first < until and begin < last for begin, until in exceptions.get(intent, ())
            ):
                continue
            if self._counts(self._rules[intent], words, first):
                start, end = words[first].start, words[last - 1].end
                accepted[intent] = Vital(intent, start, end, text[start:end])
        return tuple(accepted[intent] for intent in URGENCY if intent in accepted)

    def _add(self, name: str, pattern: list[dict[str, Any]]) -> None:
        """File the pattern under the words of its most telling part."""
        from spacy.matcher import Matcher

        needed = [part for part in pattern if "OP" not in part]
        keys = min(
            (self._forms(part) for part in needed),
            key=lambda forms: (bool(_EVERYWHERE & forms), len(forms)),
        )
        for key in keys:
            if key not in self._matchers:
                self._matchers[key] = Matcher(self._vocab, validate=False)
            self._matchers[key].add(name, [pattern])

    def _matches(self, document: Any) -> set[tuple[int, int, int]]:
        held = {token.lemma_ for token in document} | {token.lower_ for token in document}
        return {
            match
            for word in held & self._matchers.keys()
            for match in self._matchers[word](document)
        }

    @staticmethod
    def _forms(part: dict[str, Any]) -> frozenset[str]:
        if "LOWER" in part:
            return frozenset({part["LOWER"]})
        lemma = part["LEMMA"]
        return frozenset({lemma} if isinstance(lemma, str) else lemma["IN"])

    def _counts(self, rules: _Rules, words: Sequence[_Word], first: int) -> bool:
        """Whether what stands before the match, in its sentence, leaves it its meaning."""
        begin = first
        while begin > 0 and not words[begin].first_of_sentence:
            begin -= 1
        before = [word.text for word in words[begin:first]]
        if not rules.questions and before and before[0] in _ASKING:
            return False
        if not rules.others and self._is_about_another(before):
            return False
        return rules.negated or not self._is_negated(before)

    def _is_negated(self, before: Sequence[str]) -> bool:
        near = list(before[-5:])
        for subject in ("i", "me", "you"):
            if subject in near:
                near = near[len(near) - near[::-1].index(subject) :]
        if near and near[0] == "no" and len(near) == len(before):
            near = near[1:]  # "No stop texting me" says no to something else.
        return any(word in _NEGATIONS for word in near)

    def _is_about_another(self, before: Sequence[str]) -> bool:
        for word in reversed(before):
            if word in ("i", "me", "myself", "my") and not (word == "my" and before[-1:] != ["my"]):
                return False
            if word in _OTHERS or word in self._family:
                return True
        return False

    def _words(self, text: str) -> Iterator[_Word]:
        first = True
        for match in _PIECE.finditer(text):
            piece = match.group()
            if not piece[0].isalnum() and piece[0] not in "'\u2019":
                first = first or any(sign in _SENTENCE_ENDS for sign in piece)
                continue
            for word in self._spelt_once(piece):
                yield _Word(word, match.start(), match.end(), first)
                first = False

    def _spelt(self, piece: str) -> list[str]:
        plain = spelling.without_accents(piece.lower().replace("\u2019", "'"))
        out: list[str] = []
        for word in spelling.spelt_out(plain).split():
            if word in _CONTRACTIONS:
                out += _CONTRACTIONS[word].split()
                continue
            stem, apostrophe, ending = word.partition("'")
            if word.endswith("n't"):
                out += [word[:-3], "not"]
            elif apostrophe and ending in _ENDINGS:
                out += [stem, *_ENDINGS[ending].split()]
            else:
                out.append(self._mended(word))
        return out

    def _mended(self, word: str) -> str:
        """A word that no dictionary has, a slip away from one of the list, is that one."""
        if not word.isalpha() or word in self._known or word in self._listed:
            return word
        mended = self._speller.mend(word)
        return mended if mended in self._listed else word

    def _document(self, words: Sequence[_Word]) -> Any:
        from spacy.tokens import Doc

        document = Doc(self._vocab, words=[word.text for word in words])
        for token, word in zip(document, words, strict=True):
            token.lemma_ = self._lemma(word.text)
        return document

    def _lemma(self, word: str) -> str:
        if word.replace(",", "").isdigit():
            return "N"
        if word not in self._listed and self._is_name(word):
            return "NAME"
        return self._lemmas.get(word, word)

    def _is_name(self, word: str) -> bool:
        return len(word) > 2 and word.isalpha() and (word not in self._known or word in _NAMES)

    def _pattern(self, phrase: str) -> list[dict[str, Any]]:
        pattern: list[dict[str, Any]] = []
        for part in phrase.split():
            if part == "*":
                pattern.append({"LEMMA": {"NOT_IN": sorted(_NEGATIONS)}, "OP": "{0,3}"})
                continue
            optional = {"OP": "?"} if part.endswith("?") else {}
            part = part.removesuffix("?")
            if part == "NAME":
                pattern.append({"LEMMA": "NAME", **optional})
                continue
            if part.startswith("="):
                pattern.append({"LOWER": part.removeprefix("="), **optional})
                continue
            words = [
                word
                for alternative in part.split("|")
                for word in self._lists.get(alternative.strip("<>"), [alternative])
            ]
            self._listed.update(words)
            forms = {self._lemmas.get(word, word) for word in words} | set(words)
            pattern.append({"LEMMA": {"IN": sorted(forms)}, **optional})
        return pattern


_PIECE = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*|[^\s\w]+|_+|\s+")
_SENTENCE_ENDS = ".!?;,:\n-\u2013\u2014"
_NEGATIONS = frozenset({"not", "never", "no", "nor", "neither", "without"})
_ASKING = frozenset(
    {"should", "how", "what", "would", "is", "are", "does", "do", "if", "could", "can", "when",
     "why", "which", "will", "shall"}
)  # fmt: skip
_OTHERS = frozenset({"he", "she", "they", "people", "someone", "somebody", "who"})
_CONTRACTIONS = {
    "can't": "can not", "cannot": "can not", "won't": "will not", "shan't": "shall not",
    "let's": "let us", "y'all": "you all", "i'm": "i am", "gonna": "going to",
}  # fmt: skip
_ENDINGS = {"m": "am", "ve": "have", "ll": "will", "re": "are", "d": "would", "s": "is"}
#: Words of so many messages that no phrase is filed under them if it has another.
_EVERYWHERE = frozenset(
    {"i", "me", "my", "you", "be", "am", "is", "have", "do", "not", "a", "an", "the", "this",
     "that", "it", "to", "of", "in", "on", "for", "can", "will", "no", "never", "NAME", "N", "get",
     "pay", "with", "and", "or", "his", "her", "he", "she"}
)  # fmt: skip
#: Forms that the table lacks, or gives to another word.
_MORE_LEMMAS = {
    "texting": "text", "texted": "text", "texts": "text", "txting": "text", "messaging": "message",
    "messaged": "message", "emailing": "email", "emailed": "email", "emails": "email",
    "whatsapping": "whatsapp", "sms'": "sms", "overcharged": "overcharge",
    "overcharging": "overcharge", "overbilled": "overbill", "lawyered": "lawyer",
    "disputing": "dispute", "disputed": "dispute", "disputes": "dispute",
}  # fmt: skip
#: Everyday words that the lemma table does not list.
_COMMON_WORDS = (
    "the this that these those mine yours his hers ours theirs right fair true false okay"
    " legal real"
    " sure able interested happy ready here there where when why how what who which nothing"
    " anything"
    " everything something nobody anybody everybody somebody anymore already still even ever never"
    " always maybe perhaps just only really very too also again today tomorrow yesterday now then"
    " soon later correct wrong important possible impossible easy hard my your her their our its"
    " and but for with without from into about above below over under between because although"
    " while until since before after during against paying going doing being having enough funny"
    " amount spam scam debt email online gonna wanna okay bot robot human please thanks thank sorry"
    " hello bye goodbye yes yeah not all any some many much more most less least other another such"
    " same own than both each every either neither one two three four five six seven eight nine ten"
    " hundred thousand million first second third last next myself yourself himself herself itself"
    " working available helpful necessary acceptable useful certain"
)
#: Names that are also words of the lemma table.
_NAME_WORDS = (
    "john mary maria james robert michael david daniel sam joe tom jim bill mark paul peter anna"
    " sarah susan karen lisa emma jack harry george alex chris mike steve dave"
    " kate jane"
)
_COMMON = frozenset(_COMMON_WORDS.split())
_NAMES = frozenset(_NAME_WORDS.split())


@lru_cache(maxsize=1)
def _phrase_book() -> _PhraseBook:
    return _PhraseBook(yaml.load(FILE.read_text(encoding="utf-8"), yaml.CSafeLoader))


@lru_cache(maxsize=1)
def _lemmas() -> dict[str, str]:
    """The lookup lemmatizer's table for English, from spaCy's authors: form -> lemma."""
    specification = find_spec("spacy_lookups_data")
    if specification is None or specification.origin is None:
        raise RuntimeError("package spacy-lookups-data is not installed")
    path = Path(specification.origin).parent / "data" / "en_lemma_lookup.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        table: dict[str, str] = json.load(stream)
    return table | _MORE_LEMMAS
