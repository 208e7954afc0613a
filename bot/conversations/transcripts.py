"""Everything that was said about an account, as plain JSON values."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Connection

from bot.conversations import records
from bot.conversations.records import Conversation, Message
from bot.ledger import accounts


def of_account(
    connection: Connection, reference: str, creditor: str | None = None
) -> list[dict[str, Any]]:
    """The conversations of the account that `exports.account_as_json` exports, oldest first."""
    account = accounts.named(connection, reference, creditor)
    return [
        _conversation(connection, conversation)
        for conversation in records.of_account(connection, account.id)
    ]


def _conversation(connection: Connection, conversation: Conversation) -> dict[str, Any]:
    messages: list[Message] = []
    while page := records.messages_after(
        connection, conversation.id, messages[-1].sequence if messages else 0
    ):
        messages += page
    return {
        "id": conversation.id,
        "channel": conversation.channel,
        "state": conversation.state,
        "verified_at": conversation.verified_at.isoformat() if conversation.verified_at else None,
        "active_at": conversation.active_at.isoformat(),
        "messages": [
            {
                "sequence": m.sequence,
                "author": m.author,
                "at": m.at.isoformat(),
                "text": m.text,
                "response": m.response,
                "card": m.card,
                "processing": m.processing,
            }
            for m in messages
        ],
    }
