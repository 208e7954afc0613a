"""Understanding alone: how a trained model reads a text, without a database or a conversation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain

from bot.server import logs
from bot.server.processor import Processor
from bot.server.tracker_store import CappedTrackerStore

Understand = Callable[[str, Mapping[str, Any]], dict[str, Any]]


def load(model: Path) -> Understand:
    """A function from a text and its context to `{text, intent, confidence, entities, also}`.

    `intent` is the vital one if there is one, and `nlu_fallback` in doubt.
    """
    logs.quieten()
    processor = Processor(model, CappedTrackerStore(Domain.empty(), database=None))

    def understand(text: str, context: Mapping[str, Any]) -> dict[str, Any]:
        parsed = processor.understand(text, context)
        return {
            "text": text,
            "intent": parsed["intent"]["name"],
            "confidence": round(float(parsed["intent"]["confidence"]), 4),
            "entities": [
                {key: entity[key] for key in ("entity", "value", "start", "end")}
                for entity in parsed["entities"]
            ],
            "also": list(parsed.get("also") or []),
        }

    return understand
