"""What a ranking means once doubt, context, a second matter and vital phrases are weighed. Pure.

The order of the rules is the order of the functions: doubt, then the question that the message
answers, then a second matter in the same message, then the vital phrases, which nothing undoes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.nlu.classifier import Ranked
from bot.nlu.clauses import Clause
from bot.nlu.entities import AMOUNT_QUESTIONS, CHOICES, PLAN_QUESTIONS, Entity
from bot.nlu.phrases import URGENCY, Vital

FALLBACK = "nlu_fallback"
CRISIS = "crisis"
#: Below this probability, or this close to the runner-up, the bot asks (docs/understanding.md).
THRESHOLD = 0.2
MARGIN = 0.02
#: Below this the bot asks whether a must-not-miss intent was meant, where no reviewed phrase says
#: so. A crisis is never asked about: kindness that was not needed does no harm.
VITAL_THRESHOLD = 0.7
#: A clause must be this sure to count as a second matter.
CLAUSE_THRESHOLD = 0.55
#: The same for a must-not-miss intent, which the reviewed phrases find anyway.
VITAL_CLAUSE_THRESHOLD = 0.8

#: Questions that a yes or a no answers.
YES_NO = frozenset(
    {"confirm_plan", "confirm_move", "confirm_skip", "confirm_cancel", "confirm_pause",
     "offer_human", "see_options", "stop_sure", "validation_delivery", "vulnerability_consent",
     "time_barred"}
)  # fmt: skip
#: Questions that are answered in any words: a name, a reference, what would help.
FREE_ANSWERS = frozenset(
    {"attorney_name", "adviser_reference", "contact_times", "vulnerability_needs"}
)
_PLAN_FACTS = frozenset({"amount", "frequency", "date", "weekday", "count", "percent"})
_IDENTITY_FACTS = frozenset({"reference", "birth_date", "postal_code"})

#: Intents that a mere answer is easily mistaken for, by the kind of question.
_ANSWER_LIKE = frozenset(
    {"inform", "offer_amount", "affirm", "deny", "promise_to_pay", "change_due_date",
     "make_payment", "ask_settlement", "ask_plan", "out_of_scope", "ask_due_date", "ask_minimum",
     "report_payment_made", FALLBACK}
)  # fmt: skip

#: What an answer about income and costs is easily mistaken for.
_ABOUT_MEANS = frozenset({"report_hardship", "ask_money_help", "report_vulnerability"})
_ON_PAPER = re.compile(r"\b(?:paper|post|mail|letter)\b", re.I)
_NOTHING = re.compile(r"(?:nothing|none|zero|nil|nowt|no(?:thing)? (?:really|at all))\b", re.I)

_YES = re.compile(
    r"(?:y+(?:e+[ahsp]*|up|ep)*|yh|ok(?:ay|ey)?|k+|sure|fine|alright|all right|aye|go (?:on"
    r"|ahead|for it)"
    r"|do it|deal|agreed?|confirm(?:ed)?|correct|right|perfect|sounds? (?:good|fine|ok"
    r"|right)|works?"
    r"|absolutely|definitely|of course|please do|i do|that'?s (?:fine|ok|good|right|correct)|great"
    r"|why not|let'?s|happy with)\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"(?:no+(?:pe|t)?|na+h*|don'?t|never ?mind|neither|cancel that|leave it)\b", re.IGNORECASE
)
_YES_SIGNS = frozenset("\U0001f44d\U0001f44c\u2705\u2714\U0001f197\U0001f64c")
_NO_SIGNS = frozenset("\U0001f44e\u274c\U0001f645\u2716")
_LEADING_YES_NO = re.compile(
    rf"^\W*(?:{_YES.pattern}|{_NO.pattern})(?:\W+(?:please|pls|plz|then|thanks|ta|but|and"
    rf"|so)\b)*\W*",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\?|^\W*(?:what|when|how|why|who|where|which|can|could|will|would|do|does|is|are|am)\b",
    re.IGNORECASE,
)
_OPTION_WORDS = re.compile(
    r"\b(?:other one|cheap(?:er|est)(?: one)?|short(?:er|est)(?: one)?|long(?:er|est)(?: one)?"
    r"|(?:low|small|few)(?:er|est)(?: one)?|the one (?:with|on|ending|for)|either|whichever|any)\b",
    re.IGNORECASE,
)
#: Where an amount was asked: whatever is least, which the options of the creditor's policy show.
_LEAST = re.compile(
    r"\b(?:(?:the )?(?:low|small|cheap|little|few|minim)\w*|least|as (?:low|little|small) as)\b",
    re.IGNORECASE,
)
#: Where a first day was asked: a payday that we know no date of, so that the date is asked again.
_SOME_DAY = re.compile(
    r"\b(?:pay ?day|paid|wages?|pay ?che(?:ck|que)|soon|whenever)\b", re.IGNORECASE
)
_LETTERS_OR_DIGITS = re.compile(r"\w")


@dataclass(frozen=True)
class Reading:
    """The ranking (first = what is acted on) and the further intents of the same message."""

    ranking: tuple[Ranked, ...]
    also: tuple[str, ...] = ()

    @property
    def intent(self) -> str:
        """What is acted on."""
        return self.ranking[0].name


def doubted(
    ranking: tuple[Ranked, ...], threshold: float, margin: float, vital_threshold: float
) -> tuple[Ranked, ...]:
    """`ranking`, with the fallback before it if its first place is not sure enough."""
    first, second = ranking[0], ranking[1]
    if first.name in URGENCY and first.name != CRISIS:
        threshold = vital_threshold
    if first.confidence >= threshold and first.confidence - second.confidence >= margin:
        return ranking
    return (Ranked(FALLBACK, threshold), *ranking)


def read(
    text: str,
    ranking: tuple[Ranked, ...],
    clauses: Sequence[tuple[Clause, tuple[Ranked, ...]]],
    entities: Sequence[Entity],
    pending: str | None,
) -> Reading:
    """The message as an answer to what was asked (`pending`), else by itself."""
    signs = _signs(text)
    if not _LETTERS_OR_DIGITS.search(text) and not (signs and pending in YES_NO):
        return Reading((Ranked(FALLBACK, 1.0), *ranking))
    answer = _answer(text, ranking, entities, pending, signs)
    if answer is not None:
        ranking = _first(ranking, answer)
    elif ranking[0].name in ("affirm", "deny") and _is_proposal(text, entities):
        ranking = _first(ranking, "offer_amount")
    if answer is not None and pending in FREE_ANSWERS:
        # Whatever else is in it is part of the answer; only vital phrases go before it.
        return Reading(ranking)
    first, also = _several(ranking, clauses, answered=answer is not None)
    return Reading(first, also)


def with_vital(reading: Reading, vital: Sequence[Vital]) -> Reading:
    """`reading` with the most urgent vital phrase first; what it displaces is not forgotten."""
    if not vital:
        return reading
    names = list(dict.fromkeys(phrase.intent for phrase in vital))
    rest = [reading.intent, *reading.also]
    also = [name for name in dict.fromkeys([*names[1:], *rest]) if name not in (names[0], FALLBACK)]
    if reading.intent in _SWALLOWED.get(names[0], ()):
        also.remove(reading.intent)
    return Reading(_first(reading.ranking, names[0]), tuple(also))


#: What the classifier makes of a vital phrase that it half understood is no second matter.
_SWALLOWED: dict[str, frozenset[str]] = {
    CRISIS: frozenset({"express_distress", "report_vulnerability", "out_of_scope", "goodbye"}),
    "opt_out": frozenset({"cease_contact", "make_complaint", "cancel_plan", "out_of_scope"}),
    "cease_contact": frozenset({"opt_out", "make_complaint", "out_of_scope", "deny"}),
    "dispute_not_mine": frozenset({"wrong_person", "dispute_amount", "out_of_scope", "deny"}),
    "dispute_amount": frozenset({"ask_breakdown", "dispute_not_mine", "offer_amount"}),
    "report_identity_theft": frozenset({"dispute_not_mine", "ask_is_scam", "out_of_scope"}),
    "request_validation": frozenset({"ask_is_scam", "out_of_scope", "ask_breakdown"}),
    "report_bankruptcy": frozenset({"report_adviser", "ask_money_help", "out_of_scope"}),
    "report_attorney": frozenset({"report_adviser", "ask_human", "out_of_scope"}),
    "wrong_person": frozenset({"third_party", "dispute_not_mine", "out_of_scope"}),
    "third_party": frozenset({"report_hardship", "wrong_person", "out_of_scope"}),
}


def _answer(
    text: str,
    ranking: tuple[Ranked, ...],
    entities: Sequence[Entity],
    pending: str | None,
    signs: str | None,
) -> str | None:
    """The intent of a message that answers the pending question, or None."""
    if pending is None:
        return None
    top = _likeliest(ranking)
    if top == CRISIS:
        # Never taken for an answer, whatever was asked and however openly.
        return None
    facts = {entity.entity for entity in entities}
    asks = bool(_QUESTION.search(text)) and not _YES.match(text.strip())
    if top == "report_payment_made" and "amount" not in facts:
        # "I sent it yesterday" names a day, but answers nothing that was asked.
        return None
    if pending in PLAN_QUESTIONS and facts & _PLAN_FACTS and top in _ANSWER_LIKE:
        return None if asks and top.startswith("ask_") and "amount" not in facts else "offer_amount"
    if pending in AMOUNT_QUESTIONS and not asks:
        if "amount" in facts or (pending == "affordability" and "count" in facts):
            return "inform"
        if "option" in facts and len(text.split()) <= 6:
            return "inform"
        if pending == "affordability" and (
            top in _ANSWER_LIKE | _ABOUT_MEANS or _NOTHING.match(text.strip())
        ):
            return "inform"
    if pending in FREE_ANSWERS and not asks and not _is_sure(ranking):
        return "deny" if _NO.match(text.strip()) and len(text.split()) <= 4 else "inform"
    if pending == "plan_amount" and top in _ANSWER_LIKE and not asks and _LEAST.search(text):
        return "ask_plan"
    if pending == "plan_start" and not asks:
        if "date" in facts and len(text.split()) <= 4:
            return "offer_amount"
        if top in _ANSWER_LIKE and _SOME_DAY.search(text):
            return "offer_amount"
    if pending in CHOICES and not (asks and top not in _ANSWER_LIKE):
        if "ordinal" in facts and (top in _ANSWER_LIKE or len(text.split()) <= 4):
            return "inform"
        if "option" in facts and len(text.split()) <= 6:
            return "inform"
        if _OPTION_WORDS.search(text) and top in _ANSWER_LIKE:
            return "inform"
    if pending == "validation_delivery" and _ON_PAPER.search(text):
        return "deny"
    if pending in YES_NO and not asks:
        return signs or _yes_or_no(text, ranking)
    if (
        pending == "identify"
        and facts & _IDENTITY_FACTS
        and not asks
        and _is_mostly(text, entities)
    ):
        return "inform"
    if pending == "move_date" and facts & {"date", "weekday"} and top in _ANSWER_LIKE:
        return "inform"
    return None


def _is_sure(ranking: tuple[Ranked, ...]) -> bool:
    """Whether the message is so plainly a matter of its own that it answers nothing."""
    return ranking[0].confidence >= 0.9 and ranking[0].name not in _ANSWER_LIKE | {
        "report_attorney", "report_adviser", "inconvenient_time", "report_vulnerability",
        "third_party", "wrong_person", "change_language", "ask_human",
    }  # fmt: skip


def _yes_or_no(text: str, ranking: tuple[Ranked, ...]) -> str | None:
    """Yes and no in any shape, where a yes or a no was asked for."""
    stripped = text.strip()
    words = len(stripped.split())
    top = _likeliest(ranking)
    if words <= 6 and top in _ANSWER_LIKE | {"thanks", "greet", "goodbye", "ask_capabilities"}:
        if _NO.match(stripped):
            return "deny"
        if _YES.match(stripped):
            return "affirm"
    chances = {ranked.name: ranked.confidence for ranked in ranking}
    yes, no = chances.get("affirm", 0.0), chances.get("deny", 0.0)
    if top in ("affirm", "deny") or (max(yes, no) > 0.25 and top == FALLBACK):
        return "affirm" if yes > no else "deny"
    return None


def _signs(text: str) -> str | None:
    """Yes or no, if the message consists of thumbs and ticks."""
    signs = {character for character in text if character in _YES_SIGNS | _NO_SIGNS}
    if not signs or _LETTERS_OR_DIGITS.search(text):
        return None
    if signs <= _YES_SIGNS:
        return "affirm"
    return "deny" if signs <= _NO_SIGNS else None


def _is_proposal(text: str, entities: Sequence[Entity]) -> bool:
    """Whether behind the yes or no stands a proposal: "no, 40", "yes but on mondays"."""
    lead = _LEADING_YES_NO.match(text)
    if lead is None or lead.end() >= len(text.strip()):
        return False
    return any(e.entity in _PLAN_FACTS and e.start >= lead.end() for e in entities)


def _is_mostly(text: str, entities: Sequence[Entity]) -> bool:
    """Whether little stands beside the facts: "ref a-1042, born 3 may 1988"."""
    left = list(text)
    for entity in entities:
        left[entity.start : entity.end] = " " * (entity.end - entity.start)
    return len("".join(left).split()) <= 8


def _several(
    ranking: tuple[Ranked, ...],
    clauses: Sequence[tuple[Clause, tuple[Ranked, ...]]],
    *,
    answered: bool,
) -> tuple[tuple[Ranked, ...], tuple[str, ...]]:
    """The ranking for the first matter, and the names of the others, most important first."""
    names = [ranking[0].name]
    for _, ranked in clauses:
        first = ranked[0]
        least = VITAL_CLAUSE_THRESHOLD if first.name in URGENCY else CLAUSE_THRESHOLD
        if first.confidence >= least and first.name not in _NEVER_SECOND:
            names.append(first.name)
    distinct = list(dict.fromkeys(name for name in names if name not in (FALLBACK,)))
    if len(distinct) < 2:
        if distinct and ranking[0].name == FALLBACK:
            return _first(ranking, distinct[0]), ()
        return ranking, ()
    whole = ranking[0].name
    found_in_clauses = distinct if whole in [r[0].name for _, r in clauses] else distinct[1:]
    if not answered and len(found_in_clauses) > 1:
        distinct = [name for name in distinct if name in found_in_clauses]
    if answered:
        others = distinct[1:]
        urgent = [name for name in others if _importance(name) < _ORDINARY]
        if urgent:
            return _first(ranking, urgent[0]), tuple(n for n in distinct if n != urgent[0])
        return ranking, tuple(others)
    order = {ranked[0].name: place for place, (_, ranked) in reversed(list(enumerate(clauses)))}
    ordered = sorted(distinct, key=lambda name: (_importance(name), order.get(name, 0)))
    return _first(ranking, ordered[0]), tuple(ordered[1:])


#: Small talk beside a matter is no second matter.
_NEVER_SECOND = frozenset(
    {"greet", "goodbye", "thanks", "affirm", "deny", "inform", "out_of_scope", "ask_repeat",
     "ask_capabilities"}
)  # fmt: skip
_ORDINARY = 100
_FIRST_AMONG_OTHERS = (
    "report_vulnerability", "report_hardship", "express_distress", "report_adviser",
    "refuse_to_pay", "make_complaint", "inconvenient_time", "ask_human",
)  # fmt: skip


def _importance(name: str) -> int:
    """What is acted on first, from most to least: vital, hardship, ordinary, small talk."""
    if name in URGENCY:
        return URGENCY.index(name)
    if name in _FIRST_AMONG_OTHERS:
        return 50 + _FIRST_AMONG_OTHERS.index(name)
    return _ORDINARY + (name in _NEVER_SECOND)


def _likeliest(ranking: tuple[Ranked, ...]) -> str:
    """The first real intent, also behind a doubt."""
    return next((r.name for r in ranking if r.name != FALLBACK), FALLBACK)


def _first(ranking: tuple[Ranked, ...], name: str) -> tuple[Ranked, ...]:
    """`ranking` with `name` before all others, as sure as the first was or a doubt is not."""
    known = {ranked.name: ranked for ranked in ranking}
    confidence = max(ranked.confidence for ranked in ranking)
    return (
        Ranked(name, max(confidence, known[name].confidence if name in known else 0.0)),
        *(ranked for ranked in ranking if ranked.name not in (name, FALLBACK)),
    )
