"""Sees to it that every accepted message gets its turn: one worker per conversation, in order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot import faults
from bot.server.turns import Turns

log = logging.getLogger(__name__)

THREADS = 8
"""Turns that run at once. Understanding takes turns on the processor anyway; the rest wait for the
database."""


class Worker:
    """Serves conversations, on the event loop it was made on.

    `typing(conversation_id, on)` and `changed(conversation_id)` are told what happens.
    """

    def __init__(
        self,
        turns: Turns,
        typing: Callable[[str, bool], None],
        changed: Callable[[str], None],
    ) -> None:
        self._turns = turns
        self._typing = typing
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="turn")
        self._serving: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._stopping = False

    def wake(self, conversation_id: str) -> None:
        """Something is owed in this conversation. Called on the event loop."""
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
        typing = False
        try:
            while not self._stopping:
                self._again.discard(conversation_id)
                claimed = await self._loop.run_in_executor(
                    self._pool, self._turns.claim, conversation_id
                )
                if claimed is None:
                    return
                if not typing and claimed.conversation.state != "with_agent":
                    typing = True
                    self._typing(conversation_id, True)
                more = await self._loop.run_in_executor(self._pool, self._turns.answer, claimed)
                self._changed(conversation_id)
                if not more and conversation_id not in self._again:
                    return
        except Exception as error:
            # Nothing was committed: the message stays owed, and `watch` brings it back.
            log.error("serving %s failed: %s", conversation_id, faults.describe(error))
        finally:
            if typing:
                self._typing(conversation_id, False)
