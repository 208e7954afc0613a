"""The pipeline's graph components: thin joints between Rasa and the modules beside this one.

Order (config.yml): Misspeller, SentenceEncoder, IntentClassifier, Doubt, Facts, InContext,
VitalPhrases. The last one overrules all, which is why it stands behind the fallback.
"""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    ENTITIES,
    INTENT,
    INTENT_RANKING_KEY,
    METADATA,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import classifier, clauses, encoder, entities, phrases, reading, spelling, turn, typos
from bot.nlu.classifier import Ranked

#: Message keys that live only inside the pipeline.
MISSPELT = "misspelt"
MENDED = "mended"
VECTOR = "sentence_vector"
CLAUSES = "clauses"
CLAUSE_RANKINGS = "clause_rankings"
#: Output keys beside Rasa's own.
ALSO = "also"
VITAL = "vital"
RANKING_LENGTH = 5

FEATURIZER = DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER
CLASSIFIER = DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER
EXTRACTOR = DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR


class _Stateless(GraphComponent):  # type: ignore[misc]
    """A component that learns nothing and is the same for every model."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> _Stateless:
        return cls({**cls.get_default_config(), **config})

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        return messages


@DefaultV1Recipe.register(FEATURIZER, is_trainable=False)
class Misspeller(_Stateless):
    """Adds misspelt copies of the training sentences; does nothing when answering."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"copies": 1, "seed": 7}

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        examples = list(training_data.training_examples)
        for copy in range(self.config["copies"]):
            for example in training_data.intent_examples:
                text = typos.misspelt(example.get(TEXT), seed=self.config["seed"] + copy)
                if text != example.get(TEXT):
                    examples.append(
                        Message({TEXT: text, INTENT: example.get(INTENT), MISSPELT: True})
                    )
        return TrainingData(examples)


