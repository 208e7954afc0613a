"""One card of each kind, as the server sends them."""

from __future__ import annotations

from typing import Any


def money(minor: int) -> dict[str, Any]:
    text = f"${abs(minor) // 100:,}.{abs(minor) % 100:02}"
    return {"minor": minor, "currency": "USD", "text": f"-{text}" if minor < 0 else text}


def date(iso: str, text: str) -> dict[str, str]:
    return {"date": iso, "text": text}


ACCOUNT = {
    "kind": "account",
    "creditor": "Harbor Community Bank",
    "original_creditor": "Old Quay Savings",
    "reference": "A-1042",
    "balance": money(100417),
    "due": date("2026-03-12", "March 12, 2026"),
    "minimum": money(4500),
    "as_of": date("2026-03-02", "March 2, 2026"),
    "lines": [
        {"label": "Purchases", "amount": money(93000)},
        {"label": "Interest", "amount": money(12417)},
        {"label": "Payments", "amount": money(-5000)},
    ],
}
OPTIONS = {
    "kind": "options",
    "options": [
        {
            "choice": "option-1",
            "title": "All at once",
            "total": money(100417),
            "amount": money(100417),
            "count": 1,
            "first": date("2026-03-12", "March 12, 2026"),
            "last": date("2026-03-12", "March 12, 2026"),
        },
        {
            "choice": "option-2",
            "title": "Over 10 months",
            "total": money(100417),
            "amount": money(5020),
            "count": 20,
            "first": date("2026-03-06", "March 6, 2026"),
            "last": date("2026-11-27", "November 27, 2026"),
        },
    ],
}
STATES = ("paid", "missed", "moved", "skipped", "due")
SCHEDULE = {
    "kind": "schedule",
    "status": "active",
    "frequency_text": "every other Friday",
    "total": money(25000),
    "paid": money(5000),
    "left": money(20000),
    "instalments": [
        {
            "sequence": number,
            "due": date(f"2026-03-{number:02}", f"Friday, March {number}, 2026"),
            "amount": money(5000),
            "status": state,
        }
        for number, state in enumerate(STATES, start=1)
    ],
}
OFFERED = {
    "kind": "schedule",
    "status": "offered",
    "frequency_text": "monthly",
    "total": money(10000),
    "instalments": [
        {
            "sequence": number,
            "due": date(f"2026-0{number + 2}-06", f"{month} 6, 2026"),
            "amount": money(5000),
            "status": "due",
        }
        for number, month in ((1, "March"), (2, "April"))
    ],
}
HISTORY = {
    "kind": "history",
    "paid": money(25000),
    "balance": money(75417),
    "payments": [
        {"date": date("2026-02-02", "February 2, 2026"), "amount": money(12500), "memo": "Card"},
        {"date": date("2025-11-03", "November 3, 2025"), "amount": money(5000), "memo": "Card"},
        {
            "date": date("2026-01-05", "January 5, 2026"),
            "amount": money(7500),
            "memo": "Bank transfer",
        },
    ],
}
NO_HISTORY = {"kind": "history", "paid": money(0), "balance": money(75417), "payments": []}
RECEIPT = {
    "kind": "receipt",
    "id": "r/1",
    "title": "Your plan is agreed",
    "lines": [
        {"label": "Total", "value": "$1,004.17"},
        {"label": "First payment", "value": "March 6, 2026"},
    ],
    "contact": "Ruth Okafor",
}
RIGHTS = {
    "kind": "rights",
    "title": "Your rights",
    "holds": [
        {
            "text": "On hold: your adviser has time",
            "since": date("2026-03-02", "March 2, 2026"),
            "until": date("2026-05-01", "May 1, 2026"),
        },
        {"text": "On hold: you dispute it", "since": date("2026-03-02", "March 2, 2026")},
    ],
    "rights": [
        {"text": "You can dispute until April 8", "until": date("2026-04-08", "April 8, 2026")},
        {"text": "Ask us for proof"},
    ],
    "document": {"name": "validation.pdf", "label": "Save the information as a PDF"},
}
EVERY: dict[str, dict[str, Any]] = {
    "account": ACCOUNT,
    "options": OPTIONS,
    "schedule": SCHEDULE,
    "offered": OFFERED,
    "history": HISTORY,
    "receipt": RECEIPT,
    "rights": RIGHTS,
}
