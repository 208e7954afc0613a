"""What must not be: text as markup, links to strangers, sessions in addresses, traces left."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.widget import ledger_cards as cards
from tests.widget.driver import Chat
from tests.widget.server import CREDITOR, WIDGET, Assistant

MARKUP = '<img src=x onerror="document.title=1"><b>bold</b> <script>document.title=1</script>'
LARGEST = 25 * 1024  # bytes, gzip


def test_markup_is_text_wherever_it_comes_from(chat: Chat, assistant: Assistant) -> None:
    chat.send(MARKUP)
    assistant.say(MARKUP, choices=[{"id": "a", "label": MARKUP}])
    assistant.say(MARKUP, author="agent", name=MARKUP)
    card = {
        **cards.RECEIPT,
        "title": MARKUP,
        "contact": MARKUP,
        "lines": [{"label": MARKUP, "value": MARKUP}],
    }
    assistant.say(MARKUP, card=card)
    chat.wait_for(3)
    assert {one.text for one in chat.messages()[1:]} == {MARKUP}
    assert chat.sheet.locator("img:not([role]), b, script").count() == 0
    assert chat.page.title().startswith("Help with payments")


def test_links_are_https_and_of_known_origins(chat: Chat, assistant: Assistant) -> None:
    known = "https://harbor.example.com/help?a=1"
    assistant.say(
        f"Read {known}, or (https://harbor.example.com/privacy). "
        "Not https://harbor.example.com.evil.example/x http://harbor.example.com/ "
        "https://harbor.example.com@evil.example/ https://me@harbor.example.com/ "
        "javascript:alert(1) https://evil.example/pay data:text/html,x"
    )
    chat.wait_for(2)
    links = chat.row("Read https").locator("a")
    assert [link.get_attribute("href") for link in links.all()] == [
        known,
        "https://harbor.example.com/privacy",
    ]
    for link in links.all():
        assert link.get_attribute("rel") == "noopener noreferrer"
        assert link.get_attribute("target") == "_blank"
    expect(chat.row("Read https")).to_contain_text("https://evil.example/pay data:text/html,x")


def test_the_privacy_notice_is_linked(chat: Chat) -> None:
    expect(chat.sheet.get_by_role("link", name="Privacy notice")).to_have_attribute(
        "href", CREDITOR["privacy_url"]
    )


def test_the_session_stands_in_no_address_and_in_no_lasting_store(
    chat: Chat, assistant: Assistant
) -> None:
    chat.send("hello")
    expect(chat.status("hello")).to_contain_text("Sent")
    with chat.page.expect_download():
        chat.menu("html")
    assistant.cut()
    assistant.wait_for_stream(2)
    assert not any("secret-session" in address for _, address in assistant.requests)
    assert "secret-session" not in chat.page.url
    kept = chat.page.evaluate(
        "() => [sessionStorage, localStorage, {cookie: document.cookie}].map((one) => ({...one}))"
    )
    assert "secret-session-1" in str(kept[0])
    assert kept[1:] == [{}, {"cookie": ""}]


def test_clearing_leaves_no_trace_on_a_shared_device(chat: Chat, assistant: Assistant) -> None:
    chat.send("my reference is A-1042")
    chat.wait_for(1, "debtor")
    chat.write("and I was born")
    chat.menu("forget")
    expect(chat.sheet).to_be_hidden()
    stored = chat.page.evaluate("() => JSON.stringify(Object.values({...sessionStorage}))")
    assert json.loads(stored) == ["{}"]
    chat.launcher.click()
    chat.wait_for(1)
    assert chat.messages("debtor") == []
    expect(chat.input).to_have_value("")
    assert len(assistant.openings) == 2


def test_nothing_inline_and_no_parsing_of_markup() -> None:
    sources = {
        path.name: path.read_text() for path in WIDGET.iterdir() if path.suffix in (".js", ".html")
    }
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser"
        r"|localStorage|\.cookie"
    )
    assert [name for name, text in sources.items() if re.search(forbidden, text)] == []
    page = sources["demo.html"]
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page) == []


def test_it_is_small() -> None:
    loaded = [
        path for path in WIDGET.iterdir() if path.suffix in (".js", ".css") and path.stem != "demo"
    ]
    size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in loaded)
    assert size <= LARGEST, f"{size} bytes"


def test_it_works_where_storage_is_forbidden(
    new_chat: Callable[..., Chat], assistant: Assistant
) -> None:
    chat = new_chat()
    chat.page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('no') } })"
    )
    chat.open()
    chat.send("hello")
    expect(chat.status("hello")).to_contain_text("Sent")
