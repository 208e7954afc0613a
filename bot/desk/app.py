"""The desk as an application: every request through the same door.

The door reads a bounded body, finds out who is signed in, compares the form's token, asks whether
the role is enough, and opens the transaction in which the rest happens.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import uvicorn
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import BaseRoute
from starlette.routing import Route as Address

from bot import clock, faults, schema
from bot.conversations.records import UnknownConversation
from bot.conversations.sending import Sender
from bot.creditors import Creditors
from bot.db import Database
from bot.desk import (
    assets,
    conversation_pages,
    figures,
    ledger_acts,
    me,
    pages,
    queue_pages,
    signing,
    talk_acts,
    visits,
)
from bot.desk.live import QUEUE, Live
from bot.desk.signing import NotSignedIn, Session, SignedIn
from bot.desk.visits import Desk, Problem, Route, Visit
from bot.settings import Settings
from bot.wording import Wording

log = logging.getLogger(__name__)

PAGES = (queue_pages, conversation_pages, talk_acts, ledger_acts, figures, me)
"""The modules whose pages and acts are registered in `visits.ROUTES`."""

MOST_BODY_BYTES = 65_536
THREADS = 12
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With "no-referrer" browsers send no origin with a form either.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def build(settings: Settings, database: Database, creditors: Creditors) -> Starlette:
    """The desk, ready to be served. RuntimeError if the database's schema is not the one of this
    code."""
    if not schema.is_current(database):
        raise RuntimeError("the database is not migrated: run python -m bot migrate")
    sender = Sender(Wording.load(), channels_on=settings.channels_on)
    door = _Door(Desk(settings, database, creditors, sender))

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(door.live.watch())
        try:
            yield
        finally:
            watching.cancel()
            door.pool.shutdown(wait=True)

    app = Starlette(routes=door.addresses(), lifespan=lifespan)
    app.state.live = door.live
    return app


def serve(settings: Settings, database: Database, creditors: Creditors) -> None:
    """Serve until told to stop (SIGINT or SIGTERM)."""
    clock.start_from_environment()
    app = build(settings, database, creditors)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.desk_port,
        log_config=None,
        http="h11",
        ws="none",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=8,
        timeout_keep_alive=65,
    )
    _Server(config, app.state.live.close).run()


class _Server(uvicorn.Server):
    """Ends the streams first, which would keep a shutdown waiting."""

    def __init__(self, config: uvicorn.Config, close: Callable[[], None]) -> None:
        super().__init__(config)
        self._close = close

    def handle_exit(self, sig: int, frame: Any) -> None:
        self._close()
        super().handle_exit(sig, frame)


class _Door:
    """Lets requests in, one way for all."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        # The transaction and whatever it waits for stay on one thread each.
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="desk")
        self.live = Live(desk.database, self.pool)
        self._secure = desk.settings.desk_url.startswith("https://")
        # A browser takes such a name only from this very host, over TLS, for all of it.
        self._cookie = "__Host-desk" if self._secure else "desk"

    def addresses(self) -> list[BaseRoute]:
        """All routes."""
        return [
            *(
                Address(route.path, self._endpoint(route), methods=[route.method])
                for route in visits.ROUTES
            ),
            Address("/sign-in", self._sign_in_page, methods=["GET"]),
            Address("/sign-in", self._sign_in, methods=["POST"]),
            Address("/sign-out", self._sign_out, methods=["POST"]),
            Address("/events", self._events),
            Address("/assets/{file}", self._asset),
            Address("/health", self._health),
        ]

    # --- Pages and acts -------------------------------------------------------------------------

    def _endpoint(self, route: Route) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            plain = "application/json" not in request.headers.get("accept", "")
            try:
                form = await _form(request) if request.method == "POST" else {}
                answer = await self._in_thread(self._answer, route, request, form, plain)
            except Exception as error:
                answer = self._refusal(error, route, request, plain)
            return _guarded(answer)

        return endpoint

    def _answer(
        self, route: Route, request: Request, form: Mapping[str, str], plain: bool
    ) -> Response:
        writes = route.acts is not None
        database = self.desk.database
        with database.write() if writes else database.read() as connection:
            session = self._session(connection, request)
            visit = Visit(
                desk=self.desk,
                connection=connection,
                session=session,
                form=form,
                query=dict(request.query_params),
                path=dict(request.path_params),
                browser=_browser(request),
                plain=plain,
            )
            if route.role is not None:
                if not route.allows(visit.agent):
                    raise Problem(403, "not_allowed", f"Only a {route.role} may do this.")
                if writes and session is not None:
                    self._same_site(request)
                    _same_form(session, form)
                    signing.seen(connection, session)
            if route.shows is not None:
                answer = route.shows(visit)
            else:
                done = visits.once(visit, route)
                answer = (
                    RedirectResponse(done.go or _page_of(request), 303)
                    if plain
                    else JSONResponse(done.as_json())
                )
        if session is not None and session.stale and plain and not writes:
            with database.write() as connection:
                signing.seen(connection, session)
        return answer

    def _session(self, connection: Any, request: Request) -> Session | None:
        token = request.cookies.get(self._cookie, "")
        if not token:
            return None
        return signing.session_of(
            connection,
            token,
            browser=_browser(request),
            secret=self.desk.settings.secret_key,
        )

    def _same_site(self, request: Request) -> None:
        """Refuse what another site sent. Every browser of today names the origin of a POST."""
        origin = request.headers.get("origin")
        ours = (request.headers.get("host"), urlsplit(self.desk.settings.desk_url).netloc)
        if origin is not None and urlsplit(origin).netloc not in ours:
            raise Problem(403, "foreign_origin", "This came from another site.")

    def _refusal(self, error: Exception, route: Route, request: Request, plain: bool) -> Response:
        if isinstance(error, UnknownConversation):
            error = Problem(404, *visits.NOT_FOUND)
        if not isinstance(error, Problem):
            log.error("%s failed: %s", route.path, faults.describe(error))
            kind = (503, "not_available") if isinstance(error, SQLAlchemyError) else (500, "failed")
            error = Problem(*kind, "Something went wrong here, and nothing was changed. Try again.")
        if not plain:
            body = {"error": error.error, "detail": error.detail}
            return JSONResponse(body, error.status)
        if error.status == 401:
            return RedirectResponse("/sign-in", 303)
        return pages.problem(error)

    # --- Signing in and out, where the cookie changes -------------------------------------------

    async def _sign_in_page(self, request: Request) -> Response:
        return _guarded(pages.sign_in(""))

    async def _sign_in(self, request: Request) -> Response:
        try:
            self._same_site(request)
            form = await _form(request)
            outcome = await self._in_thread(self._try, form, _browser(request))
        except Problem as problem:
            return _guarded(pages.sign_in(problem.detail, problem.status))
        except Exception as error:
            log.error("signing in failed: %s", faults.describe(error))
            return _guarded(pages.sign_in("Something went wrong here. Please try again.", 503))
        if isinstance(outcome, NotSignedIn):
            return _guarded(pages.sign_in(pages.why_not_signed_in(outcome), 401))
        answer = RedirectResponse("/", 303)
        answer.set_cookie(
            self._cookie,
            outcome.token,
            max_age=int(signing.LONGEST.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )
        return _guarded(answer)

    def _try(self, form: Mapping[str, str], browser: str) -> SignedIn | NotSignedIn:
        email, code = form.get("email", "")[:254], form.get("code", "")[:16]
        password = form.get("password", "")[:1024]
        with self.desk.database.read() as connection:
            right = signing.knows_password(connection, email, password)
        with self.desk.database.write() as connection:
            return signing.sign_in(
                connection,
                email,
                code,
                right=right,
                browser=browser,
                secret=self.desk.settings.secret_key,
            )

    async def _sign_out(self, request: Request) -> Response:
        try:
            form = await _form(request)
            await self._in_thread(self._end, request, form)
        except Problem as problem:
            return _guarded(pages.problem(problem))
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(self._cookie, path="/", secure=self._secure, httponly=True)
        return _guarded(answer)

    def _end(self, request: Request, form: Mapping[str, str]) -> None:
        self._same_site(request)
        with self.desk.database.write() as connection:
            session = self._session(connection, request)
            if session is not None:
                _same_form(session, form)
                signing.sign_out(connection, session)

    # --- Everything else ------------------------------------------------------------------------

    async def _events(self, request: Request) -> Response:
        watches = request.query_params.get("conversation", QUEUE)
        if not await self._in_thread(self._may_watch, request, watches):
            return _guarded(Response(status_code=204))  # tells the page not to come back

        async def stream() -> AsyncIterator[str]:
            yield "retry: 1000\n\n"
            async for event in self.live.events(watches):
                if event.startswith(":") and not await self._in_thread(
                    self._may_watch, request, watches
                ):
                    yield "event: ended\ndata: {}\n\n"
                    return
                yield event

        headers = {"X-Accel-Buffering": "no"}
        return _guarded(
            StreamingResponse(stream(), media_type="text/event-stream", headers=headers)
        )

    def _may_watch(self, request: Request, watches: str) -> bool:
        with self.desk.database.read() as connection:
            session = self._session(connection, request)
            if session is None or watches == QUEUE:
                return session is not None
            visit = Visit(
                self.desk, connection, session, {}, {}, {"conversation": watches}, "", plain=False
            )
            try:
                visit.conversation()
            except Problem:
                return False
            return True

    async def _asset(self, request: Request) -> Response:
        return _guarded(assets.answer(request.path_params["file"]), cached=True)

    async def _health(self, request: Request) -> Response:
        status = await self._in_thread(self._status)
        return _guarded(JSONResponse(status, 200 if status["status"] == "ok" else 503))

    def _status(self) -> dict[str, str]:
        try:
            with self.desk.database.read() as connection:
                connection.exec_driver_sql("SELECT 1")
        except Exception as error:
            log.error("health: database %s", faults.describe(error))
            return {"status": "unavailable", "database": "not reachable"}
        return {"status": "ok", "database": "ok"}

    async def _in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.pool, work, *arguments)


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form. Read by hand, so that its size is bounded while it arrives."""
    if "application/x-www-form-urlencoded" not in request.headers.get("content-type", ""):
        raise Problem(415, "no_form", "Send a form.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            raise Problem(413, "too_large", "That is too long.")
    try:
        text = body.decode()
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=50))
    except ValueError as error:
        raise Problem(400, "no_form", "That form cannot be read.") from error


def _same_form(session: Session, form: Mapping[str, str]) -> None:
    """Refuse a form that was not made for this session."""
    given = form.get("csrf", "").encode()
    if not hmac.compare_digest(given, session.csrf.encode()):
        raise Problem(403, "stale_form", "This form is not from this session. Reload the page.")


def _page_of(request: Request) -> str:
    """The page that an act's form stands on: the conversation in its address, or the queue."""
    conversation = request.path_params.get("conversation")
    return f"/conversations/{conversation}" if conversation else "/"


def _browser(request: Request) -> str:
    return request.headers.get("user-agent", "")


def _guarded(answer: Response, *, cached: bool = False) -> Response:
    for name, value in _HEADERS.items():
        answer.headers[name] = value
    answer.headers.setdefault("Cache-Control", "no-cache" if cached else "no-store")
    return answer


__all__ = ["build", "serve"]
