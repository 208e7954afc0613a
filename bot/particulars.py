"""The particulars of a stated right: which channel, when, where, and whether somebody has died.

Values that the ledger keeps, and how they are read from a message without any model, so that a
right can be obeyed in the transaction that stores the message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

WHOLE_DAY = (0, 24 * 60)
CHANNELS = ("sms", "whatsapp", "email", "phone", "post")
PLACES = ("work", "home", "school", "hospital")


@dataclass(frozen=True)
class ContactWish:
    """One wish about being reached: `wanted` is "only so", otherwise "never so".

    `days` count from Monday, 0; none means every day. `start` and `end` are minutes of the day
    where the person is, from the first up to but not including the second; a span that ends before
    it starts goes over midnight. `place` is one of PLACES, `channel` one of CHANNELS.
    """

    wanted: bool
    days: tuple[int, ...] = ()
    start: int = WHOLE_DAY[0]
    end: int = WHOLE_DAY[1]
    place: str | None = None
    channel: str | None = None

    @property
    def says_when(self) -> bool:
        """Whether it speaks of days or hours."""
        return bool(self.days) or (self.start, self.end) != WHOLE_DAY

    def covers(self, local: datetime) -> bool:
        """Whether a moment, as the person's own clock shows it, lies in its days and hours."""
        minute = local.hour * 60 + local.minute
        if self.start < self.end:
            return self._on(local.weekday()) and self.start <= minute < self.end
        # Over midnight: the small hours belong to the day before.
        return (minute >= self.start and self._on(local.weekday())) or (
            minute < self.end and self._on((local.weekday() - 1) % 7)
        )

    def _on(self, weekday: int) -> bool:
        return not self.days or weekday in self.days


@dataclass(frozen=True)
class Particulars:
    """What a stated right is about: the channels named, the wishes, whether somebody has died, and
    a telephone number that is somebody else's (E.164)."""

    channels: tuple[str, ...] = ()
    wishes: tuple[ContactWish, ...] = ()
    death: bool = False
    phone: str | None = None


_CHANNELS = (
    ("sms", re.compile(r"\b(?:text(?:s|ed|ing)?|txts?|txtn?ing|sms)\b", re.I)),
    ("whatsapp", re.compile(r"\bwhats?app\w*\b", re.I)),
    ("email", re.compile(r"\be-?mail(?:s|ed|ing)?\b", re.I)),
    ("phone", re.compile(r"\b(?:call(?:s|ed|ing)?|ring(?:s|ing)?|phon(?:e|es|ed|ing))\b", re.I)),
    ("post", re.compile(r"\b(?:post|letters?|(?:in the|by) mail)\b", re.I)),
)
# "This phone number" names a thing, not a way of being reached.
_NUMBER = re.compile(r"\b(?:cell ?|tele|mobile )?phone(?= (?:number|no|nr)\b)", re.I)
_DEATH = re.compile(
    r"\b(?:died|dead|deceased|has? (?:been )?passed|pass(?:ed|es|ing)? away|passed(?= (?:last|in|on"
    r"|this))|no longer with us|late (?:husband|wife|mother|father|mum|mom|dad|brother|sister|son"
    r"|daughter|partner|uncle|aunt|gran\w*)|estate|executors?|death|funeral|buried|fallecio|murio"
    r"|decede)\b",
    re.I,
)

