"""The ground on which the gate decides: what it must know of a conversation besides the message.

Read once a turn. The ledger's amounts and days are read only when a message names some.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from sqlalchemy.engine import Connection

from bot import clock
from bot.compliance import contents, disclosures, facts, packs
from bot.compliance.gate import Context, Facts, Outgoing, Reach
from bot.compliance.verdicts import Notice
from bot.conversations.records import Conversation
from bot.creditors import Creditor
from bot.ledger import accounts, holds
from bot.ledger.accounts import Account
from bot.ledger.holds import Hold
from bot.wording import phone

_TOO_OLD_TO_REPORT = timedelta(days=180 + 7 * 365 + 2)
"""A debt is reported for seven years from 180 days after it fell into arrears (15 U.S.C. 1681c(c)).
The ledger's due date stands for the latter."""

_SHOWN = "notice:"
_CHECKED = f"{_SHOWN}check"


@dataclass(frozen=True)
class Ground:
    """What stands, on one connection, about the account and the person of a conversation."""

    connection: Connection
    conversation: Conversation
    creditor: Creditor
    channels_on: tuple[str, ...] = ("chat",)

    @cached_property
    def account(self) -> Account | None:
        """The account that the conversation is about, if one is chosen."""
        chosen = self.conversation.account_id
        return None if chosen is None else accounts.get(self.connection, chosen)

    @cached_property
    def holds(self) -> tuple[Hold, ...]:
        """What protects the account, the person or this conversation now."""
        zone = self.account.time_zone if self.account else self.creditor.time_zone
        return holds.protecting(
            self.connection,
            conversation_id=self.conversation.id,
            debtor_id=self.conversation.debtor_id,
            account_id=self.conversation.account_id,
            today=clock.today(zone),
        )

    @cached_property
    def entries(self) -> Facts:
        """The amounts and days of the account, but for its plans."""
        if self.account is None:
            return Facts(days=frozenset({clock.today(self.creditor.time_zone)}))
        return facts.load(self.connection, self.account, self.creditor, holds=self.holds)

    @cached_property
    def facts(self) -> Facts:
        """All amounts and days of the account."""
        if self.account is None:
            return self.entries
        return facts.with_plans(
            self.connection, self.entries, self.account.id, self.conversation.id
        )

    @cached_property
    def time_barred_notice(self) -> str:
        """The name of the notice for a time-barred debt; empty for any other."""
        account = self.account
        if account is None or account.time_barred_on is None:
            return ""
        today = clock.today(account.time_zone)
        if account.time_barred_on > today:
            return ""
        return packs.time_barred_text(
            packs.load(self.creditor.policy_pack),
            state=accounts.debtor_of(self.connection, account).state,
            reported=bool(account.credit_reported),
            obsolete=account.due_on + _TOO_OLD_TO_REPORT <= today,
        ).name

    @cached_property
    def in_validation_period(self) -> bool:
        """Whether the person may still dispute with the collector bound to prove the debt."""
        account = self.account
        if account is None:
            return False
        return facts.in_validation_period(account, self.creditor, clock.now())

    def context(
        self,
        outgoing: Outgoing,
        conversation: Conversation,
        *,
        more_holds: Iterable[str] = (),
        started_by_us: bool = False,
        reach: Reach | None = None,
    ) -> Context:
        """The context of one message of `conversation`, as it stands now."""
        account = self.account
        standing = (*(hold.stands_as for hold in self.holds), *more_holds)
        verified = conversation.verified
        return Context(
            conversation=conversation.id,
            channel=conversation.channel,
            creditor=self.creditor.slug,
            role=self.creditor.role,
            policy_pack=self.creditor.policy_pack,
            verified=verified,
            started_by_us=started_by_us,
            standing_holds=tuple(dict.fromkeys(standing)),
            now=clock.now(),
            company=self.creditor.name,
            phone=phone(self.creditor.contact.phone),
            creditor_name=(account.original_creditor or self.creditor.name) if account else "",
            introduced=_introduced(conversation),
            shown=_shown(conversation),
            new_check=verified and conversation.said.get(_CHECKED) != _check(conversation),
            time_barred_notice=self.time_barred_notice if verified or started_by_us else "",
            in_validation_period=self.in_validation_period,
            legal_action_intended=account is not None and account.legal_action_intended,
            channels_on=self.channels_on,
            contact_limits=self.creditor.contact_limits,
            reach=reach,
            facts=self._facts_for(outgoing),
        )

    def _facts_for(self, outgoing: Outgoing) -> Facts:
        """Of the ledger, no more than the message needs: most need no plans, many nothing."""
        if not _names_facts(outgoing):
            return Facts()
        return self.entries if facts.covers(self.entries, outgoing) else self.facts


def with_shown(
    said: Mapping[str, int], conversation: Conversation, notices: Iterable[Notice]
) -> dict[str, int]:
    """What was said, with these prescribed texts, and that something was said since the check."""
    marked = dict(said)
    for notice in notices:
        name = disclosures.shown_as(notice.name)
        marked[f"{_SHOWN}{name}:{_whose(name, conversation)}"] = 1
    if conversation.verified:
        marked[_CHECKED] = _check(conversation)
    return marked


def _shown(conversation: Conversation) -> tuple[str, ...]:
    """The texts that this person was shown here: about a debt, those of the chosen account."""
    found = []
    for key in conversation.said:
        if key.startswith(_SHOWN) and key != _CHECKED:
            name, _, whose = key.removeprefix(_SHOWN).partition(":")
            if whose == _whose(name, conversation):
                found.append(name)
    return tuple(found)


def _whose(name: str, conversation: Conversation) -> str:
    """For whom a text counts as shown: the notice of a time-barred debt for that account, the rest
    for the person."""
    if name.startswith("time_barred"):
        return conversation.account_id or ""
    return conversation.debtor_id or ""


def _check(conversation: Conversation) -> int:
    """Which identity check this is."""
    return int(conversation.verified_at.timestamp()) if conversation.verified_at else 0


def _introduced(conversation: Conversation) -> bool:
    """Whether it was said in this conversation that a program is speaking."""
    automated = f"{_SHOWN}{disclosures.AUTOMATED}:"
    return any(
        contents.is_a(key, "introduces") or key.startswith(automated) for key in conversation.said
    )


def _names_facts(outgoing: Outgoing) -> bool:
    """Whether the message names amounts or days that have to be looked up."""
    if outgoing.text or outgoing.basis:
        return True
    named = (*contents.amounts(outgoing), *contents.days(outgoing))
    return bool(named)
