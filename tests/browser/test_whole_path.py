"""A person opens the demo page, is checked, asks, proposes, agrees; and the ledger has the plan."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from bot.money import Money
from tests.assistant import Running
from tests.widget.driver import Chat


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A small phone; whatever the page complains of fails the test."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-US")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None,
    )
    yield page
    context.close()
    # The test's own tool for accessibility sets a style, which the page's policy rightly refuses.
    assert [c for c in complaints if "Applying inline style" not in c] == []


@pytest.fixture
def chat(page: Page, running: Running) -> Chat:
    """The chat of the demo page, open."""
    return Chat(page, f"{running.url}/demo", wait=15_000).open()


def test_from_the_question_to_the_plan(chat: Chat, running: Running) -> None:
    chat.ask("how much do i owe u", answers=1)
    told = chat.ask("A-1042, born 3 May 1988, 90210", answers=2)
    assert "$1,000.00" in told[-1].text
    assert "$1,000.00" in chat.card("account").inner_text()

    shown = chat.ask("50 every other friday", answers=1)
    assert "every other Friday" in shown[-1].text
    assert "Mar 6" in chat.card("schedule").inner_text()
    assert running.plan("A-1042") is None

    chat.choose("Yes", answers=1)
    assert "Save" in chat.card("receipt").inner_text()
    plan = running.plan("A-1042")
    assert plan is not None
    assert plan.amount == Money(5000, "USD")
    assert "1988" not in chat.log.inner_text()


def test_history_and_person_and_axe(chat: Chat) -> None:
    chat.ask("A-1042, born 3 May 1988, 90210", answers=2)
    chat.ask("what have i paid so far", answers=1)
    assert chat.card("history").locator("svg").count() == 1
    chat.ask("can i pay it off in parts", answers=1)
    chat.control("person")
    chat.wait_for_text("asked a person")
    violations = Axe().run(chat.page).response["violations"]
    assert violations == [], [v["id"] for v in violations]


def test_a_reload_brings_everything_back(chat: Chat, running: Running) -> None:
    chat.ask("A-1042, born 3 May 1988, 90210", answers=2)
    before = [said.text for said in chat.messages("bot")]
    chat.visit()
    chat.launcher.click()
    chat.wait_for(len(before), "bot")
    assert [said.text for said in chat.messages("bot")] == before
