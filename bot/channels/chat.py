"""The website chat: plain HTTP and server-sent events under /webhooks/chat (docs/protocol.md)."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from urllib.parse import urlsplit

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import faults
from bot.channels import documents, intake, sessions, validation_files
from bot.channels.assets import assets
from bot.channels.exchange import Problem, as_answer, as_file, json_object, readable
from bot.channels.limits import RateLimit
from bot.channels.streams import News, Stream, Streams, event_text
from bot.compliance import validation_form
from bot.compliance.gate import Outgoing
from bot.conversations import identity, inbox, records, takeover
from bot.conversations.inbox import Accepted, Claimed
from bot.conversations.records import Conversation, Message
from bot.conversations.sending import Sender, style_for
from bot.creditors import Creditor, Creditors
from bot.db import Database
from bot.ledger import accounts, consents
from bot.settings import ROOT, Settings
from bot.wording import phone

log = logging.getLogger(__name__)

T = TypeVar("T")
Handler = Callable[..., Coroutine[Any, Any, HTTPResponse | None]]

HEARTBEAT_SECONDS = 15.0
MESSAGES_A_MINUTE = 30
OUT_OF_ORDER = "utter_out_of_order"
START_ANEW = "Please start a new conversation."
SESSIONS_A_MINUTE = 120
"""From one address, which may be that of a whole neighbourhood behind one carrier."""
_ID = re.compile(r"[\w.:-]{8,64}", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{2,4})?")
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class ChatChannel(InputChannel):  # type: ignore[misc]
    """Serves the protocol.

    `owner()` names in whose name a message may be claimed as it is accepted, `wake` is told of
    every accepted one, and `answers()` tells whether the bot can answer at all.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        creditors: Creditors,
        sender: Sender,
        streams: Streams,
        owner: Callable[[], str | None],
        wake: Callable[[str, Claimed | None], None],
        answers: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._database = database
        self._creditors = creditors
        self._sender = sender
        self._streams = streams
        self._owner = owner
        self._wake = wake
        self._answers = answers
        # A pool of its own: a burst of turns must not keep anybody from being heard.
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="chat")
        self._messages = RateLimit(MESSAGES_A_MINUTE)
        self._sessions = RateLimit(SESSIONS_A_MINUTE)

    @classmethod
    def name(cls) -> str:
        """The last part of the address."""
        return "chat"

    def blueprint(self, _: Callable[[UserMessage], Awaitable[None]]) -> Blueprint:
        """The routes."""
        routes = Blueprint("chat")
        for method, path, handler in (
            ("POST", "/sessions", self._open_session),
            ("POST", "/messages", self._take_message),
            ("GET", "/events", self._events),
            ("GET", "/transcript", self._transcript),
            ("GET", "/receipts/<receipt:str>", self._receipt),
            ("GET", "/validation", self._validation_page),
            ("GET", "/validation.pdf", self._validation_pdf),
            ("GET", "/demo", self._demo),
            ("GET", "/widget/<file:str>", self._widget),
        ):
            routes.add_route(self._guarded(handler), path, methods=[method])
            routes.add_route(self._guarded(self._preflight), path, methods=["OPTIONS"])
        return routes

    # --- Routes ---------------------------------------------------------------------------------

    async def _open_session(self, request: Request) -> HTTPResponse:
        if not self._sessions.allows(_address(request)):
            raise Problem(429, "too_many_sessions", "Please wait a minute and try again.")
        body = json_object(request) if request.body else {}
        creditor = self._creditor(body.get("creditor"))
        origin = request.headers.get("Origin")
        if (
            origin
            and urlsplit(origin).netloc != request.host
            and origin not in creditor.web_origins
        ):
            raise Problem(403, "foreign_origin", "This site may not open that creditor's chat.")
        language = body.get("language", "en")
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            raise Problem(422, "bad_language", "language is a code such as en.")
        token = body.get("identity")
        if token is not None and not isinstance(token, str):
            raise Problem(422, "bad_identity", "identity is a signed token.")
        opened = await self._in_thread(self._begin, creditor, language, token)
        style = style_for(opened, creditor)
        return response.json(
            {
                "session": sessions.issue(opened.id, self._settings.secret_key),
                "conversation": opened.id,
                "creditor": {
                    "name": creditor.name,
                    "privacy_url": creditor.privacy_url,
                    "phone": phone(creditor.contact.phone),
                },
                "controls": [
                    {
                        "id": sessions.control_id(opened.id, kind, self._settings.secret_key),
                        "kind": kind,
                        "label": self._sender.label(f"utter_control_{kind}", {}, style),
                    }
                    for kind in intake.CONTROLS
                ],
            },
            status=201,
        )

    async def _take_message(self, request: Request) -> HTTPResponse:
        conversation_id = self._authenticated(request)
        if not self._messages.allows(conversation_id):
            raise Problem(429, "too_many_messages", "That was a lot at once. Wait a minute.")
        body = json_object(request)
        unknown = set(body) - {"id", "text", "choice"}
        external_id, text, choice = (body.get(key) for key in ("id", "text", "choice"))
        if unknown or not isinstance(external_id, str) or not _ID.fullmatch(external_id):
            raise Problem(422, "bad_message", "Send {id, text} or {id, choice}; id is a UUID.")
        sent = [value for value in (text, choice) if value is not None]
        if len(sent) != 1 or not isinstance(sent[0], str):
            raise Problem(422, "bad_message", "Send either text or choice, as a string.")
        if text is not None:
            text = readable(text)
        accepted, claimed = await self._in_thread(
            self._accept, conversation_id, external_id, text, choice
        )
        self._wake(conversation_id, claimed)
        if claimed is not None:
            self._streams.push(conversation_id, [claimed.message], None)
        return response.json(
            {"id": external_id, "seq": accepted.sequence},
            status=200 if accepted.repeated else 202,
        )

    async def _events(self, request: Request) -> None:
        conversation_id = self._authenticated(request)
        after = request.headers.get("Last-Event-ID") or request.args.get("after") or "0"
        if not after.isascii() or not after.isdigit() or len(after) > 9:
            raise Problem(422, "bad_after", "after is the number of the last message seen.")
        seen = int(after)
        # Before the stream begins, because after that no status can be sent.
        await self._in_thread(self._look, conversation_id, seen)
        # Nothing follows a stream on its connection, which would keep a shutdown waiting.
        if request.stream is not None:
            request.stream.keep_alive = False
        reply = await request.respond(
            content_type="text/event-stream",
            headers={
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
                **self._cors(request),
            },
        )
        try:
            async with self._streams.opened(conversation_id, seen) as stream:
                await self._feed(reply, stream, conversation_id)
        except (records.UnknownConversation, SQLAlchemyError) as error:
            # The client comes back and asks again from where it was.
            log.error("a stream broke off: %s", faults.describe(error))
        await reply.eof()

    async def _transcript(self, request: Request) -> HTTPResponse:
        conversation_id = self._authenticated(request)
        kind = request.args.get("format", "html")
        if kind not in ("html", "text"):
            raise Problem(422, "bad_format", "format is html or text.")
        conversation, messages = await self._in_thread(self._whole, conversation_id)
        creditor = self._creditors[conversation.creditor]
        body = documents.transcript(messages, creditor, as_html=kind == "html")
        return as_file(body, "transcript", kind)

    async def _receipt(self, request: Request, receipt: str) -> HTTPResponse:
        conversation_id = self._authenticated(request)
        conversation, messages = await self._in_thread(self._whole, conversation_id)
        receipts = [m.card for m in messages if m.card and m.card.get("kind") == "receipt"]
        card = next((card for card in receipts if card.get("id") == receipt), None)
        if card is None:
            raise Problem(404, "no_receipt", "There is no such receipt in this conversation.")
        creditor = self._creditors[conversation.creditor]
        return as_file(documents.receipt(card, creditor), "receipt", "html")

    async def _validation_page(self, request: Request) -> HTTPResponse:
        form = await self._in_thread(self._validation, self._authenticated(request))
        return as_file(validation_files.as_html(form), "validation", "html")

    async def _validation_pdf(self, request: Request) -> HTTPResponse:
        form = await self._in_thread(self._validation, self._authenticated(request))
        body = await self._in_thread(validation_files.as_pdf, form)
        return as_file(body, "validation", "pdf")

    async def _demo(self, request: Request) -> HTTPResponse:
        if self._settings.production:
            raise Problem(404, "not_found", "The demo is not shown in production.")
        page = (ROOT / "widget" / "demo.html").read_text(encoding="utf-8")
        return response.html(page, headers=_PAGE_HEADERS)

    async def _widget(self, request: Request, file: str) -> HTTPResponse:
        asset = assets().get(file)
        if asset is None:
            raise Problem(404, "not_found", "There is no such file.")
        zipped = "gzip" in request.headers.get("Accept-Encoding", "")
        # Loaded from the creditor's own site, so any origin may read it: it holds no data.
        return response.raw(
            asset.zipped if zipped else asset.plain,
            content_type=asset.content_type,
            headers={
                **({"Content-Encoding": "gzip"} if zipped else {}),
                "Vary": "Accept-Encoding",
                "Access-Control-Allow-Origin": "*",
                "Cross-Origin-Resource-Policy": "cross-origin",
                "Cache-Control": "no-cache",
                "X-Content-Type-Options": "nosniff",
            },
        )

    async def _preflight(self, request: Request, **_: str) -> HTTPResponse:
        return response.empty(headers=self._cors(request))

    # --- What they do, in threads ---------------------------------------------------------------

    def _begin(self, creditor: Creditor, language: str, token: str | None) -> Conversation:
        with self._database.write() as connection:
            opened = records.open_conversation(
                connection, channel="chat", creditor=creditor.slug, language=language
            )
            if token is not None:
                key = self._settings.identity_jwt_key
                try:
                    account = identity.account_of_token(connection, creditor, token, key)
                except identity.InvalidToken as error:
                    raise Problem(401, "bad_identity", f"{error}.") from error
                verified = identity.verify(connection, opened, [account], by="token", named=True)
                opened = verified.conversation
            return self._sender.send(connection, opened, creditor, Outgoing("utter_welcome"))

    def _accept(
        self, conversation_id: str, external_id: str, text: str | None, choice: str | None
    ) -> tuple[Accepted, Claimed | None]:
        try:
            with self._database.write() as connection:
                conversation = takeover.heard(connection, records.hold(connection, conversation_id))
                accepted = self._take(connection, conversation, external_id, text, choice)
                if not accepted.repeated and not self._answers():
                    self._excuse(connection, conversation_id)
        except inbox.TooManyWaiting as error:
            raise Problem(
                429, "too_many_waiting", "Please wait for an answer before you write more."
            ) from error
        except intake.UnknownChoice as error:
            raise Problem(422, "unknown_choice", "That choice is not one of ours.") from error
        claimed = accepted.claimed
        return accepted, Claimed(conversation, claimed) if claimed else None

    def _take(
        self,
        connection: Connection,
        conversation: Conversation,
        external_id: str,
        text: str | None,
        choice: str | None,
    ) -> Accepted:
        secret = self._settings.secret_key
        creditor = self._creditors[conversation.creditor]
        owner = self._owner()
        if text is not None:
            return intake.take_text(
                connection,
                conversation,
                creditor,
                text,
                external_id=external_id,
                secret=secret,
                owner=owner,
            )
        for kind in intake.CONTROLS:
            if choice == sessions.control_id(conversation.id, kind, secret):
                style = style_for(conversation, creditor)
                label = self._sender.label(f"utter_control_{kind}", {}, style)
                return intake.take_control(
                    connection, conversation, kind, label, external_id=external_id, owner=owner
                )
        return intake.take_choice(
            connection, conversation, str(choice), external_id=external_id, owner=owner
        )

    def _excuse(self, connection: Connection, conversation_id: str) -> None:
        """Say that the answer has to wait, and how to reach a person until then; once, until
        something else is said."""
        conversation = records.get(connection, conversation_id)
        last = records.last_said(connection, conversation_id, "")
        if conversation.state == "with_agent" or (last and last.response == OUT_OF_ORDER):
            return
        creditor = self._creditors[conversation.creditor]
        self._sender.send(connection, conversation, creditor, Outgoing(OUT_OF_ORDER))

    def _validation(self, conversation_id: str) -> validation_form.Form:
        """The form, for a checked person who agreed in this conversation to get it here."""
        with self._database.read() as connection:
            conversation = records.get(connection, conversation_id)
            creditor = self._creditors[conversation.creditor]
            account_id = conversation.account_id
            if (
                not conversation.verified
                or account_id is None
                or not validation_form.exists_for(creditor)
                or not consents.given_in(connection, "electronic", conversation_id, account_id)
            ):
                raise Problem(404, "no_validation", "Ask for it in the chat first.")
            return validation_form.build(connection, accounts.get(connection, account_id), creditor)

    def _whole(self, conversation_id: str) -> tuple[Conversation, list[Message]]:
        with self._database.read() as connection:
            conversation = records.get(connection, conversation_id)
            messages: list[Message] = []
            while True:
                after = messages[-1].sequence if messages else 0
                page = records.messages_after(connection, conversation_id, after)
                messages += page
                if not page:
                    return conversation, messages

    def _look(self, conversation_id: str, seen: int) -> tuple[str, list[Message]]:
        with self._database.read() as connection:
            state = records.get(connection, conversation_id).state
            return state, records.messages_after(connection, conversation_id, seen)

    # --- The event stream -----------------------------------------------------------------------

    async def _feed(self, reply: Any, stream: Stream, conversation_id: str) -> None:
        # At once, so that the client sees that it is connected.
        await reply.send(": hello\n\n")
        while not stream.closed:
            stream.woken.clear()
            fresh = stream.take_news()
            if stream.changed:
                # Set again by whatever is written after this look.
                stream.changed = False
                state, messages = await self._in_thread(self._look, conversation_id, stream.seen)
                stream.changed = len(messages) == records.PAGE
                fresh = [News(tuple(messages), state)]
            text = "".join(stream.tell(news) for news in fresh)
            text += "".join(event_text(event, data) for event, data in stream.take_signals())
            if text:
                await reply.send(text)
            if any(news.messages for news in fresh):
                self._streams.delivered(conversation_id, stream.seen)
            if stream.changed or stream.news:
                continue
            try:
                await asyncio.wait_for(stream.woken.wait(), HEARTBEAT_SECONDS)
            except asyncio.TimeoutError:
                await reply.send(": still here\n\n")

    # --- Guards ---------------------------------------------------------------------------------

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: Request, **parts: str) -> HTTPResponse | None:
            try:
                answer = await handler(request, **parts)
            except Problem as problem:
                answer = as_answer(problem)
            except records.UnknownConversation:
                answer = as_answer(Problem(401, "session_expired", START_ANEW))
            except (SanicException, asyncio.CancelledError):
                raise
            except Exception as error:
                log.error("%s failed: %s", request.path, faults.describe(error))
                answer = as_answer(
                    Problem(503, "not_available", "Something is down here. Please try again.")
                )
            if answer is not None:
                for name, value in self._cors(request).items():
                    answer.headers.setdefault(name, value)
                answer.headers.setdefault("Cache-Control", "no-store")
            return answer

        guarded.__name__ = handler.__name__
        return guarded

    def _authenticated(self, request: Request) -> str:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Problem(401, "unauthorized", "Send the session as Authorization: Bearer.")
        try:
            return sessions.conversation_of(token.strip(), self._settings.secret_key)
        except sessions.InvalidSession as error:
            code = "session_expired" if error.expired else "unauthorized"
            raise Problem(401, code, START_ANEW) from error

    def _creditor(self, slug: Any) -> Creditor:
        if slug is None:
            return next(iter(self._creditors.values()))
        if not isinstance(slug, str) or slug not in self._creditors:
            raise Problem(422, "unknown_creditor", "creditor is the slug of a known creditor.")
        return self._creditors[slug]

    def _cors(self, request: Request) -> dict[str, str]:
        origin = request.headers.get("Origin")
        allowed = {o for creditor in self._creditors.values() for o in creditor.web_origins}
        if not origin or origin not in allowed:
            return {}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Last-Event-ID",
            "Access-Control-Expose-Headers": "Content-Disposition, Retry-After",
            "Access-Control-Max-Age": "600",
            "Vary": "Origin",
        }

    async def _in_thread(self, work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *args)


def _address(request: Request) -> str:
    return str(request.ip or "unknown")
