"""Compares ways of telling what a sentence means, on the sentences kept apart.

    .venv/bin/python bench/understanding.py [--seeds 7 8 9] [--epochs 8] [PIPELINE ...]
    .venv/bin/python bench/understanding.py --thresholds

Pipelines: n-grams, encoder, encoder+n-grams, chosen, diet, diet+encoder. Each runs in a process of
its own, which trains on data/nlu.yml (misspelt copies with the seed), then answers the sentences of
tests/nlu/data one by one on one thread. DIET is Rasa's DIETClassifier on its own word and letter
n-grams, with the real TensorFlow; its epochs are bounded, since a machine without a graphics card
needs ten seconds for each. With --thresholds, what different thresholds of doubt bring, by
cross-validation on the training sentences alone. Encodings come from the
cache that training uses: run it twice, or add what `python -m bot train` says of encoding.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

PIPELINES = ("n-grams", "encoder", "encoder+n-grams", "chosen", "diet", "diet+encoder")
FIGURES = ("accuracy", "with_typo", "message_ms", "train_s", "start_s", "memory_mb")
TYPO_SEED = 99
FOLDS = 5
THRESHOLDS = ((0.0, 0.0), (0.2, 0.02), (0.3, 0.05), (0.4, 0.05), (0.5, 0.05))

Answer = Callable[[str], str]


def main() -> int:
    """Measure each pipeline and print a table; or one, and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipelines", nargs="*", choices=[*PIPELINES, []], default=[])
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 8, 9])
    parser.add_argument("--epochs", type=int, default=8, help="of DIET")
    parser.add_argument("--one", choices=PIPELINES, help=argparse.SUPPRESS)
    parser.add_argument("--thresholds", action="store_true", help="cross-validate instead")
    options = parser.parse_args()
    if options.thresholds:
        print_thresholds(options.seeds[0])
        return 0
    if options.one:
        print(json.dumps(measured(options.one, options.seeds[0], options.epochs)))
        return 0
    print(f"{'pipeline':18}" + "".join(f"{name:>12}" for name in FIGURES))
    for pipeline in options.pipelines or PIPELINES:
        seeds = options.seeds[:1] if pipeline.startswith("diet") else options.seeds
        runs = [in_a_process(pipeline, seed, options.epochs) for seed in seeds]
        values = (mean(run[name] for run in runs) for name in FIGURES)
        print(f"{pipeline:18}" + "".join(f"{value:12.3f}" for value in values), flush=True)
    return 0


