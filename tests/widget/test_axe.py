"""axe-core finds nothing: light and dark, closed and open, desk and phone, with every card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.widget import ledger_cards as cards
from tests.widget.driver import Chat
from tests.widget.server import Assistant, Refusal

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 360, "height": 740}}


def violations(chat: Chat) -> list[str]:
    result = Axe().run(chat.page, options={"runOnly": {"type": "tag", "values": TAGS}})
    found: list[dict[str, Any]] = result.response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(SIZES))
def shown(request: pytest.FixtureRequest, scheme: str, new_chat: Callable[..., Chat]) -> Chat:
    # axe adds a style of its own to the page while it looks, which the policy would not allow.
    return new_chat(color_scheme=scheme, viewport=SIZES[request.param], bypass_csp=True).visit()


def test_closed(shown: Chat) -> None:
    assert violations(shown) == []


def test_open_with_every_card(shown: Chat, assistant: Assistant) -> None:
    shown.launcher.click()
    shown.wait_for(1)
    for name, card in cards.EVERY.items():
        assistant.say(
            f"This is the card for {name}. See https://harbor.example.com/help", card=card
        )
    assistant.say("Hello, this is Dana.", author="agent", name="Dana")
    assistant.say("Dana has joined.", author="system")
    assistant.state("with_agent")
    assistant.say(
        "Which one?", choices=[{"id": "a", "label": "This"}, {"id": "b", "label": "That"}]
    )
    shown.wait_for(2 + len(cards.EVERY))
    shown.card("history").locator("summary").click()
    assistant.typing(True)
    expect(shown.typing).not_to_be_empty()
    assert violations(shown) == []


def test_with_all_that_can_go_wrong(shown: Chat, assistant: Assistant) -> None:
    shown.launcher.click()
    shown.wait_for(1)
    assistant.refusals["messages"].append(Refusal(422, "no", "Please write it in words."))
    shown.send("refused")
    expect(shown.status("refused")).to_contain_text("in words")
    assistant.down = True
    assistant.cut()
    shown.send("waiting")
    expect(shown.banner).to_contain_text("You can also call us", timeout=10_000)
    shown.write("x" * 1010)
    shown.sheet.get_by_role("button", name="More options").click()
    assert violations(shown) == []


def test_scrolled_up_with_new_messages(shown: Chat, assistant: Assistant) -> None:
    shown.launcher.click()
    shown.wait_for(1)
    for number in range(20):
        assistant.say(f"Sentence number {number}.")
    shown.wait_for(21)
    shown.scroller.evaluate("node => node.scrollTo(0, 0)")
    shown.page.wait_for_timeout(100)
    assistant.say("A new one.")
    expect(shown.newer).to_be_visible()
    assert violations(shown) == []
