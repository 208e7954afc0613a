"""How the desk's pages are made: one environment of templates, which escapes everything."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from bot import clock
from bot.conversations.redaction import MARKS
from bot.desk import words
from bot.desk.signing import NotSignedIn
from bot.desk.visits import Problem, Visit
from bot.wording import short_day

_REMOVED = frozenset(MARKS.values())
_PIECES = re.compile("(" + "|".join(map(re.escape, sorted(_REMOVED))) + ")")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["words"] = words
    made.globals["new_key"] = lambda: secrets.token_hex(16)
    made.filters["moment"] = moment
    made.filters["marked"] = marked
    made.filters["opening"] = opening
    made.filters["ago"] = ago
    made.filters["day"] = lambda value: short_day(value, day_first=False)
    return made


def moment(value: datetime, time_zone: str = "UTC") -> str:
    """A moment as the wall clock there shows it, with the day if it is not today."""
    local, now = clock.local(value, time_zone), clock.local(clock.now(), time_zone)
    time = local.strftime("%H:%M")
    return time if local.date() == now.date() else f"{_short(local.date(), now.date())} {time}"


def marked(text: str) -> Markup:
    """A text with what was taken out of it ("[card number]") shown as such; escaped."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece) if piece in _REMOVED else escape(piece)
        for piece in _PIECES.split(text)
    )


def opening(value: datetime) -> str:
    """When the doors open, in the creditor's own time, which `value` carries."""
    return value.strftime("%a %H:%M")


def ago(value: datetime) -> str:
    """How long ago that was, in the largest unit that fits."""
    return words.duration(int((clock.now() - value).total_seconds() // 60))


def _short(day: date, today: date) -> str:
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.strftime('%b')} {day.day}{year}"


def show(visit: Visit, name: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """A page, or a part of one, for whoever is signed in."""
    session = visit.session
    return _page(
        name,
        {"me": visit.agent, "csrf": session.csrf if session else "", "visit": visit, **values},
        status,
    )


def rendered(visit: Visit, name: str, values: Mapping[str, Any]) -> str:
    """A part of a page as text, for the page's script."""
    session = visit.session
    own = {"me": visit.agent, "csrf": session.csrf if session else "", "visit": visit}
    return _environment().get_template(name).render({**own, **values})


def sign_in(complaint: str, status: int = 200) -> HTMLResponse:
    """The page to sign in on."""
    return _page("sign_in.html", {"complaint": complaint, "me": None, "csrf": ""}, status)


def problem(what: Problem) -> HTMLResponse:
    """A page that says why something cannot be."""
    return _page("problem.html", {"problem": what, "me": None, "csrf": ""}, what.status)


def why_not_signed_in(outcome: NotSignedIn) -> str:
    """What is said about it, which is the same whatever was wrong."""
    return words.SIGN_IN_LOCKED if outcome.locked else words.SIGN_IN_FAILED


def _page(name: str, values: Mapping[str, Any], status: int) -> HTMLResponse:
    return HTMLResponse(_environment().get_template(name).render(values), status)
