"""Every response of `domain.yml` as people read it: with sample values, on each channel.

Samples are of the longer kind that still happen: a Wednesday in December, an amount with a comma.
What is known of a creditor comes from `creditors.yml`, so that an operator's own names count too.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from bot.creditors import Creditor
from bot.money import Money
from bot.voice.house import House, house
from bot.voice.lint import (
    MEAN_GRADE,
    MEAN_SENTENCE_WORDS,
    Finding,
    findings,
    piece_findings,
)
from bot.voice.reading import NOTHING, Measures, grade, measure
from bot.wording import Phrase, Style, Wording, known_values

CHANNELS = ("chat", "sms", "whatsapp")

TODAY = date(2026, 11, 23)
"""The samples' today; their dates fall into the weeks after it."""

FIRST_NAME = "Alejandra"

OPT_OUT = "Reply STOP to stop texts to this telephone number."
COLLECTOR = "This communication is from a debt collector."
"""What a text message carries besides our words (12 CFR 1006.6(e), 1006.18(e)(2)). The packs hold
the texts that are sent; a test compares them."""

_AMOUNTS = {
    "amount": 14954,
    "added": 18210,
    "balance": 128993,
    "charged": 145000,
    "credit": 1250,
    "last_amount": 14961,
    "least": 2500,
    "most": 54519,
    "left": 109039,
    "next_amount": 14954,
    "other": -1217,
    "paid": 34217,
    "total": 128993,
}

_DATES = {
    "day": date(2026, 12, 16),
    "due": date(2026, 12, 16),
    "first": date(2026, 12, 16),
    "last": date(2027, 9, 15),
    "last_day": date(2026, 11, 18),
    "new": date(2026, 12, 23),
    "next_due": date(2026, 12, 16),
    "opened": date(2019, 9, 25),
    "second": date(2026, 12, 30),
    "start": date(2026, 12, 16),
    "today": TODAY,
    "until": date(2026, 12, 23),
}

_OTHERS: Mapping[str, Any] = {
    "count": 12,
    "creditor": "Northgate Furniture",
    "days": 10,
    "first_name": FIRST_NAME,
    "name": "Dana",
    "colleague": "Marcus",
    "label": "Yes, set it up",
    "minutes": 15,
    "months": 12,
    "channel": Phrase("utter_words_whatsapp"),
    "from_time": "6:30 pm",
    "more": Phrase("utter_words_on_weekdays"),
    "one": Phrase("utter_words_at_work"),
    "to_time": "9 pm",
    "what": Phrase("utter_words_at_work"),
    "wishes": Phrase("utter_words_not", {"what": Phrase("utter_words_at_work")}),
    "original": "Northgate Furniture",
    "reference": "A-1042",
    "regular": 11,
    "text": "You owe $1,289.93 on account A-1042.",
    "time": "9:00",
}

_RHYTHM = Phrase("utter_words_biweekly", {"start": _DATES["start"]})


Responses: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]
"""The responses of `domain.yml`: their variations by name."""


class NoSample(LookupError):
    """A response needs a value for which there is no sample."""


@dataclass(frozen=True)
class Reading:
    """One variation of a response, as it is read on one channel under one creditor."""

    response: str
    variation: int
    """Its place among the variations, from 1 on."""
    channel: str
    creditor: str
    text: str
    names: tuple[str, ...]
    piece: bool
    """Whether it is a label, heading or phrase rather than a message."""
    footer: str
    """What goes with it as a text message."""


@dataclass(frozen=True)
class Problem:
    """A finding with its place. `variation` and `channel` are empty if all of a response is meant,
    `response` too if all responses together are."""

    response: str
    variation: str
    channel: str
    finding: Finding

    def __str__(self) -> str:
        place = " ".join(filter(None, [self.response, self.variation, self.channel]))
        return f"{place or 'all responses together'}: {self.finding}"


def readings(responses: Responses, creditors: Sequence[Creditor]) -> Iterator[Reading]:
    """All variations on all channels they can go to, under each creditor. Raises NoSample."""
    wording, rules = Wording(responses), house()
    for creditor in creditors:
        names = known_names(creditor)
        for name, variations in responses.items():
            for number, variation in enumerate(variations, start=1):
                for channel in channels_of(name, variation, variations, rules):
                    text = _rendered(wording, name, variation, channel, creditor)
                    yield Reading(
                        *(name, number, channel, creditor.slug, text, names),
                        piece=is_piece(name, rules),
                        footer=footer(name, creditor, rules),
                    )


def channels_of(
    name: str,
    variation: Mapping[str, Any],
    variations: Sequence[Mapping[str, Any]],
    rules: House,
) -> tuple[str, ...]:
    """The channels on which this variation is read: its own, or those that have none of theirs."""
    if own := variation.get("channel"):
        return (str(own),)
    taken = {v["channel"] for v in variations if "channel" in v}
    if name in rules.website_only:
        taken |= {"sms", "whatsapp"}
    return tuple(channel for channel in CHANNELS if channel not in taken)


def footer(name: str, creditor: Creditor, rules: House) -> str:
    """What goes with a response as a text message: a collector says that it is one, save where
    money is not to be spoken of at all."""
    if creditor.role == "third_party" and name not in rules.no_money:
        return f"{COLLECTOR}\n{OPT_OUT}"
    return OPT_OUT


