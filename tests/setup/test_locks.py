"""What the lock files promise: every file pinned by its hash, and nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
LOCKS = ("run", "dev", "installer")


def asked(name: str) -> set[str]:
    lines = (REQUIREMENTS / f"{name}.in").read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    return {re.split(r"[=~<>; ]", line)[0].lower() for line in wanted}


def locked(name: str) -> dict[str, str]:
    """Package name to pinned version; a package with several markers counts once."""
    text = (REQUIREMENTS / f"{name}.lock").read_text()
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_one_version_with_hashes(name: str) -> None:
    text = (REQUIREMENTS / f"{name}.lock").read_text().replace("\\\n", " ")
    requirements = [
        line for line in text.splitlines() if line and not line.lstrip().startswith("#")
    ]
    assert requirements
    for requirement in requirements:
        assert re.match(r"[a-z0-9][a-z0-9._-]*==\S+ .*--hash=sha256:[0-9a-f]{64}", requirement)


@pytest.mark.parametrize("path", sorted(REQUIREMENTS.iterdir()), ids=lambda path: path.name)
def test_no_address_stands_in_a_requirements_file(path: Path) -> None:
    assert not re.search(r"://|index-url|find-links|trusted-host|@ ?file", path.read_text())


@pytest.mark.parametrize("name", LOCKS)
def test_everything_asked_for_is_locked(name: str) -> None:
    assert asked(name) <= locked(name).keys()


def test_tools_of_dev_move_no_version_that_runs() -> None:
    run, dev = locked("run"), locked("dev")
    assert {name: dev[name] for name in dev.keys() & run.keys()} == {
        name: run[name] for name in dev.keys() & run.keys()
    }


def test_pytorch_stays_out() -> None:
    assert not {"torch", "sentence-transformers"} & locked("run").keys()


def test_every_direct_dependency_is_explained() -> None:
    document = (ROOT / "docs/dependencies.md").read_text()
    explained = {
        name.lower() for name in re.findall(r"^\| ([a-zA-Z][\w.-]*) \|", document, re.MULTILINE)
    }
    assert explained - {"package"} == set().union(*(asked(name) for name in LOCKS))
