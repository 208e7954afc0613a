"""The moment that most tests begin at."""

from __future__ import annotations

from datetime import datetime, timezone

MONDAY = datetime(2026, 3, 2, 18, 0, tzinfo=timezone.utc)
"""Ten in the morning in Los Angeles, one in the afternoon in New York."""
