"""What a message means in the light of what was asked, of doubt, and of its other parts."""

from __future__ import annotations

from datetime import date

import pytest

from bot.nlu import clauses, entities, phrases, reading
from bot.nlu.classifier import Ranked
from bot.nlu.reading import FALLBACK, Reading
from bot.nlu.turn import Turn


def ranking(*pairs):
    named = [Ranked(name, confidence) for name, confidence in pairs]
    return (*named, Ranked("goodbye", 0.01))


def read(text, *pairs, pending=None, parts=()):
    facts = entities.find(text, Turn(date(2026, 3, 2), pending=pending))
    split = clauses.split(text)
    clauses_read = tuple(
        (clause, ranking((name, 0.9))) for clause, name in zip(split, parts, strict=bool(parts))
    )
    return reading.read(text, ranking(*pairs), clauses_read, facts, pending)


@pytest.mark.parametrize(
    ("text", "classified", "pending", "intent"),
    [
        ("50", "inform", "plan_amount", "offer_amount"),
        ("fridays", "inform", "plan_frequency", "offer_amount"),
        ("from the 4th", "promise_to_pay", "plan_start", "offer_amount"),
        ("make it 40", "offer_amount", "confirm_plan", "offer_amount"),
        ("no, 40", "deny", "confirm_plan", "offer_amount"),
        ("yes but on mondays", "affirm", "confirm_plan", "offer_amount"),
        ("yeah go on then", "deny", "confirm_plan", "affirm"),
        ("no ta", "thanks", "confirm_plan", "deny"),
        ("thats fine", "out_of_scope", "confirm_move", "affirm"),
        ("\U0001f44d", "out_of_scope", "confirm_plan", "affirm"),
        ("\U0001f44e", "out_of_scope", "offer_human", "deny"),
        ("second one", "out_of_scope", "choose_plan", "inform"),
        ("no the other one", "deny", "choose_plan", "inform"),
        ("2", "out_of_scope", "clarify", "inform"),
        ("the 15th", "change_due_date", "move_date", "inform"),
        ("a-1042 born 3 may 1988", "offer_amount", "identify", "inform"),
        ("whatever the lowest is", "ask_minimum", "plan_amount", "ask_plan"),
        ("as little as possible", "out_of_scope", "plan_amount", "ask_plan"),
        ("asap", "greet", "plan_start", "offer_amount"),
        ("next payday", "promise_to_pay", "plan_start", "offer_amount"),
        # A wish or a question of one's own stays what it is.
        ("wait whats the total again?", "ask_balance", "confirm_plan", "ask_balance"),
        ("i want to talk to a person", "ask_human", "confirm_plan", "ask_human"),
        ("i lost my job", "report_hardship", "plan_amount", "report_hardship"),
        ("what do you need that for", "ask_is_scam", "identify", "ask_is_scam"),
        ("when is it due", "ask_due_date", "move_date", "ask_due_date"),
        ("what is the least you take", "ask_minimum", "plan_amount", "ask_minimum"),
    ],
)
def test_in_its_place(text, classified, pending, intent):
    assert read(text, (classified, 0.6), pending=pending).intent == intent


@pytest.mark.parametrize("text", ["", "   ", "\U0001f600", "\U0001f44d", "?!"])
def test_nothing_said_is_doubt_unless_a_yes_was_asked_for(text):
    assert read(text, ("affirm", 0.9)).intent == FALLBACK


def test_a_yes_with_nothing_asked_stays_a_yes():
    assert read("yes", ("affirm", 0.9)).intent == "affirm"


def test_a_no_with_a_sum_behind_it_is_a_proposal():
    assert read("no, 40", ("deny", 0.9)).intent == "offer_amount"


def test_doubt():
    sure = ranking(("ask_balance", 0.8))
    assert reading.doubted(sure, 0.3, 0.05, 0.6) == sure
    low = reading.doubted(ranking(("ask_balance", 0.2)), 0.3, 0.05, 0.6)
    assert [ranked.name for ranked in low][:2] == [FALLBACK, "ask_balance"]
    close = reading.doubted(ranking(("ask_balance", 0.4), ("ask_history", 0.38)), 0.3, 0.05, 0.6)
    assert close[0].name == FALLBACK


@pytest.mark.parametrize(
    ("name", "confidence", "asked"),
    [
        ("dispute_not_mine", 0.5, True),
        ("dispute_not_mine", 0.7, False),
        ("crisis", 0.5, False),
        ("ask_balance", 0.5, False),
    ],
)
def test_a_doubtful_vital_reading_is_asked_about(name, confidence, asked):
    read = reading.doubted(ranking((name, confidence)), 0.3, 0.05, 0.6)
    assert (read[0].name == FALLBACK) is asked
    assert name in (read[0].name, read[1].name)


def test_hardship_before_the_question_that_stands_first():
    found = read(
        "how much do i owe, i lost my job",
        ("ask_balance", 0.8),
        parts=("ask_balance", "report_hardship"),
    )
    assert (found.intent, found.also) == ("report_hardship", ("ask_balance",))


def test_two_questions_are_answered_in_their_order():
    found = read(
        "when is it due and how much is it",
        ("ask_balance", 0.8),
        parts=("ask_due_date", "ask_balance"),
    )
    assert (found.intent, found.also) == ("ask_due_date", ("ask_balance",))


def test_small_talk_is_no_second_matter():
    found = read("thanks so much. goodbye for now", ("thanks", 0.8), parts=("thanks", "goodbye"))
    assert found.also == ()


def test_a_clause_resolves_doubt():
    found = read(
        "where to begin really. how much do i owe",
        (FALLBACK, 0.3),
        ("ask_history", 0.2),
        parts=("out_of_scope", "ask_balance"),
    )
    assert found.intent == "ask_balance"


def test_a_vital_phrase_overrules_all_and_loses_nothing():
    found = reading.with_vital(
        Reading(ranking(("ask_balance", 0.9)), ("ask_plan",)),
        phrases.find("i want to die. how much do i owe"),
    )
    assert found.intent == "crisis"
    assert found.also == ("ask_balance", "ask_plan")


def test_a_vital_phrase_overrules_doubt():
    doubtful = Reading(reading.doubted(ranking(("ask_balance", 0.1)), 0.3, 0.05, 0.6))
    found = reading.with_vital(doubtful, phrases.find("stop texting me"))
    assert found.intent == "opt_out"
    assert FALLBACK not in [ranked.name for ranked in found.ranking]


def test_a_half_understood_vital_phrase_is_no_second_matter():
    found = reading.with_vital(
        Reading(ranking(("express_distress", 0.7))), phrases.find("i want to die")
    )
    assert (found.intent, found.also) == ("crisis", ())
