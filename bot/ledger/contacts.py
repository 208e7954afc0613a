"""Correcting how a person is reached. A wrong address is kept and never used again."""

from __future__ import annotations

import re

import phonenumbers
from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from bot import clock
from bot.db import new_id
from bot.ledger import tables
from bot.ledger.accounts import Debtor

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def add(connection: Connection, debtor: Debtor, kind: str, address: str, *, region: str) -> str:
    """Add a telephone number (as people of `region`, such as US, write it) or e-mail address that
    the person gave; returns it as it is kept. Consent to write there is not given by this.
    ValueError for what is none."""
    if kind == "phone":
        plain = _phone(address, region)
    elif kind == "email" and _EMAIL.fullmatch(address.strip()):
        plain = address.strip().lower()
    else:
        raise ValueError(f"{address!r} is no {kind}")
    tables.insert_once(
        connection,
        tables.contact_point,
        id=new_id("cp"),
        debtor_id=debtor.id,
        kind=kind,
        address=plain,
        confirmed_on=clock.today(debtor.time_zone),
    )
    return plain


def retire(connection: Connection, debtor: Debtor, contact_point_id: str) -> None:
    """Never use this number or address of theirs again. LookupError for one that is not theirs."""
    point = tables.contact_point
    mine = (point.c.id == contact_point_id, point.c.debtor_id == debtor.id)
    if connection.execute(select(point.c.id).where(*mine)).first() is None:
        raise LookupError(contact_point_id)
    connection.execute(
        update(point)
        .where(*mine, point.c.opted_out_on.is_(None))
        .values(opted_out_on=clock.today(debtor.time_zone))
    )


def _phone(address: str, region: str) -> str:
    try:
        parsed = phonenumbers.parse(address, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError(f"{address!r} is no telephone number") from error
    if not phonenumbers.is_possible_number(parsed):
        raise ValueError(f"{address!r} is no telephone number")
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
