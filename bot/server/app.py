"""The assistant as a web application: our channel, worker and health."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import sys
from asyncio import AbstractEventLoop
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from sanic import Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import audit, clock, faults, schema
from bot.channels.chat import ChatChannel
from bot.channels.exchange import MOST_BODY_BYTES, in_our_form
from bot.channels.streams import Streams
from bot.conversations import inbox
from bot.conversations.inbox import Claimed
from bot.conversations.sending import Sender
from bot.creditors import Creditors
from bot.db import Database, new_id
from bot.server import logs
from bot.server.processor import Processor
from bot.server.tracker_store import CappedTrackerStore
from bot.server.turns import Done, Turns, context_of
from bot.server.worker import Worker
from bot.settings import Settings
from bot.wording import Wording

log = logging.getLogger(__name__)


@dataclass
class Assistant:
    """Everything that one assistant process holds. `app` is served by Sanic."""

    settings: Settings
    database: Database
    creditors: Creditors
    streams: Streams
    app: Sanic
    name: str = field(default_factory=lambda: new_id("wk"))
    worker: Worker | None = None
    processor: Processor | None = None

    @property
    def ready(self) -> bool:
        """Whether a message that arrives now would be answered."""
        return self.worker is not None and self.processor is not None

    @property
    def owner(self) -> str | None:
        """In whose name a message that arrives now may be claimed, if anybody's."""
        return self.name if self.worker is not None and self.worker.takes_work else None

    def wake(self, conversation_id: str, claimed: Claimed | None) -> None:
        """Something is owed; before the model is loaded it just waits in the database."""
        if self.worker is not None:
            self.worker.wake(conversation_id, claimed)


def build(settings: Settings, database: Database, creditors: Creditors, model: Path) -> Assistant:
    """The assistant, ready to be served; the model is loaded when the server starts.

    Raises RuntimeError if the database's schema is not the one of this code.
    """
    if not schema.is_current(database):
        raise RuntimeError("the database is not migrated: run python -m bot migrate")
    logs.quieten()
    wording = Wording.load()
    streams = Streams(database)
    with database.write() as connection:
        # A chain of its own for every start: several processes start at the same moment.
        audit.record(connection, new_id("start"), "channels", "operator", _channels(settings))
    # The sender of greetings and answers; which model speaks is known once it is loaded.
    assistant: Assistant

    def wake(conversation_id: str, claimed: Claimed | None) -> None:
        assistant.wake(conversation_id, claimed)

    def owner() -> str | None:
        return assistant.owner

    def answers() -> bool:
        return assistant.ready

    greeter = Sender(wording, channels_on=settings.channels_on)
    channel = ChatChannel(settings, database, creditors, greeter, streams, owner, wake, answers)
    # An application of our own: Rasa's would bring routes and settings that are not wanted here.
    app = Sanic(f"evenkeel_{secrets.token_hex(4)}", configure_logging=False)
    app.blueprint(channel.blueprint(_not_used), url_prefix="/webhooks/chat")
    app.config.REQUEST_MAX_SIZE = 2 * MOST_BODY_BYTES
    app.config.REQUEST_TIMEOUT = 20
    app.config.RESPONSE_TIMEOUT = 90
    app.config.KEEP_ALIVE_TIMEOUT = 65
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 10
    app.error_handler.add(Exception, in_our_form)
    assistant = Assistant(settings, database, creditors, streams, app)
    tasks: list[asyncio.Task[None]] = []

    def answered(conversation_id: str, done: Done) -> None:
        streams.push(conversation_id, done.said, done.state)

    async def start(app: Sanic, loop: AbstractEventLoop) -> None:
        tasks.append(loop.create_task(streams.watch()))
        tasks.append(loop.create_task(streams.record()))
        try:
            processor = await loop.run_in_executor(None, _load, database, model)
        except Exception as error:
            # What people write is stored all the same and answered by the next start that works;
            # they are told so, and /health says what is wrong.
            log.critical("the model cannot be loaded: %s", faults.describe(error))
            return
        sender = Sender(wording, processor.model_id, settings.channels_on)
        turns = Turns(database, creditors, processor, sender, settings.secret_key, assistant.name)
        worker = Worker(turns, streams.typing, answered)
        if settings.assistants == 1 and database.is_sqlite:
            with database.write() as connection:
                inbox.forget_leases(connection)
        tasks.append(loop.create_task(worker.watch()))
        assistant.processor, assistant.worker = processor, worker

    async def stop(app: Sanic, loop: AbstractEventLoop) -> None:
        streams.close()
        for task in tasks:
            task.cancel()
        if assistant.worker is not None:
            await assistant.worker.stop()

    async def health(request: Request) -> HTTPResponse:
        status = await asyncio.get_running_loop().run_in_executor(None, _status, assistant)
        return response.json(status, status=200 if status["status"] == "ok" else 503)

    app.register_listener(start, "before_server_start")
    app.register_listener(stop, "before_server_stop")
    app.add_route(health, "/health")
    return assistant


def _channels(settings: Settings) -> dict[str, Any]:
    """Which channels are on, and who signed off those that need it."""
    signed = settings.sign_off
    named = {"by": signed.by, "signed_on": signed.on.isoformat()} if signed else {}
    return {"on": list(settings.channels_on), **named}


async def _not_used(message: UserMessage) -> None:
    """Rasa would have a channel hand its messages on here; ours stores them, wakes the worker."""


def _load(database: Database, model: Path) -> Processor:
    processor = Processor(model, CappedTrackerStore(Domain.empty(), database))
    # One reading now, so that the first person need not wait for what loads lazily.
    processor.understand("what do i owe", {})
    # Importing Duckling takes over the interrupt key.
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return processor


def _status(assistant: Assistant) -> dict[str, str]:
    status = {"status": "ok", "model": "ok", "database": "ok"}
    if not assistant.ready:
        status |= {"status": "unavailable", "model": "not loaded"}
    try:
        with assistant.database.read() as connection:
            connection.exec_driver_sql("SELECT 1")
    except Exception as error:
        log.error("health: database %s", faults.describe(error))
        status |= {"status": "unavailable", "database": "not reachable"}
    return status


def serve(assistant: Assistant) -> None:
    """Serve until told to stop (SIGINT or SIGTERM)."""
    clock.start_from_environment()
    # The event loop hands over to threads all the time; it need not wait five milliseconds for it.
    sys.setswitchinterval(0.0005)
    assistant.app.run(
        host=assistant.settings.host,
        port=assistant.settings.port,
        workers=1,
        access_log=False,
        motd=False,
        backlog=1024,
    )


__all__ = ["Assistant", "build", "context_of", "serve"]
