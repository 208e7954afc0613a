"""What the server relies on in the rules and stories."""

from __future__ import annotations

from typing import Any

import yaml

from actions import ACTIONS
from bot.settings import ROOT


def steps(name: str, kind: str) -> list[list[dict[str, Any]]]:
    document = yaml.safe_load((ROOT / "data" / name).read_text(encoding="utf-8"))
    return [one["steps"] for one in document[kind]]


def test_every_message_is_answered_by_one_action_of_ours() -> None:
    for path in [*steps("rules.yml", "rules"), *steps("stories.yml", "stories")]:
        told = [step for step in path if "slot_was_set" not in step]
        assert ["intent" in step for step in told] == [True, False] * (len(told) // 2), path
        for step in told[1::2]:
            name = step["action"]
            assert name in ACTIONS or name.startswith("utter_"), name
