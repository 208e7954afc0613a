"""What the bot does for each intent, one module a topic. Actions ask `bot` and choose a response;
the rules of money, law and identity are not here."""

from actions import (  # noqa: F401  (importing them registers their actions)
    account,
    affordability,
    choosing,
    contact,
    conversation,
    disputes,
    hardship,
    identity,
    paying,
    people,
    plan_changes,
    plans,
    questions,
    representatives,
    rights,
    standing,
    time_barred,
    vulnerability,
)
from actions.perform import perform
from actions.registry import ACTIONS

__all__ = ["ACTIONS", "perform"]
