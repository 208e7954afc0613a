"""How figures are told: each also as a multiple of a fixed piece of work of the same run."""

from __future__ import annotations

import statistics
import time


def reference_ms() -> float:
    """A fixed piece of pure Python, the fastest of five. It costs one core of the machine on which
    the targets were set about 6 ms."""

    def once() -> float:
        began = time.perf_counter()
        sum(number * number for number in range(100_000))
        return (time.perf_counter() - began) * 1000

    return min(once() for _ in range(5))


def line(what: str, times: list[float], reference: float) -> str:
    """A line of the table: median, 95th percentile, and the median against the reference."""
    middle = statistics.median(times)
    slow = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else middle
    ratio = f"{middle / reference:6.2f} x reference"
    return f"{what:32} {middle:8.1f} ms median {slow:8.1f} ms 95th {ratio}"
