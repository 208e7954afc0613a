"""How often one sender may do a thing: a token bucket each, in this process."""

from __future__ import annotations

from collections import OrderedDict

from bot import clock

MOST_SENDERS = 10_000
"""Buckets kept; the least recently used goes first, which can only be generous."""


class RateLimit:
    """So many a minute for each sender, with as many at once."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, sender: str) -> bool:
        """Whether the sender may do it once more now; counts it if so."""
        now = clock.now().timestamp()
        tokens, then = self._buckets.pop(sender, (float(self._per_minute), now))
        tokens = min(self._per_minute, tokens + max(0.0, now - then) * self._per_minute / 60)
        allowed = tokens >= 1
        self._buckets[sender] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > MOST_SENDERS:
            self._buckets.popitem(last=False)
        return allowed
