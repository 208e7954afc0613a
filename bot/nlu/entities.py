"""Everything that a message states as a fact: amounts, dates, frequencies, references, reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot import identifiers
from bot.nlu.turn import Turn


@dataclass(frozen=True)
class Entity:
    """One fact: `text[start:end]` means `value` (its form for each name: shared intents list)."""

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
    """The facts of `text`, in order."""
    found = []
    for identifier in identifiers.find(text, day_first=turn.day_first):
        if identifier.kind in ("reference", "birth_date", "postal_code"):
            value = identifier.value
            found.append(
                Entity(
                    identifier.kind,
                    list(value) if isinstance(value, tuple) else value,
                    identifier.start,
                    identifier.end,
                )
            )
    return tuple(found)
