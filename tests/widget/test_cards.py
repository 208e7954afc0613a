"""Cards show the ledger's facts, all of them and as the server wrote them."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.widget import ledger_cards as cards
from tests.widget.driver import Chat
from tests.widget.server import Assistant


def show(chat: Chat, assistant: Assistant, card: dict[str, object]) -> None:
    assistant.say("Here it is.", card=card)
    chat.wait_for(2)


def rows(chat: Chat, kind: str) -> list[list[str]]:
    return [
        row.locator("td").all_text_contents() for row in chat.card(kind).locator("tbody tr").all()
    ]


def test_account(chat: Chat, assistant: Assistant) -> None:
    show(chat, assistant, cards.ACCOUNT)
    card = chat.card("account")
    facts = dict(
        zip(
            card.locator("dt").all_text_contents(),
            card.locator("dd").all_text_contents(),
            strict=True,
        )
    )
    assert card.locator("strong").inner_text() == "$1,004.17"
    assert facts == {
        "Due on": "March 12, 2026",
        "Least to pay now": "$45.00",
        "Reference": "A-1042",
        "First owed to": "Old Quay Savings",
        "Purchases": "$930.00",
        "Interest": "$124.17",
        "Payments": "-$50.00",
        "Balance": "$1,004.17",
    }
    expect(card).to_contain_text("As of March 2, 2026")


def test_an_account_without_a_date_or_a_minimum(chat: Chat, assistant: Assistant) -> None:
    show(chat, assistant, {**cards.ACCOUNT, "due": None, "minimum": None, "lines": []})
    assert chat.card("account").locator("dt").all_text_contents() == ["Reference", "First owed to"]


def test_schedule_with_every_status(chat: Chat, assistant: Assistant) -> None:
    show(chat, assistant, cards.SCHEDULE)
    assert rows(chat, "schedule") == [
        ["1", "Friday, March 1, 2026", "$50.00", "Paid"],
        ["2", "Friday, March 2, 2026", "$50.00", "Not received"],
        ["3", "Friday, March 3, 2026", "$50.00", "Moved"],
        ["4", "Friday, March 4, 2026", "$50.00", "Skipped"],
        ["5", "Friday, March 5, 2026", "$50.00", "Due"],
    ]
    card = chat.card("schedule")
    expect(card).to_contain_text("5 payments, every other Friday")
    expect(card.get_by_role("img")).to_have_accessible_name("$50.00 paid of $250.00")
    assert card.locator("svg .bar").get_attribute("width") == "60"


def test_an_offered_schedule_has_no_status_column(chat: Chat, assistant: Assistant) -> None:
    show(chat, assistant, cards.OFFERED)
    expect(chat.card("schedule").get_by_role("heading")).to_have_text("Proposed plan")
    assert rows(chat, "schedule") == [
        ["1", "March 6, 2026", "$50.00"],
        ["2", "April 6, 2026", "$50.00"],
    ]


def test_options(chat: Chat, assistant: Assistant) -> None:
    show(chat, assistant, cards.OPTIONS)
    once, monthly = chat.card("options").locator("li").all()
    for text in ("All at once", "One payment on March 12, 2026", "Total $1,004.17"):
        expect(once).to_contain_text(text)
    for text in ("20 payments of $50.20 March 6, 2026 to November 27, 2026", "Total $1,004.17"):
        expect(monthly).to_contain_text(text)


def test_history_as_a_chart_and_as_a_table(chat: Chat, assistant: Assistant) -> None:
    show(chat, assistant, cards.HISTORY)
    card = chat.card("history")
    chart = card.get_by_role("img")
    expect(chart).to_have_accessible_name(
        "Bar chart: 3 payments from November 3, 2025 to February 2, 2026. $250.00 paid so far."
    )
    assert card.locator("svg .month").all_text_contents() == ["Nov", "Dec", "Jan", "Feb"]
    assert card.locator("svg .amount").all_text_contents() == ["$50.00", "$75.00", "$125.00"]
    heights = [float(bar.get_attribute("height") or 0) for bar in card.locator("svg .bar").all()]
    assert [round(height / heights[-1], 3) for height in heights] == [0.4, 0.6, 1.0]
    assert chart.evaluate("node => node.namespaceURI") == "http://www.w3.org/2000/svg"
    card.get_by_text("Show as a table").click()
    assert rows(chat, "history") == [
        ["February 2, 2026", "Card", "$125.00"],
        ["January 5, 2026", "Bank transfer", "$75.00"],
        ["November 3, 2025", "Card", "$50.00"],
    ]


def test_two_payments_in_a_month_are_one_bar_with_their_sum(
    chat: Chat, assistant: Assistant
) -> None:
    payments = [
        {
            "date": cards.date(f"2026-01-{day}", f"January {day}, 2026"),
            "amount": cards.money(1050),
            "memo": "",
        }
        for day in ("05", "19")
    ]
    show(chat, assistant, {**cards.HISTORY, "payments": payments})
    assert chat.card("history").locator("svg .amount").all_text_contents() == ["$21.00"]


def test_a_long_history_shows_its_newest_twelve_months(chat: Chat, assistant: Assistant) -> None:
    payments = [
        {
            "date": cards.date(f"{2024 + month // 12}-{month % 12 + 1:02}-05", f"day {month}"),
            "amount": cards.money(1000),
            "memo": "",
        }
        for month in range(20)
    ]
    show(chat, assistant, {**cards.HISTORY, "payments": payments})
    assert chat.card("history").locator("svg .bar").count() == 12
    assert chat.card("history").locator("tbody tr").count() == 20


def test_no_payments_yet(chat: Chat, assistant: Assistant) -> None:
    show(chat, assistant, cards.NO_HISTORY)
    expect(chat.card("history")).to_contain_text("No payments yet.")
    assert chat.card("history").locator("svg").count() == 0


def test_a_receipt_can_be_saved(chat: Chat, assistant: Assistant) -> None:
    show(chat, assistant, cards.RECEIPT)
    expect(chat.card("receipt")).to_contain_text("Ruth Okafor")
    with chat.page.expect_download() as download:
        chat.card("receipt").get_by_role("button", name="Save receipt").click()
    assert download.value.suggested_filename == "plan.html"
    assert download.value.path().read_text() == "receipt r%2F1"


@pytest.mark.parametrize(
    "card", [{"kind": "riddle"}, {"kind": "schedule"}, {"kind": "constructor"}]
)
def test_a_card_it_cannot_show_leaves_the_message(
    chat: Chat, assistant: Assistant, card: dict[str, object]
) -> None:
    show(chat, assistant, card)
    assistant.say("And on it goes.")
    chat.wait_for(3)
    assert [one.text for one in chat.messages("bot")][1:] == ["Here it is.", "And on it goes."]


def test_rights_as_a_timeline_with_their_document(chat: Chat, assistant: Assistant) -> None:
    show(chat, assistant, cards.RIGHTS)
    card = chat.card("rights")
    assert card.locator("li").all_inner_texts() == [
        "On hold: your adviser has time\n\nMarch 2, 2026 to May 1, 2026",
        "On hold: you dispute it\n\nSince March 2, 2026",
        "You can dispute until April 8",
        "Ask us for proof",
    ]
    expect(card.get_by_role("button", name="Save the information as a PDF")).to_be_visible()


def test_rights_with_nothing_on_hold(chat: Chat, assistant: Assistant) -> None:
    show(chat, assistant, {**cards.RIGHTS, "holds": [], "document": None})
    card = chat.card("rights")
    assert card.locator("h4").all_text_contents() == ["What you can do"]
    assert card.locator("button").count() == 0
