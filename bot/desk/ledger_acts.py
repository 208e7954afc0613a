"""What an agent does in the ledger, each with a confirmation and an audit row of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.responses import Response

from bot import clock
from bot.compliance.gate import Choice, Outgoing
from bot.conversations import identity, protection, records, schedules, takeover
from bot.conversations.records import Conversation
from bot.desk import case, pages, words
from bot.desk.talk_acts import say
from bot.desk.visits import Done, Problem, Visit, act, page
from bot.ledger import accounts, approvals, contacts, entries, holds, offers, plans, promises
from bot.ledger.accounts import Account
from bot.ledger.offers import Offer, OffPolicy, Proposal
from bot.ledger.schedule import Frequency, Terms
from bot.money import Money


@act("/conversations/{conversation}/verify")
def verify(visit: Visit) -> Done:
    """The agent checked by other means who this is."""
    held = visit.held()
    visit.confirmed()
    how = visit.form.get("how", "")
    if how not in words.VERIFIED_BY:
        raise Problem(422, "bad_means", "Choose how you checked it.")
    account = _named(visit, held)
    identity.unlock(visit.connection, held, account, secret=visit.desk.settings.secret_key)
    verified = identity.verify(visit.connection, held, [account], by="agent", named=True)
    protection.carry_over(visit.connection, verified.conversation)
    visit.audit(held.id, "verified_by_agent", how=how, account=account.id)
    visit.audit(account.id, "verified_by_agent", how=how, conversation=held.id)
    say(visit, verified.conversation, _from(visit, "utter_agent_verified"))
    return Done("They are checked. You may speak about the account now.")


@act("/conversations/{conversation}/unlock")
def unlock(visit: Visit) -> Done:
    """Lift the lock of the identity check, so that they can try again."""
    held = visit.held()
    visit.confirmed()
    account = _named(visit, held) if visit.form.get("reference", "").strip() else None
    identity.unlock(visit.connection, held, account, secret=visit.desk.settings.secret_key)
    visit.audit(held.id, "unlocked", account=account.id if account else None)
    return Done("Unlocked. They can try the check again.")


@act("/conversations/{conversation}/lift")
def lift(visit: Visit) -> Done:
    """End a hold, with a reason."""
    held = visit.held()
    visit.confirmed()
    reason = visit.text("reason", most=300)
    shown = case.read(visit.connection, held, visit.creditor(held))
    wanted = next((hold for hold in shown.holds if hold.id == visit.form.get("hold")), None)
    if wanted is None:
        raise Problem(404, "no_hold", "That hold does not stand here any more.")
    holds.lift(visit.connection, wanted.id, by=visit.agent.actor, reason=reason)
    facts = {"hold": wanted.id, "protection": wanted.kind, "scope": wanted.scope}
    visit.audit(held.id, "hold_lifted", **facts)
    if held.account_id is not None:
        visit.audit(held.account_id, "hold_lifted", **facts)
    takeover.touched(visit.connection, held)
    return Done("The hold is lifted.")


@page("/conversations/{conversation}/plan")
def preview_plan(visit: Visit) -> Response:
    """The schedule that the fields of the form make, or why they make none."""
    found = visit.conversation()
    try:
        made = _made(visit, found, dict(visit.query))
    except Problem as problem:
        return pages.show(visit, "_plan.html", {"why": problem.detail, "offer": None, "asked": {}})
    if isinstance(made, OffPolicy):
        near = words.plan_of_terms(made.nearest.terms)
        why = f"{words.OFF_POLICY[made.reason]} The nearest that is allowed: {near}."
        return pages.show(visit, "_plan.html", {"why": why, "offer": None, "asked": {}})
    return pages.show(
        visit, "_plan.html", {"why": "", "offer": made, "asked": dict(visit.query), "id": found.id}
    )


@act("/conversations/{conversation}/plan")
def send_plan(visit: Visit) -> Done:
    """Offer a plan up to the agent's limits; it stands once the person agrees."""
    held = visit.held()
    visit.confirmed()
    made = _made(visit, held, visit.form)
    if isinstance(made, OffPolicy):
        raise Problem(422, "off_policy", words.OFF_POLICY[made.reason])
    if made.terms.terms_hash != visit.form.get("terms_hash"):
        raise Problem(409, "changed", "Something changed meanwhile. Look at the schedule again.")
    _put_on_the_table(visit, held, visit.account(held), made)
    return Done("The plan is sent. It stands once they press Yes.")


@act("/conversations/{conversation}/decide", role="supervisor")
def decide(visit: Visit) -> Done:
    """Approve or refuse the plan outside of the policy that the person asked for."""
    found = visit.conversation()
    visit.confirmed()
    approved = visit.form.get("decision") == "approve"
    if not approved and visit.form.get("decision") != "refuse":
        raise Problem(422, "no_decision", "Choose to approve or to refuse.")
    account = visit.account(found)
    wanted = visit.form.get("approval", "")
    if wanted not in {one.id for one in approvals.requested(visit.connection, account.id)}:
        raise Problem(409, "decided", "This was decided already.")
    one = approvals.decide(visit.connection, wanted, approved=approved, by=visit.agent.actor)
    visit.audit(account.id, f"plan_{one.status}", approval=one.id, terms=one.terms_hash)
    visit.audit(found.id, f"plan_{one.status}", approval=one.id)
    if approved:
        _put_on_the_table(
            visit,
            found,
            account,
            Offer("approved", Terms.from_json(one.terms)),
            intro="utter_approval_granted",
        )
        return Done("Approved, and sent to them to agree.")
    refused = say(visit, found, _from(visit, "utter_approval_refused"))
    if refused is not None:
        raise Problem(409, "refused", f"They cannot be told: {refused.reason}.")
    takeover.touched(visit.connection, found)
    return Done("Refused, and they were told.")


