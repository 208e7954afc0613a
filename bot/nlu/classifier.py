"""Which intent a sentence has: two scores added.

One is a logistic regression on the sentence's vector and its word and letter n-grams; the other is
how near the vector lies to the nearest training sentence of each intent. Training needs scipy;
answering needs numpy alone, since what was learnt is stored as plain arrays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.nlu import grams, softmax
from bot.nlu.encoder import Vectors

OUT_OF_SCOPE = "out_of_scope"

Array = npt.NDArray[np.float32]

#: Inverse strength of regularisation, chosen by cross-validation (docs/understanding.md).
INVERSE_STRENGTH = 8.0
#: Steps of the solver; more of them change no answer for the better.
STEPS = 40
#: How much an n-gram counts beside a number of the vector.
GRAMS_SHARE = 1.4
#: An n-gram of fewer sentences than this teaches nothing that holds for others.
LEAST_SENTENCES = 3
#: How much the cosine to the nearest training sentence counts.
NEAREST_SHARE = 12.0
#: Messages that are out of scope have little in common, so each weighs more than its share.
OUT_OF_SCOPE_WEIGHT = 1.6


@dataclass(frozen=True)
class Ranked:
    """An intent with its probability."""

    name: str
    confidence: float


@dataclass(frozen=True)
class Classifier:
    """What was learnt: arrays with one column an intent, and the training sentences' vectors.

    `sentences` has a column a training sentence (a product with columns is three times as fast as
    one with rows), sorted by intent; those of the i-th intent begin at column `starts[i]`.
    """

    intents: tuple[str, ...]
    vector_weights: Array
    gram_weights: Array
    intercept: Array
    sentences: Array
    starts: npt.NDArray[np.int64]

    def rank(self, text: str, vector: Vectors) -> tuple[Ranked, ...]:
        """All intents, likeliest first; probabilities sum to one."""
        scores = vector @ self.vector_weights + self.intercept
        nearest = np.maximum.reduceat(vector @ self.sentences, self.starts)
        scores = scores + np.float32(NEAREST_SHARE) * nearest
        weights = grams.columns(text)
        if weights:
            rows = self.gram_weights[list(weights)]
            scores = scores + np.array(list(weights.values()), dtype=np.float32) @ rows
        exponentials = np.exp(scores - scores.max())
        probabilities = exponentials / exponentials.sum()
        order = np.argsort(-probabilities, kind="stable")
        return tuple(Ranked(self.intents[place], float(probabilities[place])) for place in order)

    def save(self, path: Path) -> None:
        """Write to one `.npz` file without pickles."""
        np.savez_compressed(
            path,
            intents=np.array(self.intents),
            vector_weights=self.vector_weights,
            gram_weights=self.gram_weights.astype(np.float16),
            intercept=self.intercept,
            sentences=self.sentences.astype(np.float16),
            starts=self.starts,
        )


def load(path: Path) -> Classifier:
    """Read what `Classifier.save` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        return Classifier(
            intents=tuple(stored["intents"].tolist()),
            vector_weights=stored["vector_weights"].astype(np.float32),
            gram_weights=stored["gram_weights"].astype(np.float32),
            intercept=stored["intercept"].astype(np.float32),
            sentences=stored["sentences"].astype(np.float32),
            starts=stored["starts"],
        )


def train(
    texts: Sequence[str], intents: Sequence[str], vectors: Vectors, own_words: Sequence[bool]
) -> Classifier:
    """Learn from sentences, their intents and their vectors. Deterministic.

    `own_words` tells those that somebody wrote from misspelt copies, which lie so near to what
    they were copied from that to be near to them says nothing more.
    """
    classes, places = np.unique(np.array(intents), return_inverse=True)
    weights = _weights(intents)
    found = _gram_matrix(texts)
    kept = np.flatnonzero(found.getnnz(axis=0) >= LEAST_SENTENCES)
    share = np.float32(GRAMS_SHARE)
    (on_vectors, on_kept), intercept = softmax.fit(
        [vectors, found[:, kept] * share],
        places,
        np.array([weights[intent] for intent in intents], dtype=np.float32),
        inverse_strength=INVERSE_STRENGTH,
        steps=STEPS,
    )
    on_grams = np.zeros((grams.COLUMNS, len(classes)), dtype=np.float32)
    on_grams[kept] = on_kept * share
    written = np.flatnonzero(own_words)
    order = written[np.argsort(places[written], kind="stable")]
    return Classifier(
        intents=tuple(classes.tolist()),
        vector_weights=on_vectors,
        gram_weights=on_grams,
        intercept=intercept,
        sentences=np.ascontiguousarray(vectors[order].T),
        starts=np.searchsorted(places[order], np.arange(len(classes))),
    )


def _weights(intents: Sequence[str]) -> dict[str, float]:
    """Every intent counts the same however many sentences it has, out of scope a little more."""
    counts = Counter(intents)
    weights = {name: len(intents) / (len(counts) * count) for name, count in counts.items()}
    if OUT_OF_SCOPE in weights:
        weights[OUT_OF_SCOPE] *= OUT_OF_SCOPE_WEIGHT
    return weights


def _gram_matrix(texts: Sequence[str]) -> Any:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    rows, places, weights = [], [], []
    for row, text in enumerate(texts):
        for column, weight in grams.columns(text).items():
            rows.append(row)
            places.append(column)
            weights.append(weight)
    shape = (len(texts), grams.COLUMNS)
    return csr_matrix((np.array(weights, dtype=np.float32), (rows, places)), shape=shape)
