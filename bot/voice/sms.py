"""How many text messages a text becomes, as networks count and bill them (3GPP TS 23.038, 23.040).

In the GSM alphabet one message holds 160 characters, and 153 each when several are joined; some,
such as € or [, take two. One character outside it sends the whole text as UCS-2: 70, or 67 each.
Characters are never cut in two, so that a pair at the seam moves to the next message.

The national tables of 23.038 (Spanish, Portuguese, Turkish…) are left out: senders rarely offer
them, and where they are missing the text goes as UCS-2. Counting without them is never too low.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import gsm0338

_GSM = gsm0338.Codec()


@dataclass(frozen=True)
class Segments:
    """What a text needs: `encoding` is GSM-7 or UCS-2, `units` septets or 16-bit units of text."""

    encoding: str
    units: int
    count: int
    forced_by: str
    """The characters that forced UCS-2, each once, in order; empty in GSM-7."""


def segments(text: str) -> Segments:
    """How `text` travels as SMS. An empty text still is one message."""
    strange = "".join(dict.fromkeys(c for c in text if not _width(c)))
    if strange:
        widths = [len(character.encode("utf-16-be")) // 2 for character in text]
        return Segments("UCS-2", sum(widths), _count(widths, alone=70, joined=67), strange)
    widths = [_width(character) for character in text]
    return Segments("GSM-7", sum(widths), _count(widths, alone=160, joined=153), "")


@lru_cache(maxsize=2_000)
def _width(character: str) -> int:
    """Septets in the GSM alphabet: 1, 2 in its extension, 0 if it is in neither."""
    try:
        return len(_GSM.encode(character)[0])
    except UnicodeEncodeError:
        return 0


def _count(widths: Iterable[int], *, alone: int, joined: int) -> int:
    widths = list(widths)
    if sum(widths) <= alone:
        return 1
    count, free = 1, joined
    for width in widths:
        if width > free:
            count, free = count + 1, joined
        free -= width
    return count
