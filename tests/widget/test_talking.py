"""What is said and how it is shown: messages, choices, who is there, who is writing."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.widget.driver import Chat, Said
from tests.widget.ledger_cards import OPTIONS
from tests.widget.server import CONTROLS, GREETING, Assistant

YES_NO = [{"id": "yes-1", "label": "Yes"}, {"id": "no-1", "label": "No"}]


def test_a_question_and_its_answer(chat: Chat, assistant: Assistant) -> None:
    assert chat.messages() == [Said("bot", GREETING, 1, None)]
    chat.send("what do I owe")
    chat.wait_for(1, "debtor")
    # Only what has arrived can be answered.
    expect(chat.status("what do I owe")).to_contain_text("Sent")
    assistant.say("You owe $20.00.")
    assert chat.wait_for(2)[-1] == Said("bot", "You owe $20.00.", 3, None)
    assert [body["text"] for body in assistant.received] == ["what do I owe"]
    expect(chat.input).to_have_value("")


def test_enter_sends_and_shift_enter_begins_a_line(chat: Chat, assistant: Assistant) -> None:
    chat.input.press_sequentially("first")
    chat.input.press("Shift+Enter")
    chat.input.press_sequentially("second")
    chat.input.press("Enter")
    chat.wait_for(1, "debtor")
    expect(chat.status("first")).to_contain_text("Sent")
    assert assistant.texts == ["first\nsecond"]


def test_nothing_is_sent_of_white_space(chat: Chat, assistant: Assistant) -> None:
    chat.write("  \n ")
    expect(chat.sheet.get_by_role("button", name="Send")).to_be_disabled()
    chat.input.press("Enter")
    assert chat.messages("debtor") == []
    assert assistant.received == []


def test_what_the_server_masked_is_shown_masked(chat: Chat, assistant: Assistant) -> None:
    assistant.echo = False
    chat.send("my card is 4111 1111 1111 1111")
    expect(chat.status("my card")).to_contain_text("Sent")
    assistant._newest().messages[-1]["text"] = "my card is [card number]"
    assistant.echo = True
    assistant.say("Please do not send card numbers.")
    chat.wait_for_text("Please do not send")
    assert [one.text for one in chat.messages("debtor")] == ["my card is [card number]"]


def test_what_the_law_wants_in_sight_stands_under_the_header(
    chat: Chat, assistant: Assistant
) -> None:
    line = chat.sheet.locator(".notice")
    expect(line).to_be_empty()
    assistant.say("Thanks, Kevin.", notice="This communication is from a debt collector.")
    expect(line).to_have_text("This communication is from a debt collector.")
    chat.send("how much do i owe")
    chat.wait_for(1, "debtor")
    expect(line).to_be_visible()
    assistant.say("Your check has ended. Who is there?")
    expect(line).to_be_empty()


def test_choices_are_buttons_and_live_until_answered(chat: Chat, assistant: Assistant) -> None:
    assistant.say("Shall I show you options?", choices=YES_NO)
    chat.wait_for(2)
    assert chat.choices() == ["Yes", "No"]
    chat.choose("Yes")
    expect(chat.sheet.locator(".choice:visible")).to_have_count(0)
    chat.wait_for(1, "debtor")
    expect(chat.status("Yes")).to_contain_text("Sent")
    assert assistant.received[0]["choice"] == "yes-1"
    assert "text" not in assistant.received[0]
    assert chat.last("debtor").text == "Yes"
    expect(chat.input).to_be_focused()


def test_only_the_newest_choices_are_live(chat: Chat, assistant: Assistant) -> None:
    assistant.say("Shall I show you options?", choices=YES_NO)
    assistant.say("Or would you rather wait?", choices=[{"id": "wait", "label": "Wait"}])
    assistant.say("There is no hurry.")
    chat.wait_for(4)
    assert chat.choices() == ["Wait"]
    chat.send("hm")
    expect(chat.sheet.locator(".choice:visible")).to_have_count(0)


def test_a_plan_is_picked_on_its_card(chat: Chat, assistant: Assistant) -> None:
    assistant.say("Here are two ways.", card=OPTIONS)
    chat.wait_for(2)
    chat.choose_option("Over 10 months")
    expect(chat.status("Over 10 months")).to_contain_text("Sent")
    assert assistant.received[0]["choice"] == "option-2"
    assert assistant.texts == ["Over 10 months"]
    expect(chat.card("options").get_by_role("button")).to_have_count(0)


def test_a_person_and_stop_are_always_in_reach(chat: Chat, assistant: Assistant) -> None:
    chat.control("person")
    expect(chat.status("Talk to a person")).to_contain_text("Sent")
    chat.control("stop")
    expect(chat.status("Stop contact")).to_contain_text("Sent")
    assert [body["choice"] for body in assistant.received] == [
        control["id"] for control in CONTROLS
    ]


def test_the_label_says_automated_until_a_person_is_there(chat: Chat, assistant: Assistant) -> None:
    expect(chat.label).to_have_text("Automated assistant")
    assistant.state("waiting")
    expect(chat.label).to_have_text("Automated assistant. A person will join you here.")
    assistant.state("with_agent")
    expect(chat.label).to_have_text("You are talking with a person")
    assistant.say("Hello, I have read what you wrote.", author="agent", name="Dana")
    expect(chat.label).to_have_text("You are talking with Dana")
    expect(chat.row("Hello, I have read").locator(".who")).to_have_text("Dana")
    assistant.state("bot")
    expect(chat.label).to_have_text("Automated assistant")
    assistant.state("closed")
    expect(chat.label).to_contain_text("This chat has ended")


def test_the_typing_indicator_comes_and_goes(chat: Chat, assistant: Assistant) -> None:
    assistant.typing(True)
    expect(chat.typing).to_have_text("The assistant is writing")
    assistant.typing(False)
    expect(chat.typing).to_be_empty()
    assistant.typing(True)
    expect(chat.typing).not_to_be_empty()
    assistant.say("Here it is.")
    chat.wait_for(2)
    expect(chat.typing).to_be_empty()


def test_a_person_who_writes_is_named(chat: Chat, assistant: Assistant) -> None:
    assistant.say("Hello.", author="agent", name="Dana")
    chat.wait_for(1, "agent")
    assistant.typing(True, "agent")
    expect(chat.typing).to_have_text("Dana is writing")


def test_the_log_is_announced_politely_and_names_each_speaker(
    chat: Chat, assistant: Assistant
) -> None:
    assert chat.log.get_attribute("aria-live") == "polite"
    chat.send("hello")
    expect(chat.status("hello")).to_have_text("Sent")
    assistant.say("A note.", author="system")
    chat.wait_for(1, "system")
    spoken = [
        re.sub(r"\s+", " ", text) for text in chat.log.locator(".message").all_text_contents()
    ]
    assert spoken[0].startswith(f"Automated assistant{GREETING}")
    assert spoken[1].startswith("Youhello")
    assert spoken[2].startswith("NoteA note.")


def test_the_chat_can_be_saved(chat: Chat, assistant: Assistant) -> None:
    for entry, name in (("html", "chat.html"), ("text", "chat.text")):
        with chat.page.expect_download() as download:
            chat.menu(entry)
        assert download.value.suggested_filename == name
        assert GREETING in download.value.path().read_text()
        expect(chat.banner).to_have_text("Saved to your downloads.")


def test_a_chat_that_cannot_be_saved_says_so(chat: Chat, assistant: Assistant) -> None:
    chat.page.route("**/transcript*", lambda route: route.abort())
    chat.menu("html")
    expect(chat.banner).to_have_text("That could not be saved. Please try again.")


def test_a_draft_outlives_a_reload(chat: Chat) -> None:
    chat.write("I lost my job and")
    chat.page.reload()
    expect(chat.input).to_have_value("I lost my job and")
