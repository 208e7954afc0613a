"""What an agent does in a conversation: take it over, write, and give it back."""

from __future__ import annotations

from datetime import timedelta

from bot import audit, clock
from bot.compliance.gate import Outgoing, Refused
from bot.conversations import takeover
from bot.conversations.records import Conversation
from bot.conversations.tables import note
from bot.conversations.takeover import NotYours
from bot.db import new_id
from bot.desk import agents
from bot.desk.conversation_pages import MOST
from bot.desk.visits import Done, Problem, Visit, act

SNOOZES = {"1": timedelta(hours=1), "4": timedelta(hours=4), "24": timedelta(days=1)}
"""How long a conversation may be put aside, in hours."""


@act("/conversations/{conversation}/claim")
def claim(visit: Visit) -> Done:
    """Take it over. Of two who do at once one has it, and the other is told who."""
    found = visit.conversation()
    try:
        held = takeover.claim(visit.connection, found.id, visit.agent.at_work)
    except NotYours as error:
        raise Problem(409, "not_yours", visit.whose(error.by)) from error
    if found.agent_name != visit.agent.first_name or found.state != "with_agent":
        _greet(visit, held)
    return Done("You have this conversation now.")


@act("/conversations/{conversation}/claim-over", role="supervisor")
def claim_over(visit: Visit) -> Done:
    """Take it from another agent."""
    found = visit.conversation()
    held = takeover.claim(visit.connection, found.id, visit.agent.at_work, over=True)
    _greet(visit, held)
    return Done("You have this conversation now.")


@act("/conversations/{conversation}/reply")
def reply(visit: Visit) -> Done:
    """Write to the person. What the gate refuses is not sent, and the agent is told why."""
    held = visit.held()
    text = visit.text("text", most=MOST)
    refused = say(
        visit, held, Outgoing("", text=text, author="agent", author_name=visit.agent.first_name)
    )
    if refused is not None:
        return Done(show={"refused": f"Not sent: {refused.reason} ({refused.section})."})
    takeover.replied(visit.connection, held)
    return Done()


@act("/conversations/{conversation}/note")
def write_note(visit: Visit) -> Done:
    """Write a note that only agents see. Whoever may see the conversation may write one."""
    found = visit.conversation()
    text = visit.text("text", most=2000)
    visit.connection.execute(
        note.insert().values(
            id=new_id("nt"),
            conversation_id=found.id,
            agent_id=visit.agent.id,
            agent_name=visit.agent.first_name,
            at=clock.now(),
            text=text,
        )
    )
    takeover.touched(visit.connection, found)
    visit.audit(found.id, "noted", text=audit.text_hash(text))
    return Done()


@act("/conversations/{conversation}/typing", keyed=False)
def typing(visit: Visit) -> Done:
    """Let the person see that somebody writes."""
    found = visit.conversation()
    takeover.typing(
        visit.connection, found.id, visit.agent.at_work, on=visit.form.get("on") == "yes"
    )
    return Done()


@act("/conversations/{conversation}/hand-back")
def hand_back(visit: Visit) -> Done:
    """Back to the bot, which goes on where it was."""
    held = takeover.hand_back(visit.connection, visit.held(), visit.agent.at_work)
    say(visit, held, Outgoing("utter_agent_handed_back", {"name": visit.agent.first_name}))
    return Done("The bot has it again.", go="/?view=mine")


@act("/conversations/{conversation}/resolve")
def resolve(visit: Visit) -> Done:
    """Close it, with what became of it."""
    held = visit.held()
    disposition = visit.text("disposition")
    if disposition not in takeover.DISPOSITIONS:
        raise Problem(422, "bad_disposition", "Choose what became of it.")
    held = takeover.resolve(visit.connection, held, visit.agent.at_work, disposition)
    say(visit, held, Outgoing("utter_agent_closed", {"name": visit.agent.first_name}))
    return Done("Closed. A new message opens it again.", go="/?view=mine")


@act("/conversations/{conversation}/transfer")
def transfer(visit: Visit) -> Done:
    """To a colleague, or back to the queue."""
    held = visit.held()
    wanted = visit.form.get("to", "")
    able = agents.colleagues(visit.connection, held.creditor)
    to = next((one for one in able if one.id == wanted), None)
    if wanted and to is None:
        raise Problem(422, "no_colleague", "Choose somebody who works for this creditor.")
    held = takeover.transfer(
        visit.connection, held, visit.agent.at_work, to.at_work if to else None
    )
    values = {"name": visit.agent.first_name}
    if to is None:
        say(visit, held, Outgoing("utter_agent_to_queue", values))
        return Done("It waits in the queue again.", go="/?view=mine")
    say(visit, held, Outgoing("utter_agent_passed_on", {**values, "colleague": to.first_name}))
    return Done(f"{to.first_name} has it now.", go="/?view=mine")


@act("/conversations/{conversation}/snooze")
def snooze(visit: Visit) -> Done:
    """Put it aside for some hours, or until the person writes."""
    held = visit.held()
    span = SNOOZES.get(visit.form.get("hours", ""))
    if span is None:
        raise Problem(422, "bad_time", "Choose for how long.")
    takeover.snooze(visit.connection, held, visit.agent.at_work, clock.now() + span)
    return Done("Snoozed. It comes back in time, or with a message.", go="/?view=mine")


def say(visit: Visit, conversation: Conversation, outgoing: Outgoing) -> Refused | None:
    """Send through the gate; what it refused, if it did."""
    sent = visit.desk.sender.attempt(
        visit.connection, conversation, visit.creditor(conversation), outgoing
    )
    return sent.verdict if isinstance(sent.verdict, Refused) else None


def _greet(visit: Visit, held: Conversation) -> None:
    name = visit.agent.first_name
    say(
        visit,
        held,
        Outgoing("utter_agent_joined", {"name": name}, author="agent", author_name=name),
    )
