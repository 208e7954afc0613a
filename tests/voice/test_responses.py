"""What the check of all responses finds, in a domain made to break each rule."""

from __future__ import annotations

import pytest

from bot import creditors
from bot.compliance import packs
from bot.settings import ROOT
from bot.voice.house import house
from bot.voice.responses import COLLECTOR, OPT_OUT, NoSample, problems, readings
from bot.wording import Wording

CREDITORS = tuple(creditors.load(ROOT / "creditors.yml").values())
FREQUENT = {name: [{"text": f"Telling {n}."} for n in "abc"] for name in house().frequent}
FREQUENT["utter_plan_options"] = [{"text": f"A person, {{balance}}, {n}."} for n in "abc"]


def found(*texts: dict[str, str], name: str = "utter_welcome") -> list[str]:
    return [str(problem) for problem in problems({**FREQUENT, name: list(texts)}, CREDITORS)]


def test_a_plain_response_passes() -> None:
    assert found({"text": "You owe {balance} on account {reference}."}) == []


def test_place_measure_and_advice_are_named() -> None:
    (problem,) = found({"text": "It is fine."}, {"text": "You must pay {amount}."})
    assert (
        problem
        == "utter_welcome variation 2 chat: ban list: You must: say what can be done: you can…"
    )


def test_a_text_message_of_its_own_is_measured_instead() -> None:
    long = "Something like this sentence is lengthy. " * 7
    (problem,) = found({"text": long})
    assert "variation 1 sms: segments: 3" in problem
    assert found({"text": long}, {"text": "Short.", "channel": "sms"}) == []


def test_a_wording_that_can_come_again_has_another() -> None:
    two = [{"text": "Hello."}, {"text": "Hi."}]
    assert found(*two, name="utter_other") == []
    assert "variations: 1, at least 2" in found(two[0], name="utter_other")[0]
    own = {"text": "Hey.", "channel": "sms"}
    assert "utter_other sms: variations: 1" in found(*two, own, name="utter_other")[0]


def test_an_offer_names_its_values_and_a_person() -> None:
    name = "utter_off_policy_start_in_past"
    text = "How about {amount} from {first}, {total} in all? A person can help."
    assert found({"text": text}, {"text": f"Or: {text}"}, name=name) == []
    (problem,) = found({"text": text}, {"text": "How about {total} on {first}?"}, name=name)
    assert "variation 2: offer: without {amount}, a person" in problem


def test_the_first_name_only_after_the_check() -> None:
    assert "first name" in found({"text": "Hi {first_name}."})[0]
    assert found(*[{"text": "Thanks, {first_name}."}] * 2, name="utter_verified") == []


def test_hardship_names_the_fact_and_asks_for_nothing() -> None:
    name = "utter_hardship_job_loss"
    assert found(*[{"text": "Thanks for telling me you lost your job."}] * 2, name=name) == []
    assert "fact" in found({"text": "Thanks. Sorry about your job."}, name=name)[0]
    assert "no payment" in found({"text": "Sorry about your job. Pay {amount}."}, name=name)[0]


def test_no_money_in_bereavement_and_crisis() -> None:
    assert "money: plan" in found({"text": "We can make a plan."}, name="utter_bereaved")[0]


def test_what_is_read_often_needs_three_wordings() -> None:
    own = {"text": "Hi.", "channel": "sms"}
    (problem,) = problems({**FREQUENT, "utter_greet": [{"text": "Hi."}] * 2}, CREDITORS)
    assert str(problem).startswith("utter_greet chat: variations: 2, at least 3")
    texts = {**FREQUENT, "utter_greet": [*FREQUENT["utter_greet"], own]}
    (problem,) = problems(texts, CREDITORS)
    assert str(problem).startswith("utter_greet sms: variations: 1, at least 3")


def test_all_together_stay_below_their_own_limit() -> None:
    hard = {"text": "Our department considers every application individually and carefully."}
    assert any(
        problem.startswith("all responses together: grade") for problem in found(*[hard] * 40)
    )


def test_labels_are_measured_as_labels() -> None:
    assert found({"text": "Remuneration considerations individually"}, name="utter_label_x") == []
    assert "capitals" in found({"text": "PAY"}, name="utter_label_x")[0]


def test_a_value_without_a_sample_is_named() -> None:
    with pytest.raises(NoSample, match="utter_welcome needs nonsense"):
        found({"text": "{nonsense}"})


def test_what_goes_with_a_text_is_what_the_packs_say() -> None:
    collector = packs.load("us_third_party")
    assert collector.text("later_disclosure").text == COLLECTOR
    for name in packs.names():
        assert packs.load(name).text("opt_out_sms").text == OPT_OUT


def test_a_collector_has_less_room_in_a_text() -> None:
    text = "Something like this sentence is lengthy. " * 6
    assert found({"text": text})[0].startswith("utter_welcome variation 1 sms: segments: 3")
    one = [creditor for creditor in CREDITORS if creditor.role == "first_party"]
    assert problems({**FREQUENT, "utter_welcome": [{"text": text}]}, one) == ()


def test_our_own_responses_keep_the_rules() -> None:
    responses = Wording.load().responses
    assert problems(responses, CREDITORS) == ()
    channels = {reading.channel for reading in readings(responses, CREDITORS)}
    assert channels == {"chat", "sms", "whatsapp"}
