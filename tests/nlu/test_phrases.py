"""Phrases that must not be missed, each with what comes near it and is none."""

from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu import phrases

LIST = yaml.safe_load(phrases.FILE.read_text(encoding="utf-8"))
_FILLED = {"N": "13", "NAME": "zoltan", "*": ""}


def spoken(phrase):
    """A sentence fragment that the phrase should find: its first alternatives, all words said."""
    words = []
    for part in phrase.split():
        part = part.removesuffix("?").removeprefix("=")
        first = _FILLED.get(part, part.split("|")[0])
        if first.startswith("<"):
            first = LIST["words"][first.strip("<>")].split("|")[0]
        words.append(first)
    return " ".join(word for word in words if word)


@pytest.mark.parametrize(
    ("intent", "phrase"),
    [(intent, p) for intent, entry in LIST["intents"].items() for p in entry["phrases"]],
)
def test_every_phrase_of_the_list_is_found(intent, phrase):
    assert intent in [vital.intent for vital in phrases.find(spoken(phrase))]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("i want to die", "crisis"),
        ("i cant take this i want to die", "crisis"),
        ("Im SUICIDAL", "crisis"),
        ("i feel suicdal", "crisis"),
        ("dont wanna be here anymore", "crisis"),
        ("quiero morir", "crisis"),
        ("stop txting me", "opt_out"),
        ("STOP TEXTING ME!!!", "opt_out"),
        ("pls stop messaging", "opt_out"),
        ("unsubscribe", "opt_out"),
        ("no más mensajes", "opt_out"),
        ("no mas", "opt_out"),
        ("arrêtez les sms", "opt_out"),
        ("ne m'envoyez plus de messages", "opt_out"),
        ("dont contact me again", "cease_contact"),
        ("never contact me again", "cease_contact"),
        ("leave me alone", "cease_contact"),
        ("this isnt my debt", "dispute_not_mine"),
        ("i dont owe this", "dispute_not_mine"),
        ("it was 400 not 900", "dispute_amount"),
        ("the balance is wrong", "dispute_amount"),
        ("someone used my ssn", "report_identity_theft"),
        ("prove i owe it", "request_validation"),
        ("i filed chapter 13", "report_bankruptcy"),
        ("talk to my lawyer", "report_attorney"),
        ("wrong number", "wrong_person"),
        ("this isn't maria", "wrong_person"),
        ("maria passed away", "third_party"),
        ("im her daughter", "third_party"),
    ],
)
def test_found(text, intent):
    assert phrases.find(text)[0].intent == intent


@pytest.mark.parametrize(
    "text",
    [
        "my brother was suicidal last year",
        "i'm not suicidal",
        "this debt will be the death of me lol",
        "i nearly died of embarrassment",
        "i'm dying to pay this off",
        "i don't dispute it",
        "i am not disputing this",
        "don't stop texting me",
        "please dont stop messaging me",
        "stop taking money from my account",
        "stop",
        "cancel",
        "don't text me at work",
        "do not contact me before 9",
        "should i go bankrupt",
        "how does bankruptcy work",
        "do i need a lawyer",
        "should i get a lawyer",
        "can you be my lawyer",
        "i have proof i paid",
        "i need proof of payment",
        "prove you're a real company",
        "that's not my problem",
        "my new number is 213 555 0142",
        "i can pay 30 not 50 a month",
        "my mum died and i can't afford this",
        "my phone died",
        "why did you not contact me",
        "how much do i owe",
        "this is maria",
        "i'm not sure",
        "this is not fair",
        "who are you collecting on behalf of",
        "i'm in a care home",
        "stop texting me so early",
        "dont ring me im at wrk till 6",
        "this is a new number, how did you get it",
        "",
        "👍",
    ],
)
def test_near_misses(text):
    assert phrases.find(text) == ()


def test_quote_is_what_was_typed():
    text = "hi. PLZ stop txting me ok"
    (vital,) = phrases.find(text)
    assert vital.quote == text[vital.start : vital.end] == "stop txting me"


def test_most_urgent_first():
    found = phrases.find("this isnt my debt, stop texting me, i want to die")
    assert [vital.intent for vital in found] == ["crisis", "opt_out", "dispute_not_mine"]


@pytest.mark.parametrize(
    "text", ["STOP", "stop.", " Stop! ", "QUIT", "end", "Revoke", "OPT OUT", "cancel",
             "unsubscribe", "stop please", "Arrêt", "no más"]
)  # fmt: skip
def test_opt_out_words(text):
    assert phrases.is_opt_out_word(text)


@pytest.mark.parametrize("text", ["stop taking payments", "the end", "cancel my plan", "no", ""])
def test_no_opt_out_words(text):
    assert not phrases.is_opt_out_word(text)


@given(st.text(max_size=120))
def test_any_text_gives_quotes_from_it(text):
    for vital in phrases.find(text):
        assert vital.intent in phrases.URGENCY
        assert vital.quote == text[vital.start : vital.end]


def test_quick_enough_for_every_message():
    text = "hello i lost my job last week and cannot pay this month what can i do"
    phrases.find(text)
    times = []
    for place in range(50):
        began = time.perf_counter()
        phrases.find(f"{place} {text}")
        times.append(time.perf_counter() - began)
    assert sorted(times)[len(times) // 2] < 0.005
