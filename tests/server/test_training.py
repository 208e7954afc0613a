"""What makes training necessary, and what does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

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
        ("requirements/run.lock", "\nscikit-learn==", "\nscikit-learn==9."),
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
