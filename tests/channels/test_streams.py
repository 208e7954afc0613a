"""A stream sends on what it is handed only where the client is, and looks for the rest."""

from __future__ import annotations

from bot import clock
from bot.channels.streams import News, Stream
from bot.conversations.records import Message


def message(sequence: int) -> Message:
    return Message(
        id=f"mg_{sequence}",
        conversation_id="cv",
        sequence=sequence,
        author="bot",
        author_name="",
        at=clock.now(),
        text=f"number {sequence}",
        response=None,
        choices=[],
        card=None,
        notice=None,
        external_id=None,
        reading=None,
        answers=None,
        processing=None,
        attempts=0,
        delivery="queued",
    )


def news(*sequences: int, state: str | None = "bot") -> News:
    return News(tuple(message(n) for n in sequences), state)


def told(stream: Stream) -> str:
    return "".join(stream.tell(one) for one in stream.take_news())


def test_what_goes_on_where_the_client_is_is_sent() -> None:
    stream = Stream(seen=4, changed=False)
    stream.news += [news(5), news(6, 7)]
    text = told(stream)
    assert [n for n in range(10) if f"id: {n}\n" in text] == [5, 6, 7]
    assert stream.seen == 7
    assert not stream.changed


def test_what_leaves_a_gap_is_looked_up_instead() -> None:
    stream = Stream(seen=4, changed=False)
    stream.news.append(news(6))
    assert told(stream) == ""
    assert stream.changed
    assert stream.seen == 4


def test_what_was_sent_already_is_not_sent_again() -> None:
    stream = Stream(seen=6, told="bot", changed=False)
    stream.news += [news(5, 6), news(6, 7)]
    text = told(stream)
    assert text.count("event: message") == 1
    assert "id: 7\n" in text


def test_a_state_is_told_when_it_changes_and_only_then() -> None:
    stream = Stream(seen=0, told="bot", changed=False)
    stream.news.append(news(1, state="bot"))
    assert "event: state" not in told(stream)
    stream.news += [news(state="waiting"), news(state=None)]
    assert told(stream).count("event: state") == 1
    assert stream.told == "waiting"
