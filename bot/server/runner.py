"""Runs the nodes of a model's graph, for training or for answering, one after the other.

Rasa plans every run anew with dask, for graphs that may be large and parallel. Ours are a dozen
nodes in a row, whose order is known once the model is loaded.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from rasa.engine.graph import GraphNodeHook
from rasa.engine.runner.dask import DaskGraphRunner


class InOrder(DaskGraphRunner):  # type: ignore[misc]
    """A graph runner without a scheduler; the same results as Rasa's."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._order = cache(self._in_order)

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """The outputs of the targets (all of the graph's if none are named)."""
        wanted = tuple(targets or self._graph_schema.target_names)
        results = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in self._order(wanted):
            given = (results.get(need, need) for need in needs)
            results[name] = self._instantiated_nodes[name](*given)
        return {name: results[name][1] for name in wanted}

    def _in_order(self, targets: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The nodes that the targets need, each after those that it needs itself."""
        nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
        needs = {name: tuple(node.needs.values()) for name, node in nodes.items()}
        order = TopologicalSorter(needs).static_order()
        return tuple((name, needs[name]) for name in order if name in needs)


class Stopwatch(GraphNodeHook):  # type: ignore[misc]
    """Says of each node that took a second or more how long it took."""

    LEAST_SECONDS = 1.0

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    def on_before_node(self, **_: Any) -> dict[str, Any]:
        """What `on_after_node` is given back."""
        return {"began": time.perf_counter()}

    def on_after_node(self, *, node_name: str, input_hook_data: dict[str, Any], **_: Any) -> None:
        """Rasa names its nodes like "train_bot.nlu.components.IntentClassifier2"."""
        seconds = time.perf_counter() - input_hook_data["began"]
        if seconds >= self.LEAST_SECONDS:
            self._say(f"  {node_name.rpartition('.')[2]} {seconds:.0f} s")
