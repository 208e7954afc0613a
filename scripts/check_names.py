"""Checks that the names in domain.yml, the training data and the Python code fit together.

`rasa data validate` looks at its own files only: it passes a domain whose responses nobody sends,
and cannot know which actions our registry has or which responses our code sends. What is found
is printed, one line each; the exit status is 1 if there is anything.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import re
import string
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.core.constants import DEFAULT_ACTION_NAMES

RASAS_OWN_INTENTS = frozenset({"nlu_fallback", "session_start", "restart", "back"})
"""Intents that exist without training examples."""

RESPONSE = re.compile(r"utter_[a-z0-9_]+")

ANY_INTENT = "<any intent>"

SENTENCE = "a sentence is said here; sentences stand in domain.yml"


@dataclass(frozen=True)
class Domain:
    """The names of domain.yml."""

    intents: frozenset[str]
    actions: frozenset[str]
    slots: frozenset[str]
    responses: Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Training:
    """The names in data/*.yml: intents with examples, and what rules and stories speak of."""

    examples: frozenset[str]
    told_intents: frozenset[str]
    told_actions: frozenset[str]
    told_slots: frozenset[str]


@dataclass(frozen=True)
class Code:
    """What the Python of bot/ and actions/ says: its string literals, the names of responses that
    it puts together (where, and as a pattern, see `_pattern`), and what it should not do."""

    literals: frozenset[str]
    patterns: tuple[tuple[str, str], ...]
    offences: tuple[str, ...]


def problems(root: Path, registry: frozenset[str]) -> list[str]:
    """Everything that does not fit in the project at `root`, whose actions are `registry`."""
    domain, training, code = read_domain(root), read_training(root), read_code(root)
    return [
        *code.offences,
        *_response_problems(domain, training, code),
        *_action_problems(domain, training, registry),
        *_intent_problems(domain, training),
        *_slot_problems(domain, training, code),
    ]


def read_domain(root: Path) -> Domain:
    """The names of `root`/domain.yml."""
    domain = _yaml(root / "domain.yml")
    return Domain(
        intents=frozenset(_name(intent) for intent in domain.get("intents") or []),
        actions=frozenset(_name(action) for action in domain.get("actions") or []),
        slots=frozenset(domain.get("slots") or {}),
        responses=domain.get("responses") or {},
    )


def read_training(root: Path) -> Training:
    """The names in all YAML files of `root`/data that Rasa reads."""
    examples: set[str] = set()
    steps: list[Mapping[str, Any]] = []
    for path in sorted((root / "data").rglob("*.yml")):
        content = _yaml(path)
        examples.update(item["intent"] for item in content.get("nlu") or [] if "intent" in item)
        for told in [*(content.get("rules") or []), *(content.get("stories") or [])]:
            steps.extend(_flat(told.get("condition") or []))
            steps.extend(_flat(told.get("steps") or []))
    return Training(
        examples=frozenset(examples),
        told_intents=frozenset(step["intent"] for step in steps if "intent" in step),
        told_actions=frozenset(step["action"] for step in steps if "action" in step),
        told_slots=frozenset(
            _name(slot) for step in steps for slot in step.get("slot_was_set") or []
        ),
    )


def read_code(root: Path) -> Code:
    """The literals and offences of all Python files in `root`/bot and `root`/actions."""
    literals: set[str] = set()
    patterns: list[tuple[str, str]] = []
    offences: list[str] = []
    for folder in ("bot", "actions"):
        for path in sorted((root / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
            where = path.relative_to(root).as_posix()
            nodes = list(ast.walk(tree))
            pieces = {
                id(v) for node in nodes if isinstance(node, ast.JoinedStr) for v in node.values
            }
            for node in nodes:
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    if id(node) not in pieces:
                        literals.add(node.value)
                elif isinstance(node, ast.JoinedStr):
                    if pattern := _pattern(node):
                        patterns.append((f"{where}:{node.lineno}", pattern))
                elif isinstance(node, ast.Call) and _says(node):
                    offences.append(f"{where}:{node.lineno}: {SENTENCE}")
    return Code(frozenset(literals), tuple(patterns), tuple(offences))


def registered_actions(root: Path) -> frozenset[str]:
    """The names in `actions.ACTIONS`, the registry that the assistant runs actions from."""
    sys.path.insert(0, str(root))
    return frozenset(importlib.import_module("actions").ACTIONS)


def _says(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "utter_message"
        and (bool(node.args) or any(keyword.arg == "text" for keyword in node.keywords))
    )


def _pattern(node: ast.JoinedStr) -> str | None:
    """For f"utter_crisis_{place}" a regular expression of the names it can become, else None.

    A part called `intent` stands for the names of intents, any other for anything.
    """
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(re.escape(str(part.value)))
        elif isinstance(part, ast.FormattedValue) and ast.unparse(part.value) == "intent":
            parts.append(ANY_INTENT)
        else:
            parts.append("[a-z0-9_]+")
    return "".join(parts) if parts and parts[0].startswith("utter_") else None


def _response_problems(domain: Domain, training: Training, code: Code) -> Iterator[str]:
    sent = {name for name in code.literals | training.told_actions if RESPONSE.fullmatch(name)}
    intents = "|".join(sorted(domain.intents))
    for where, pattern in code.patterns:
        if pattern == "utter_[a-z0-9_]+":
            yield f"{where}: this could be any response; spell the names out"
            continue
        filled = re.compile(pattern.replace(ANY_INTENT, f"(?:{intents})"))
        fitting = {name for name in domain.responses if filled.fullmatch(name)}
        if not fitting:
            yield f"{where}: no response in domain.yml fits this name"
        sent |= fitting
    for name in sorted(domain.responses.keys() - sent):
        yield f"domain.yml: response {name} is used nowhere"
    for name in sorted(sent - domain.responses.keys()):
        yield f"domain.yml: response {name} is used but missing"
    for name, variations in sorted(domain.responses.items()):
        needs = [_placeholders(str(variation.get("text") or "")) for variation in variations]
        for number, needed in enumerate(needs[1:], start=2):
            if needed != needs[0]:
                differing = ", ".join(f"{{{field}}}" for field in sorted(needed ^ needs[0]))
                yield (
                    f"domain.yml: response {name}: variations 1 and {number} differ in {differing}"
                )


def _action_problems(domain: Domain, training: Training, registry: frozenset[str]) -> Iterator[str]:
    actions = {name for name in domain.actions if not RESPONSE.fullmatch(name)}
    for name in sorted(actions - registry):
        yield f"domain.yml: action {name} is not in actions.ACTIONS"
    for name in sorted(registry - actions):
        yield f"actions.ACTIONS: {name} is not in domain.yml"
    told = {name for name in training.told_actions if name.startswith("action_")}
    for name in sorted(told - actions - set(DEFAULT_ACTION_NAMES)):
        yield f"data: a rule or story calls {name}, which is not in domain.yml"


def _intent_problems(domain: Domain, training: Training) -> Iterator[str]:
    for name in sorted(domain.intents - training.examples - RASAS_OWN_INTENTS):
        yield f"domain.yml: intent {name} has no training examples"
    for name in sorted(domain.intents - training.told_intents - RASAS_OWN_INTENTS):
        yield f"domain.yml: intent {name} is in no rule and no story"
    for name in sorted(training.examples - domain.intents):
        yield f"data: intent {name} has training examples but is not in domain.yml"
    for name in sorted(training.told_intents - domain.intents - RASAS_OWN_INTENTS):
        yield f"data: intent {name} is in a rule or story but not in domain.yml"


def _slot_problems(domain: Domain, training: Training, code: Code) -> Iterator[str]:
    for name in sorted(domain.slots - training.told_slots - code.literals):
        yield f"domain.yml: slot {name} is used nowhere"
    for name in sorted(training.told_slots - domain.slots):
        yield f"data: slot {name} is in a rule or story but not in domain.yml"


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(field for _, field, _, _ in string.Formatter().parse(text) if field)


def _flat(steps: list[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for step in steps:
        yield from _flat(step["or"]) if "or" in step else (step,)


def _name(item: Any) -> str:
    """The name of a list item that is written plainly or as `name: details`."""
    return str(next(iter(item))) if isinstance(item, dict) else str(item)


def _yaml(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader) or {}


def main() -> int:
    """Check one project; 1 if anything was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    root: Path = parser.parse_args().root
    found = problems(root, registered_actions(root))
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
