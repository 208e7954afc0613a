"""What a ranking means once doubt, context, a second matter and vital phrases are weighed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.nlu.classifier import Ranked
from bot.nlu.clauses import Clause
from bot.nlu.entities import Entity
from bot.nlu.phrases import Vital

FALLBACK = "nlu_fallback"
#: Below this probability, or this close to the runner-up, the bot asks (docs/understanding.md).
THRESHOLD = 0.3
MARGIN = 0.05


@dataclass(frozen=True)
class Reading:
    """The ranking (first = what is acted on) and the further intents of the same message."""

    ranking: tuple[Ranked, ...]
    also: tuple[str, ...] = ()


def doubted(ranking: tuple[Ranked, ...], threshold: float, margin: float) -> tuple[Ranked, ...]:
    """`ranking`, with the fallback before it if its first place is not sure enough."""
    first, second = ranking[0], ranking[1]
    if first.confidence >= threshold and first.confidence - second.confidence >= margin:
        return ranking
    return (Ranked(FALLBACK, threshold), *ranking)


def read(
    text: str,
    ranking: tuple[Ranked, ...],
    clauses: Sequence[tuple[Clause, tuple[Ranked, ...]]],
    entities: Sequence[Entity],
    pending: str | None,
) -> Reading:
    """The message as an answer to what was asked (`pending`), else by itself."""
    return Reading(ranking)


def with_vital(reading: Reading, vital: Sequence[Vital]) -> Reading:
    """`reading` with the most urgent vital phrase before everything else."""
    return reading
