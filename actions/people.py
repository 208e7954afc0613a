"""Handing over to a person, at the first request."""

from __future__ import annotations

from collections.abc import Callable

from actions.registry import action
from actions.turn import Answer, Turn, aside, say
from bot import clock
from bot.compliance.gate import Outgoing
from bot.conversations import handoffs


@action("action_ask_human")
def ask_human(turn: Turn) -> Answer:
    """A person is called, and when they will be there is said honestly."""
    already = handoffs.standing(turn.connection, turn.conversation.id) is not None
    return hand_over(turn, "requested", already=already)


def hand_over(turn: Turn, reason: str, *, already: bool = False) -> Answer:
    """Call a person for `reason` and say what happens next."""
    handoffs.open_handoff(turn.connection, turn.conversation, reason, message_id=turn.message.id)
    return aside(when_a_person_comes(turn, already=already))


def when_a_person_comes(turn: Turn, *, already: bool = False) -> Outgoing:
    """When somebody will take this up: now, or when the doors open."""
    now = clock.now()
    if turn.creditor.is_open(now):
        response = "utter_handoff_again" if already else "utter_handoff_open"
        return say(response, minutes=turn.creditor.reply_target_minutes)
    opening = turn.creditor.next_opening(now)
    return say(
        "utter_handoff_closed",
        basis=[opening.date()],
        day=opening.date(),
        time=opening.strftime("%I:%M %p").lstrip("0"),
    )


def _passed_on(reason: str, response: str) -> Callable[[Turn], Answer]:
    def run(turn: Turn) -> Answer:
        handoffs.open_handoff(
            turn.connection, turn.conversation, reason, message_id=turn.message.id
        )
        return aside(say(response), when_a_person_comes(turn))

    return run


PASSED_ON = {
    "make_complaint": "utter_make_complaint",
    "change_language": "utter_change_language",
    "ask_how_got_number": "utter_ask_how_got_number",
}
"""What a person takes care of, with what is said about it at once."""

for _intent, _response in PASSED_ON.items():
    action(f"action_{_intent}")(_passed_on(_intent, _response))
