"""The understanding half of a trained model, as a plain function of a message."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

Parse = dict[str, Any]
Pipeline = Callable[[str, Mapping[str, Any]], Parse]


def load_pipeline(model_path: str | Path, runner_class: type | None = None) -> Pipeline:
    """The pipeline of the trained model at `model_path` (a file, or a folder: its newest file).

    Called with a message and its metadata (see `bot.nlu.turn`), it returns what Rasa's processor
    would: text, intent, intent_ranking, entities, also, vital. Policies are not loaded. The same
    message and metadata always give the same result. `runner_class` is a graph runner of Rasa's
    kind (default: Rasa's own).

    Raises FileNotFoundError where no model stands.
    """
    from rasa.core.channels import UserMessage
    from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
    from rasa.engine.graph import ExecutionContext
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.model import get_latest_model

    path = Path(model_path)
    archive = get_latest_model(str(path)) if path.is_dir() else str(path)
    if archive is None or not Path(archive).exists():
        raise FileNotFoundError(f"no trained model at {path}; train one first")
    directory = Path(tempfile.mkdtemp(prefix="evenkeel-model-"))
    try:
        storage, metadata = LocalModelStorage.from_model_archive(directory, archive)
        # Rasa's last component turns a typed "/affirm" into that intent. Typed text is only text.
        target = metadata.predict_schema.nodes[metadata.nlu_target].needs["messages"]
        schema = metadata.predict_schema.minimal_graph_schema([target])
        runner = (runner_class or DaskGraphRunner)(schema, storage, ExecutionContext(schema))
    finally:
        shutil.rmtree(directory, ignore_errors=True)

    def parse(text: str, circumstances: Mapping[str, Any]) -> Parse:
        message = UserMessage(text, metadata=dict(circumstances))
        results = runner.run(
            inputs={PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: None}, targets=[target]
        )
        (read,) = results[target]
        return {"also": [], "vital": None, **read.as_dict(only_output_properties=True)}

    return parse


def parse_lines(pipeline: Pipeline, lines: Iterable[str], **circumstances: Any) -> Iterator[str]:
    """A JSON line for each line of text: `{text, intent, confidence, entities, also}`.

    `circumstances` are the metadata of every message: today, time_zone, currency, day_first,
    pending (a name).
    """
    given = {name: value for name, value in circumstances.items() if value is not None}
    for line in lines:
        text = line.rstrip("\r\n")
        parsed = pipeline(text, given)
        shown = ("entity", "value", "start", "end")
        yield json.dumps(
            {
                "text": text,
                "intent": parsed["intent"]["name"],
                "confidence": round(float(parsed["intent"]["confidence"]), 4),
                "entities": [{key: entity[key] for key in shown} for entity in parsed["entities"]],
                "also": parsed["also"],
            },
            ensure_ascii=False,
        )
