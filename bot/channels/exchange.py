"""Requests read and answers written, the same way for every route: what is refused is refused with
a code and a sentence that says what to do."""

from __future__ import annotations

import json
import logging
from typing import Any

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import faults

log = logging.getLogger(__name__)

MOST_CHARACTERS = 1000
MOST_BODY_BYTES = 16_384


class Problem(Exception):
    """An answer that refuses a request: an HTTP status, a code, and what to do about it."""

    def __init__(self, status: int, error: str, detail: str) -> None:
        super().__init__(error)
        self.status, self.error, self.detail = status, error, detail


def json_object(request: Request) -> dict[str, Any]:
    """The JSON object in a request's body."""
    if len(request.body) > MOST_BODY_BYTES:
        raise Problem(413, "too_large", "That is too long.")
    if "application/json" not in request.headers.get("Content-Type", ""):
        raise Problem(415, "not_json", "Send JSON, with Content-Type: application/json.")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "not_json", "The body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise Problem(400, "not_an_object", "The body must be a JSON object.")
    return body


def readable(text: str) -> str:
    """The text without what nobody can read. Raises Problem if nothing remains."""
    if len(text) > MOST_CHARACTERS:
        raise Problem(422, "too_long", f"Please keep it under {MOST_CHARACTERS} characters.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Problem(422, "not_text", "That is not readable text.") from error
    kept = "".join(c for c in text if c in "\n\t" or (c.isprintable() or ord(c) > 0x1F000)).strip()
    if not kept:
        raise Problem(422, "empty", "Please write something.")
    return kept


def in_our_form(request: Request, error: Exception) -> HTTPResponse:
    """What the web server itself refuses (no such route, too large), as `{error, detail}`."""
    status = getattr(error, "status_code", 500)
    if status == 500:
        log.error("%s failed: %s", request.path, faults.describe(error))
    code, detail = _SERVER_SAYS.get(status, ("bad_request", "That request makes no sense."))
    return as_answer(Problem(status, code, detail))


_SERVER_SAYS = {
    404: ("not_found", "There is nothing at this address."),
    405: ("not_allowed", "That cannot be done at this address."),
    408: ("too_slow", "The request did not arrive in time."),
    413: ("too_large", "That is too long."),
    500: ("failed", "Something went wrong here. Please try again."),
    503: ("not_available", "Something is down here. Please try again."),
}


def as_answer(problem: Problem) -> HTTPResponse:
    """A problem as the protocol tells it: `{error, detail}`, which can be shown to a person."""
    headers = {"Cache-Control": "no-store"}
    if problem.status in (429, 503):
        headers["Retry-After"] = "5"
    body = {"error": problem.error, "detail": problem.detail}
    return response.json(body, status=problem.status, headers=headers)


_FILES = {
    "html": ("text/html; charset=utf-8", "html"),
    "text": ("text/plain; charset=utf-8", "txt"),
    "pdf": ("application/pdf", "pdf"),
}


def as_file(body: str | bytes, name: str, kind: str) -> HTTPResponse:
    """A file to keep: `kind` is html, text or pdf."""
    content_type, ending = _FILES[kind]
    return response.raw(
        body.encode() if isinstance(body, str) else body,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{ending}"',
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            "X-Content-Type-Options": "nosniff",
        },
    )