_PLACES = (
    ("work", re.compile(r"\b(?:at|from|in|to|on|my) (?:my |the )?(?:work|job|office|workplace"
                        r"|employer|shift)\b|\bworkplace\b|\bwork(?: number| phone| line)\b"
                        r"|\b(?:i'?m|am|while|when) (?:working|i work)\b|\bon shift\b", re.I)),
    ("home", re.compile(r"\b(?:at|my) (?:home|house)\b|\bhome (?:number|phone)\b", re.I)),
    ("school", re.compile(r"\b(?:at|in) (?:school|class|college|uni(?:versity)?|lectures?)\b",
                          re.I)),
    ("hospital", re.compile(r"\b(?:at|in) (?:the )?hospital\b", re.I)),
)  # fmt: skip
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_WORD = (
    r"(?:mon(?:day)?s?|tue(?:s(?:day)?)?s?|wed(?:s|nesday)?s?|thu(?:r(?:s(?:day)?)?)?s?"
    r"|fri(?:day)?s?|sat(?:urday)?s?|sun(?:day)?s?)"
)
_DAY = re.compile(rf"\b{_DAY_WORD}\b", re.I)
_DAY_RANGE = re.compile(
    rf"\b({_DAY_WORD})\s*(?:-|–|to|thru|through|till?|until)\s*({_DAY_WORD})\b", re.I
)
_CLOCK = (
    r"(?:(?P<{0}word>noon|midday|midnight|lunch(?:time)?)"
    r"|(?P<{0}hour>\d{{1,2}})(?:[:.](?P<{0}minute>\d\d))?\s*(?P<{0}half>[ap]\.?m?\b\.?)?"
    r"(?:\s*o'?clock)?)"
)
_EDGE = re.compile(
    r"\b(?P<edge>befor|before|b4|after|past|until|till?|by|from|later than|earlier than|since)\s+"
    r"(?:about |around |like )?" + _CLOCK.format(""),
    re.I,
)
_BEFORE = ("befor", "before", "b4", "until", "till", "til", "by", "earlier than")
_BETWEEN = re.compile(
    r"\b(?:between\s+|from\s+|,\s*)?"
    + _CLOCK.format("a")
    + r"\s*(?:-|–|to|and|till?|until|n)\s*"
    + _CLOCK.format("b")
    + r"(?![\w/-])",
    re.I,
)
_NAMED_TIMES = (
    (re.compile(r"\b(?:mornings?|first thing)\b", re.I), (0, 720), (480, 720)),
    (re.compile(r"\bafternoons?\b", re.I), (720, 1020), (720, 1020)),
    (re.compile(r"\bevenings?\b", re.I), (1020, 1440), (1020, 1260)),
    (re.compile(r"\b(?:nights?|nite?s?|night ?time|late at night)\b", re.I), (1200, 480),
     (1080, 1260)),
    (re.compile(r"\b(?:day ?time|during the day|working hours|office hours|business hours)\b",
                re.I), (480, 1020), (480, 1020)),
    (re.compile(r"\b(?:lunch(?: ?time| break| hour)?)\b", re.I), (720, 840), (720, 840)),
)  # fmt: skip
"""Words for a part of the day: what they keep free when unwanted, and what they allow when wanted,
within the hours in which anybody may be reached at all."""

_NEGATIVE = re.compile(
    r"\b(?:not|never|no|don'?t|dnt|stop|quit|can'?t|cannot|avoid|except|isn'?t|aren'?t|hate|bad"
    r"|terrible|worst|inconvenient|busy|asleep|sleep(?:ing)?|unavailable|i work|i'?m working"
    r"|working|without)\b",
    re.I,
)
_ONLY = re.compile(
    r"\b(?:only|just|instead|prefer(?:ably|red)?|rather|best|better|fine|ok(?:ay)?|good)\b", re.I
)
_NOT_GOOD = re.compile(
    r"\b(?:not|no|isn'?t|aren'?t|never) (?:a |so |very )?(?:good|fine|ok(?:ay)?|best|ideal)\b", re.I
)
_PARTS = re.compile(r"[;.!?\n]+|,(?!\d)|\bbut\b|\bso\b|\bunless\b|\bthough\b|\bplease\b|\bpls\b")
# "Don't ring before then": what was said before it is meant.
_BACK_TO_HOURS = re.compile(r"\b(?:then|that time|those times)\b", re.I)
_AND = re.compile(
    r"\band\b(?=\s+(?:not|never|no|only|don'?t|text|email|call)\b)"
    r"|(?<=\w)\s+(?=(?:no|not by) (?:phone|calls?|texts?|e-?mails?|whatsapps?|letters?)\b)",
    re.I,
)


def read(text: str) -> Particulars:
    """The particulars of a message. `phone` is not read here: numbers are found by
    `bot.identifiers`."""
    return Particulars(
        channels=channels(text), wishes=wishes(text), death=bool(_DEATH.search(text))
    )


