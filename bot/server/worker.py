"""Sees to it that every accepted message gets its turn: one worker per conversation, in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot import faults
from bot.conversations.inbox import Claimed
from bot.server.turns import Done, Turns

log = logging.getLogger(__name__)

THREADS = 8
"""Turns that run at once. Understanding takes turns on the processor anyway; the rest wait for the
database."""


TYPING_AFTER_SECONDS = 0.15
"""So long an answer may take before the person is told that one is being written; most are there
sooner, and a sign that flickers only disturbs."""


class Worker:
    """Serves conversations, on the event loop it was made on.

    `typing(conversation_id, on)` and `answered(conversation_id, done)` are told what happens.
    """

    def __init__(
        self,
        turns: Turns,
        typing: Callable[[str, bool], None],
        answered: Callable[[str, Done], None],
    ) -> None:
        self._turns = turns
        self._typing = typing
        self._answered = answered
        self._loop = asyncio.get_running_loop()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="turn")
        self._serving: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._handed: dict[str, Claimed] = {}
        self._stopping = False

    @property
    def takes_work(self) -> bool:
        """Whether messages may be claimed for this worker."""
        return not self._stopping

    def wake(self, conversation_id: str, claimed: Claimed | None = None) -> None:
        """Something is owed in this conversation; `claimed` if it is ours already. Called on the
        event loop."""
        if claimed is not None:
            self._handed[conversation_id] = claimed
        if self._stopping:
            return
        if conversation_id in self._serving:
            self._again.add(conversation_id)
            return
        task = self._loop.create_task(self._serve(conversation_id))
        self._serving[conversation_id] = task
        task.add_done_callback(lambda _: self._served(conversation_id))

    async def watch(self, every: float = 1.0) -> None:
        """Take up what was accepted elsewhere or left by a process that died; until cancelled."""
        while True:
            try:
                for conversation_id in await self._loop.run_in_executor(
                    self._pool, self._turns.owed
                ):
                    self.wake(conversation_id)
            except Exception as error:
                log.error("looking for owed messages failed: %s", faults.describe(error))
            await asyncio.sleep(every)

    async def stop(self, within: float = 10.0) -> None:
        """Finish running turns and take no new ones."""
        self._stopping = True
        if self._serving:
            await asyncio.wait(list(self._serving.values()), timeout=within)
        self._pool.shutdown(wait=False)

    def _served(self, conversation_id: str) -> None:
        self._serving.pop(conversation_id, None)
        if conversation_id in self._again:
            self._again.discard(conversation_id)
            self.wake(conversation_id)

    async def _serve(self, conversation_id: str) -> None:
        last = ""
        try:
            while not self._stopping:
                self._again.discard(conversation_id)
                claimed = self._handed.pop(conversation_id, None)
                if claimed is None or claimed.message.id == last:
                    claimed = await self._loop.run_in_executor(
                        self._pool, self._turns.claim, conversation_id
                    )
                if claimed is None:
                    return
                last = claimed.message.id
                done = await self._answer(claimed)
                if done is not None:
                    self._answered(conversation_id, done)
                    if not done.more and conversation_id not in self._again:
                        return
        except Exception as error:
            # Nothing was committed: the message stays owed, and `watch` brings it back.
            log.error("serving %s failed: %s", conversation_id, faults.describe(error))

    async def _answer(self, claimed: Claimed) -> Done | None:
        conversation = claimed.conversation
        shown = False

        def show() -> None:
            nonlocal shown
            shown = True
            self._typing(conversation.id, True)

        later = self._loop.call_later(TYPING_AFTER_SECONDS, show)
        if conversation.state == "with_agent":
            later.cancel()
        try:
            return await self._loop.run_in_executor(self._pool, self._turns.answer, claimed)
        finally:
            later.cancel()
            if shown:
                self._typing(conversation.id, False)
