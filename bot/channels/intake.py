"""Takes in one message of a person: redacted, protected, stored; from then on it is owed an answer.

The same for every channel, and with no language model loaded: rights are obeyed in the same
transaction that stores the message.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.engine import Connection

from bot import particulars
from bot.conversations import inbox, protection, redaction
from bot.conversations.inbox import Accepted
from bot.conversations.records import Conversation
from bot.conversations.sending import picked_choice
from bot.creditors import Creditor
from bot.nlu import phrases

OTHER_WORDS = 2
"""So many words besides joining ones may stand beside answers to the identity check if they are
written as a name. Everything else is read for what it says."""

CONTROLS: dict[str, dict[str, Any]] = {
    "person": {"intent": "ask_human", "entities": []},
    "stop": {"intent": "opt_out", "entities": [{"entity": "option", "value": "bare"}]},
}
"""What the controls mean that are always in reach."""

_ASKING_WHO = ("identify", "right_reference", "choose_account")


class UnknownChoice(LookupError):
    """That choice was never offered in this conversation."""


def take_text(
    connection: Connection,
    conversation: Conversation,
    creditor: Creditor,
    text: str,
    *,
    external_id: str,
    secret: str,
    owner: str | None = None,
) -> Accepted:
    """Store typed text. It stays text, whatever it looks like. Raises TooManyWaiting.

    `owner` is who would answer it right away (`inbox.accept`).
    """
    asked = (conversation.pending or {}).get("name")
    # Somebody who writes on before the bot has answered may be answering what it is about to ask.
    ahead = not conversation.verified and inbox.owes(connection, conversation.id)
    redacted = redaction.redact(
        text,
        day_first=creditor.jurisdiction != "US",
        checking=asked in _ASKING_WHO or ahead,
        secret=secret,
    )
    reading: dict[str, Any] | None = None
    vitals = phrases.find(redacted.text)
    if phrases.is_opt_out_word(text):
        # On the website one bare word may mean three things; it is asked which.
        reading, vitals = CONTROLS["stop"], ()
    elif not vitals and not redacted.answers.empty and _only_fillers(redacted.rest):
        # A right beside an answer to the check is what the message is about; else the answer is.
        reading = {"intent": "inform", "entities": []}
    accepted = inbox.accept(
        connection,
        conversation.id,
        external_id=external_id,
        text=redacted.text,
        answers=(
            None
            if redacted.answers.empty
            else {**redacted.answers.as_json(), "rest": redacted.rest}
        ),
        reading=reading,
        owner=owner,
    )
    if not accepted.repeated:
        named = redacted.answers.reference
        if named and not conversation.verified:
            conversation = protection.name_account(connection, conversation, named)
        stated = replace(particulars.read(redacted.text), phone=redacted.answers.phone)
        for vital in vitals:
            protection.protect(
                connection,
                conversation,
                creditor,
                vital.intent,
                message_id=accepted.message_id,
                particulars=stated,
            )
    return accepted


def take_choice(
    connection: Connection,
    conversation: Conversation,
    choice_id: str,
    *,
    external_id: str,
    owner: str | None = None,
) -> Accepted:
    """Store the picking of a choice that was issued here. Raises UnknownChoice, TooManyWaiting."""
    choice = picked_choice(connection, conversation.id, choice_id)
    if choice is None:
        raise UnknownChoice(choice_id)
    return inbox.accept(
        connection,
        conversation.id,
        external_id=external_id,
        text=choice["label"],
        reading={"intent": choice["intent"], "entities": choice["entities"]},
        owner=owner,
    )


def take_control(
    connection: Connection,
    conversation: Conversation,
    kind: str,
    label: str,
    *,
    external_id: str,
    owner: str | None = None,
) -> Accepted:
    """Store the use of a control that is always in reach. Raises TooManyWaiting."""
    return inbox.accept(
        connection,
        conversation.id,
        external_id=external_id,
        text=label,
        reading=CONTROLS[kind],
        owner=owner,
    )


def _only_fillers(rest: str) -> bool:
    """Whether what stands beside the answers is just joining words."""
    words = [word for word in rest.replace(",", " ").split() if any(c.isalpha() for c in word)]
    joining = {
        "ref", "reference", "account", "acct", "number", "no", "my", "is", "its", "it's", "and",
        "born", "dob", "birthday", "date", "of", "birth", "zip", "postcode", "postal", "code",
        "the", "i", "was", "on", "in", "im", "i'm", "phone", "here", "sure", "ok", "okay", "yes",
        "hi", "hello", "yeah", "um", "a", "it", "that's", "thats", "with", "for", "name",
        "thanks", "thank", "thx", "ta", "cheers", "you", "u", "please", "pls", "there", "go",
    }  # fmt: skip
    asking = {
        "how", "what", "whats", "what's", "when", "whens", "when's", "why", "who", "where", "which",
        "can", "could", "do", "does", "much", "owe", "owed", "balance", "due", "pay", "paid",
        "payment", "payments", "plan", "help", "total", "history", "fees", "cancel", "person",
        "suicide", "lawyer", "attorney", "bankruptcy", "bankrupt", "dispute", "stop", "fraud",
    }  # fmt: skip
    plain = [word.strip(".:;!") for word in words]
    others = [word for word in plain if word.lower() not in joining]
    named = all(word.istitle() and word.lower() not in asking for word in others)
    return "?" not in rest and len(others) <= OTHER_WORDS and named