@DefaultV1Recipe.register(FEATURIZER, is_trainable=True)
class SentenceEncoder(GraphComponent):  # type: ignore[misc]
    """Mends the spelling of each message and each of its clauses, and gives them vectors.

    What it learns is which words the training sentences use; the encoder itself is fixed.
    """

    FILE = "words.json"

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, counts: dict[str, int]
    ) -> None:
        self._storage = model_storage
        self._resource = resource
        sentences = encoder.Encoder()
        self._speller = spelling.Speller(counts, sentences.words())
        self._recent = encoder.RecentVectors(sentences)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoder:
        return cls(model_storage, resource, {})

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceEncoder:
        with model_storage.read_from(resource) as directory:
            counts = json.loads((directory / cls.FILE).read_text(encoding="utf-8"))
        return cls(model_storage, resource, counts)

    def train(self, training_data: TrainingData) -> Resource:
        counts = spelling.word_counts(
            example.get(TEXT)
            for example in training_data.training_examples
            if example.get(TEXT) and not example.get(MISSPELT)
        )
        with self._storage.write_to(self._resource) as directory:
            (directory / self.FILE).write_text(json.dumps(counts), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        mended = [self._speller.mend(example.get(TEXT)) for example in examples]
        cache = encoder.EncodingCache(encoder.cache_path())
        for example, text, vector in zip(examples, mended, cache.encode(mended), strict=True):
            example.set(MENDED, text)
            example.set(VECTOR, vector)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            parts = clauses.split(text)
            mended = [self._speller.mend(piece) for piece in (text, *(p.text for p in parts))]
            vectors = self._recent.encode(mended)
            message.set(MENDED, mended[0])
            message.set(VECTOR, vectors[0])
            message.set(CLAUSES, tuple(zip(parts, mended[1:], vectors[1:], strict=True)))
        return messages


@DefaultV1Recipe.register(CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):  # type: ignore[misc]
    """Ranks the intents of the message and of each of its clauses."""

    FILE = "classifier.npz"

    def __init__(
        self,
        model_storage: ModelStorage,
        resource: Resource,
        learnt: classifier.Classifier | None = None,
    ) -> None:
        self._storage = model_storage
        self._resource = resource
        self._learnt = learnt

    @classmethod
    def required_components(cls) -> list[type]:
        return [SentenceEncoder]

    @staticmethod
    def required_packages() -> list[str]:
        return ["scipy"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentClassifier:
        with model_storage.read_from(resource) as directory:
            return cls(model_storage, resource, classifier.load(directory / cls.FILE))

    def train(self, training_data: TrainingData) -> Resource:
        examples = _distinct(training_data.intent_examples)
        learnt = classifier.train(
            [example.get(MENDED) for example in examples],
            [example.get(INTENT) for example in examples],
            encoder.stack([example.get(VECTOR) for example in examples]),
            [not example.get(MISSPELT) for example in examples],
        )
        with self._storage.write_to(self._resource) as directory:
            learnt.save(directory / self.FILE)
        self._learnt = learnt
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        if self._learnt is None:
            raise RuntimeError("the intent classifier answers only after it was trained or loaded")
        for message in messages:
            ranking = self._learnt.rank(message.get(MENDED), message.get(VECTOR))
            _set_ranking(message, ranking[:RANKING_LENGTH])
            rankings = tuple(
                (clause, self._learnt.rank(mended, vector))
                for clause, mended, vector in message.get(CLAUSES)
            )
            message.set(CLAUSE_RANKINGS, rankings)
        return messages


@DefaultV1Recipe.register(CLASSIFIER, is_trainable=False)
class Doubt(_Stateless):
    """Puts `nlu_fallback` first where the likeliest intent is not likely enough."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "threshold": reading.THRESHOLD,
            "margin": reading.MARGIN,
            "vital_threshold": reading.VITAL_THRESHOLD,
        }

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = reading.doubted(
                _ranking(message),
                self.config["threshold"],
                self.config["margin"],
                self.config["vital_threshold"],
            )
            _set_ranking(message, ranking)
        return messages


@DefaultV1Recipe.register(EXTRACTOR, is_trainable=False)
class Facts(_Stateless):
    """Finds amounts, dates, frequencies and the other entities of the message."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = entities.find(
                message.get(TEXT) or "", turn.from_metadata(message.get(METADATA))
            )
            message.set(
                ENTITIES,
                [{**entity.as_json(), "extractor": type(self).__name__} for entity in found],
                add_to_output=True,
            )
        return messages


@DefaultV1Recipe.register(CLASSIFIER, is_trainable=False)
class InContext(_Stateless):
    """Reads the ranking in the light of what was asked, and finds a second thing in the message."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            read = reading.read(
                message.get(TEXT) or "",
                _ranking(message),
                message.get(CLAUSE_RANKINGS),
                tuple(entities.from_json(entity) for entity in message.get(ENTITIES, [])),
                turn.from_metadata(message.get(METADATA)).pending,
            )
            _set_ranking(message, read.ranking)
            message.set(ALSO, list(read.also), add_to_output=True)
        return messages


@DefaultV1Recipe.register(CLASSIFIER, is_trainable=False)
class VitalPhrases(_Stateless):
    """Lets a phrase that must not be missed overrule the ranking."""

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            found = phrases.find(message.get(TEXT) or "")
            read = reading.with_vital(
                reading.Reading(_ranking(message), tuple(message.get(ALSO) or ())), found
            )
            _set_ranking(message, read.ranking)
            message.set(ALSO, list(read.also), add_to_output=True)
            message.set(VITAL, found[0].intent if found else None, add_to_output=True)
        return messages


def _distinct(examples: list[Message]) -> list[Message]:
    """Without the misspelt copies that mending made like a sentence of the training data."""
    known = {example.get(MENDED) for example in examples if not example.get(MISSPELT)}
    return [
        example
        for example in examples
        if example.get(TEXT) and (not example.get(MISSPELT) or example.get(MENDED) not in known)
    ]


def _ranking(message: Message) -> tuple[Ranked, ...]:
    return tuple(
        Ranked(entry["name"], entry["confidence"]) for entry in message.get(INTENT_RANKING_KEY)
    )


def _set_ranking(message: Message, ranking: tuple[Ranked, ...]) -> None:
    entries = [{"name": ranked.name, "confidence": ranked.confidence} for ranked in ranking]
    message.set(INTENT, entries[0], add_to_output=True)
    message.set(INTENT_RANKING_KEY, entries, add_to_output=True)
