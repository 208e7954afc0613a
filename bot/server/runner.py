"""Runs the nodes of a trained model's graph one after the other.

Rasa plans every run anew with dask, for graphs that may be large and parallel. Ours are a dozen
nodes in a row, whose order is known once the model is loaded.
"""

from __future__ import annotations

from functools import cache
from graphlib import TopologicalSorter
from typing import Any

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
