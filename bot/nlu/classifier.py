"""Which intent a sentence has: three scores added.

One logistic regression sees the sentence's vector, one its word and letter n-grams; the third
score is how near the vector lies to the nearest training sentence of each intent. Training needs
scikit-learn; answering needs numpy alone, since what was learnt is stored as plain arrays.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.nlu import grams
from bot.nlu.encoder import Vectors

OUT_OF_SCOPE = "out_of_scope"

Array = npt.NDArray[np.float32]

#: Inverse strengths of regularisation, chosen on sentences kept apart (docs/understanding.md).
VECTOR_C = 8.0
GRAMS_C = 8.0
#: How much the score of the n-grams counts beside that of the vector.
GRAMS_SHARE = 0.5
#: How much the cosine to the nearest training sentence counts.
NEAREST_SHARE = 8.0
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

    `vectors` are sorted by intent; those of the intent in column i begin at row `starts[i]`.
    """

    intents: tuple[str, ...]
    vector_weights: Array
    gram_weights: Array
    intercept: Array
    vectors: Array
    starts: npt.NDArray[np.int64]

    def rank(self, text: str, vector: Vectors) -> tuple[Ranked, ...]:
        """All intents, likeliest first; probabilities sum to one."""
        scores = vector @ self.vector_weights + self.intercept
        nearest = np.maximum.reduceat(self.vectors @ vector, self.starts)
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
            vectors=self.vectors.astype(np.float16),
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
            vectors=stored["vectors"].astype(np.float32),
            starts=stored["starts"],
        )


def train(texts: Sequence[str], intents: Sequence[str], vectors: Vectors) -> Classifier:
    """Learn from sentences, their intents and their vectors. Deterministic."""
    on_vectors = _logistic_regression(vectors, intents, VECTOR_C)
    on_grams = _logistic_regression(_gram_matrix(texts), intents, GRAMS_C, steps=30)
    share = np.float32(GRAMS_SHARE)
    names = np.array(intents)
    order = np.argsort(names, kind="stable")
    classes = tuple(on_vectors.classes_.tolist())
    return Classifier(
        intents=classes,
        vector_weights=on_vectors.coef_.T.astype(np.float32),
        gram_weights=on_grams.coef_.T.astype(np.float32) * share,
        intercept=(on_vectors.intercept_ + share * on_grams.intercept_).astype(np.float32),
        vectors=vectors[order],
        starts=np.searchsorted(names[order], np.array(classes)),
    )


def _logistic_regression(
    features: Any, intents: Sequence[str], c: float, *, steps: int = 200
) -> Any:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    regression = LogisticRegression(C=c, class_weight=_weights(intents), max_iter=steps, tol=1e-3)
    with warnings.catch_warnings():
        # Stopping early is meant: more steps take minutes and change no answer.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return regression.fit(features, intents)


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
