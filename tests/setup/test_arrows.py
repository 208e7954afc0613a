"""The import contracts of pyproject.toml, tried on a small tree: they hold, and they can break."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = re.findall(r"[\w.]+", " ".join(CONTRACTS["contracts"][0]["layers"]))


ALLOWED = [
    ("bot.ledger", "bot.money"),
    ("bot.conversations", "bot.compliance"),
    ("bot.channels", "bot.nlu.phrases"),
    ("bot.channels", "sanic"),
    ("bot.nlu.components", "rasa"),
    ("bot.server", "rasa"),
    ("bot.cli", "bot.server"),
    ("actions", "rasa_sdk"),
    ("actions", "bot.payments"),
]

FORBIDDEN = {
    "arrows": [
        ("bot.money", "bot.ledger"),
        ("bot.ledger", "bot.conversations"),
        ("bot.compliance", "bot.conversations"),
        ("bot.payments", "bot.outreach"),
        ("bot.channels", "actions"),
        ("bot.nlu", "bot.ledger"),
        ("bot.server", "bot.cli"),
    ],
    "nlu": [("bot.ledger", "bot.nlu"), ("bot.desk", "bot.nlu")],
    "understanding": [("bot.nlu.phrases", "bot.nlu.components"), ("bot.nlu.encoder", "rasa")],
    "rasa": [("bot.ledger", "rasa"), ("bot.desk", "rasa_sdk"), ("bot.conversations", "sanic")],
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Every package that the contracts name, empty."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name in ["bot", *LAYERS, "bot.nlu.phrases", "bot.nlu.encoder", "bot.nlu.components"]:
        package = tmp_path / name.replace(".", "/")
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").touch()
    return tmp_path


def write(tree: Path, imports: list[tuple[str, str]]) -> None:
    """A module of its own for each import, in the package that makes it."""
    for number, (importer, imported) in enumerate(imports):
        module = tree / importer.replace(".", "/") / f"module_{number}.py"
        module.write_text(f"import {imported}\n")


def lint(tree: Path, contract: str | None = None) -> tuple[bool, str]:
    """Whether one contract (default all) holds in `tree`, and what import-linter says."""
    code = (
        "import sys; from importlinter.cli import lint_imports;"
        f"sys.exit(lint_imports(limit_to_contracts={(contract,) if contract else ()}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tree,
        env={"PYTHONPATH": str(tree), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0, done.stdout + done.stderr


def test_what_the_contracts_allow(tree: Path) -> None:
    write(tree, ALLOWED)
    holds, said = lint(tree)
    assert holds, said


@pytest.mark.parametrize("contract", FORBIDDEN)
def test_what_each_contract_forbids(tree: Path, contract: str) -> None:
    write(tree, FORBIDDEN[contract])
    holds, said = lint(tree, contract)
    assert not holds
    for number, (importer, imported) in enumerate(FORBIDDEN[contract]):
        assert re.search(rf"{importer}\.module_{number} -> {imported}\b", said), said


def test_every_module_has_its_place_in_the_layers() -> None:
    modules = {
        f"bot.{path.stem}"
        for path in (ROOT / "bot").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert modules - set(LAYERS) - {"bot.__init__", "bot.__main__"} == set()
