"""What must never be kept is taken out of a message before it is stored anywhere.

Card numbers (PCI DSS 4.2.2), social security and bank account numbers always; dates of birth
always, for nothing but the identity check needs them; postal codes while that check is under way
or beside another answer to it. What stands in their place says what was there.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot import identifiers
from bot.conversations.identity import Answers, seal

MARKS = {
    "card": "[card number]",
    "ssn": "[social security number]",
    "bank_account": "[bank account]",
    "birth_date": "[date of birth]",
    "postal_code": "[postal code]",
}
_ANSWERS = ("reference", "phone", "birth_date", "postal_code")


@dataclass(frozen=True)
class Redacted:
    """A message as it may be kept: its text, the sealed answers, and what else was taken out.

    `rest` is what the person wrote besides answers to the check; `secrets` names the kinds of
    numbers that should not have been sent.
    """

    text: str
    rest: str
    answers: Answers
    secrets: tuple[str, ...]


def redact(text: str, *, day_first: bool, checking: bool, secret: str) -> Redacted:
    """Take out what must not be kept.

    `checking` is true while this person is being asked who they are; `secret` keys the seals.
    """
    found = identifiers.find(text, day_first=day_first)
    named = {item.kind for item in found}
    placed = checking or bool(named & {"reference", "birth_date"})
    answering = [item for item in found if item.kind in _ANSWERS]
    if not placed:
        answering = [item for item in answering if item.kind != "postal_code"]
    kept, rest, end = "", "", 0
    for item in found:
        before = text[end : item.start]
        is_answer = item in answering
        mark = MARKS.get(item.kind) if item.kind != "postal_code" or is_answer else None
        words = mark or text[item.start : item.end]
        kept += before + words
        rest += before + (" " if is_answer else words)
        end = item.end
    return Redacted(
        text=kept + text[end:],
        rest=(rest + text[end:]).strip(),
        answers=seal(answering, secret),
        secrets=tuple(sorted(named & {"card", "ssn", "bank_account"})),
    )
