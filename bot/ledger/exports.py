"""One account as plain JSON values, for the person whose data it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.engine import Connection

from bot.ledger import accounts, entries, holds, plans
from bot.ledger.accounts import Account
from bot.ledger.holds import Hold
from bot.ledger.plans import Plan


def account_as_json(
    connection: Connection, reference: str, creditor: str | None = None
) -> dict[str, Any]:
    """Everything that the ledger holds of an account: `{account, balance, entries, holds, plans,
    payments}`, money as `{minor, currency}`, days and moments in ISO.

    LookupError if there is no such account, or if several creditors have one and none is named.
    """
    account = accounts.named(connection, reference, creditor)
    return {
        "account": _account(connection, account),
        "balance": entries.balance(connection, account.id).as_json(),
        "entries": [
            {
                "posted_on": entry.posted_on.isoformat(),
                "kind": entry.kind,
                "amount": entry.amount.as_json(),
                "memo": entry.memo,
                "external_id": entry.external_id,
            }
            for entry in entries.history(connection, account.id)
        ],
        "holds": [_hold(hold) for hold in holds.history(connection, account)],
        "plans": [_plan(plan) for plan in plans.of_account(connection, account.id)],
        "payments": [
            {
                "paid_on": entry.posted_on.isoformat(),
                "amount": (-entry.amount).as_json(),
                "memo": entry.memo,
                "external_id": entry.external_id,
            }
            for entry in entries.payments(connection, account.id)
        ],
    }


def _account(connection: Connection, account: Account) -> dict[str, Any]:
    debtor = accounts.debtor_of(connection, account)
    return {
        "reference": account.reference,
        "creditor": account.creditor,
        "original_creditor": account.original_creditor,
        "status": account.status,
        "currency": account.currency,
        "opened_on": _iso(account.opened_on),
        "due_on": _iso(account.due_on),
        "minimum_due": account.minimum_due.as_json() if account.minimum_due else None,
        "time_barred_on": _iso(account.time_barred_on),
        "itemization_date": _iso(account.itemization_date),
        "validation_sent_on": _iso(account.validation_sent_on),
        "legal_action_intended": account.legal_action_intended,
        "credit_reported": account.credit_reported,
        "debtor": {
            "first_name": debtor.first_name,
            "last_name": debtor.last_name,
            "birth_date": _iso(debtor.birth_date),
            "postal_code": debtor.postal_code,
            "state": debtor.state,
            "language": debtor.language,
            "time_zone": debtor.time_zone,
            "contact_points": [
                {
                    "kind": point.kind,
                    "address": point.address,
                    "consent_on": _iso(point.consent_on),
                    "confirmed_on": _iso(point.confirmed_on),
                    "opted_out_on": _iso(point.opted_out_on),
                }
                for point in accounts.contact_points(connection, debtor.id)
            ],
        },
    }


def _hold(hold: Hold) -> dict[str, Any]:
    return {
        "scope": hold.scope,
        "kind": hold.kind,
        "amount": hold.amount.as_json() if hold.amount else None,
        "placed_at": _iso(hold.placed_at),
        "until": _iso(hold.until),
        "evidence": dict(hold.evidence),
        "lifted_at": _iso(hold.lifted_at),
        "lifted_by": hold.lifted_by,
        "lifted_because": hold.lifted_because,
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "kind": plan.kind,
        "status": plan.status,
        "version": plan.version,
        "replaces": plan.replaces,
        "frequency": plan.frequency.value,
        "total": plan.total.as_json(),
        "amount": plan.amount.as_json(),
        "terms_hash": plan.terms_hash,
        "offered_at": _iso(plan.offered_at),
        "expires_at": _iso(plan.expires_at),
        "agreed_at": _iso(plan.agreed_at),
        "evidence": None if plan.evidence is None else dict(plan.evidence),
        "instalments": [
            {
                "sequence": one.sequence,
                "due_on": _iso(one.due_on),
                "amount": one.amount.as_json(),
                "paid": one.paid.as_json(),
                "status": one.status,
                "moved_from": _iso(one.moved_from),
            }
            for one in plan.instalments
        ],
    }


def _iso(when: date | None) -> str | None:
    """A day or a moment (which is a kind of day to Python) in ISO 8601."""
    return when.isoformat() if when else None
