"""The stand-in for TensorFlow is safe as long as nothing computes with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.server import without_tensorflow
from bot.settings import ROOT

LINES = "what do i owe\n50 every other friday\nstop contacting me\nyes\nlost my job\nasdf\n"

READ = """
import json, sys
{first}
import bot.server
from bot.server import logs
logs.quieten()
from bot.nlu.pipeline import load_pipeline
from bot.server import without_tensorflow
read = load_pipeline(sys.argv[1])
real = sys.modules["tensorflow"].__name__ == "tensorflow" and hasattr(
    sys.modules["tensorflow"], "__file__"
)
print(json.dumps({{
    "real": real,
    "read": [
        [p["intent"]["name"], round(p["intent"]["confidence"], 6), p["entities"]]
        for p in (read(line.strip(), {{"today": "2026-03-02"}}) for line in sys.stdin)
    ],
}}))
"""


def read(first: str, model: Path) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", READ.format(first=first), str(model)],
        input=LINES,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_reads_the_same_with_and_without(model: Path) -> None:
    real = read("import tensorflow", model)
    stand_in = read("", model)
    assert real["real"] is True
    assert stand_in["real"] is False
    assert stand_in["read"] == real["read"]


def test_it_raises_as_soon_as_something_is_computed() -> None:
    stand_in = without_tensorflow._named("tensorflow.keras.layers.Layer")

    class Layer(stand_in):  # type: ignore[misc,valid-type]
        """As Rasa declares them."""

    with pytest.raises(without_tensorflow.TensorFlowIsAbsent):
        Layer(3)
