"""`scripts/check_names.py` passes a project whose names fit and finds each way they can not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/check_names.py"

FITTING = {
    "domain.yml": """
intents: [greet, {ask_balance: {use_entities: []}}, nlu_fallback]
actions: [action_balance, action_default_fallback]
slots:
  pending: {type: categorical, values: [identify], mappings: [{type: custom}]}
  account: {type: text, mappings: [{type: custom}]}
responses:
  utter_hello:
    - text: "Hello {name}."
    - text: "Good to see you, {name}."
  utter_balance:
    - text: "You owe {balance}, {count:payment|payments} left."
    - text: "{count:payment|payments} left of {balance}."
""",
    "data/nlu.yml": """
nlu:
  - intent: greet
    examples: "- hi"
  - intent: ask_balance
    examples: "- what do I owe"
  - synonym: weekly
    examples: "- every week"
""",
    "data/rules.yml": """
rules:
  - rule: greeting
    condition: [{slot_was_set: [{pending: null}]}]
    steps: [{intent: greet}, {action: utter_hello}]
  - rule: not understood
    steps: [{intent: nlu_fallback}, {action: action_default_fallback}]
""",
    "data/stories.yml": """
stories:
  - story: balance
    steps:
      - or: [{intent: ask_balance}, {intent: greet}]
      - action: action_balance
      - action: action_listen
""",
    "bot/money.py": 'ACCOUNT_SLOT = "account"\n',
    "actions/__init__.py": """
ACTIONS = {"action_balance": "utter_balance", "action_default_fallback": "utter_hello"}
""",
}


def check(root: Path) -> list[str]:
    """The lines that are printed; empty if all is well."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--root", str(root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.returncode == (1 if done.stdout else 0)
    return done.stdout.splitlines()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project in which everything fits."""
    for name, text in FITTING.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_a_project_whose_names_fit(project: Path) -> None:
    assert check(project) == []


def test_names_that_are_put_together_count_as_used(project: Path) -> None:
    domain = project / "domain.yml"
    more = "responses:\n  utter_about_greet: [{text: Hi}]\n  utter_crisis_us: [{text: Call 988}]"
    domain.write_text(domain.read_text().replace("responses:", more))
    assert len(check(project)) == 2
    (project / "actions/more.py").write_text("f'utter_about_{intent}'\nf'utter_crisis_{place}'\n")
    assert check(project) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (
            "domain.yml",
            "responses:",
            "responses:\n  utter_spare: [{text: Hm}]",
            "domain.yml: response utter_spare is used nowhere",
        ),
        (
            "bot/money.py",
            '"account"',
            '"account", "utter_gone"',
            "domain.yml: response utter_gone is used but missing",
        ),
        (
            "data/rules.yml",
            "{action: utter_hello}",
            "{action: utter_hello}, {action: utter_gone}",
            "domain.yml: response utter_gone is used but missing",
        ),
        (
            "domain.yml",
            "Good to see you, {name}",
            "Good to see you, {first_name}",
            "domain.yml: response utter_hello: variations 1 and 2 differ in {first_name}, {name}",
        ),
        (
            "domain.yml",
            "[action_balance,",
            "[action_balance, action_spare,",
            "domain.yml: action action_spare is not in actions.ACTIONS",
        ),
        (
            "actions/__init__.py",
            '{"action_balance"',
            '{"action_new": 1, "action_balance"',
            "actions.ACTIONS: action_new is not in domain.yml",
        ),
        (
            "data/stories.yml",
            "action: action_balance",
            "action: action_ballance",
            "data: a rule or story calls action_ballance, which is not in domain.yml",
        ),
        (
            "data/nlu.yml",
            "intent: greet",
            "synonym: greet",
            "domain.yml: intent greet has no training examples",
        ),
        (
            "data/stories.yml",
            "{intent: ask_balance}, ",
            "",
            "domain.yml: intent ask_balance is in no rule and no story",
        ),
        (
            "data/nlu.yml",
            "nlu:",
            "nlu:\n  - {intent: ask_moon, examples: '- moon'}",
            "data: intent ask_moon has training examples but is not in domain.yml",
        ),
        (
            "data/rules.yml",
            "{intent: greet}",
            "{intent: greet}, {intent: ask_moon}",
            "data: intent ask_moon is in a rule or story but not in domain.yml",
        ),
        (
            "bot/money.py",
            '"account"',
            '"something else"',
            "domain.yml: slot account is used nowhere",
        ),
        (
            "data/rules.yml",
            "{pending: null}",
            "{pending: null}, {mood: null}",
            "data: slot mood is in a rule or story but not in domain.yml",
        ),
        (
            "bot/money.py",
            "ACCOUNT_SLOT",
            "d.utter_message(text='You owe us')\nACCOUNT_SLOT",
            "bot/money.py:1: a sentence is said here; sentences stand in domain.yml",
        ),
        (
            "bot/money.py",
            "ACCOUNT_SLOT",
            "d.utter_message('You owe us')\nACCOUNT_SLOT",
            "bot/money.py:1: a sentence is said here; sentences stand in domain.yml",
        ),
        (
            "bot/money.py",
            "ACCOUNT_SLOT",
            "f'utter_{1}'\nACCOUNT_SLOT",
            "bot/money.py:1: this could be any response; spell the names out",
        ),
        (
            "bot/money.py",
            "ACCOUNT_SLOT",
            "f'utter_crisis_{1}'\nACCOUNT_SLOT",
            "bot/money.py:1: no response in domain.yml fits this name",
        ),
    ],
)
def test_each_mistake_is_named(project: Path, file: str, old: str, new: str, problem: str) -> None:
    path = project / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    assert check(project) == [problem]
