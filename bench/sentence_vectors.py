"""Our sentence vectors as a featurizer of Rasa's kind, for the comparison with DIET alone."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import encoder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceVectors(GraphComponent):  # type: ignore[misc]
    """Adds the dense vector of the whole sentence."""

    def __init__(self) -> None:
        self._encoder = encoder.Encoder()

    @classmethod
    def create(cls, *_: Any) -> SentenceVectors:
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        cache = encoder.EncodingCache(encoder.cache_path())
        vectors = cache.encode([example.get(TEXT) for example in examples])
        for example, vector in zip(examples, vectors, strict=True):
            self._add(example, vector)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        vectors = self._encoder.encode([message.get(TEXT) for message in messages])
        for message, vector in zip(messages, vectors, strict=True):
            self._add(message, vector)
        return messages

    @staticmethod
    def _add(message: Message, vector: encoder.Vectors) -> None:
        message.add_features(
            Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, "SentenceVectors")
        )
