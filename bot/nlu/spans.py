"""A value and where in the text it stood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class Span(Generic[Value]):
    """`text[start:end]` says `value`."""

    value: Value
    start: int
    end: int


def overlaps(start: int, end: int, taken: Iterable[tuple[int, int]]) -> bool:
    """Whether any of the `taken` stretches shares a character with this one."""
    return any(start < until and begin < end for begin, until in taken)
