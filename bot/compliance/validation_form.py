"""What a collector tells of a debt and of the person's rights, after model form B-1 of Regulation
F: the pack's texts with the itemisation of the ledger. How it is drawn is the channel's affair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.engine import Connection

from bot import clock
from bot.compliance import packs, validation
from bot.creditors import Creditor
from bot.ledger import accounts
from bot.ledger import validation as notices
from bot.ledger.accounts import Account
from bot.money import Money
from bot.wording import phone

NEEDED = "validation_dispute"
"""A pack that has this text has the form; others know no such information."""


@dataclass(frozen=True)
class Form:
    """The form, part by part, in the order in which it is read. All texts are the pack's."""

    title: str
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    reference: str
    heading: str
    account: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    """How the amount came about: what it is, and how much; the last is the total."""
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    """What can be done: a heading and its points."""
    respond: tuple[str, str, tuple[str, ...]]
    """The part to send back: heading, what to do, and what can be ticked."""
    payable: str


def exists_for(creditor: Creditor) -> bool:
    """Whether this creditor's pack has the form."""
    return NEEDED in packs.of(creditor).texts


def build(connection: Connection, account: Account, creditor: Creditor) -> Form:
    """The form of one account, as of now. Raises PackError where the pack has none."""
    pack = packs.of(creditor)
    debtor = accounts.debtor_of(connection, account)
    itemised = notices.itemisation(connection, account)
    sent_on = account.validation_sent_on or clock.today(account.time_zone)
    values = {
        "company": creditor.name,
        "creditor": account.original_creditor or creditor.name,
        "original_creditor": account.original_creditor or creditor.name,
        "phone": phone(creditor.contact.phone),
        "reference": account.reference,
        "date": _day(validation.period_ends_on(sent_on, pack.limits)),
        "itemization_date": _day(itemised.on),
    }

    def text(name: str) -> str:
        return pack.text(f"validation_{name}").filled(**values)

    contact = creditor.contact
    # Adjustments and refunds are no line of the form: they count with what was paid or credited.
    credited = itemised.payments_and_credits - itemised.other
    return Form(
        title=creditor.name,
        sender=(creditor.name, contact.address, values["phone"], contact.email, contact.website),
        recipient=(f"{debtor.first_name} {debtor.last_name}", debtor.postal_code),
        reference=account.reference,
        heading=text("heading"),
        account=(text("our_information"), text("account")),
        rows=(
            (text("as_of"), _amount(itemised.then)),
            (text("between"), ""),
            (text("interest"), _amount(itemised.interest)),
            (text("fees"), _amount(itemised.fees)),
            (text("paid"), _amount(credited)),
            (text("total"), _amount(itemised.total)),
        ),
        sections=(
            (text("dispute_heading"), (text("dispute"), text("dispute_in_writing"))),
            (
                text("else_heading"),
                (text("original_creditor"), text("rights"), text("contact_us")),
            ),
        ),
        respond=(
            text("respond_heading"),
            text("respond_check"),
            (
                text("respond_dispute"),
                text("respond_not_mine"),
                text("respond_amount"),
                text("respond_other"),
                text("respond_original_creditor"),
                text("respond_enclosed"),
            ),
        ),
        payable=text("respond_payable"),
    )


def _day(day: date) -> str:
    return f"{day.strftime('%B')} {day.day}, {day.year}"


def _amount(amount: Money) -> str:
    return str(amount)
