"""`scripts/setup.sh` installs what the lock files name, once, and again when they change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REAL = os.path.realpath(getattr(sys, "_base_executable", sys.executable))

UV = f"""#!/bin/sh
echo "$@" >>calls
if [ "$1" = pip ] && [ -e refuse ]; then exit 1; fi
if [ "$1" = venv ]; then
    mkdir -p .venv/bin
    printf '#!/bin/sh\\nexec "{REAL}" "$@"\\n' >.venv/bin/python
    chmod +x .venv/bin/python
fi
"""


class Project:
    """A copy of the set-up scripts with tiny lock files, and a uv that only notes its calls."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(ROOT / "scripts", root / "scripts")
        (root / "requirements").mkdir()
        for name in ("run", "dev", "installer"):
            self.lock(name).write_text(f"{name}-package==1\n")
        tools = root / ".venv-tools"
        (tools / "bin").mkdir(parents=True)
        (tools / "bin/uv").write_text(UV)
        (tools / "bin/uv").chmod(0o755)
        shutil.copy(self.lock("installer"), tools / "installed")

    def lock(self, name: str) -> Path:
        return self.root / f"requirements/{name}.lock"

    def set_up(self, what: str) -> tuple[int, list[str]]:
        """Exit status, and the lock files that were installed by this call."""
        calls = self.root / "calls"
        calls.unlink(missing_ok=True)
        done = subprocess.run(
            ["/bin/sh", "scripts/setup.sh", what],
            cwd=self.root,
            env={"PATH": os.environ["PATH"], "HOME": str(self.root), "PYTHON": REAL},
            capture_output=True,
            check=False,
        )
        lines = calls.read_text().splitlines() if calls.exists() else []
        installed = [line for line in lines if line.startswith("pip sync")]
        assert all("--require-hashes" in line for line in installed)
        words = [word for line in installed for word in line.split()]
        return done.returncode, [Path(word).stem for word in words if word.endswith(".lock")]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_the_second_run_installs_nothing(project: Project) -> None:
    assert project.set_up("run") == (0, ["run"])
    assert project.set_up("run") == (0, [])


def test_tools_for_tests_are_added_and_serve_both(project: Project) -> None:
    project.set_up("run")
    assert project.set_up("dev") == (0, ["run", "dev"])
    assert project.set_up("dev") == (0, [])
    assert project.set_up("run") == (0, [])


def test_a_changed_lock_file_is_installed_and_keeps_the_tools(project: Project) -> None:
    project.set_up("dev")
    project.lock("run").write_text("run-package==2\n")
    assert project.set_up("run") == (0, ["run", "dev"])


def test_an_install_that_failed_is_done_again(project: Project) -> None:
    refuse = project.root / "refuse"
    refuse.touch()
    assert project.set_up("run")[0] != 0
    refuse.unlink()
    assert project.set_up("run") == (0, ["run"])


def test_an_environment_that_no_longer_runs_is_made_anew(project: Project) -> None:
    project.set_up("run")
    (project.root / ".venv/bin/python").write_text("#!/bin/sh\nexit 127\n")
    assert project.set_up("run") == (0, ["run"])
