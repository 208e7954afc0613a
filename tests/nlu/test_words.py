"""Spelling, clauses, n-grams and the encoder: what the classifier is given to see."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from bot.nlu import classifier, clauses, encoder, grams, softmax, spelling, typos

DICTIONARY = {"what": 1, "later": 2, "water": 3, "cad": 20_000, "lien": 20_000}
COUNTS = {"balance": 20, "payment": 30, "lawyer": 5, "slpi": 1, "plan": 90, "line": 3, "big": 4,
          "amount": 50, "about": 60, "same": 15, "some": 16, "card": 40}  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wats my bal", "what's my balance"),
        ("u r a bot", "you are a bot"),
        ("wot do i ow", "what do i owe"),
        ("dont txt me", "don't text me"),
        ("ill pay", "i'll pay"),
        ("im ill", "i'm ill"),
        ("id rather not", "i'd rather not"),
        ("my id was stolen", "my id was stolen"),
        ("heyyyyy", "heyy"),
        ("50 quid", "50 quid"),
    ],
)
def test_short_forms_are_spelt_out(typed, meant):
    assert spelling.spelt_out(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("my pln", "my plan"),
        ("gig", "gig"),
        ("amout", "amount"),
        ("ssme", "same"),
        ("cad", "card"),
        ("lien", "lien"),
        ("blance", "balance"),
        ("balacne", "balance"),
        ("paymemt", "payment"),
        ("payyment", "payment"),
        ("water", "water"),
        ("xqzzt", "xqzzt"),
        ("slip", "slip"),
    ],
)
def test_slips_are_mended_into_known_words_only(typed, meant):
    assert spelling.Speller(COUNTS, DICTIONARY).mend(typed) == meant


def test_accents():
    assert spelling.without_accents("no más, arrêt") == "no mas, arret"


@given(st.text(max_size=60), st.integers(0, 5))
def test_a_misspelt_sentence_is_always_the_same_and_one_slip_away(text, seed):
    slipped = typos.misspelt(text, seed=seed)
    assert slipped == typos.misspelt(text, seed=seed)
    assert abs(len(slipped) - len(text)) <= 1


def test_misspelling_leaves_numbers_and_short_words():
    assert typos.misspelt("pay 1200 on the 4th", seed=1) == "pay 1200 on the 4th"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("lost my job so change my date", ["lost my job", "change my date"]),
        ("i feel so stressed about all this", []),
        ("thank you so much", []),
    ],
)
def test_so_joins_two_matters_or_strengthens_a_word(text, parts):
    assert [clause.text for clause in clauses.split(text)] == parts


def test_clauses_stand_where_they_stood():
    text = "I lost my job, and how much do i owe?"
    first, second = clauses.split(text)
    assert text[first.start : first.end] == first.text == "I lost my job"
    assert text[second.start : second.end] == second.text == "how much do i owe"


@pytest.mark.parametrize(
    "text", ["", "hi", "how much do i owe", "1,200 and ok", "thanks, bye", "i am so tired of it"]
)
def test_one_matter_is_not_cut(text):
    assert clauses.split(text) == ()


@given(st.text(max_size=80))
def test_grams_have_length_one(text):
    weights = grams.columns(text)
    assert not weights or sum(w * w for w in weights.values()) == pytest.approx(1.0)
    assert all(0 <= column < grams.COLUMNS for column in weights)


@pytest.fixture(scope="module")
def loaded():
    return encoder.Encoder()


def test_vectors_are_units_and_near_for_near_meaning(loaded):
    vectors = loaded.encode(["how much do i owe", "what is my balance", "i like turtles"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_a_sentence_has_the_same_vector_alone_and_in_a_batch(loaded):
    # int8 activations are scaled over a batch, so "the same" is up to that.
    alone = loaded.encode(["stop texting me"])[0]
    batch = loaded.encode(["stop texting me", "a much longer sentence about a payment plan"])[0]
    assert alone @ batch > 0.98


def test_cache_keeps_vectors_between_trainings(tmp_path, monkeypatch):
    path = tmp_path / "encodings.npz"
    first = encoder.EncodingCache(path).encode(["hello", "bye"])
    monkeypatch.setattr(encoder, "Encoder", None)
    assert np.array_equal(encoder.EncodingCache(path).encode(["hello", "bye"]), first)


def test_another_models_cache_counts_as_empty(tmp_path, monkeypatch):
    path = tmp_path / "encodings.npz"
    encoder.EncodingCache(path).encode(["hello"])
    monkeypatch.setattr(encoder, "MODEL_SHA256", "0" * 64)
    with pytest.raises(encoder.EncoderError, match="sha256"):
        encoder.EncodingCache(path).encode(["hello"])


def test_other_bytes_are_refused(tmp_path, monkeypatch):
    changed = tmp_path / "model.onnx"
    changed.write_bytes(b"not a model")
    monkeypatch.setenv("ENCODER_MODEL", str(changed))
    with pytest.raises(encoder.EncoderError, match="expected"):
        encoder.Encoder()
    monkeypatch.setenv("ENCODER_MODEL", str(tmp_path / "nowhere.onnx"))
    with pytest.raises(encoder.EncoderError, match="cannot read"):
        encoder.Encoder()


class Counting:
    """An encoder that counts what it is asked."""

    def __init__(self):
        self.asked = []

    def encode(self, texts):
        self.asked.append(list(texts))
        return np.array([[len(text), sum(map(ord, text))] for text in texts], dtype=np.float32)


def test_short_messages_are_encoded_once_and_long_ones_are_not_kept():
    counting = Counting()
    recent = encoder.RecentVectors(counting)
    long = "x" * (encoder.SHORT + 1)
    first = recent.encode(["yes", long, "yes"])
    second = recent.encode([long, "yes"])
    assert counting.asked == [["yes", long], [long]]
    assert first.tolist() == [*second[::-1].tolist(), second[1].tolist()]


def test_only_so_many_vectors_are_kept(monkeypatch):
    monkeypatch.setattr(encoder, "KEPT", 2)
    counting = Counting()
    recent = encoder.RecentVectors(counting)
    for text in ("a", "b", "a", "c", "a", "b"):
        recent.encode([text])
    assert counting.asked == [["a"], ["b"], ["c"], ["b"]]


def test_logistic_regression_finds_the_least_loss():
    rng = np.random.default_rng(3)
    dense = rng.normal(size=(60, 4)).astype(np.float32)
    sparse = csr_matrix(rng.integers(0, 2, size=(60, 5)).astype(np.float32))
    classes = (dense[:, 0] > 0).astype(np.int64) + (dense[:, 1] > 1)
    counts = rng.integers(1, 4, size=60).astype(np.float32)
    (on_dense, on_sparse), intercept = softmax.fit(
        [dense, sparse], classes, counts, inverse_strength=2.0, steps=500
    )

    def loss(delta=0.0, row=0, column=0):
        moved = on_dense.astype(np.float64)
        moved[row, column] += delta
        scores = dense @ moved + sparse @ on_sparse + intercept
        surprise = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(60), classes]
        return counts @ surprise + ((moved**2).sum() + (on_sparse**2).sum()) / (2 * 2.0)

    for row, column in ((0, 0), (1, 2), (3, 1)):
        assert loss() < loss(0.05, row, column)
        assert loss() < loss(-0.05, row, column)


def test_a_classifier_reads_what_it_saved(tmp_path, loaded):
    texts = ["how much do i owe", "my balance", "hello there", "hi"]
    names = ["ask_balance", "ask_balance", "greet", "greet"]
    vectors = loaded.encode(texts)
    learnt = classifier.train(texts, names, vectors, [True] * 4)
    learnt.save(tmp_path / "classifier.npz")
    again = classifier.load(tmp_path / "classifier.npz")
    for text, vector, name in zip(texts, vectors, names, strict=True):
        ranked = again.rank(text, vector)
        assert ranked[0].name == name
        assert sum(r.confidence for r in ranked) == pytest.approx(1.0, abs=1e-5)
        assert ranked[0].confidence == pytest.approx(
            learnt.rank(text, vector)[0].confidence, abs=0.01
        )