def channels(text: str) -> tuple[str, ...]:
    """The ways of being reached that are named."""
    plain = _NUMBER.sub("", text)
    return tuple(name for name, words in _CHANNELS if words.search(plain))


def wishes(text: str) -> tuple[ContactWish, ...]:
    """When, where and how they do or do not want to be reached, each once, as stated.

    "Not at work, nights only": never at work; only from six to nine in the evening.
    """
    plain = text.replace("\u2019", "'").lower()
    found: list[ContactWish] = []
    for clause in _AND.split(plain):
        for part in _PARTS.split(clause):
            found += _of_part(part or "")
    return tuple(dict.fromkeys(found))


def _of_part(part: str) -> Iterator[ContactWish]:
    negative = bool(_NEGATIVE.search(part))
    wanted = not negative or (
        bool(_ONLY.search(part)) and not _NOT_GOOD.search(part) and not _NEGATIVE.match(part)
    )
    days = _days(part)
    spans = list(_spans(part, wanted=wanted))
    places = [name for name, words in _PLACES if words.search(part)]
    named = channels(part)
    if not (days or spans or places):
        if named and not _BACK_TO_HOURS.search(part) and (negative or _ONLY.search(part)):
            yield from (ContactWish(not negative, channel=channel) for channel in named)
        return
    # The channel matters only where one is ruled out in part: "don't call before noon".
    channel = named[0] if len(named) == 1 else None
    for place in places:
        yield ContactWish(wanted and not negative, days=days, place=place, channel=channel)
    if places and not spans:
        return
    for start, end in spans or [WHOLE_DAY]:
        yield ContactWish(wanted, days=days, start=start, end=end, channel=channel)


def _days(part: str) -> tuple[int, ...]:
    found: set[int] = set()
    for match in _DAY_RANGE.finditer(part):
        first, last = (_WEEKDAYS.index(match[n][:3].lower()) for n in (1, 2))
        found.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    found.update(_WEEKDAYS.index(match[0][:3].lower()) for match in _DAY.finditer(part))
    if re.search(r"\bweek ?ends?\b", part, re.I):
        found.update((5, 6))
    if re.search(r"\b(?:week ?days?|during the week)\b", part, re.I):
        found.update(range(5))
    return tuple(sorted(found))


def _spans(part: str, *, wanted: bool) -> Iterator[tuple[int, int]]:
    taken: list[tuple[int, int]] = []
    for match in _BETWEEN.finditer(part):
        if match["ahour"] is None and match["aword"] is None:
            continue
        start = _minute(match, "a", early=True)
        end = _minute(match, "b", early=False)
        if end <= start and match["bhalf"] is None and match["bhour"]:
            end = min(end + 720, 1440)
        if 0 <= start < 1440 and start != end:
            taken.append(match.span())
            yield start, end
    for match in _EDGE.finditer(part):
        if any(a < match.end() and match.start() < b for a, b in taken):
            continue
        taken.append(match.span())
        before = match["edge"].lower() in _BEFORE
        # "Never after 8" means the evening, "after 9 is fine" the morning.
        early = (before and not wanted) or (not before and wanted)
        edge = _minute(match, "", early=early)
        if before and edge > 0:
            yield 0, edge
        elif not before and edge < 1440:
            yield edge, 1440
    for words, unwanted, allowed in _NAMED_TIMES:
        named = words.search(part)
        if named and not any(a < named.end() and named.start() < b for a, b in taken):
            yield allowed if wanted else unwanted


def _minute(match: re.Match[str], prefix: str, *, early: bool) -> int:
    word = (match[f"{prefix}word"] or "").lower()
    if word:
        return 1440 if word == "midnight" else 720
    hour, minute = int(match[f"{prefix}hour"]), int(match[f"{prefix}minute"] or 0)
    half = (match[f"{prefix}half"] or "").lower()
    if hour > 24 or minute > 59:
        return 0
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    elif not half and (
        hour < 5 or (hour < 12 and not early) or (early and hour in (5, 6, 7) and prefix == "")
    ):
        # Nobody means three in the night; "after 6" is the evening.
        hour += 12
    return min(hour * 60 + minute, 1440)
