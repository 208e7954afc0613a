"""Cuts a message where a second thing may begin."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Behind one of these a person may turn to another matter. A comma inside a number is none.
_BOUNDARY = re.compile(
    r"[.!?;\n]+(?=\s|$)|\s+[-\u2013\u2014]+\s+|\.{2,}|,(?!\d)"
    r"|\s(?=(?:and|but|also|plus|n|&|cos|cuz|because|then|anyway|btw|oh"
    # "So" joins two matters before a subject or a question, and else only strengthens a word.
    r"|so\s(?:i|im|i'm|i'd|i'll|we|we're|can|can't|cant|could|couldn't|what|whats|what's|how|how's"
    r"|when|whens|when's|where|why|whys|why's|who|whos|who's|please|pls|is|isn't|it's|its|are|aren't"
    r"|am|do|does|did|don't|dont|will|would|has|have|should|my|you|your|they|he|she|this|that|there"
    r"|no|not|nobody|if|any|stop|leave|take|put|move|change|charge|send|show|tell|give|just|let"
    r"|cancel|skip|split|spread|call|text|contact|get|make|set|never))\s)",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:and|but|also|plus|n|&|so|cos|cuz|because|then|anyway|btw|oh|well)\s+", re.IGNORECASE
)
LEAST_WORDS = 2


@dataclass(frozen=True)
class Clause:
    """A part of a message that could stand alone; `text` is without its leading "and", "but"."""

    text: str
    start: int
    end: int


def split(text: str) -> tuple[Clause, ...]:
    """The clauses of `text` of two words or more, or () if it has fewer than two of them."""
    clauses: list[Clause] = []
    start = 0
    for boundary in [*_BOUNDARY.finditer(text), None]:
        end = boundary.start() if boundary else len(text)
        clause = _clause(text, start, end)
        if clause is not None:
            clauses.append(clause)
        start = boundary.end() if boundary else end
    return tuple(clauses) if len(clauses) > 1 else ()


def _clause(text: str, start: int, end: int) -> Clause | None:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    lead = _LEAD.match(piece)
    while lead:
        start += lead.end()
        piece = piece[lead.end() :]
        lead = _LEAD.match(piece)
    if len(piece.split()) < LEAST_WORDS:
        return None
    return Clause(piece, start, start + len(piece))
