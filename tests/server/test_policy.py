"""Our rule policy decides as Rasa's does, only sooner."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest


@pytest.fixture(scope="module")
def loaded(model: Path) -> tuple[Any, Any]:
    """The trained rule policy and the domain it was trained with."""
    from rasa.engine import loader
    from rasa.engine.storage.local_model_storage import LocalModelStorage

    from bot.server.policy import IntentRules
    from bot.server.runner import InOrder

    with TemporaryDirectory() as folder:
        metadata, runner = loader.load_predict_graph_runner(
            Path(folder), model, LocalModelStorage, InOrder
        )
    components = [node._component for node in runner._instantiated_nodes.values()]
    (policy,) = (component for component in components if isinstance(component, IntentRules))
    return policy, metadata.domain


def test_the_same_decision_as_rasas_for_every_intent_in_every_place(
    loaded: tuple[Any, Any],
) -> None:
    from rasa.core.policies.rule_policy import RulePolicy
    from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    policy, domain = loaded
    stock = RulePolicy.__new__(RulePolicy)
    stock.__dict__.update(policy.__dict__)
    (pending,) = (slot for slot in domain.slots if slot.name == "pending")
    decided = set()
    for intent, place in product(domain.intents, [None, *pending.values]):
        listening = [
            ActionExecuted("action_listen"),
            SlotSet("pending", place),
            UserUttered("words", intent={"name": intent, "confidence": 1.0}),
        ]
        for events in (listening, [*listening, ActionExecuted("utter_greet")]):
            tracker = DialogueStateTracker.from_events("a", events, domain.slots)
            ours = policy._find_action_from_rules(tracker, domain, False)
            assert ours == stock._find_action_from_rules(tracker, domain, False)
            decided.add(ours[0])
    assert len(decided) > 50, "it was tried where rules apply"
