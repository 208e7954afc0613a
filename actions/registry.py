"""The actions by name, and what each needs before it may run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from actions.turn import Answer, Turn

Needs = Literal["nothing", "account", "no_hold"]
Function = Callable[[Turn], Answer]


@dataclass(frozen=True)
class Action:
    """One action: `account` means a checked person and a chosen account; `no_hold` means besides
    that no hold may stand, because the action leads to a payment."""

    name: str
    needs: Needs
    run: Function


ACTIONS: dict[str, Action] = {}


def action(name: str, *, needs: Needs = "nothing") -> Callable[[Function], Function]:
    """Register a function as the action `name`. An intent's own action is called
    `action_<intent>`, by which it is found when a message carries two wishes."""

    def register(function: Function) -> Function:
        if name in ACTIONS:
            raise ValueError(f"two actions are called {name}")
        ACTIONS[name] = Action(name, needs, function)
        return function

    return register
