"""Finds and starts the Chromium of this machine, for every test that needs a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no Chromium on this machine (on Debian: apt-get install chromium)"


def executable() -> str | None:
    """Where the browser is, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def may_be_missing() -> bool:
    """Elsewhere than on CI, tests that need a browser may be left out."""
    return executable() is None and os.environ.get("CI", "").lower() not in ("1", "true")


def leave_out(config: pytest.Config, items: list[pytest.Item], folder: Path) -> list[pytest.Item]:
    """Take the tests below `folder` out of `items` where there may be no browser; returns them."""
    if not may_be_missing():
        return []
    out = [item for item in items if folder in item.path.parents]
    items[:] = [item for item in items if item not in out]
    config.hook.pytest_deselected(items=out)
    return out


@contextmanager
def started() -> Iterator[Browser]:
    """A running browser that asks nobody on the internet anything."""
    path = executable()
    if path is None:
        raise RuntimeError(MISSING)
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--no-first-run", *quiet]
        )
        yield browser
        browser.close()
