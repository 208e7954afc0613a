"""A real Chromium, a stand-in for the assistant, and a page for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.widget import chromium
from tests.widget.driver import Chat
from tests.widget.server import Assistant

HERE = Path(__file__).parent
LEFT_OUT: list[pytest.Item] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    LEFT_OUT.extend(chromium.leave_out(config, items, HERE))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if LEFT_OUT:
        terminalreporter.write_line(
            f"{len(LEFT_OUT)} tests of the widget left out: {chromium.MISSING}"
        )


@pytest.fixture
def assistant() -> Iterator[Assistant]:
    assistant = Assistant()
    yield assistant
    assistant.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser contexts; what the page complains of fails the test."""
    made: list[BrowserContext] = []
    complaints: list[str] = []

    def make(**options: Any) -> BrowserContext:
        usual = {
            "locale": "en-US",
            "timezone_id": "America/Los_Angeles",
            "reduced_motion": "reduce",
        }
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, **usual, **options}
        )
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda line: complaints.append(line.text) if _bad(line) else None)
        made.append(context)
        return context

    yield make
    for one in made:
        one.close()
    assert complaints == []


def _bad(line: Any) -> bool:
    """Chromium reports each failed request; tests that cut the wire mean to have those."""
    return line.type in ("error", "warning") and not line.text.startswith("Failed to load resource")


@pytest.fixture
def new_chat(context: Callable[..., BrowserContext], assistant: Assistant) -> Callable[..., Chat]:
    """A chat, not yet open, in a new browser context with these options; noon of March 2nd."""

    def make(**options: Any) -> Chat:
        page = context(**options).new_page()
        page.clock.set_fixed_time("2026-03-02T20:00:00Z")
        return Chat(page, assistant.demo)

    return make


@pytest.fixture
def chat(new_chat: Callable[..., Chat]) -> Chat:
    """A chat on a desk, open."""
    return new_chat().open()


@pytest.fixture
def phone(new_chat: Callable[..., Chat]) -> Chat:
    """A chat on a phone of 360 by 740, open."""
    return new_chat(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True).open()
