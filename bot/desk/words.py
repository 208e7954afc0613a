"""The desk's own labels. What is sent to a person stands in `domain.yml`; this is for agents."""

from __future__ import annotations

from bot.desk.queue import Wait
from bot.ledger.plans import Plan
from bot.ledger.schedule import Terms
from bot.wording import short_day

SIGN_IN_FAILED = "That address, password or code is not right."
SIGN_IN_LOCKED = "Too many tries. Please wait a quarter of an hour, or ask an admin."

VIEWS = {
    "waiting": "Waiting",
    "mine": "Mine",
    "all": "All open",
    "snoozed": "Snoozed",
    "closed": "Closed",
}
EMPTY = {
    "waiting": ("Nobody is waiting.", "New requests for a person appear here by themselves."),
    "mine": ("You have no conversations.", "Take one from Waiting: open it and press T."),
    "all": ("No open conversations.", "Everything that people asked for is done."),
    "snoozed": ("Nothing is snoozed.", "What is snoozed comes back in time, or with a message."),
    "closed": ("Nothing is closed yet.", "What was resolved or handed back to the bot stays here."),
}
PRIORITIES = {"urgent": "Urgent", "high": "High", "normal": "Normal"}
CHANNELS = {"chat": "Website", "sms": "SMS", "whatsapp": "WhatsApp"}
STATES = {
    "bot": "With the bot",
    "waiting": "Waiting for a person",
    "with_agent": "With a person",
    "closed": "Closed",
}
REASONS = {
    "requested": "Asked for a person",
    "misunderstood": "Not understood twice",
    "identity_locked": "Identity check locked",
    "off_policy": "Plan to approve",
    "failed": "A message failed",
    "taken_over": "Taken over by an agent",
    "crisis": "In crisis",
    "dispute_not_mine": "Says it is not theirs",
    "dispute_amount": "Disputes the amount",
    "report_identity_theft": "Identity theft",
    "request_validation": "Wants proof of the debt",
    "report_bankruptcy": "Bankruptcy",
    "report_attorney": "Has an attorney",
    "report_adviser": "Has a debt adviser",
    "opt_out": "Opted out",
    "wrong_person": "Wrong person",
    "third_party": "A third party writes",
    "death": "Reports a death",
    "cannot_afford": "Nothing to spare",
    "paid_letter": "Wants a letter that it is paid",
    "payment_missing": "A payment is missing",
    "make_complaint": "Complaint",
    "report_vulnerability": "Vulnerable",
    "inconvenient_time": "Inconvenient time or place",
    "change_language": "Another language",
    "ask_how_got_number": "Asks where we got the number",
}
DISPOSITIONS = {
    "answered": "Question answered",
    "plan_agreed": "Plan agreed",
    "payment_made": "Paid, or will pay",
    "protection_set": "Right or protection noted",
    "referred": "Referred to advice or a specialist",
    "no_reply": "No reply",
    "not_for_us": "Not for us",
    "other": "Something else",
    "returned": "Handed back to the bot",
}
ROLES = {"agent": "Agent", "supervisor": "Supervisor", "admin": "Admin"}


def reason(name: str) -> str:
    """A reason in words; of one that has none here, its name."""
    return REASONS.get(name, name.replace("_", " ").capitalize())


def duration(minutes: int) -> str:
    """Minutes in the largest unit that fits: "3 min", "2 h", "4 d"."""
    if minutes < 1:
        return "under 1 min"
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"


def wait(waited: Wait, opens: str = "") -> str:
    """A waiting time in words, against its target."""
    if waited.level == "closed":
        return f"opens {opens}"
    over = waited.minutes - waited.target
    if over == 0:
        return "due now"
    if over > 0:
        return f"late by {duration(over)}"
    return f"{duration(waited.minutes)} of {waited.target}"