def is_piece(name: str, rules: House) -> bool:
    """Whether a response is a label, heading or phrase rather than a message of its own."""
    return name.startswith(rules.pieces)


def known_names(creditor: Creditor) -> tuple[str, ...]:
    """The proper names that may stand in a message of this creditor."""
    return (
        creditor.name,
        creditor.contact.person,
        creditor.free_advice.name,
        str(_OTHERS["original"]),
        FIRST_NAME,
    )


def problems(
    responses: Responses,
    creditors: Sequence[Creditor],
) -> tuple[Problem, ...]:
    """What is wrong with the responses, each place once."""
    read = list(readings(responses, creditors))
    found = (
        Problem(reading.response, f"variation {reading.variation}", reading.channel, finding)
        for reading in read
        for finding in _judged(reading)
    )
    return (
        *_without_repeats(found),
        *_counts(responses),
        *_offers(responses),
        *_together(together(read)),
    )


def together(read: Iterable[Reading]) -> Measures:
    """The measures of all messages, each variation counted once."""
    once = {(reading.response, reading.variation): reading for reading in read if not reading.piece}
    return sum((measure(reading.text, reading.names) for reading in once.values()), NOTHING)


def _judged(reading: Reading) -> Iterator[Finding]:
    if reading.piece:
        yield from piece_findings(reading.text)
        return
    rules = house()
    yield from findings(
        reading.text,
        reading.channel,
        names=reading.names,
        footer=reading.footer,
        first_name=FIRST_NAME,
        verified=reading.response in rules.first_name,
        no_money=reading.response in rules.no_money,
    )
    fact = rules.facts.get(reading.response)
    if fact is not None:
        yield from _named_back(reading.text, fact)


def _named_back(text: str, fact: Any) -> Iterator[Finding]:
    first, *_ = text.split(".", 1)
    if not fact.search(first):
        yield Finding("fact", first, f"name in the first sentence what was stated ({fact.pattern})")
    if "$" in text or "£" in text:
        yield Finding("fact", text, "ask for no payment here")


def _without_repeats(found: Iterable[Problem]) -> Iterator[Problem]:
    """The worst creditor and the first channel are enough for each rule that is broken."""
    seen: set[tuple[str, str, str, str]] = set()
    for problem in found:
        figure = problem.finding.measure in ("grade", "sentence", "words", "segments")
        what = "" if figure else problem.finding.found
        key = (problem.response, problem.variation, problem.finding.measure, what)
        if key not in seen:
            seen.add(key)
            yield problem


def _counts(responses: Responses) -> Iterator[Problem]:
    rules = house()
    for name, variations in responses.items():
        least = 3 if name in rules.frequent else 1 if name in rules.once else 2
        if is_piece(name, rules):
            least = 1
        for channel in CHANNELS:
            count = sum(channel in channels_of(name, v, variations, rules) for v in variations)
            if 0 < count < least and (channel == "chat" or _has_own(channel, variations)):
                finding = Finding(
                    "variations", f"{count}, at least {least}", "add some with the same facts"
                )
                yield Problem(name, "", channel, finding)


def _has_own(channel: str, variations: Sequence[Mapping[str, Any]]) -> bool:
    return any(variation.get("channel") == channel for variation in variations)


def _offers(responses: Responses) -> Iterator[Problem]:
    for name, values in house().offers.items():
        for number, variation in enumerate(responses.get(name, ()), start=1):
            text = str(variation["text"])
            missing = [f"{{{value}}}" for value in sorted(values - placeholders(text))]
            if not re.search(r"\ba person\b", text, re.IGNORECASE):
                missing.append("a person")
            if missing:
                finding = Finding("offer", f"without {', '.join(missing)}", "name it")
                yield Problem(name, f"variation {number}", "", finding)


def _together(total: Measures) -> Iterator[Problem]:
    if grade(total) > MEAN_GRADE:
        figure = f"{grade(total):.2f}, at most {MEAN_GRADE:g}"
        yield Problem("", "", "", Finding("grade", figure, "use shorter words and sentences"))
    if total.mean_sentence > MEAN_SENTENCE_WORDS:
        figure = f"{total.mean_sentence:.1f} words, at most {MEAN_SENTENCE_WORDS:g}"
        yield Problem("", "", "", Finding("sentence", figure, "make shorter sentences"))


def _rendered(
    wording: Wording,
    name: str,
    variation: Mapping[str, Any],
    channel: str,
    creditor: Creditor,
) -> str:
    style = Style(channel, day_first=creditor.jurisdiction != "US", today=TODAY)
    samples = sample_values(creditor)
    if missing := placeholders(str(variation["text"])) - samples.keys():
        raise NoSample(f"{name} needs {', '.join(sorted(missing))}; add a sample to {__name__}")
    return wording.filled(name, variation, samples, style)


def placeholders(text: str) -> frozenset[str]:
    """The names of the values that a response's text holds."""
    return frozenset(field for _, field, _, _ in string.Formatter().parse(text) if field)


def sample_values(creditor: Creditor) -> dict[str, Any]:
    """A value for every placeholder, as this creditor's people would read it."""
    return {
        **{name: Money(minor, creditor.currency) for name, minor in _AMOUNTS.items()},
        **_DATES,
        **_OTHERS,
        **known_values(creditor),
        "rhythm": _RHYTHM,
    }
