"""Our graph runner gives what Rasa's gives."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest


@pytest.mark.parametrize("text", ["what do i owe", "50 every other friday", "never contact me"])
def test_the_same_results_as_with_dask(model: Path, text: str) -> None:
    from rasa.core.channels.channel import UserMessage
    from rasa.engine import loader
    from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.engine.storage.local_model_storage import LocalModelStorage

    from bot.server.runner import InOrder

    read = []
    for runner_class in (DaskGraphRunner, InOrder):
        with TemporaryDirectory() as folder:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), model, LocalModelStorage, runner_class
            )
        (message,) = runner.run(
            {
                PLACEHOLDER_MESSAGE: [UserMessage(text, metadata={"today": "2026-03-02"})],
                PLACEHOLDER_TRACKER: None,
            },
            [metadata.nlu_target],
        )[metadata.nlu_target]
        read.append(message.as_dict(only_output_properties=True))
    assert read[0] == read[1]
