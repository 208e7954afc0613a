"""Rasa's RulePolicy, without what none of our rules can use."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import Any

from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class IntentRules(RulePolicy):  # type: ignore[misc]
    """Rules that start from an intent, without forms.

    The stock policy first looks for a rule that starts from the very words of a message, which none
    does here, and then tries every rule there is. Forms (loops) are not used in this project.
    """

    def _find_action_from_rules(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        use_text_for_last_user_input: bool,
    ) -> Any:
        if use_text_for_last_user_input:
            return None, None, False
        states = self._prediction_states(
            tracker, domain, False, rule_only_data=self._get_rule_only_data()
        )
        rules = self.lookup[RULES]
        # Of several rules that fit, one is a part of the other: the longest says the most.
        best = max(self._get_possible_keys(rules, states), key=len, default="")
        return rules.get(best), best or self._create_feature_key(states), False

    def _get_possible_keys(self, lookup: dict[str, str], states: list[State]) -> set[str]:
        """The rules that fit, looked for among those that end as the conversation stands."""
        if states:
            index = self._index(lookup)
            action, intent = _end(states[-1])
            ends = itertools.product({action, None}, {intent, None})
            lookup = {key: lookup[key] for end in ends for key in index.get(end, ())}
        fitting: set[str] = super()._get_possible_keys(lookup, states)
        return fitting

    def _index(self, lookup: dict[str, str]) -> dict[_End, list[str]]:
        """The rules by the last action and intent that they ask for; made again for a table that
        is another one or has grown, as it does in training."""
        index: dict[_End, list[str]]
        made_of, size, index = self.__dict__.get("_indexed", (None, 0, {}))
        if made_of is not lookup or size != len(lookup):
            index = defaultdict(list)
            for key in lookup:
                index[_end(self._rule_key_to_state(key)[-1])].append(key)
            self._indexed = (lookup, len(lookup), index)
        return index


_End = tuple[Any, Any]


def _end(state: State) -> _End:
    """The last action and the intent of a state; None for what it does not name."""
    action = state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME)
    intent = state.get(USER, {}).get(INTENT)
    return _named(action), _named(intent)


def _named(value: Any) -> Any:
    return None if value == SHOULD_NOT_BE_SET else value
