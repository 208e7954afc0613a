"""Set-up finds a Python 3.10 that runs, whatever stands on PATH under that name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/find_python.sh"
REAL = os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def interpreter(path: Path, body: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def working(path: Path) -> Path:
    return interpreter(path, f'exec "{REAL}" "$@"')


def broken(path: Path) -> Path:
    """A version manager's shim for a version that is not switched on."""
    return interpreter(path, "echo 'python3.10: command not found' >&2; exit 127")


def another_version(path: Path) -> Path:
    return interpreter(path, "exit 1")


def find(tmp_path: Path, *path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(SCRIPT)],
        env={"PATH": ":".join(map(str, path)), "HOME": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_shim_that_does_not_run_is_passed_over_for_one_that_does(tmp_path: Path) -> None:
    shims = broken(tmp_path / "shims/python3.10").parent
    good = working(tmp_path / "good/python3.10").parent
    found = find(tmp_path, shims, good)
    assert (found.returncode, found.stdout.strip()) == (0, REAL)


@pytest.mark.parametrize("name", ["python3", "python"])
def test_a_plainly_named_interpreter_of_the_right_version_will_do(
    tmp_path: Path, name: str
) -> None:
    another_version(tmp_path / "a/python3.10")
    good = working(tmp_path / "b/with space" / name).parent
    assert find(tmp_path, tmp_path / "a", good).stdout.strip() == REAL


def test_a_version_that_pyenv_keeps_but_has_not_switched_on_is_found(tmp_path: Path) -> None:
    shims = broken(tmp_path / "shims/python3.10").parent
    working(tmp_path / "pyenv/versions/3.10.13/bin/python3.10")
    found = find(tmp_path, shims, PYENV_ROOT=str(tmp_path / "pyenv"))
    assert found.stdout.strip() == REAL


def test_pyenv_in_its_usual_place_needs_no_variable(tmp_path: Path) -> None:
    working(tmp_path / ".pyenv/versions/3.10.2/bin/python3.10")
    assert find(tmp_path, tmp_path / "empty").stdout.strip() == REAL


def test_none_at_all_fails_and_prints_nothing(tmp_path: Path) -> None:
    folder = another_version(tmp_path / "a/python3").parent
    broken(tmp_path / "a/python3.10")
    found = find(tmp_path, folder)
    assert (found.returncode, found.stdout) == (1, "")


def test_an_interpreter_named_by_hand_comes_first(tmp_path: Path) -> None:
    mine = working(tmp_path / "mine/snake")
    found = find(tmp_path, tmp_path / "empty", PYTHON=str(mine))
    assert found.stdout.strip() == REAL


def test_a_wrong_one_named_by_hand_is_refused_rather_than_replaced(tmp_path: Path) -> None:
    mine = another_version(tmp_path / "mine/python3.10")
    good = working(tmp_path / "good/python3.10").parent
    found = find(tmp_path, good, PYTHON=str(mine))
    assert (found.returncode, found.stdout) == (2, "")
    assert str(mine) in found.stderr
