"""What a person can keep: the transcript of a conversation, and receipts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from bot import clock
from bot.conversations.records import Message
from bot.creditors import Creditor

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}"
    "dt{font-weight:600;margin-top:.75rem}dd{margin:0;white-space:pre-wrap}"
    "table{border-collapse:collapse}td,th{text-align:left;padding:.25rem 1rem .25rem 0}"
)
_AUTHORS = {"debtor": "You", "bot": "Automated assistant", "agent": "Agent", "system": "Note"}


def transcript(messages: Iterable[Message], creditor: Creditor, *, as_html: bool) -> str:
    """The whole conversation, as a page or as plain text, in the creditor's local time.

    The prescribed lines that stood in sight beside messages stand at its head.
    """
    messages = list(messages)
    notices = list(dict.fromkeys(m.notice for m in messages if m.notice))
    lines = [
        (
            clock.local(m.at, creditor.time_zone).strftime("%Y-%m-%d %H:%M"),
            m.author_name or _AUTHORS[m.author],
            m.text,
            _card_lines(m.card),
        )
        for m in messages
    ]
    title = f"Conversation with {creditor.name}"
    if not as_html:
        parts = [f"{title}\n", *(f"{notice}\n" for notice in notices)]
        for at, author, text, card in lines:
            parts.append("\n".join([f"[{at}] {author}: {text}", *(f"    {c}" for c in card)]))
        return "\n".join(parts) + "\n"
    rows = "".join(
        f"<dt>{escape(author)} <small>{at}</small></dt><dd>{escape(text)}"
        + "".join(f"<br>{escape(line)}" for line in card)
        + "</dd>"
        for at, author, text, card in lines
    )
    head = "".join(f"<p>{escape(notice)}</p>" for notice in notices)
    return page(title, f"{head}<dl>{rows}</dl>")


def receipt(card: Mapping[str, Any], creditor: Creditor) -> str:
    """A receipt card as a page."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(line['label'])}</th><td>{escape(line['value'])}</td></tr>"
        for line in card["lines"]
    )
    body = f"<p>{escape(creditor.name)}, {escape(creditor.contact.address)}</p>"
    body += f"<table>{rows}</table><p>{escape(card['contact'])}</p>"
    body += f"<p><small>{escape(str(card['id']))}</small></p>"
    return page(str(card["title"]), body)


def page(title: str, body: str) -> str:
    """A page of its own, with nothing loaded from anywhere."""
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{escape(title)}</title>"
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>\n"
    )


def _card_lines(card: Mapping[str, Any] | None) -> list[str]:
    """The content of a card in lines, so that what was shown can be read later."""
    if card is None:
        return []
    kind = card["kind"]
    if kind == "schedule":
        return [
            f"{i['sequence']}. {i['due']['text']}  {i['amount']['text']}  {i['status']}"
            for i in card["instalments"]
        ]
    if kind == "history":
        return [
            f"{p['date']['text']}  {p['amount']['text']}  {p['memo']}" for p in card["payments"]
        ]
    if kind == "account":
        return [f"{line['label']}  {line['amount']['text']}" for line in card.get("lines", [])]
    if kind == "receipt":
        return [f"{line['label']}: {line['value']}" for line in card["lines"]]
    if kind == "rights":
        return [
            *(f"{hold['text']} ({_span(hold)})" for hold in card["holds"]),
            *(right["text"] for right in card["rights"]),
        ]
    if kind == "options":
        return [f"{o['title']}: {o['total']['text']}" for o in card["options"]]
    return []


def _span(hold: Mapping[str, Any]) -> str:
    """Since when a hold stands, and until when if that is known."""
    until = hold.get("until")
    return f"{hold['since']['text']} – {until['text'] if until else ''}".rstrip(" –")
