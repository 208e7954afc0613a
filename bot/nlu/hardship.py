"""Why money is short, in the person's own words."""

from __future__ import annotations

import re

from bot.nlu.spans import Span

#: In this order, the first that fits a stretch of text names the reason.
_REASONS: tuple[tuple[str, str], ...] = (
    (
        "bereavement",
        (
            r"\b(?:died|passed away|passed(?= (?:last|in|on|this))|buried|funeral|bereave\w*"
            r"|widow(?:ed|er)?"
            r"|lost my (?:mum|mom|dad|wife|husband|son|daughter|baby|partner|brother|sister"
            r"|father|mother"
            r"|nan|gran\w*|child|best friend))\b"
        ),
    ),
    (
        "job_loss",
        (
            r"\b(?:lost (?:my|his|her|our|the) (?:job|work)|los(?:t|ing) my jobs?"
            r"|laid (?:me )?off|lay[- ]?off|let (?:me )?go"
            r"|redundan\w+|unemployed|jobless|out of (?:a job|work)|no job|no work|not working"
            r"|fired|sacked|got the (?:sack|boot|axe)"
            r"|quit my job|between jobs|business (?:closed|went under|failed|folded|shut)"
            r"|company (?:closed|shut|went)"
            r"|stop(?:ped)? work(?:ing)?|left my job|had to leave work|lost work)\b"
        ),
    ),
    (
        "reduced_income",
        (
            r"\b(?:hours? (?:got |were |was |have been |been )?(?:cut|reduced|slashed)|(?:cut"
            r"|reduced|slashed) (?:my|our) (?:hours?|shifts?|pay|wages?|overtime)"
            r"|(?:pay|wages?|salary|income) (?:got |was |were |has |have |been )*(?:cut|dropped"
            r"|halved|reduced|went down)|pay cut|reduced (?:hours|income|pay)"
            r"|less (?:hours|shifts|work|income)|fewer (?:hours|shifts)|part[- ]time now"
            r"|furlough\w*|half pay|sick pay|maternity (?:pay|leave)"
            r"|zero hours?|work (?:has |is )?(?:dried up|slow)|slashed my overtime"
            r"|no (?:overtime|shifts)|low income|income (?:fell|is down)"
            r"|no income|wages? barely|one income)\b"
        ),
    ),
    (
        "illness",
        (
            r"\b(?:i'?m (?:really |very |so |too )?(?:sick|ill|unwell|poorly|disabled)"
            r"|been (?:really |very )?(?:sick|ill|unwell)|(?:off|too|signed off) (?:sick|ill)"
            r"|in (?:the )?hospital|hospitali[sz]ed"
            r"|cancer|surgery|operation|chemo\w*|stroke|heart attack|accident|injur\w+"
            r"|broke my (?:leg|arm|back|ankle|hip)|illness|disability|medical bills?"
            r"|long covid|sickness|health (?:problems|issues)|my (?:son|daughter|kid|wife"
            r"|husband|mum|mom|dad|baby) is (?:sick|ill))\b"
        ),
    ),
    (
        "benefits",
        (
            r"\b(?:benefits?|universal credit|on uc|pip|jsa|esa|food stamps|snap|welfare"
            r"|social security|ssi|ssdi|disability check|state pension|on a pension)\b"
        ),
    ),
    (
        "separation",
        (
            r"\b(?:divorc\w+|separat(?:ed|ing|ion)|split up|broke up|breakup|(?:husband|wife"
            r"|partner|boyfriend|girlfriend) (?:has |just )?left(?: me)?|my ex left"
            r"|single (?:mum|mom|dad|parent))\b"
        ),
    ),
    (
        "essentials",
        (
            r"\b(?:food(?: bank)?|eat(?:ing)?|feed(?:ing)?|groceries|rent|evict\w+|homeless"
            r"|heat(?:ing)?|electric(?:ity)?|gas bill|utilities|bills|nappies|diapers"
            r"|cost of living|mortgage|energy bills?|lights? (?:on|off)|essentials|basics|skint"
            r"|broke(?! (?:my|up|down))|no money|penniless|struggling|can'?t afford (?:anything"
            r"|to live))\b"
        ),
    ),
)
_COMPILED = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _REASONS)


def reason(text: str) -> Span[str] | None:
    """The reason stated in `text`, the weightiest one if there are several; None if none is."""
    plain = text.replace("\u2019", "'")
    for name, pattern in _COMPILED:
        match = pattern.search(plain)
        if match:
            return Span(name, match.start(), match.end())
    return None
