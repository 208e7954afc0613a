"""What becomes of a person's numbers and addresses when they, or somebody else there, object."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.engine import Connection

from bot.ledger import tables

KIND_OF_CHANNEL = {"sms": "phone", "whatsapp": "phone", "email": "email"}
"""The kind of contact point that written messages of a channel go to. That somebody wants no calls
or letters is a preference of theirs: their number may still be written to."""


def opt_out(
    connection: Connection, debtor_id: str, channels: Iterable[str], *, on: date
) -> tuple[str, ...]:
    """No more messages on these channels, to any number or address of the person; the ids that
    were opted out now. What was opted out before keeps its day."""
    kinds = {KIND_OF_CHANNEL[channel] for channel in channels if channel in KIND_OF_CHANNEL}
    point = tables.contact_point
    condition = (
        point.c.debtor_id == debtor_id,
        point.c.kind.in_(sorted(kinds)),
        point.c.opted_out_on.is_(None),
    )
    ids = tuple(connection.execute(select(point.c.id).where(*condition)).scalars())
    connection.execute(point.update().where(*condition).values(opted_out_on=on))
    return ids


def take_away(connection: Connection, creditor: str, phone: str, *, on: date) -> tuple[str, ...]:
    """`phone` (E.164) is somebody else's: it is this creditor's debtors' no more, for messages and
    for the identity check; the ids of the contact points. The rows stay, with the day."""
    point = tables.contact_point
    debtors = select(tables.debtor.c.id).where(tables.debtor.c.creditor == creditor)
    condition = (
        point.c.kind == "phone",
        point.c.address == phone,
        point.c.wrong_on.is_(None),
        point.c.debtor_id.in_(debtors),
    )
    ids = tuple(connection.execute(select(point.c.id).where(*condition)).scalars())
    connection.execute(point.update().where(point.c.id.in_(ids)).values(wrong_on=on))
    return ids
