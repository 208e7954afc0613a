"""How long a debt may be disputed with the collector bound to prove it (12 CFR 1006.34(b)(5))."""

from __future__ import annotations

from datetime import date, timedelta

from bot.business_days import is_business_day
from bot.compliance.packs import Limits

_DAY = timedelta(days=1)
_CALENDAR = "US"
"""The legal public holidays of 5 U.S.C. 6103(a), on which no notice is assumed to arrive."""


def received_on(sent_on: date, limits: Limits) -> date:
    """The day on which validation information that was sent may be assumed to have arrived: so
    many days later, weekends and public holidays not counted."""
    day, left = sent_on, limits.validation_receipt_business_days
    while left:
        day += _DAY
        left -= is_business_day(day, _CALENDAR)
    return day


def period_ends_on(sent_on: date, limits: Limits) -> date:
    """The last day of the validation period of information sent on `sent_on`."""
    return received_on(sent_on, limits) + timedelta(days=limits.validation_days)
