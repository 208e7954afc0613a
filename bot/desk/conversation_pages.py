"""The pages of one conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.responses import JSONResponse, Response

from bot import clock, voice
from bot.compliance.gate import Outgoing, Refused
from bot.conversations import sending
from bot.desk import agents, canned, case, pages
from bot.desk.case import Case
from bot.desk.visits import Visit, page, readable

MOST = 1000
"""Characters of one message, as the chat takes them."""


@page("/conversations/{conversation}")
def whole(visit: Visit) -> Response:
    """The transcript, the brief, the account and what may be done."""
    conversation = visit.conversation()
    shown = case.read(visit.connection, conversation, visit.creditor(conversation))
    return pages.show(
        visit,
        "conversation.html",
        {
            **_values(visit, shown),
            "talk": case.talk(visit.connection, conversation, 0, None),
            "delivered": case.delivered(visit.connection, conversation),
            "now": clock.now().isoformat(),
        },
    )


@page("/conversations/{conversation}/live")
def live(visit: Visit) -> Response:
    """What is new since a message and a moment, and everything that may have changed."""
    conversation = visit.conversation()
    shown = case.read(visit.connection, conversation, visit.creditor(conversation))
    after, since = visit.query.get("after", ""), visit.query.get("since", "")
    now = clock.now()
    values = {
        **_values(visit, shown),
        "talk": case.talk(
            visit.connection,
            conversation,
            int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0,
            _moment(since),
        ),
        "delivered": case.delivered(visit.connection, conversation),
    }
    return JSONResponse(
        {
            "last": conversation.last_sequence,
            "now": now.isoformat(),
            "delivered": values["delivered"],
            "said": pages.rendered(visit, "_talk.html", values),
            "head": pages.rendered(visit, "_head.html", values),
            "write": pages.rendered(visit, "_write.html", values),
            "side": pages.rendered(visit, "_side.html", values),
        }
    )


@page("/conversations/{conversation}/check", method="POST")
def check(visit: Visit) -> Response:
    """What the language lint and the gate say of a reply while it is being written."""
    conversation = visit.conversation()
    creditor = visit.creditor(conversation)
    text = readable(visit.form.get("text", ""))[:MOST].strip()
    if not text:
        return JSONResponse({"stops": [], "hints": []})
    outgoing = Outgoing("", text=text, author="agent", author_name=visit.agent.first_name)
    verdict = sending.preview(visit.connection, conversation, creditor, outgoing)
    stops = [f"{verdict.reason} ({verdict.section})"] if isinstance(verdict, Refused) else []
    shown = case.read(visit.connection, conversation, creditor)
    quiet = {hold.kind for hold in shown.holds} & {"crisis", "deceased"}
    found = voice.findings(
        text,
        conversation.channel,
        names=(creditor.name, creditor.contact.person, visit.agent.first_name),
        first_name=shown.ledger.debtor.first_name if shown.ledger else "",
        verified=conversation.verified,
        legal_action_intended=bool(shown.ledger and shown.ledger.account.legal_action_intended),
        no_money=bool(quiet),
    )
    return JSONResponse({"stops": stops, "hints": [f"{one.found}: {one.advice}" for one in found]})


def _values(visit: Visit, shown: Case) -> dict[str, Any]:
    conversation, creditor = shown.conversation, shown.creditor
    holder = shown.holder
    return {
        "case": shown,
        "mine": holder is not None and holder.id == visit.agent.id,
        "colleagues": [
            one
            for one in agents.colleagues(visit.connection, creditor.slug)
            if one.id != visit.agent.id
        ],
        "canned": canned.offered(
            visit.connection, conversation, creditor, shown.ledger, visit.desk.sender.wording
        ),
        "zone": shown.ledger.account.time_zone if shown.ledger else creditor.time_zone,
        "today": clock.today(creditor.time_zone),
        "most": MOST,
    }


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return found if found.tzinfo else None
