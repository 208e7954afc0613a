"""Reading it: on a small phone, in the dark, with long words, with much to scroll."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.widget import ledger_cards as cards
from tests.widget.driver import Chat
from tests.widget.server import Assistant

LONG_WORD = "Donaudampfschifffahrtsgesellschaft" * 6


def height(node: Locator) -> float:
    box = node.bounding_box()
    assert box
    return box["height"]


def say_much(chat: Chat, assistant: Assistant, count: int = 30) -> None:
    for number in range(count):
        assistant.say(f"Sentence number {number}.")
    chat.wait_for(count + 1)


@pytest.mark.parametrize("width", [320, 360])
def test_nothing_is_wider_than_a_small_phone(
    new_chat: Callable[..., Chat], assistant: Assistant, width: int
) -> None:
    chat = new_chat(viewport={"width": width, "height": 740}, has_touch=True, is_mobile=True).open()
    assistant.say(LONG_WORD, choices=[{"id": "a", "label": LONG_WORD}, {"id": "b", "label": "No"}])
    for name, card in cards.EVERY.items():
        assistant.say(name, card=card)
    chat.send(LONG_WORD)
    chat.wait_for(1, "debtor")
    chat.wait_for(2 + len(cards.EVERY))
    chat.card("history").locator("summary").click()
    wide = """(node, width) => [...node.querySelectorAll('*')]
        .filter((one) => one.getBoundingClientRect().right > width + 0.5 && !one.closest('.unseen'))
        .map((one) => one.className || one.tagName)"""
    assert chat.sheet.evaluate(wide, width) == []
    assert chat.scroller.evaluate("node => node.scrollWidth - node.clientWidth") == 0
    assert chat.page.evaluate("() => document.documentElement.scrollWidth") == width


def test_the_demonstration_page_fits_a_small_phone(new_chat: Callable[..., Chat]) -> None:
    chat = new_chat(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True).visit()
    assert chat.page.evaluate("() => document.documentElement.scrollWidth") == 360


def test_what_is_pressed_is_at_least_44_pixels(phone: Chat, assistant: Assistant) -> None:
    assistant.say("Which?", choices=[{"id": "a", "label": "A"}])
    assistant.say("These.", card=cards.OPTIONS)
    assistant.say("A receipt.", card=cards.RECEIPT)
    assistant.say("History.", card=cards.HISTORY)
    phone.wait_for(5)
    buttons = phone.sheet.locator("button:visible:not(.link), summary:visible").all()
    assert len(buttons) >= 8
    assert [button.text_content() for button in buttons if height(button) < 44] == []
    phone.close()
    assert height(phone.launcher) >= 44


def test_text_is_large_enough_that_a_phone_does_not_zoom(phone: Chat) -> None:
    assert phone.input.evaluate("node => getComputedStyle(node).fontSize") == "16px"


def test_a_touch_keyboard_leaves_the_box_to_write_in_view(phone: Chat) -> None:
    phone.page.set_viewport_size({"width": 360, "height": 420})
    box = phone.input.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 420
    expect(phone.sheet.locator('[data-control="person"]')).to_be_in_viewport()


def test_new_messages_do_not_tear_a_reader_away(chat: Chat, assistant: Assistant) -> None:
    say_much(chat, assistant)
    expect(chat.newer).to_be_hidden()
    chat.scroller.evaluate("node => node.scrollTo(0, 0)")
    chat.page.wait_for_timeout(100)
    assistant.say("A new one.")
    expect(chat.newer).to_be_visible()
    assert chat.scroller.evaluate("node => node.scrollTop") == 0
    chat.newer.click()
    expect(chat.row("A new one.")).to_be_in_viewport()
    expect(chat.newer).to_be_hidden()


def test_one_who_reads_the_end_stays_at_the_end(chat: Chat, assistant: Assistant) -> None:
    say_much(chat, assistant)
    expect(chat.row("Sentence number 29.")).to_be_in_viewport()


def test_a_message_taller_than_the_screen_is_shown_from_its_beginning(
    phone: Chat, assistant: Assistant
) -> None:
    say_much(phone, assistant, 10)
    instalments = [
        {**cards.SCHEDULE["instalments"][0], "sequence": number} for number in range(1, 31)
    ]
    assistant.say("This is the whole plan.", card={**cards.SCHEDULE, "instalments": instalments})
    phone.wait_for(12)
    expect(phone.row("This is the whole plan.").locator(".bubble")).to_be_in_viewport()
    expect(phone.newer).to_be_visible()


def test_a_counter_near_the_limit(chat: Chat, assistant: Assistant) -> None:
    counter = chat.sheet.locator(".counter")
    send = chat.sheet.get_by_role("button", name="Send")
    chat.write("x" * 800)
    expect(counter).to_be_empty()
    chat.write("x" * 980)
    expect(counter).to_have_text("20 characters left")
    chat.write("\N{SLIGHTLY SMILING FACE}" * 1000)
    expect(counter).to_have_text("0 characters left")
    expect(send).to_be_enabled()
    chat.write("x" * 1003)
    expect(counter).to_have_text("3 characters too many")
    expect(send).to_be_disabled()
    chat.input.press("Enter")
    assert assistant.received == []
    assert len(chat.input.input_value()) == 1003


def test_days_and_times(new_chat: Callable[..., Chat], assistant: Assistant) -> None:
    assistant.at = "2026-02-27T17:05:00Z"
    chat = new_chat().open()
    assistant.say("Said late on Sunday here, on Monday elsewhere.", at="2026-03-02T07:59:00Z")
    assistant.say("Said this morning.", at="2026-03-02T16:30:00Z")
    chat.wait_for(3)
    chat.send("and now")
    chat.wait_for(1, "debtor")
    assert chat.sheet.locator(".day").all_inner_texts() == [
        "Friday, February 27",
        "Yesterday",
        "Today",
    ]
    assert [
        time.strip().replace("\u202f", " ")
        for time in chat.sheet.locator("time").all_text_contents()
    ][:3] == [
        "9:05 AM",
        "11:59 PM",
        "8:30 AM",
    ]
    stamps = chat.sheet.locator("time")
    assert stamps.nth(0).get_attribute("datetime") == "2026-02-27T17:05:00Z"


def background(chat: Chat) -> int:
    """How light the sheet is, 0 to 765."""
    colour = chat.sheet.evaluate("node => getComputedStyle(node).backgroundColor")
    return sum(int(part) for part in colour[4:-1].split(","))


def test_dark_by_the_readers_system_or_by_the_page(new_chat: Callable[..., Chat]) -> None:
    light, dark = new_chat(color_scheme="light").open(), new_chat(color_scheme="dark").open()
    assert background(light) > 600
    assert background(dark) < 150
    turn = "(theme) => (document.querySelector('evenkeel-chat').dataset.theme = theme)"
    light.page.evaluate(turn, "dark")
    dark.page.evaluate(turn, "light")
    assert background(light) < 150
    assert background(dark) > 600


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_motion_is_reduced_on_request(
    new_chat: Callable[..., Chat], assistant: Assistant, motion: str, moves: bool
) -> None:
    chat = new_chat(reduced_motion=motion).open()
    assistant.typing(True)
    expect(chat.typing.locator("i").first).to_be_visible()
    names = chat.sheet.evaluate(
        "node => [...node.querySelectorAll('*')].map((one) => getComputedStyle(one).animationName)"
    )
    assert (set(names) != {"none"}) == moves


def test_the_page_cannot_restyle_it(chat: Chat) -> None:
    chat.page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync("* { color: red !important; font-size: 9px !important }");
            document.adoptedStyleSheets = [sheet];
        }"""
    )
    style = chat.sheet.locator(".bubble").first.evaluate(
        "node => [getComputedStyle(node).color, getComputedStyle(node).fontSize]"
    )
    assert style == ["rgb(29, 43, 42)", "16px"]
