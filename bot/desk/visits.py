"""One request to the desk: who makes it, what they may see, and how often it counts.

Every route names the role it needs, and whoever answers it gets at conversations and accounts only
through the `Visit`, which asks the database whether this agent may. A request is one transaction:
signing in, authorisation, what is done, its audit and its key are committed together or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import select, update
from sqlalchemy.engine import Connection
from starlette.responses import Response

from bot import audit, clock
from bot.conversations import records, takeover
from bot.conversations.records import Conversation
from bot.conversations.sending import Sender
from bot.creditors import Creditor, Creditors
from bot.db import Database
from bot.desk import agents
from bot.desk.agents import Agent
from bot.desk.signing import Session
from bot.desk.tables import desk_act
from bot.ledger import accounts
from bot.ledger.accounts import Account
from bot.ledger.tables import insert_once
from bot.settings import Settings

_KEY = re.compile(r"[\w-]{8,64}", re.ASCII)


class Problem(Exception):
    """A refusal: an HTTP status, a code, and a sentence for the agent."""

    def __init__(self, status: int, error: str, detail: str) -> None:
        super().__init__(error)
        self.status, self.error, self.detail = status, error, detail


NOT_FOUND = ("not_found", "There is nothing here, or it is not for you to see.")


@dataclass(frozen=True)
class Desk:
    """What the desk holds for all visits."""

    settings: Settings
    database: Database
    creditors: Creditors
    sender: Sender


@dataclass(frozen=True)
class Done:
    """What an act came to. `said` is a sentence for the agent, `go` the page to show next (None:
    the one they are on), `show` more for the page's script."""

    said: str = ""
    go: str | None = None
    show: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the page's script, and for a second sending of the same form."""
        return {"said": self.said, "go": self.go, "show": dict(self.show)}


@dataclass(frozen=True)
class Visit:
    """A request that may go on: its transaction, who makes it, and what they sent."""

    desk: Desk
    connection: Connection
    session: Session | None
    form: Mapping[str, str]
    query: Mapping[str, str]
    path: Mapping[str, str]
    browser: str
    plain: bool
    """Whether the browser asks for a page, and not the page's script for data."""

    @property
    def agent(self) -> Agent:
        """Who is signed in; only on routes that need somebody to be."""
        if self.session is None:
            raise Problem(401, "signed_out", "Please sign in.")
        return self.session.agent

    @property
    def creditors(self) -> list[Creditor]:
        """Those whose conversations this agent may see."""
        return [c for c in self.desk.creditors.values() if self.agent.may_see(c.slug)]

    def conversation(self) -> Conversation:
        """The conversation that the address names, if this agent may see it. Raises Problem."""
        found = records.find(self.connection, self.path["conversation"])
        if found is None or not self.agent.may_see(found.creditor):
            raise Problem(404, *NOT_FOUND)
        return found

    def held(self) -> Conversation:
        """The same, if this agent has it; held until the transaction ends. Raises Problem."""
        found = self.conversation()
        try:
            return takeover.held_by(self.connection, found.id, self.agent.at_work)
        except takeover.NotYours as error:
            raise Problem(409, "not_yours", self.whose(error.by)) from error

    def whose(self, agent_id: str | None) -> str:
        """A sentence about who has a conversation."""
        if agent_id is None:
            return "Nobody has this conversation now. Take it over first."
        return f"{agents.get(self.connection, agent_id).first_name} has this conversation."

    def creditor(self, conversation: Conversation) -> Creditor:
        """Whose conversation it is."""
        return self.desk.creditors[conversation.creditor]

    def account(self, conversation: Conversation) -> Account:
        """The account that the conversation is about. Raises Problem if there is none yet."""
        if conversation.account_id is None:
            raise Problem(409, "no_account", "No account is known here yet. Verify the person.")
        return accounts.get(self.connection, conversation.account_id)

    def text(self, name: str, *, most: int = 1000) -> str:
        """A field of the form that must not be empty. Raises Problem."""
        value = readable(self.form.get(name, "")).strip()
        if not value:
            raise Problem(422, "missing", f"Please fill in: {name.replace('_', ' ')}.")
        if len(value) > most:
            raise Problem(422, "too_long", f"Please keep it under {most} characters.")
        return value

    def confirmed(self) -> None:
        """That the agent ticked that they checked what they do. Raises Problem."""
        if self.form.get("confirmed") != "yes":
            raise Problem(422, "not_confirmed", "Please tick that you have checked this.")

    @property
    def key(self) -> str:
        """The key of this act, for everything that is written for it."""
        return f"desk:{self.agent.id}:{self.form['key']}"

    def audit(self, subject: str, kind: str, **facts: Any) -> None:
        """Write down what the agent did."""
        audit.record(self.connection, subject, kind, self.agent.actor, facts)


Shows: TypeAlias = Callable[[Visit], Response]
Acts: TypeAlias = Callable[[Visit], Done]


@dataclass(frozen=True)
class Route:
    """One address. `role` None: also for whoever is not signed in. An act changes something, once
    for each key, and a page does not."""

    method: str
    path: str
    role: str | None
    shows: Shows | None = None
    acts: Acts | None = None
    keyed: bool = True
    """Whether an act is kept by its key, so that it is done once."""

    def allows(self, agent: Agent) -> bool:
        """Whether this agent's role is enough."""
        return self.role is None or agent.is_at_least(self.role)


ROUTES: list[Route] = []
"""All addresses of the desk, save the files and the event stream."""


def page(path: str, *, role: str | None = "agent", method: str = "GET") -> Callable[[Shows], Shows]:
    """Register what shows a page."""

    def register(shows: Shows) -> Shows:
        ROUTES.append(Route(method, path, role, shows=shows))
        return shows

    return register


def act(path: str, *, role: str = "agent", keyed: bool = True) -> Callable[[Acts], Acts]:
    """Register an act. It is done once for each key of its form, if it is `keyed`."""

    def register(acts: Acts) -> Acts:
        ROUTES.append(Route("POST", path, role, acts=acts, keyed=keyed))
        return acts

    return register


def once(visit: Visit, route: Route) -> Done:
    """Do the act, or give the answer of the first time. Raises Problem."""
    if route.acts is None:
        raise LookupError(route.path)
    if not route.keyed:
        return route.acts(visit)
    given = visit.form.get("key", "")
    if not _KEY.fullmatch(given):
        raise Problem(422, "no_key", "This form has no key. Reload the page and try again.")
    connection = visit.connection
    first = insert_once(
        connection,
        desk_act,
        key=visit.key,
        agent_id=visit.agent.id,
        at=clock.now(),
        outcome={},
    )
    mine = desk_act.c.key == visit.key
    if not first:
        stored = connection.execute(select(desk_act.c.outcome).where(mine)).scalar_one()
        return Done(stored["said"], stored["go"], stored["show"])
    done = route.acts(visit)
    connection.execute(update(desk_act).where(mine).values(outcome=done.as_json()))
    return done


def readable(text: str) -> str:
    """Text without characters that nobody can read."""
    return "".join(c for c in text if c in "\n\t" or c.isprintable() or ord(c) > 0x1F000)
