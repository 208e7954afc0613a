"""What goes over the wire, against the real assistant."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _fresh(fresh: None) -> None:
    """Each test begins on the same Monday with the demo accounts untouched."""
