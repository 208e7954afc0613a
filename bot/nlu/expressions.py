"""Duckling, in process: numbers in words and points in time, as it reads them.

What they mean for a payment is decided beside, in amounts, dates and counts.
"""

from __future__ import annotations

import re
import signal
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

#: Signs that Duckling need not see, and letters that it would otherwise count in bytes.
_PLAIN = {"\u2018": "'", "\u2019": "'", "\u2013": "-", "\u2014": "-", "\u2212": "-"}
#: Words of the holidays that Duckling knows. All other days are read by our own rules, and to look
#: for days in a message costs Duckling seven times as long as to look for numbers.
_HOLIDAYS = re.compile(
    r"\b(?:days?|eve|new year|christmas|xmas|x-mas|boxing|easter|good friday|lent|advent|holy"
    r"|ash|palm|maundy|shrove|pancake|fat|mardi|carnival|pentecost|whit|ascension|corpus|trinity"
    r"|epiphany|all (?:saints|souls|hallows)|hallow|thanksgiving|black friday|cyber|valentin"
    r"|(?:saint|st\.?) (?:patrick|george|andrew|david)|patrick|mother|father|memorial|labou?r"
    r"|veteran|independence|president|columbus|martin|mlk|juneteenth|cinco|groundhog|april fool"
    r"|guy fawkes|bonfire|hogmanay|ramadan|eid|id |muharram|ashura|mawlid|laylat|isra|hanuk|chanuk"
    r"|passover|pesach|rosh|yom|sukkot|purim|shavuot|simchat|tu bishvat|tisha|shemini|kwanzaa"
    r"|d[ie]e?[vpw]a|holi|navrat|dussehra|durga|raksha|rakhi|onam|pongal|vaisakhi|baisakhi|ganesh"
    r"|janm|maha|ugadi|vesak|nowruz|chinese|lunar|solstice|earth|tax|super|clean mon"
    r"|lazarus|tu b|sukk|makar|[bv]asant|buddha|dhant|bhai|chhath|naraka|vijay|burns)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Expression:
    """What Duckling found: `kind` is "number" or "time", `value` its own description."""

    kind: str
    value: Mapping[str, Any]
    start: int
    end: int


def read(text: str, *, today: date, day_first: bool) -> tuple[Expression, ...]:
    """All numbers and holidays of `text`; positions are those of `text`."""
    duckling = _duckling()
    plain = text
    if not (text.isascii() and text.isprintable()):
        plain = "".join(_ascii(character) for character in text)
    context = _context(today, day_first)
    # Each by itself: asked together, "about twenty-five" is an hour of the evening.
    dimensions = ("number", "time") if _HOLIDAYS.search(plain) else ("number",)
    return tuple(
        Expression(entry["dim"], entry["value"], entry["start"], entry["end"])
        for dimension in dimensions
        for entry in duckling.parse(plain, context, duckling.parse_dimensions([dimension]))
    )


def _ascii(character: str) -> str:
    """One ASCII character for one character, so that positions stay; no NUL, which it dies of."""
    if character.isascii():
        return character if character.isprintable() else " "
    base = unicodedata.normalize("NFKD", _PLAIN.get(character, character))[0]
    return base if base.isascii() else " "


@lru_cache(maxsize=1)
def _duckling() -> Any:
    if threading.current_thread() is not threading.main_thread():
        import duckling  # type: ignore[import-untyped]

        return duckling
    # Its Haskell runtime takes SIGINT for itself; an assistant must stop on Ctrl-C.
    handler = signal.getsignal(signal.SIGINT)
    import duckling

    signal.signal(signal.SIGINT, handler)
    return duckling


@lru_cache(maxsize=64)
def _context(today: date, day_first: bool) -> Any:
    """Noon of `today` in UTC: days are all we ask about, and `today` is the person's already."""
    duckling = _duckling()
    noon = datetime.combine(today, time(12), tzinfo=timezone.utc)
    reference = duckling.parse_ref_time(_time_zones(), "UTC", int(noon.timestamp()))
    language = duckling.parse_lang("EN")
    locale = duckling.parse_locale(
        "EN_GB" if day_first else "EN_US", duckling.default_locale_lang(language)
    )
    return duckling.Context(reference, locale)


@lru_cache(maxsize=1)
def _time_zones() -> Any:
    import tzdata  # type: ignore[import-untyped]

    return _duckling().load_time_zones(str(Path(tzdata.__file__).parent / "zoneinfo" / "Etc"))
