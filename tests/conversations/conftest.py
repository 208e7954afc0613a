"""Whole dialogues with the one assistant of the run."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _fresh(fresh: None) -> None:
    """Each dialogue begins on the same Monday with the demo accounts untouched."""
