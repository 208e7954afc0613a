"""Rules about messages that we start: whether, when, where to, how often and with what in them.

Answering a person who has just written is always allowed by these.
"""

from __future__ import annotations

from datetime import date, datetime

from bot import clock
from bot.compliance import contents
from bot.compliance.context import Context, Reach
from bot.compliance.outgoing import Outgoing
from bot.compliance.packs import Limits, Pack, stricter
from bot.compliance.verdicts import Refused

NEED_SIGN_OFF = ("sms", "whatsapp")
TEXTS = ("sms", "whatsapp")
NOT_COUNTED = ("opt_out_confirmation", "cease_confirmation", "help_answer")
"""What a person asked for by writing themselves is no contact that the caps count."""


def channel_sign_off(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """SMS and WhatsApp are off until the operator signed them off by name and date."""
    used = context.reach.kind if context.reach else context.channel
    if used in NEED_SIGN_OFF and used not in context.channels_on:
        return f"{used} was not signed off"
    return None


def opted_out(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """Nothing more to an address whose owner opted out, save to confirm that."""
    reach = _started(context)
    if reach and reach.opted_out_on and outgoing.kind != "opt_out_confirmation":
        return f"the person opted out of {reach.kind} on {reach.opted_out_on.isoformat()}"
    return None


def contact_point(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """What tells of a debt goes only to an address that is known to be the person's and that they
    agreed to; what was known too long ago is not known."""
    if not context.started_by_us:
        return None
    kind = pack.outbound.get(outgoing.kind)
    if kind is None:
        return f"{outgoing.kind or 'a message without a kind'} is not in the table of outbound"
    reach = context.reach
    if reach is None:
        return "no address is known"
    if "consented" in kind.needs and reach.consented_on is None:
        return f"the person did not agree to {reach.kind}"
    if "confirmed" in kind.needs:
        days = _limits(context, pack).confirmed_within_days
        if reach.confirmed_on is None:
            return "the address was never confirmed as the person's"
        if (_today(context, reach) - reach.confirmed_on).days > days:
            return f"the address was confirmed more than {days} days ago"
    return None


def outbound_content(outgoing: Outgoing, context: Context, pack: Pack) -> Refused | None:
    """Each kind of message that we start contains only what its row of the table allows."""
    kind = pack.outbound.get(outgoing.kind)
    if not context.started_by_us or kind is None:
        return None
    more = sorted(_contents(outgoing) - kind.may)
    if more:
        told = f"a {outgoing.kind} with {', '.join(more)} in it"
        return Refused(kind.section, told, "outbound_content")
    return None


def contact_hours(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """Nothing outside the hours of the pack where the person is; where that is not certain, in none
    of the places."""
    reach = _started(context)
    if reach is None:
        return None
    limits = _limits(context, pack)
    if not reach.time_zones:
        return "it is not known what time it is where the person is"
    for zone in reach.time_zones:
        local = clock.local(context.now, zone)
        if not limits.contact_from <= local.time() < limits.contact_until:
            return f"it is {local:%H:%M} in {zone}"
    return None


def inconvenient(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """Not at the times and places that the person said do not suit them."""
    reach = _started(context)
    if reach is None:
        return None
    if reach.inconvenient_place:
        return "the person said that this place does not suit them"
    for zone in reach.time_zones:
        local = clock.local(context.now, zone)
        if any(span.holds(local) for span in reach.inconvenient):
            return f"the person said that {local:%A %H:%M} does not suit them"
    return None


def text_caps(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """No more texts a day and a week than the pack allows."""
    reach = _started(context)
    if reach is None or reach.kind not in TEXTS or outgoing.kind in NOT_COUNTED:
        return None
    limits = _limits(context, pack)
    if reach.sent_today >= limits.texts_a_day:
        return f"{reach.sent_today} sent today already"
    if reach.sent_in_7_days >= limits.texts_a_week:
        return f"{reach.sent_in_7_days} sent in seven days already"
    return None


def call_caps(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """At most seven calls in seven days about one debt, and none within seven days of having
    spoken, the day of which counts as the first."""
    reach = _started(context)
    if reach is None or reach.kind != "call":
        return None
    limits = _limits(context, pack)
    if reach.sent_in_7_days >= limits.calls_in_7_days:
        return f"{reach.sent_in_7_days} calls in seven days already"
    if reach.talked_on is not None:
        since = (_today(context, reach) - reach.talked_on).days
        if since < limits.days_after_talk:
            return f"spoken to {since} days ago"
    return None


def validation_notice(outgoing: Outgoing, context: Context, pack: Pack) -> str | None:
    """Validation information goes electronically only to who agreed to that (15 U.S.C. 7001)."""
    kind = pack.outbound.get(outgoing.kind)
    reach = _started(context)
    if reach and kind and "esign" in kind.needs and reach.esign_on is None:
        return "the person did not agree to electronic notices"
    return None


def _started(context: Context) -> Reach | None:
    return context.reach if context.started_by_us else None


def _limits(context: Context, pack: Pack) -> Limits:
    return stricter(pack.limits, context.contact_limits)


def _today(context: Context, reach: Reach) -> date:
    """Today where the person is: the latest of the days it may be there."""
    zones = reach.time_zones or ("UTC",)
    days: list[datetime] = [clock.local(context.now, zone) for zone in zones]
    return max(day.date() for day in days)


def _contents(outgoing: Outgoing) -> set[str]:
    """What a message contains, in the words of the table."""
    found = {
        name
        for name, keys in (
            ("first_name", ("first_name",)),
            ("reference", ("reference",)),
            ("creditor", ("creditor", "original")),
            ("link", ("link",)),
        )
        if any(key in outgoing.values for key in keys)
    }
    if any(True for _ in contents.amounts(outgoing)):
        found |= {"amount", "debt"}
    if any(True for _ in contents.days(outgoing)):
        found.add("date")
    if contents.tells_of_debt(outgoing):
        found.add("debt")
    if outgoing.card is not None and outgoing.card.get("kind") == "payment_link":
        found.add("link")
    return found
