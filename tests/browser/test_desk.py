"""A person on the widget and an agent at the desk, each in a browser of their own: handed off,
taken over, written both ways, a plan approved and agreed, and handed back."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from bot.creditors import Creditors
from bot.desk import agents, app
from bot.money import Money
from tests.assistant import Running, free_port
from tests.widget.driver import Chat

PASSWORD = "a password for the tests"
WAIT = 15_000


@pytest.fixture(scope="module")
def desk(running: Running, creditors: Creditors) -> Iterator[str]:
    """The desk on the assistant's database; its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = replace(running.assistant.settings, desk_port=port, desk_url=url)
    asgi = app.build(settings, running.database, creditors)
    config = uvicorn.Config(asgi, port=port, log_config=None, http="h11", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started
    yield url
    asgi.state.live.close()
    server.should_exit = True
    thread.join(20)


def page_of(browser: Browser, complaints: list[str], **options: int) -> Page:
    size = {"width": options.get("width", 1280), "height": 800}
    page = browser.new_context(viewport=size, locale="en-US").new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None,
    )
    return page


@pytest.fixture
def pages(browser: Browser) -> Iterator[tuple[Page, Page]]:
    """Two people's browsers; whatever a page complains of fails the test."""
    complaints: list[str] = []
    person, agent = page_of(browser, complaints, width=420), page_of(browser, complaints)
    yield person, agent
    person.context.close()
    agent.context.close()
    # The tool for accessibility sets a style, which the pages' policy rightly refuses.
    assert [c for c in complaints if "Applying inline style" not in c] == []


def sign_in(page: Page, desk: str, running: Running, role: str) -> None:
    with running.database.write() as connection:
        agents.add(
            connection,
            email="dana@example.com",
            first_name="Dana",
            password=PASSWORD,
            role=role,
        )
    page.goto(f"{desk}/sign-in")
    no_violations(page)
    page.get_by_label("E-mail").fill("dana@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{desk}/")


def no_violations(page: Page) -> None:
    violations = Axe().run(page).response["violations"]
    assert violations == [], [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in violations]


def test_the_whole_story(pages: tuple[Page, Page], desk: str, running: Running) -> None:
    person, agent = pages
    sign_in(agent, desk, running, "supervisor")
    expect(agent.get_by_text("Nobody is waiting.")).to_be_visible()

    chat = Chat(person, f"{running.url}/demo", wait=WAIT).open()
    chat.ask("A-1042, born 3 May 1988, 90210", answers=1)
    chat.ask("30 a month from march 20", answers=1)
    chat.choose("Ask a person", answers=1)

    # It is in the queue without a reload, and found by keyboard.
    row = agent.locator("[data-row]")
    expect(row).to_contain_text("Maria Alvarez", timeout=WAIT)
    expect(row).to_contain_text("Plan to approve")
    no_violations(agent)
    agent.keyboard.press("j")
    agent.keyboard.press("Enter")
    expect(agent.get_by_role("heading", name="Brief")).to_be_visible()
    no_violations(agent)

    agent.keyboard.press("t")
    expect(agent.get_by_role("button", name="Send", exact=True)).to_be_visible(timeout=WAIT)
    chat.wait_for_text("Dana")
    expect(chat.label).to_contain_text("Dana", timeout=WAIT)

    # Both ways; what is typed is seen before it is sent, and the bot keeps out of it.
    words = agent.locator("[data-text]")
    words.press_sequentially("I can see your plan.")
    expect(chat.typing).to_contain_text("Dana", timeout=WAIT)
    words.press("Control+Enter")
    chat.wait_for_text("I can see your plan.")
    said = len(chat.messages("bot"))
    chat.send("thank you, how much do i owe?")
    log = agent.locator("[data-log]")
    expect(log).to_contain_text("how much do i owe?", timeout=WAIT)
    assert len(chat.messages("bot")) == said

    # What the gate refuses never leaves the desk.
    words.fill("You owe $1,234.00.")
    expect(agent.locator("[data-hints] .stop")).to_be_visible(timeout=WAIT)
    words.press("Control+Enter")
    expect(agent.locator("[data-toast]")).to_contain_text("Not sent", timeout=WAIT)
    no_violations(agent)
    agent.emulate_media(color_scheme="dark")
    no_violations(agent)
    agent.emulate_media(color_scheme="light")
    words.fill("")

    # The plan is approved here and agreed there.
    agent.get_by_label("Decision").select_option("approve")
    agent.get_by_label("I have read the schedule and the brief.").check()
    agent.get_by_role("button", name="Decide").click()
    expect(chat.card("schedule")).to_contain_text("$30.00", timeout=WAIT)
    chat.choose("Yes")
    expect(chat.card("receipt")).to_be_visible(timeout=WAIT)
    plan = running.plan("A-1042")
    assert plan is not None
    assert plan.amount == Money(3000, "USD")
    expect(agent.locator("[data-part=side]")).to_contain_text(
        re.compile(r"Plan: \$0\.00 paid"), timeout=WAIT
    )

    # Back to the bot, which knows what was agreed.
    agent.get_by_role("button", name="Hand back to the bot").click()
    expect(agent.get_by_text("You have no conversations.")).to_be_visible(timeout=WAIT)
    chat.wait_for_text("automated assistant")
    answer = chat.ask("when is my next payment?", answers=1)
    assert "March 20" in answer[-1].text

    # Every other page, in the dark too.
    for where in ("/?view=closed", "/figures", "/me"):
        agent.goto(f"{desk}{where}")
        for scheme in ("light", "dark"):
            agent.emulate_media(color_scheme=scheme)
            no_violations(agent)


def test_a_word_that_must_not_be_missed_acts_while_a_person_has_it(
    pages: tuple[Page, Page], desk: str, running: Running
) -> None:
    person, agent = pages
    sign_in(agent, desk, running, "agent")
    chat = Chat(person, f"{running.url}/demo", wait=WAIT).open()
    chat.ask("A-1042, born 3 May 1988, 90210", answers=1)
    chat.control("person")
    agent.locator("[data-row] a").click(timeout=WAIT)
    agent.get_by_role("button", name="Take over").click()
    chat.wait_for_text("Dana")
    chat.send("I never opened this account, it's not my debt")
    expect(agent.locator("[data-part=side]")).to_contain_text("They dispute the debt", timeout=WAIT)
    assert "dispute" in running.holds("A-1042")
