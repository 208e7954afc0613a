"""Drives the chat in a real browser as a person would: by what is on the screen.

It knows the widget and nothing of the server, so it works against the stand-in and the real one:

    chat = Chat(page, "http://127.0.0.1:5005/webhooks/chat/demo")
    chat.open()
    chat.ask("what do I owe")             # types, sends, and returns the answers
    chat.choose("Set up a plan")          # presses a choice that is live
    chat.card("schedule").inner_text()
"""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

WAIT = 10_000  # ms; a real assistant with a cold model needs some


@dataclass(frozen=True)
class Said:
    """A message as it stands on the screen. `seq` is None while the server has not confirmed it."""

    author: str
    text: str
    seq: int | None
    status: str | None


class Chat:
    """One chat widget on one page."""

    def __init__(self, page: Page, address: str, *, wait: int = WAIT) -> None:
        self.page = page
        self.address = address
        self.wait = wait
        self.launcher = page.locator(".launcher")
        self.sheet = page.locator("dialog.sheet")
        self.input = self.sheet.get_by_role("textbox", name="Your message")
        self.log = self.sheet.get_by_role("log")
        self.scroller = self.sheet.locator(".scroller")
        self.banner = self.sheet.locator(".banner")
        self.label = self.sheet.locator(".top .label")
        self.typing = self.sheet.locator(".typing")
        self.newer = self.sheet.get_by_role("button", name="New messages")

    # --- opening

    def visit(self) -> Chat:
        """Goes to the page, with the widget closed."""
        self.page.goto(self.address)
        expect(self.launcher).to_be_visible(timeout=self.wait)
        return self

    def open(self) -> Chat:
        """Goes to the page, opens the chat and waits for the greeting."""
        self.visit()
        self.launcher.click()
        self.wait_for(1)
        return self

    def close(self) -> None:
        self.sheet.get_by_role("button", name="Close chat").click()

    # --- what stands there

    def messages(self, author: str | None = None) -> list[Said]:
        """What stands on the screen, oldest first; of one author: debtor, bot, agent, system."""
        rows = self.sheet.locator(".message").evaluate_all(
            """rows => rows.map((row) => [row.dataset.author, row.dataset.seq ?? null,
                row.dataset.status ?? null, row.querySelector(".bubble")?.textContent ?? ""])"""
        )
        said = [Said(who, text, seq and int(seq), status) for who, seq, status, text in rows]
        return [one for one in said if author in (None, one.author)]

    def last(self, author: str = "bot") -> Said:
        return self.messages(author)[-1]

    def row(self, text: str) -> Locator:
        """The message that contains this text."""
        return self.sheet.locator(".message", has_text=text)

    def status(self, text: str) -> Locator:
        """Whether the newest message of one's own with this text was sent, in words."""
        return self.sheet.locator(".message.debtor", has_text=text).last.locator(".status")

    def card(self, kind: str) -> Locator:
        """The newest card of this kind: account, schedule, options, history, receipt."""
        return self.sheet.locator(f'[data-card="{kind}"]').last

    def choices(self) -> list[str]:
        """The labels that can be pressed now."""
        return self.sheet.locator(".choices .choice:visible").all_inner_texts()

    def wait_for(self, count: int, author: str = "bot") -> list[Said]:
        """Until at least so many messages of the author stand there."""
        rows = self.sheet.locator(f'.message[data-author="{author}"]')
        expect(rows.nth(count - 1)).to_be_attached(timeout=self.wait)
        return self.messages(author)

    def wait_for_text(self, text: str) -> None:
        expect(self.log).to_contain_text(text, timeout=self.wait)

    # --- what a person does

    def write(self, text: str) -> None:
        """Types without sending."""
        self.input.fill(text)

    def send(self, text: str) -> None:
        """Types and sends, and does not wait."""
        self.write(text)
        self.input.press("Enter")

    def ask(self, text: str, answers: int = 1) -> list[Said]:
        """Sends, waits for so many answers of the assistant, and returns them."""
        before = len(self.messages("bot"))
        self.send(text)
        return self.wait_for(before + answers)[before:]

    def choose(self, label: str, answers: int = 0) -> list[Said]:
        """Presses a live choice, in the message or on a card, and waits for so many answers."""
        before = len(self.messages("bot"))
        self.sheet.locator(".choice:visible").filter(has_text=label).first.click()
        return self.wait_for(before + answers)[before:] if answers else []

    def choose_option(self, title: str, answers: int = 0) -> list[Said]:
        """Picks a plan on the options card by its title."""
        before = len(self.messages("bot"))
        self.sheet.get_by_role("button", name=f"Choose this: {title}").click()
        return self.wait_for(before + answers)[before:] if answers else []

    def control(self, kind: str) -> None:
        """Presses what is always in reach: "person" or "stop"."""
        self.sheet.locator(f'[data-control="{kind}"]').click()

    def menu(self, entry: str) -> None:
        """Presses an entry of the menu: "html" or "text" (save the chat), "forget"."""
        self.sheet.get_by_role("button", name="More options").click()
        self.sheet.locator(f'[data-entry="{entry}"]').click()
