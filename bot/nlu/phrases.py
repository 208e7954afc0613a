"""Phrases that must not be missed, found without a model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Vital:
    """A must-not-miss intent and the words that say it."""

    intent: str
    start: int
    end: int
    quote: str


def find(text: str) -> tuple[Vital, ...]:
    """The vital phrases of `text`, most urgent first."""
    return ()
