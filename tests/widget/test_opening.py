"""Opening and closing by keyboard, on a desk and on a phone: where the focus is at each step."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.widget.driver import Chat
from tests.widget.server import Assistant

ACTIVE = """() => {
    let node = document.activeElement;
    while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
    return node.getAttribute('aria-label') || node.id || node.textContent.trim() || node.tagName;
}"""


def focused(page: Page) -> str:
    """What a screen reader would call the element that has the focus."""
    return str(page.evaluate(ACTIVE))


def test_opens_with_enter_writes_and_closes_with_escape(new_chat: Callable[..., Chat]) -> None:
    chat = new_chat().visit()
    for _ in range(40):
        chat.page.keyboard.press("Tab")
        if focused(chat.page) == "Chat with us":
            break
    chat.page.keyboard.press("Enter")
    expect(chat.sheet).to_be_visible()
    assert focused(chat.page) == "Your message"
    chat.wait_for(1)
    chat.page.keyboard.type("what do I owe")
    chat.page.keyboard.press("Enter")
    chat.wait_for(1, "debtor")
    assert focused(chat.page) == "Your message"
    chat.page.keyboard.press("Escape")
    expect(chat.sheet).to_be_hidden()
    assert focused(chat.page) == "Chat with us"


def test_focus_returns_to_the_button_of_the_page_that_opened_it(
    new_chat: Callable[..., Chat],
) -> None:
    chat = new_chat().visit()
    chat.page.get_by_role("button", name="Start a chat").focus()
    chat.page.keyboard.press("Space")
    expect(chat.sheet).to_be_visible()
    chat.page.keyboard.press("Escape")
    assert focused(chat.page) == "Start a chat"


def test_every_control_is_reached_by_tab(chat: Chat) -> None:
    seen = set()
    for _ in range(12):
        chat.page.keyboard.press("Tab")
        seen.add(focused(chat.page))
    chat.input.focus()
    for _ in range(5):
        chat.page.keyboard.press("Shift+Tab")
        seen.add(focused(chat.page))
    assert {
        "Talk to a person",
        "Stop contact",
        "More options",
        "Close chat",
        "Conversation",
    } <= seen


def test_focus_is_always_visible(chat: Chat) -> None:
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Tab")
    assert focused(chat.page) in ("Talk to a person", "Stop contact")
    outline = chat.sheet.locator("button:focus").evaluate("node => getComputedStyle(node).outline")
    assert "3px" in outline
    chat.input.focus()
    field = chat.sheet.locator(".field").evaluate("node => getComputedStyle(node).boxShadow")
    assert field != "none"


def test_on_a_desk_the_page_behind_stays_usable(chat: Chat) -> None:
    chat.page.get_by_text("Can somebody else talk to you for me?").click()
    expect(chat.page.get_by_text("A relative, an adviser or an attorney")).to_be_visible()
    expect(chat.sheet).to_be_visible()


def test_on_a_phone_it_covers_the_screen_and_keeps_the_focus_inside(phone: Chat) -> None:
    box = phone.sheet.bounding_box()
    assert box == {"x": 0, "y": 0, "width": 360, "height": 740}
    inside = "() => ['EVENKEEL-CHAT', 'BODY'].includes(document.activeElement.tagName)"
    for _ in range(14):
        phone.page.keyboard.press("Tab")
        assert phone.page.evaluate(inside)
    phone.page.keyboard.press("Escape")
    expect(phone.sheet).to_be_hidden()
    assert focused(phone.page) == "Chat with us"


def test_on_a_phone_the_keyboard_does_not_jump_up_on_opening(phone: Chat) -> None:
    assert focused(phone.page) == "name"


def test_turning_the_screen_keeps_it_open_with_its_draft_and_focus(chat: Chat) -> None:
    chat.write("half a sent")
    chat.page.set_viewport_size({"width": 360, "height": 740})
    expect(chat.input).to_have_value("half a sent")
    expect(chat.input).to_be_focused()
    assert chat.sheet.evaluate("node => node.matches(':modal')")
    chat.page.set_viewport_size({"width": 1280, "height": 800})
    assert not chat.sheet.evaluate("node => node.matches(':modal')")


def test_escape_closes_the_menu_before_the_chat(chat: Chat) -> None:
    more = chat.sheet.get_by_role("button", name="More options")
    more.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Escape")
    expect(more).to_have_attribute("aria-expanded", "false")
    expect(more).to_be_focused()
    expect(chat.sheet).to_be_visible()


def test_a_reload_brings_the_open_chat_back_without_taking_the_focus(chat: Chat) -> None:
    chat.send("what do I owe")
    chat.wait_for(1, "debtor")
    chat.page.reload()
    chat.wait_for(1, "debtor")
    expect(chat.sheet).to_be_visible()
    assert focused(chat.page) != "Your message"


def test_answers_that_came_while_it_was_closed_are_counted(
    chat: Chat, assistant: Assistant
) -> None:
    chat.close()
    assistant.say("One thing more.")
    assistant.say("And another.")
    expect(chat.launcher).to_have_accessible_name("Chat with us, 2 new messages")
    chat.launcher.click()
    chat.close()
    expect(chat.launcher).to_have_accessible_name("Chat with us")


def test_no_session_is_begun_before_somebody_opens_it(
    new_chat: Callable[..., Chat], assistant: Assistant
) -> None:
    new_chat().visit()
    assert assistant.openings == []


def test_the_page_says_who_it_is_to_the_server(chat: Chat, assistant: Assistant) -> None:
    assert assistant.openings == [{"creditor": "demo-bank", "language": "en-US"}]


def test_the_demonstration_shows_the_other_creditors_too(
    new_chat: Callable[..., Chat], assistant: Assistant
) -> None:
    chat = new_chat()
    chat.address += "?creditor=demo-uk"
    chat.open()
    assert assistant.openings[0]["creditor"] == "demo-uk"
    expect(chat.page.get_by_text("Thistle Credit").first).to_be_visible()
