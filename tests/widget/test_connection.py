"""When connection, server or session fails: nothing lost, nothing twice, and a kind word."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from playwright.sync_api import expect

from tests.widget.driver import Chat
from tests.widget.server import CREDITOR, GREETING, Assistant, Refusal

PHONE = CREDITOR["phone"]


def test_after_a_cut_it_goes_on_from_the_last_message(chat: Chat, assistant: Assistant) -> None:
    assistant.say("second")
    chat.wait_for(2)
    assistant.cut()
    assistant.say("third, said meanwhile")
    assistant.wait_for_stream(2)
    assistant.say("fourth")
    chat.wait_for(4)
    assert [one.text for one in chat.messages()] == [
        GREETING,
        "second",
        "third, said meanwhile",
        "fourth",
    ]
    assert assistant.afters[0] == 0
    assert assistant.afters[1] in (2, 3)


def test_a_server_that_repeats_itself_is_heard_once(chat: Chat, assistant: Assistant) -> None:
    assistant.repeat_all = True
    assistant.cut()
    assistant.wait_for_stream(2)
    assistant.say("second")
    chat.wait_for(2)
    assert [one.text for one in chat.messages()] == [GREETING, "second"]


def test_offline_and_back(chat: Chat, assistant: Assistant) -> None:
    chat.page.context.set_offline(True)
    expect(chat.banner).to_contain_text("The connection is lost.")
    chat.send("are you there")
    chat.send("hello?")
    expect(chat.status("are you there")).to_contain_text("Not sent yet")
    expect(chat.status("hello?")).to_contain_text("Not sent yet")
    assert assistant.received == []
    chat.page.context.set_offline(False)
    expect(chat.banner).to_have_text("You are connected again.")
    expect(chat.status("hello?")).to_contain_text("Sent")
    assert assistant.texts == ["are you there", "hello?"]
    assert [one.text for one in chat.messages("debtor")] == ["are you there", "hello?"]
    expect(chat.banner).to_be_empty()


def test_a_lost_answer_is_asked_for_again_under_the_same_id(
    chat: Chat, assistant: Assistant
) -> None:
    assistant.echo = False
    assistant.lose_answers = 2
    chat.send("I can pay 50")
    expect(chat.status("I can pay 50")).to_contain_text("Not sent yet")
    expect(chat.status("I can pay 50")).to_have_text("Sent")
    assert len(assistant.received) == 3
    assert len({body["id"] for body in assistant.received}) == 1
    assert str(uuid.UUID(assistant.received[0]["id"], version=4)) == assistant.received[0]["id"]
    assistant.echo = True
    assistant.cut()
    assistant.wait_for_stream(2)
    assistant.say("Thank you.")
    chat.wait_for(2)
    assert assistant.texts == ["I can pay 50"]
    assert [(one.text, one.seq) for one in chat.messages("debtor")] == [("I can pay 50", 2)]


def test_what_was_not_sent_outlives_a_reload_under_its_id(chat: Chat, assistant: Assistant) -> None:
    assistant.lose_answers = 1
    assistant.refusals["messages"] = []
    assistant.echo = False
    chat.send("please wait")
    expect(chat.status("please wait")).to_contain_text("Not sent yet")
    chat.page.reload()
    assistant.echo = True
    assistant.cut()
    chat.wait_for(1, "debtor")
    expect(chat.status("please wait")).to_contain_text("Sent")
    assert len({body["id"] for body in assistant.received}) == 1
    assert assistant.texts == ["please wait"]
    assert [one.text for one in chat.messages("debtor")] == ["please wait"]


def test_it_is_marked_as_sending_until_the_server_has_it(chat: Chat, assistant: Assistant) -> None:
    assistant.hold_messages.clear()
    chat.send("slow today")
    expect(chat.status("slow today")).to_have_text("Sending")
    assistant.hold_messages.set()
    expect(chat.status("slow today")).to_have_text("Sent")


def test_messages_go_out_in_the_order_in_which_they_were_written(
    chat: Chat, assistant: Assistant
) -> None:
    assistant.hold_messages.clear()
    for text in ("one", "two", "three"):
        chat.send(text)
    assistant.say("I am listening.")
    chat.wait_for(2)
    assistant.hold_messages.set()
    expect(chat.status("three")).to_contain_text("Sent")
    assert assistant.texts == ["one", "two", "three"]
    order = [one.text for one in chat.messages()]
    assert order == [GREETING, "I am listening.", "one", "two", "three"]
    assert [one.seq for one in chat.messages()] == [1, 2, 3, 4, 5]


def test_when_the_assistant_is_down_it_offers_the_phone(
    new_chat: Callable[..., Chat], assistant: Assistant
) -> None:
    assistant.down = True
    chat = new_chat().visit()
    chat.launcher.click()
    chat.send("anybody there")
    expect(chat.banner).to_contain_text("We can't reach the assistant right now.", timeout=10_000)
    expect(chat.banner.get_by_role("link")).to_have_attribute("href", "tel:+12135550100")
    assert PHONE in chat.banner.inner_text()
    assert chat.messages("debtor")[0].status == "unsent"
    assistant.down = False
    chat.banner.get_by_role("button", name="Try now").click()
    chat.wait_for(1)
    expect(chat.status("anybody there")).to_contain_text("Sent")
    assert assistant.texts == ["anybody there"]
    assert len(assistant.openings) == 1


def test_messages_that_fail_while_the_stream_stands_offer_the_phone_too(
    chat: Chat, assistant: Assistant
) -> None:
    assistant.refusals["messages"] = [Refusal(500, "failed", "")] * 4
    chat.send("anybody there")
    expect(chat.banner).to_contain_text(PHONE, timeout=10_000)
    expect(chat.status("anybody there")).to_have_text("Sent", timeout=10_000)
    expect(chat.banner).to_have_text("You are connected again.")


def test_tries_are_spread_out_more_and_more(chat: Chat, assistant: Assistant) -> None:
    assistant.down = True
    assistant.cut()
    expect(chat.banner).to_contain_text("We can't reach the assistant", timeout=10_000)
    before = len(assistant.requests)
    chat.page.wait_for_timeout(1_500)
    assert len(assistant.requests) - before <= 2


def test_a_stream_gone_silent_is_opened_again(
    new_chat: Callable[..., Chat], assistant: Assistant
) -> None:
    chat = new_chat()
    chat.page.clock.install(time="2026-03-02T20:00:00Z")
    chat.visit()
    chat.launcher.click()
    chat.wait_for(1)
    chat.page.clock.run_for(44_000)
    assert len(assistant.afters) == 1
    chat.page.clock.run_for(5_000)
    assistant.wait_for_stream(2)
    assert assistant.afters == [0, 1]


def test_an_expired_session_ends_kindly_and_keeps_what_was_typed(
    chat: Chat, assistant: Assistant
) -> None:
    assistant.say("You owe $20.00.")
    chat.wait_for(2)
    chat.write("then I would like to")
    assistant.expire()
    chat.wait_for_text("we closed that chat to protect your privacy")
    chat.wait_for(1)
    assert [one.text for one in chat.messages()] == [GREETING], (
        "what was said is no longer on the screen"
    )
    expect(chat.input).to_have_value("then I would like to")
    chat.input.press("Enter")
    expect(chat.status("then I would like to")).to_contain_text("Sent")
    assert assistant.texts == ["then I would like to"]
    assert len(assistant.openings) == 2


def test_a_message_that_meets_an_expired_session_goes_to_the_new_one(
    chat: Chat, assistant: Assistant
) -> None:
    expired = Refusal(401, "session_expired", "This chat has ended.")
    assistant.refusals["messages"].append(expired)
    chat.send("still here")
    chat.wait_for_text("we closed that chat to protect your privacy")
    expect(chat.status("still here")).to_contain_text("Sent")
    assert assistant.texts == ["still here"]


def test_a_refused_message_says_why_and_can_be_edited(chat: Chat, assistant: Assistant) -> None:
    assistant.refusals["messages"].append(Refusal(422, "unreadable", "Please write it in words."))
    chat.send("\N{PILE OF POO}\N{PILE OF POO}")
    row = chat.sheet.locator('.message[data-status="refused"]')
    expect(row).to_contain_text("Please write it in words.")
    chat.page.reload()
    expect(row).to_contain_text("Please write it in words.")
    row.get_by_role("button", name="Edit").click()
    expect(row).to_have_count(0)
    expect(chat.input).to_have_value("\N{PILE OF POO}\N{PILE OF POO}")
    expect(chat.input).to_be_focused()


def test_a_refused_message_can_be_removed_and_does_not_stop_the_next(
    chat: Chat, assistant: Assistant
) -> None:
    assistant.refusals["messages"].append(Refusal(413, "too_long", "That is too long."))
    chat.send("first")
    chat.send("second")
    expect(chat.status("second")).to_contain_text("Sent")
    chat.row("first").get_by_role("button", name="Remove").click()
    assert [one.text for one in chat.messages("debtor")] == ["second"]
    assert assistant.texts == ["second"]


def test_after_too_many_requests_it_waits_as_told(chat: Chat, assistant: Assistant) -> None:
    busy = Refusal(
        429, "too_many", "That was a lot at once. It goes on in a moment.", retry_after=2
    )
    assistant.refusals["messages"].append(busy)
    chat.send("quick")
    expect(chat.status("quick")).to_contain_text("It goes on in a moment.")
    chat.page.wait_for_timeout(1_000)
    assert assistant.received == []
    expect(chat.status("quick")).to_contain_text("Sent")
    assert len(assistant.received) == 1


def test_a_refused_choice_leaves_the_choices_live(chat: Chat, assistant: Assistant) -> None:
    assistant.say("Which one?", choices=[{"id": "a", "label": "The first"}])
    chat.wait_for(2)
    assistant.refusals["messages"].append(Refusal(422, "stale", "That is no longer on offer."))
    chat.choose("The first")
    expect(chat.sheet.locator('.message[data-status="refused"]')).to_contain_text(
        "no longer on offer"
    )
    assert chat.choices() == ["The first"]
