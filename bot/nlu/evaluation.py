"""How well the pipeline understands, counted on sentences that it was never trained on.

The sentences stand in tests/nlu/data and are read to count, never to tune.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

import yaml

from bot.nlu import entities, phrases, typos
from bot.nlu.pipeline import Pipeline
from bot.nlu.turn import Turn

FALLBACK = "nlu_fallback"
OUT_OF_SCOPE = "out_of_scope"
#: The Monday on which tests/nlu/data/facts.yml is read.
FACTS_DAY = date(2026, 3, 2)
_TYPO_SEED = 99


@dataclass(frozen=True)
class IntentFigures:
    """Precision and recall of one intent, from 0 to 1, and how many sentences it was asked."""

    name: str
    precision: float
    recall: float
    sentences: int


@dataclass(frozen=True)
class Figures:
    """The figures of shared targets, all from 0 to 1 but the times (milliseconds).

    A must-not-miss intent is recalled if it is acted on, or if the person is asked whether they
    meant it (it stands right behind a doubt; `vital_asked` of all). A false alarm is acted on.
    """

    accuracy: float
    accuracy_with_typo: float
    vital_recall: float
    vital_asked: float
    vital_false_alarms: float
    out_of_scope_turned_away: float
    in_scope_turned_away: float
    first_of_two: float
    second_of_two: float
    facts_exact: float
    median_ms: float
    slowest_twentieth_ms: float
    intents: tuple[IntentFigures, ...]
    confusions: tuple[tuple[str, str, int], ...]

    def as_json(self) -> dict[str, Any]:
        """For bench/results.json."""
        return {
            **{name: round(value, 4) for name, value in self._totals()},
            "intents": {
                figures.name: {
                    "precision": round(figures.precision, 4),
                    "recall": round(figures.recall, 4),
                    "sentences": figures.sentences,
                }
                for figures in self.intents
            },
            "confusions": [list(confusion) for confusion in self.confusions],
        }

    def as_text(self) -> str:
        """Three tables: totals, intents (weakest first), and what is taken for what."""
        lines = [f"{name.replace('_', ' '):28} {value:8.3f}" for name, value in self._totals()]
        lines += ["", f"{'intent':26} {'precision':>9} {'recall':>7} {'asked':>6}"]
        for figures in sorted(self.intents, key=lambda f: f.recall + f.precision):
            lines.append(
                f"{figures.name:26} {figures.precision:9.2f} {figures.recall:7.2f}"
                f" {figures.sentences:6}"
            )
        lines += ["", f"{'meant':26} {'taken for':26} {'times':>5}"]
        lines += [f"{meant:26} {taken:26} {times:5}" for meant, taken, times in self.confusions]
        return "\n".join(lines)

    def as_svg(self) -> str:
        """A picture of the confusions: rows are what was meant, columns what was understood."""
        names = sorted({name for meant, taken, _ in self.confusions for name in (meant, taken)})
        size, margin = 16, 170
        most = max((times for _, _, times in self.confusions), default=1)
        side = margin + size * len(names) + 10
        parts = [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"'
                ' font-family="sans-serif" font-size="10" role="img">'
            ),
            "<title>Confused intents: rows meant, columns understood</title>",
        ]
        for place, name in enumerate(names):
            at = margin + size * place
            label = escape(name)
            parts.append(f'<text x="{margin - 4}" y="{at + 12}" text-anchor="end">{label}</text>')
            parts.append(
                f'<text transform="translate({at + 12},{margin - 4}) rotate(-90)">{label}</text>'
            )
        for meant, taken, times in self.confusions:
            x = margin + size * names.index(taken)
            y = margin + size * names.index(meant)
            parts.append(
                f'<rect x="{x}" y="{y}" width="{size}" height="{size}" fill="#b3261e"'
                f' fill-opacity="{0.25 + 0.75 * times / most:.2f}"><title>{escape(meant)} as'
                f" {escape(taken)}: {times}</title></rect>"
            )
        return "\n".join([*parts, "</svg>"])

    def _totals(self) -> list[tuple[str, float]]:
        return [
            (name, value) for name, value in vars(self).items() if isinstance(value, (int, float))
        ]


def evaluate(pipeline: Pipeline, data: Path) -> Figures:
    """Count on the sets in the folder `data`: sentences, two_in_one and facts (YAML)."""
    sentences: dict[str, list[str]] = _load(data / "sentences.yml")
    asked = [(text, intent) for intent, texts in sentences.items() for text in texts]
    times: list[float] = []
    read = [_read(pipeline, text, times) for text, _ in asked]
    understood = [
        (intent, parsed["intent"]["name"]) for (_, intent), parsed in zip(asked, read, strict=True)
    ]
    with_typo = [
        (intent, pipeline(typos.misspelt(text, seed=_TYPO_SEED), {})["intent"]["name"])
        for text, intent in asked
    ]
    vital = set(phrases.URGENCY)
    vital_read = [
        (meant, parsed) for (_, meant), parsed in zip(asked, read, strict=True) if meant in vital
    ]
    ordinary = [got for meant, got in understood if meant not in vital]
    first, second = _two_in_one(pipeline, _load(data / "two_in_one.yml"))
    return Figures(
        accuracy=_macro(understood),
        accuracy_with_typo=_macro(with_typo),
        vital_recall=_share([_acts(m, p) or _asks(m, p) for m, p in vital_read]),
        vital_asked=_share([_asks(m, p) for m, p in vital_read]),
        vital_false_alarms=_share([got in vital for got in ordinary]),
        out_of_scope_turned_away=_share(
            [got in (OUT_OF_SCOPE, FALLBACK) for meant, got in understood if meant == OUT_OF_SCOPE]
        ),
        in_scope_turned_away=_share(
            [got in (OUT_OF_SCOPE, FALLBACK) for meant, got in understood if meant != OUT_OF_SCOPE]
        ),
        first_of_two=first,
        second_of_two=second,
        facts_exact=_facts(_load(data / "facts.yml")),
        median_ms=median(times),
        slowest_twentieth_ms=quantiles(times, n=20)[-1],
        intents=_by_intent(understood),
        confusions=_confusions(understood),
    )


def facts_of(text: str) -> str:
    """The facts in `text` as facts.yml writes them."""
    currency = "GBP" if "£" in text or "pence" in text else "USD"
    found = entities.find(text, Turn(FACTS_DAY, currency=currency))
    return " ".join(
        _fact(entity)
        for entity in found
        if entity.entity not in ("channel", "person", "hardship_reason")
    )


def _fact(entity: entities.Entity) -> str:
    value = entity.value
    if entity.entity == "amount":
        value = (
            f"{value['minor']}{value['currency']}" if "minor" in value else f"{value['percent']}%"
        )
    return f"{entity.entity}={value}"


def _facts(expected: Mapping[str, str]) -> float:
    return _share([facts_of(text) == facts for text, facts in expected.items()])


def _read(pipeline: Pipeline, text: str, times: list[float]) -> dict[str, Any]:
    began = time.perf_counter()
    parsed = pipeline(text, {})
    times.append((time.perf_counter() - began) * 1000)
    return parsed


def _acts(meant: str, parsed: Mapping[str, Any]) -> bool:
    return bool(parsed["intent"]["name"] == meant)


def _asks(meant: str, parsed: Mapping[str, Any]) -> bool:
    """Whether the person is asked if that is what they meant: it is the first reading offered."""
    doubt, likeliest = parsed["intent_ranking"][:2]
    return bool(doubt["name"] == FALLBACK and likeliest["name"] == meant)


def _two_in_one(pipeline: Pipeline, cases: Sequence[Mapping[str, str]]) -> tuple[float, float]:
    read = [pipeline(case["text"], {}) for case in cases]
    pairs = list(zip(cases, read, strict=True))
    return (
        _share([parsed["intent"]["name"] == case["first"] for case, parsed in pairs]),
        _share([case["also"] in parsed["also"] for case, parsed in pairs]),
    )


def _macro(understood: Sequence[tuple[str, str]]) -> float:
    return mean(figures.recall for figures in _by_intent(understood))


def _by_intent(understood: Sequence[tuple[str, str]]) -> tuple[IntentFigures, ...]:
    meant = Counter(intent for intent, _ in understood)
    got = Counter(name for _, name in understood)
    # Doubt about a message that is out of scope turns it away as well.
    right = Counter(
        intent
        for intent, name in understood
        if intent == name or (intent == OUT_OF_SCOPE and name == FALLBACK)
    )
    return tuple(
        IntentFigures(
            name,
            precision=sum(n == name == i for i, n in understood) / got[name] if got[name] else 0.0,
            recall=right[name] / meant[name],
            sentences=meant[name],
        )
        for name in sorted(meant)
    )


def _confusions(understood: Sequence[tuple[str, str]]) -> tuple[tuple[str, str, int], ...]:
    pairs = Counter((meant, got) for meant, got in understood if meant != got)
    return tuple((meant, got, times) for (meant, got), times in pairs.most_common())


def _share(outcomes: Sequence[bool]) -> float:
    return mean(outcomes) if outcomes else 0.0


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