MAY = {
    "verify": "Check who this is by other means before you say anything about an account",
    "unlock": "Unlock the identity check, if you know them",
    "tell": "Tell them what they owe",
    "ask": "Ask for a payment, or offer a way to pay",
    "approve": "Decide on the plan that they asked for",
    "legal": "Speak of courts, suing or other legal steps",
}
NO_LEGAL_ACTION = "none is intended on this account"
HOLDS = {
    "dispute": "They dispute the debt",
    "cease": "They want no more contact",
    "attorney": "An attorney speaks for them",
    "bankruptcy": "Bankruptcy",
    "identity_theft": "Identity theft",
    "hardship_pause": "A break for hardship",
    "adviser": "A debt adviser works with them",
    "deceased": "The person has died",
    "crisis": "In crisis",
    "vulnerability": "Vulnerable",
}
HEARD = {
    "utter_hardship_job_loss": ("Hardship", "Lost their job"),
    "utter_hardship_reduced_income": ("Hardship", "Earns less than before"),
    "utter_hardship_illness": ("Hardship", "Is ill, or somebody close is"),
    "utter_hardship_bereavement": ("Hardship", "Somebody close has died"),
    "utter_hardship_benefits": ("Hardship", "Lives on benefits"),
    "utter_hardship_essentials": ("Hardship", "Cannot pay for essentials"),
    "utter_hardship_separation": ("Hardship", "A separation"),
    "utter_hardship_other": ("Hardship", "Says that money is short"),
    "utter_afford_nothing": ("Spare", "Nothing, by their own figures"),
    "utter_afford_too_little": ("Spare", "Less than the smallest payment, by their own figures"),
    "utter_express_distress": ("Mood", "Distressed"),
    "utter_ask_is_scam": ("Mood", "Fears a scam"),
    "utter_report_vulnerability": ("Care", "Says that they are vulnerable"),
    "utter_promise": ("Said", "Will pay by themselves"),
    "utter_payment_not_found": ("Said", "Has paid; no such payment is in the ledger"),
    "utter_plan_declined": ("Said", "Declined the schedule that was shown"),
}
"""What an answer of the bot tells about the message that it answers."""

CARDS = {
    "account": "account",
    "options": "options",
    "schedule": "schedule",
    "history": "payments",
    "receipt": "receipt",
    "payment_link": "payment link",
    "rights": "rights",
}
PLAN_STATES = {
    "offered": "offered, not agreed yet",
    "active": "agreed, running",
    "completed": "paid",
    "broken": "broken",
    "cancelled": "ended",
    "expired": "offer expired",
}
INSTALMENTS = {
    "due": "due",
    "moved": "moved",
    "missed": "missed",
    "paid": "paid",
    "skipped": "moved to the end",
    "cancelled": "not needed",
}
RHYTHMS = {
    "weekly": "every week",
    "biweekly": "every other week",
    "semimonthly": "twice a month",
    "monthly": "every month",
    "once": "at once",
}
OFF_POLICY = {
    "start_in_past": "The first payment would be in the past.",
    "start_too_late": "The first payment would be too far away.",
    "above_balance": "That is more than they owe.",
    "below_balance": "One payment of less than all is a settlement; this is none.",
    "frequency_not_offered": "This creditor does not take payments that often.",
    "below_least": "That is below this creditor's smallest payment.",
    "too_long": "That takes longer than an agent may agree to.",
}
VERIFIED_BY = {
    "callback": "I called the number that we have on file",
    "questions": "They answered questions from the file by phone",
    "document": "I saw a document with a photo",
    "adviser": "Their adviser or attorney confirmed it in writing",
}


def plan_limit(months: int) -> str:
    """How long a plan an agent may offer."""
    return f"Offer a plan of up to {months} months"


def plan(one: Plan) -> str:
    """A plan in half a line: "20 payments of $50.00 every other week"."""
    count = len(one.instalments)
    if count == 1:
        return f"{one.total} on {short_day(one.instalments[0].due_on, day_first=False)}"
    return f"{count} payments of {one.amount} {RHYTHMS[one.frequency.value]}"


def plan_of_terms(terms: Terms) -> str:
    """Terms in half a line, as `plan`."""
    count = len(terms.instalments)
    return f"{count} payments of {terms.amount} {RHYTHMS[terms.frequency.value]}"


def outcome(name: str) -> str:
    """What became of a conversation, in words."""
    return DISPOSITIONS.get(name, name)
