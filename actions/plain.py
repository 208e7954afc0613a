"""What was said in unmistakable words, and not only read out of a message by the model."""

from __future__ import annotations

from actions.turn import Turn
from bot.nlu import phrases


def is_plain(turn: Turn, intent: str) -> bool:
    """Whether `intent` was picked from choices, or stands there in one of the reviewed phrases."""
    if turn.message.reading is not None:
        return True
    return any(vital.intent == intent for vital in phrases.find(turn.message.text))
