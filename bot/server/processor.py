"""Rasa's message processor, made to run our actions in this process and to hide no failure.

The stock processor swallows an action's exception and goes on as if it had run (so that a plan
could be confirmed that was never saved), and talks to actions over HTTP. Here an action runs on
the turn's own thread, within the turn's transaction, and its exception ends the turn.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rasa.core.actions.action import Action
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.engine import loader
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from threadpoolctl import threadpool_limits

from actions import ACTIONS
from bot.server.runner import InOrder
from bot.server.tracker_store import CappedTrackerStore

ACTION_SECONDS = 5.0
"""Longest that one action may take and still count. A thread cannot be stopped from outside, so the
database's own time-outs are shorter, and an action that was slower all the same is undone."""

TYPED = "\u200b"
"""Stands before typed text that begins with a slash, which Rasa would read as an intent. A
character that is no white space, because Rasa strips that."""


MOST_ACTIONS = 3
"""Actions of Rasa's own that may run before one of ours."""


class ActionTimeout(Exception):
    """An action took longer than it may; its turn is rolled back."""


class TurnOutput(OutputChannel):  # type: ignore[misc]
    """Carries one turn through Rasa: how to run an action in it."""

    def __init__(self, perform: Callable[[str, Mapping[str, Any]], None]) -> None:
        self.perform = perform

    @classmethod
    def name(cls) -> str:
        """The name Rasa knows it by."""
        return "turn"


class Processor(MessageProcessor):  # type: ignore[misc]
    """Runs the turns of one model."""

    def __init__(self, model: Path, store: CappedTrackerStore) -> None:
        super().__init__(
            model_path=model,
            tracker_store=store,
            lock_store=InMemoryLockStore(),
            generator=TemplatedNaturalLanguageGenerator({}),
        )
        store.domain = self.domain
        # The linear algebra of one message is too small to share: a second thread only waits for
        # it, busily, and takes the processor from whoever has something to do (half of all
        # processor time, measured).
        threadpool_limits(1)
        # The components of a model were not written to be shared by threads.
        self._model = threading.Lock()

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        """Unpack a model, to be run by our runner."""
        with TemporaryDirectory() as folder:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), Path(model_path), LocalModelStorage, InOrder
            )
        return Path(model_path).name, metadata, runner

    @property
    def model_id(self) -> str:
        """The id of the loaded model, kept with each message it answers."""
        return str(self.model_metadata.model_id)

    async def turn(
        self,
        tracker: DialogueStateTracker | None,
        *,
        conversation_id: str,
        message_id: str,
        pending: str | None,
        understood: Mapping[str, Any],
        output: TurnOutput,
    ) -> DialogueStateTracker:
        """Run one understood message through policies and actions; the tracker afterwards.

        Raises whatever an action raised, and ActionTimeout.
        """
        tracker = tracker or self.tracker_store.init_tracker(conversation_id)
        await self._update_tracker_session(tracker, output)
        tracker.update(SlotSet("pending", pending), self.domain)
        message = UserMessage(
            text=understood["text"],
            output_channel=output,
            sender_id=conversation_id,
            message_id=message_id,
            parse_data=dict(understood),
        )
        await self._handle_message_with_tracker(message, tracker)
        await self._act(output, tracker)
        return tracker

    def understand(self, text: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """The reading of one text, as a turn would get it."""
        typed = TYPED + text if text.lstrip().startswith("/") else text
        message = UserMessage(text=typed, metadata=dict(metadata))
        tracker = DialogueStateTracker.from_events("parse", [])
        parsed: dict[str, Any] = self._parse_message_with_graph(message, tracker)
        return parsed

    async def _act(self, output: TurnOutput, tracker: DialogueStateTracker) -> None:
        """Predict and run actions until one of ours has answered.

        Every rule and story answers a message with one action of ours (a test sees to that), so
        that it is known without another prediction that the bot listens after it.
        """
        for _ in range(MOST_ACTIONS):
            action, prediction = self.predict_next_with_tracker_if_should(tracker)
            if not await self._run_action(action, tracker, output, self.nlg, prediction):
                return
            if _is_ours(action.name()):
                tracker.update(ActionExecuted(ACTION_LISTEN_NAME), self.domain)
                return
        raise RuntimeError("the policies found no action that answers")

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: Any,
        prediction: PolicyPrediction,
    ) -> bool:
        name = action.name()
        if not _is_ours(name):
            going_on: bool = await super()._run_action(
                action, tracker, output_channel, nlg, prediction
            )
            return going_on
        said = tracker.latest_message.parse_data if tracker.latest_message else None
        began = time.monotonic()
        output_channel.perform(name, said or {})
        if time.monotonic() - began > ACTION_SECONDS:
            raise ActionTimeout(name)
        self._log_action_on_tracker(tracker, action, [], prediction)
        return True

    def _parse_message_with_graph(
        self,
        message: UserMessage,
        tracker: DialogueStateTracker,
        only_output_properties: bool = True,
    ) -> dict[str, Any]:
        with self._model:
            parsed: dict[str, Any] = super()._parse_message_with_graph(
                message, tracker, only_output_properties
            )
        return parsed

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        with self._model:
            return super()._predict_next_with_tracker(tracker)


def _is_ours(action: str) -> bool:
    return action in ACTIONS or action.startswith("utter_")
