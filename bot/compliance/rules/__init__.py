"""The rules of the gate by name, in the order in which they are asked.

Each is a pure function. Which of them hold, and under which section, says the policy pack.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.compliance.rules import content, outreach, standing
from bot.compliance.verdicts import Rule

RULES: Mapping[str, Rule] = {
    "channel_sign_off": outreach.channel_sign_off,
    "card_number": content.card_number,
    "third_party": content.third_party,
    "opted_out": outreach.opted_out,
    "hold": standing.hold,
    "opt_out_confirmation": content.opt_out_confirmation,
    "contact_point": outreach.contact_point,
    "outbound_content": outreach.outbound_content,
    "contact_hours": outreach.contact_hours,
    "inconvenient": outreach.inconvenient,
    "text_caps": outreach.text_caps,
    "call_caps": outreach.call_caps,
    "validation_notice": outreach.validation_notice,
    "time_barred": standing.time_barred,
    "false_threat": content.false_threat,
    "overshadowing": content.overshadowing,
    "human_claim": content.human_claim,
    "false_amount": content.false_amount,
}
