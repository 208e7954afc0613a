"""What may not stand in the repository, and what must agree in it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from bot.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]

# Folders that exist on one person's machine only, where they begin an absolute path.
MACHINE_PATH = re.compile(r"(?<![\w.~$}<*-])/(?:root|work|home/\w+|Users/\w+|tmp/lab)/")

LARGEST_BYTES = 400_000


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_no_file_names_a_folder_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in tracked()
        for number, line in enumerate(path.read_text("utf-8", "ignore").splitlines(), start=1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []


def test_models_and_databases_are_not_committed() -> None:
    large = [path for path in tracked() if path.stat().st_size > LARGEST_BYTES]
    built = [path for path in tracked() if path.suffix in {".gz", ".db", ".onnx", ".pkl", ".whl"}]
    assert large + built == []


def test_the_example_environment_shows_every_setting_and_its_default() -> None:
    shown = re.findall(
        r"^# ([A-Z][A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE
    )
    assert len(shown) == len(dict(shown))
    assert dict(shown) == {setting.name: setting.default for setting in SETTINGS}


def test_the_example_environment_sets_nothing() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []
