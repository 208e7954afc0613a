"""How people want to be reached: which channel ends, which hours are kept free."""

from __future__ import annotations

from actions.people import when_a_person_comes
from actions.turn import PERSON, Answer, Pending, Turn, answer, aside, say
from bot import particulars
from bot.conversations import handoffs
from bot.particulars import WHOLE_DAY, ContactWish
from bot.wording import Phrase

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK, _WEEKEND = tuple(range(5)), (5, 6)


def opted_out(turn: Turn) -> Answer:
    """One confirmation of which messages stop, and nothing besides (12 CFR 1006.14(h))."""
    named = particulars.channels(turn.message.text)
    if len(named) == 1:
        return answer(say("utter_opt_out_channel", channel=Phrase(f"utter_words_{named[0]}")))
    return answer(say("utter_opt_out"))


def times_kept(turn: Turn) -> Answer:
    """What was understood, said back, so that a mistake can be seen."""
    wishes = particulars.wishes(turn.message.text)
    if not wishes:
        # They were stated before the account was named.
        return answer(say("utter_times_noted"))
    return aside(say("utter_inconvenient_time", wishes=_together([_said(w) for w in wishes])))


def ask_times() -> Answer:
    """Which hours, when none were read out of the message."""
    return answer(say("utter_ask_contact_times"), asks=Pending("contact_times", {}))


def not_understood(turn: Turn) -> Answer:
    """Their words go to a person, who keeps them."""
    handoffs.open_handoff(
        turn.connection, turn.conversation, "inconvenient_time", message_id=turn.message.id
    )
    return answer(say("utter_contact_times_passed_on", choices=[PERSON]), when_a_person_comes(turn))


def _said(wish: ContactWish) -> Phrase:
    """One wish in words: "not before noon", "only by email"."""
    parts = [
        *([Phrase(f"utter_words_at_{wish.place}")] if wish.place else []),
        *([_hours(wish)] if (wish.start, wish.end) != WHOLE_DAY else []),
        *([_days(wish.days)] if wish.days else []),
        *([Phrase(f"utter_words_by_{wish.channel}")] if wish.channel else []),
    ]
    name = "utter_words_only" if wish.wanted else "utter_words_not"
    return Phrase(name, {"what": _together(parts, "utter_words_beside")})


def _together(parts: list[Phrase], joined: str = "utter_words_and") -> Phrase:
    first, *rest = parts
    return Phrase(joined, {"one": first, "more": _together(rest, joined)}) if rest else first


def _hours(wish: ContactWish) -> Phrase:
    start, end = _clock(wish.start), _clock(wish.end)
    if wish.start == WHOLE_DAY[0]:
        return Phrase("utter_words_before", {"time": end})
    if wish.end == WHOLE_DAY[1]:
        return Phrase("utter_words_after", {"time": start})
    return Phrase("utter_words_between", {"from_time": start, "to_time": end})


def _clock(minute: int) -> str:
    hour, rest = divmod(minute, 60)
    half = "am" if hour % 24 < 12 else "pm"
    shown = (hour - 1) % 12 + 1
    return f"{shown}:{rest:02} {half}" if rest else f"{shown} {half}"


def _days(days: tuple[int, ...]) -> Phrase:
    if days == _WEEK:
        return Phrase("utter_words_on_weekdays")
    if days == _WEEKEND:
        return Phrase("utter_words_on_weekends")
    names = [Phrase(f"utter_words_{_DAYS[day]}") for day in days]
    return Phrase("utter_words_on", {"days": _together(names)})
