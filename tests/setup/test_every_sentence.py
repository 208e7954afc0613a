"""`scripts/every_sentence.py` shows every response, and finds a page that is stale."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT

SCRIPT = ROOT / "scripts/every_sentence.py"

DOMAIN = """
responses:

  # --- First things ---------------------------

  utter_greet:
    - text: "Hello from {company}."
    - text: "Hi | there."
    - text: "Short."
      channel: sms

  # --- Labels ---

  utter_label_yes: [{text: "Yes"}]
"""

PACK = """
title: A pack
texts:
  later:
    section: 1006.18(e)(2)
    origin: model
    text: This communication is from a debt collector.
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "domain.yml").write_text(DOMAIN)
    shutil.copy(ROOT / "creditors.yml", tmp_path)
    (tmp_path / "docs").mkdir()
    packs = tmp_path / "bot/compliance/packs"
    packs.mkdir(parents=True)
    (packs / "us.yml").write_text(PACK)
    return tmp_path


def run(root: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--root", str(root), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_text_is_on_the_page(project: Path) -> None:
    assert run(project).returncode == 0
    page = (project / "docs/every-sentence.md").read_text()
    assert "## First things\n\n### utter_greet\n1. Hello from Harbor Community Bank.\n" in page
    assert "2. Hi \\| there.\n" in page
    assert "3. Short.\n" in page
    assert "only on sms" in page
    assert "| utter_label_yes | Yes |" in page
    assert (
        "| later | 1006.18(e)(2) (model) | This communication is from a debt collector. |" in page
    )
    assert "| variations | 3 | |" in page


def test_a_stale_page_is_found(project: Path) -> None:
    missing = run(project, "--check")
    assert missing.returncode == 1
    assert "every_sentence.py" in missing.stdout
    run(project)
    assert run(project, "--check").returncode == 0
    (project / "domain.yml").write_text(DOMAIN.replace("Short", "Shorter"))
    assert run(project, "--check").returncode == 1
