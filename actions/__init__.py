"""What the bot does for each intent, one module a topic. Actions ask `bot` and choose a response;
the rules of money, law and identity are not here."""

from actions import (  # noqa: F401  (importing them registers their actions)
    account,
    choosing,
    conversation,
    hardship,
    identity,
    paying,
    people,
    plan_changes,
    plans,
    questions,
    rights,
)
from actions.perform import perform
from actions.registry import ACTIONS

__all__ = ["ACTIONS", "perform"]
