"""Phrases that must not be missed, found without a model."""

from __future__ import annotations

from dataclasses import dataclass


#: The must-not-miss intents, most urgent first.
URGENCY = (
    "crisis", "third_party", "wrong_person", "report_identity_theft", "report_bankruptcy",
    "report_attorney", "cease_contact", "opt_out", "dispute_not_mine", "dispute_amount",
    "request_validation",
)  # fmt: skip


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
