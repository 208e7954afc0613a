"""The real widget in a real Chromium on the real assistant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.widget import chromium

HERE = Path(__file__).parent
LEFT_OUT: list[pytest.Item] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser these are left out, and it is said why; on CI they fail instead."""
    LEFT_OUT.extend(chromium.leave_out(config, items, HERE))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was left out."""
    if LEFT_OUT:
        terminalreporter.write_line(
            f"{len(LEFT_OUT)} tests in the browser left out: {chromium.MISSING}"
        )


@pytest.fixture(autouse=True)
def _fresh(fresh: None) -> None:
    """Each test begins with the demo accounts untouched."""
