"""What makes training necessary, and what does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.nlu.pipeline import load_pipeline
from bot.server import training
from bot.settings import ROOT


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of everything that a model depends on."""
    for name in ("config.yml", "domain.yml", "data", "bot", "requirements"):
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(place, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(place, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("data/nlu.yml", "nlu:", "nlu: # more"),
        ("data/rules.yml", "rules:", "rules: # more"),
        ("config.yml", "pipeline:", "pipeline: # more"),
        ("domain.yml", "actions:\n", "actions:\n  - action_new\n"),
        ("bot/nlu/classifier.py", "NEAREST_SHARE = ", "NEAREST_SHARE = 1 + "),
        ("requirements/run.lock", "\nscipy==", "\nscipy==9."),
    ],
)
def test_what_the_model_depends_on_trains_it_again(
    sources: Path, file: str, old: str, new: str
) -> None:
    before = training.fingerprint(sources)
    text = (sources / file).read_text(encoding="utf-8")
    assert old in text
    (sources / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert training.fingerprint(sources) != before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("domain.yml", "responses:\n", 'responses:\n  utter_new:\n    - text: "New."\n'),
        ("requirements/run.lock", "\nalembic==", "\nalembic==9."),
    ],
)
def test_another_sentence_or_an_unrelated_package_does_not(
    sources: Path, file: str, old: str, new: str
) -> None:
    before = training.fingerprint(sources)
    text = (sources / file).read_text(encoding="utf-8")
    assert old in text
    (sources / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert training.fingerprint(sources) == before


SMALL = {
    "nlu": """
nlu:
- intent: greet
  examples: |
    - hello
    - hello there
    - good morning
- intent: ask_balance
  examples: |
    - how much do i owe
    - how much do i still owe you
    - what do i owe
""",
    "rules": """
rules:
- rule: greets
  steps:
  - intent: greet
  - action: utter_greet
""",
    "stories": """
stories:
- story: greets
  steps:
  - intent: greet
  - action: utter_greet
""",
}


def test_training_tells_its_steps_and_draws_no_bars(
    sources: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, content in SMALL.items():
        (sources / "data" / f"{name}.yml").write_text(f'version: "3.1"\n{content}')
    monkeypatch.setenv("ENCODINGS_CACHE", str(sources / "encodings.npz"))
    monkeypatch.setattr("bot.server.runner.Stopwatch.LEAST_SECONDS", 0.0)
    said: list[str] = []
    model = training.train(sources / "model", sources, said.append)
    assert training.is_current(sources / "model", sources)
    assert any("IntentClassifier" in line for line in said)
    assert "it/s" not in capfd.readouterr().err
    read = load_pipeline(model)
    assert read("hello my friend", {})["intent_ranking"][-1]["name"] == "ask_balance"


def test_contradicting_rules_are_told_in_words_and_leave_the_old_model(sources: Path) -> None:
    for name, content in SMALL.items():
        (sources / "data" / f"{name}.yml").write_text(f'version: "3.1"\n{content}')
    rules = sources / "data" / "rules.yml"
    other = SMALL["rules"].partition("rules:")[2].replace("greets", "argues")
    rules.write_text(rules.read_text() + other.replace("utter_greet", "utter_goodbye"))
    (sources / "model").mkdir()
    training.model_path(sources / "model").write_bytes(b"the old one")
    with pytest.raises(training.TrainingFailed, match="argues"):
        training.train(sources / "model", sources)
    assert training.model_path(sources / "model").read_bytes() == b"the old one"