def in_a_process(pipeline: str, seed: int, epochs: int) -> dict[str, float]:
    """The figures of one pipeline and seed, from a process that did nothing else."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "ignore", __file__, "--one", pipeline, "--seeds", str(seed),
         "--epochs", str(epochs)],
        check=True, capture_output=True, text=True,
        env={**os.environ, "LOG_LEVEL": "ERROR", "OMP_NUM_THREADS": "2",
             "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'bench'}"},
    )  # fmt: skip
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def measured(pipeline: str, seed: int, epochs: int) -> dict[str, float]:
    """Train, answer, and count; memory is the most that answering held."""
    import yaml

    from bot.nlu import typos

    sentences = trained_on()
    apart = yaml.safe_load((ROOT / "tests" / "nlu" / "data" / "sentences.yml").read_text())
    asked = [(text, intent) for intent, texts in apart.items() for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        began = time.perf_counter()
        if pipeline.startswith("diet"):
            answer, start = diet(sentences, place, epochs, with_vectors="encoder" in pipeline)
        else:
            answer, start = logistic(sentences, place, seed, pipeline)
        trained = time.perf_counter() - began - start
        answer("hello")
        times: list[float] = []
        right = [_timed(answer, text, times) == intent for text, intent in asked]
        mistyped = [
            answer(typos.misspelt(text, seed=TYPO_SEED)) == intent for text, intent in asked
        ]
    intents = [intent for _, intent in asked]
    return {
        "accuracy": _macro(intents, right),
        "with_typo": _macro(intents, mistyped),
        "message_ms": median(times) * 1000,
        "train_s": trained,
        "start_s": start,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


@dataclass(frozen=True)
class Sample:
    """A mended sentence; `own` if somebody wrote it, else a misspelt copy of number `origin`."""

    text: str
    intent: str
    origin: int
    own: bool


def trained_on() -> list[tuple[str, str]]:
    """The sentences of data/nlu.yml with their intents."""
    import yaml

    content = yaml.load((ROOT / "data" / "nlu.yml").read_text(), yaml.CSafeLoader)
    return [
        (line[2:], block["intent"])
        for block in content["nlu"]
        for line in block["examples"].splitlines()
        if line
    ]


def sampled(sentences: Sequence[tuple[str, str]], speller: Any, seed: int) -> list[Sample]:
    """The sentences, and misspelt copies of those where mending leaves a trace."""
    from bot.nlu import typos

    samples = [
        Sample(speller.mend(text), intent, place, own=True)
        for place, (text, intent) in enumerate(sentences)
    ]
    known = {sample.text for sample in samples}
    for place, (text, intent) in enumerate(sentences):
        copy = speller.mend(typos.misspelt(text, seed=seed))
        if copy not in known:
            samples.append(Sample(copy, intent, place, own=False))
    return samples


def print_thresholds(seed: int) -> None:
    """A table: threshold and margin, out of scope and in scope turned away, wrong, right."""
    from bot.nlu import classifier, encoder, spelling

    sentences = trained_on()
    speller = spelling.Speller(
        spelling.word_counts(text for text, _ in sentences), encoder.Encoder().words()
    )
    samples = sampled(sentences, speller, seed)
    vectors = encoder.EncodingCache(encoder.cache_path()).encode([s.text for s in samples])
    read: list[tuple[str, classifier.Ranked, classifier.Ranked]] = []
    for fold in range(FOLDS):
        taught = [n for n, sample in enumerate(samples) if sample.origin % FOLDS != fold]
        learnt = classifier.train(
            [samples[n].text for n in taught],
            [samples[n].intent for n in taught],
            vectors[taught],
            [samples[n].own for n in taught],
        )
        for n, sample in enumerate(samples):
            if sample.own and sample.origin % FOLDS == fold:
                first, second = learnt.rank(sample.text, vectors[n])[:2]
                read.append((sample.intent, first, second))
    print(
        f"{'threshold':>9} {'margin':>7} {'out away':>9} {'in away':>8} {'wrong':>6} {'right':>6}"
    )
    for threshold, margin in THRESHOLDS:
        outside, away, wrong, right = [], [], [], []
        for meant, first, second in read:
            doubt = first.confidence < threshold or first.confidence - second.confidence < margin
            gone = doubt or first.name == classifier.OUT_OF_SCOPE
            if meant == classifier.OUT_OF_SCOPE:
                outside.append(gone)
                continue
            away.append(gone)
            wrong.append(not gone and first.name != meant)
            right.append(not gone and first.name == meant)
        print(
            f"{threshold:9.2f} {margin:7.2f} {mean(outside):9.3f} {mean(away):8.3f}"
            f" {mean(wrong):6.3f} {mean(right):6.3f}"
        )


def logistic(
    sentences: Sequence[tuple[str, str]], folder: Path, seed: int, pipeline: str
) -> tuple[Answer, float]:
    """One of our own classifiers, with those of its features that the pipeline names."""
    import numpy as np

    from bot.nlu import classifier, encoder, spelling

    if pipeline != "chosen":
        classifier.NEAREST_SHARE = 0.0
    if pipeline == "encoder":
        classifier.LEAST_SENTENCES = len(sentences) * 2
    speller = spelling.Speller(
        spelling.word_counts(text for text, _ in sentences), encoder.Encoder().words()
    )
    samples = sampled(sentences, speller, seed)
    texts = [sample.text for sample in samples]
    blank = pipeline == "n-grams"
    if blank:
        vectors = np.zeros((len(texts), encoder.DIMENSIONS), dtype=np.float32)
    else:
        vectors = encoder.EncodingCache(encoder.cache_path()).encode(texts)
    file = folder / "classifier.npz"
    classifier.train(
        texts, [sample.intent for sample in samples], vectors, [sample.own for sample in samples]
    ).save(file)
    began = time.perf_counter()
    learnt = classifier.load(file)
    sentence = None if blank else encoder.Encoder()
    start = time.perf_counter() - began

    def answer(text: str) -> str:
        mended = speller.mend(text)
        vector = vectors[0] if sentence is None else sentence.encode([mended])[0]
        return learnt.rank(mended, vector)[0].name

    return answer, start


def diet(
    sentences: Sequence[tuple[str, str]], folder: Path, epochs: int, *, with_vectors: bool
) -> tuple[Answer, float]:
    """Rasa's own pipeline for English, as its documentation has it, with or without our vectors."""
    import yaml
    from rasa.model_training import train_nlu

    from bot.nlu.pipeline import load_pipeline

    parts: list[dict[str, Any]] = [
        {"name": "WhitespaceTokenizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {"name": "DIETClassifier", "epochs": epochs, "entity_recognition": False,
         "random_seed": 7, "run_eagerly": False},
    ]  # fmt: skip
    if with_vectors:
        parts.insert(1, {"name": "sentence_vectors.SentenceVectors"})
    config = folder / "config.yml"
    config.write_text(yaml.safe_dump({"recipe": "default.v1", "language": "en", "pipeline": parts}))
    by_intent: dict[str, list[str]] = {}
    for text, intent in sentences:
        by_intent.setdefault(intent, []).append(text)
    data = folder / "nlu.yml"
    blocks = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in by_intent.items()
    ]
    data.write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True))
    model = train_nlu(str(config), str(data), str(folder), fixed_model_name="diet")
    began = time.perf_counter()
    pipeline = load_pipeline(str(model))
    start = time.perf_counter() - began
    return lambda text: str(pipeline(text, {})["intent"]["name"]), start


def _timed(answer: Answer, text: str, times: list[float]) -> str:
    began = time.perf_counter()
    name = answer(text)
    times.append(time.perf_counter() - began)
    return name


def _macro(intents: Sequence[str], right: Sequence[bool]) -> float:
    """The mean of the intents' recalls."""
    by_intent: dict[str, list[bool]] = {}
    for intent, outcome in zip(intents, right, strict=True):
        by_intent.setdefault(intent, []).append(outcome)
    return mean(mean(outcomes) for outcomes in by_intent.values())


if __name__ == "__main__":
    raise SystemExit(main())
