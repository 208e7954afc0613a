"""Everything that a message states as a fact: amounts, dates, frequencies, references, reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from bot import identifiers, money
from bot.nlu import amounts, counts, dates, expressions, frequencies, hardship, numbers
from bot.nlu.spans import Span, overlaps
from bot.nlu.turn import Turn

#: Questions of the bot that a sum, a date or a frequency answers.
PLAN_QUESTIONS = frozenset(
    {"plan_amount", "plan_frequency", "plan_start", "confirm_plan", "choose_plan", "off_policy"}
)
#: Questions of the bot that a sum answers, and only a sum.
AMOUNT_QUESTIONS = frozenset({"affordability", "dispute_part"})
#: Questions of the bot that offer things to choose from.
CHOICES = frozenset(
    {
        "choose_account",
        "choose_plan",
        "clarify",
        "hardship_choice",
        "stop_which",
        "stop_sure",
    }
)
#: What is offered, by the words that people pick it with.
_OPTIONS: Mapping[str, Sequence[tuple[str, re.Pattern[str]]]] = {
    "hardship_choice": (
        ("pause", re.compile(r"\b(?:paus(?:e|ing)|break|breather|hold off|time off)\b", re.I)),
        ("plan", re.compile(r"\b(?:small(?:er)?|less|lower|little|plan|instal?ments?)\b", re.I)),
        (
            "check",
            re.compile(r"\b(?:work (?:it |that )?out|spare|budget|what i can afford)\b", re.I),
        ),
    ),
    "dispute_part": (
        ("all", re.compile(r"\b(?:all (?:of it|wrong)|all|everything|the whole|entire)\b", re.I)),
    ),
    "choose_plan": (
        ("longer", re.compile(r"\b(?:cheap|low|small|long|eas(?:y|i))(?:e?st|er)?\b", re.I)),
        ("short", re.compile(r"\b(?:short|fast|quick)(?:est|er)?\b", re.I)),
        ("full", re.compile(r"\b(?:all at once|in full|one go|whole (?:thing|lot))\b", re.I)),
    ),
}

_PERSON = re.compile(
    r"\b(?:my name(?:'?s| is)|(?:lawyer|attorney|solicitor|adviser|advisor)(?:'?s name)? is"
    r"|name is|this is|it'?s)\s+"
    r"(?P<name>[A-Z][a-z'-]+(?: [A-Z][a-z'-]+){0,2})"
    r"|\b(?i:my name(?:'?s| is))\s+(?P<small>[a-z'-]+(?: [a-z'-]+)?)",
)
_CHANNEL_WORDS = (
    ("sms", r"\b(?:text(?:s|ed)?|texting|txts?|txtn?ing|sms|text messages?)\b"),
    ("whatsapp", r"\bwhats?app\b"),
    ("email", r"\be-?mail(?:s|ed|ing)?\b"),
    ("phone", r"\b(?:calls?|calling|phone calls?|ring(?:ing)?|phoning)\b"),
    ("post", r"\b(?:post|letters?|in the mail|by mail)\b"),
)
_CHANNELS = tuple((name, re.compile(p, re.IGNORECASE)) for name, p in _CHANNEL_WORDS)
_AT_ONCE = re.compile(
    r"\b(?:asap|as soon as (?:possible|you can|u can|poss)|right (?:away|now)|straight ?away"
    r"|immediately|now|rn|at once)\b",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\s*(?:,|and|&|\+|/|n|the|on|then|-|\s)*\s*", re.IGNORECASE)
_MOVED = re.compile(r"(?:to|until|till|til|by)\b", re.IGNORECASE)
_DAY_ALONE = re.compile(
    r"^\W*(?:(?:on|by|from|until|till|starting|and|the|every|to)\s+)*(?:\d{1,2}(?:st|nd|rd|th)?"
    r"|[a-z]+(?:th|st|nd|rd)|last day of (?:the|each|every) month|end of (?:the|each|every) month)"
    r"(?: of (?:the|each|every) month)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Entity:
    """One fact: `text[start:end]` means `value`, in the form that carries over JSON."""

    entity: str
    value: Any
    start: int
    end: int

    def as_json(self) -> dict[str, Any]:
        """The form in which Rasa and `python -m bot parse` carry it."""
        return {
            "entity": self.entity,
            "value": self.value,
            "start": self.start,
            "end": self.end,
        }


def from_json(entry: Mapping[str, Any]) -> Entity:
    """The entity that `Entity.as_json` wrote."""
    return Entity(entry["entity"], entry["value"], entry["start"], entry["end"])


def find(text: str, turn: Turn) -> tuple[Entity, ...]:
    """The facts of `text`, in order of where they stand.

    What is read first is not read again: an account reference holds no sum, "every 2 weeks" no
    number of payments, "6 payments" no sum.
    """
    found, taken = _identified(text, turn)
    spoken = expressions.read(text, today=turn.today, day_first=turn.day_first)
    figures = numbers.find(text, spoken)

    how_often = list(frequencies.find(text))
    days = [
        day
        for day in dates.find(text, today=turn.today, day_first=turn.day_first, expressions=spoken)
        if not overlaps(day.start, day.end, taken)
    ]
    if turn.pending == "plan_start" and not days:
        days = [Span(turn.today, at.start(), at.end()) for at in _AT_ONCE.finditer(text)][:1]
    choices = list(counts.ordinals(text, choosing=turn.pending in CHOICES))
    days = [day for day in days if not overlaps(day.start, day.end, _stretches(choices))]
    twice_a_month = _twice_a_month(text, days)
    if twice_a_month and not how_often:
        how_often = [twice_a_month]
    times = counts.counts(text, figures, frequency_stated=bool(how_often))
    how_often += [Span(implied, count.start, count.end) for count, implied in times if implied]
    shares = counts.percents(text, figures)

    for name, spans in (
        ("date", [Span(d.value.isoformat(), d.start, d.end) for d in days if _exists(d)]),
        ("weekday", frequencies.weekdays(text)),
        ("frequency", how_often),
        ("percent", shares),
        ("count", [count for count, _ in times]),
        ("ordinal", choices),
    ):
        found += [Entity(name, span.value, span.start, span.end) for span in spans]
        if name != "weekday":
            taken += _stretches(spans)
    taken += _stretches(days)
    sums = amounts.find(
        text,
        figures,
        taken=taken,
        currency=turn.currency,
        expecting=turn.pending in PLAN_QUESTIONS | AMOUNT_QUESTIONS,
    )
    found += [Entity("amount", _amount_value(span.value), span.start, span.end) for span in sums]
    found += _others(text)
    found += _options(text, turn)
    return tuple(sorted(found, key=lambda entity: (entity.start, entity.entity)))


def _options(text: str, turn: Turn) -> Iterator[Entity]:
    """The thing on offer that is named; none where two are, which is a question of its own."""
    named = [
        Entity("option", name, match.start(), match.end())
        for name, words in _OPTIONS.get(turn.pending or "", ())
        if (match := words.search(text))
    ]
    if len(named) == 1:
        yield named[0]


def _identified(text: str, turn: Turn) -> tuple[list[Entity], list[tuple[int, int]]]:
    """References, birth dates and postal codes; and where any identifier stands."""
    entities, taken = [], []
    for identifier in identifiers.find(text, day_first=turn.day_first):
        if identifier.kind == "postal_code" and turn.pending in PLAN_QUESTIONS | AMOUNT_QUESTIONS:
            continue
        taken.append((identifier.start, identifier.end))
        if identifier.kind in ("reference", "birth_date", "postal_code"):
            value = identifier.value
            # A birth date that can be read in two ways carries its likelier reading.
            plain = value if isinstance(value, str) else value[0]
            entities.append(Entity(identifier.kind, plain, identifier.start, identifier.end))
    return entities, taken


def _twice_a_month(text: str, days: Sequence[Span[date]]) -> Span[str] | None:
    """ "The 15th and 30th", without months, is a rhythm and not two dates."""
    for first, second in pairwise(days):
        written = (text[first.start : first.end], text[second.start : second.end])
        if (
            all(_DAY_ALONE.search(words) for words in written)
            and not _MOVED.match(written[1])
            and _JOINT.fullmatch(text[first.end : second.start])
        ):
            return Span("semimonthly", first.start, second.end)
    return None


def _exists(day: Span[date]) -> bool:
    return day.value != dates.IMPOSSIBLE


def _amount_value(value: money.Money | amounts.Share) -> dict[str, Any]:
    if isinstance(value, amounts.Share):
        return {"relative": "balance", "percent": value.percent}
    return {"minor": value.minor, "currency": value.currency}


def _others(text: str) -> Iterator[Entity]:
    """Who is named, by which channel, and why money is short."""
    why = hardship.reason(text)
    if why is not None:
        yield Entity("hardship_reason", why.value, why.start, why.end)
    for match in _PERSON.finditer(text):
        group = "name" if match["name"] else "small"
        yield Entity("person", match[group], match.start(group), match.end(group))
    for channel, pattern in _CHANNELS:
        for match in pattern.finditer(text):
            yield Entity("channel", channel, match.start(), match.end())


def _stretches(spans: Iterable[Span[Any]]) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in spans]
