"""The desk's own labels. What is sent to a person stands in `domain.yml`; this is for agents."""

from __future__ import annotations

from bot.desk.queue import Wait

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
    if over >= 0:
        return f"late by {duration(over)}"
    return f"{duration(waited.minutes)} of {waited.target}"