@act("/conversations/{conversation}/promise")
def promise(visit: Visit) -> Done:
    """Write down that they will pay a sum by a day."""
    held = visit.held()
    visit.confirmed()
    account = visit.account(held)
    amount = _money(visit.form.get("amount", ""), account.currency)
    due_on = _day(visit.form.get("due_on", ""))
    try:
        made = promises.record(
            visit.connection,
            account,
            amount,
            due_on,
            by=visit.agent.actor,
            evidence={"conversation": held.id},
            key=visit.key,
        )
    except ValueError as error:
        raise Problem(422, "no_promise", f"{error}.".capitalize()) from error
    visit.audit(account.id, "promise_recorded", promise=made.id, conversation=held.id)
    takeover.touched(visit.connection, held)
    return Done("The promise is written down.")


@act("/conversations/{conversation}/contact")
def correct_contact(visit: Visit) -> Done:
    """Add an address that the person gave, or never use one again."""
    held = visit.held()
    visit.confirmed()
    account = visit.account(held)
    if not held.verified:
        raise Problem(409, "not_verified", "Check first who this is.")
    debtor = accounts.debtor_of(visit.connection, account)
    retired = visit.form.get("retire", "")
    if retired:
        try:
            contacts.retire(visit.connection, debtor, retired)
        except LookupError as error:
            raise Problem(404, "no_contact", "That is no address of theirs.") from error
        visit.audit(account.id, "contact_retired", contact=retired)
        takeover.touched(visit.connection, held)
        return Done("It will not be used again.")
    region = "GB" if visit.creditor(held).jurisdiction == "UK" else "US"
    address = visit.text("address", most=254)
    kind = "email" if "@" in address else "phone"
    try:
        contacts.add(visit.connection, debtor, kind, address, region=region)
    except ValueError as error:
        raise Problem(422, "no_address", f"That is no {kind} that could be used.") from error
    visit.audit(account.id, "contact_added", means=kind)
    takeover.touched(visit.connection, held)
    return Done("Added. Consent to write there is a thing of its own.")


def _put_on_the_table(
    visit: Visit, conversation: Conversation, account: Account, offer: Offer, intro: str = ""
) -> None:
    """Offer the plan, show the whole schedule and ask for a clear yes. Raises Problem, with nothing
    done, if it cannot be offered or may not be shown."""
    try:
        plan = plans.offer(
            visit.connection,
            account,
            offer.terms,
            conversation_id=conversation.id,
            key=visit.key,
            today=clock.today(account.time_zone),
        )
    except ValueError as error:
        raise Problem(409, "stale", "It does not fit the balance or the day any more.") from error
    if intro:
        say(visit, conversation, _from(visit, intro))
    told = records.get(visit.connection, conversation.id)
    yes = Choice("utter_label_yes", "affirm", ({"entity": "plan", "value": plan.id},))
    refused = say(
        visit,
        told,
        Outgoing(
            schedules.response(offer.terms),
            schedules.shown(offer),
            card=schedules.card(visit.creditor(conversation), offer.terms),
            choices=(yes, Choice("utter_label_change", "deny")),
            author="agent",
            author_name=visit.agent.first_name,
            basis=(offer.terms,),
        ),
    )
    if refused is not None:
        raise Problem(409, "refused", f"Not sent: {refused.reason} ({refused.section}).")
    asks = {"name": "confirm_plan", "data": {"plan": plan.id, "terms_hash": plan.terms_hash}}
    records.change(visit.connection, conversation.id, pending=asks)
    visit.audit(account.id, "plan_offered", plan=plan.id, terms=plan.terms_hash)
    takeover.replied(visit.connection, told)


def _made(visit: Visit, conversation: Conversation, fields: dict[str, str] | Any) -> Any:
    """The offer that the fields make, by the same engine as the bot's and the agent's limits."""
    account = visit.account(conversation)
    policy = visit.creditor(conversation).plan_policy
    standing = holds.standing(visit.connection, account)
    balance = holds.undisputed(entries.balance(visit.connection, account.id), standing)
    if balance.minor <= 0:
        raise Problem(409, "nothing_owed", "Nothing is owed on this account.")
    try:
        frequency = Frequency(fields.get("frequency", ""))
    except ValueError as error:
        raise Problem(422, "no_frequency", "Choose how often.") from error
    start = _day(fields.get("start", ""))
    amount = (
        balance
        if frequency is Frequency.ONCE
        else _money(fields.get("amount", ""), account.currency)
    )
    if amount.minor <= 0:
        raise Problem(422, "no_amount", "Write an amount above zero.")
    return offers.from_proposal(
        balance,
        Proposal(amount=amount, frequency=frequency, start=start),
        policy,
        clock.today(account.time_zone),
        longest_months=policy.longest_months_agent,
    )


def _named(visit: Visit, conversation: Conversation) -> Account:
    reference = visit.text("reference", most=64)
    found = accounts.find(visit.connection, conversation.creditor, reference)
    if found is None:
        raise Problem(404, "no_account", "This creditor has no account with that reference.")
    return found


def _money(text: str, currency: str) -> Money:
    try:
        return Money.parse(text.strip().lstrip("$£€"), currency)
    except ValueError as error:
        raise Problem(422, "no_amount", "Write the amount as 50 or 49.50.") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Problem(422, "no_day", "Choose a day.") from error


def _from(visit: Visit, response: str) -> Outgoing:
    """A response in the agent's name."""
    return Outgoing(response, author="agent", author_name=visit.agent.first_name)
