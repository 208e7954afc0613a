"""All that a decision of the gate depends on, so that it can be made again later."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time

from bot.creditors import ContactLimits
from bot.ledger.schedule import Terms
from bot.money import Money


@dataclass(frozen=True)
class Facts:
    """The amounts and days that stand in the ledger of one account or are computed from it.

    Amounts are minor units without sign. `balance` is what a proposal has to add up to: what is
    owed and not disputed;
    `settles_for` what the creditor's policy takes in its place, if anything.
    """

    currency: str = ""
    amounts: frozenset[int] = frozenset()
    days: frozenset[date] = frozenset()
    balance: int | None = None
    settles_for: int | None = None

    def knows(self, amount: Money) -> bool:
        """Whether the amount is one of the ledger's."""
        return amount.currency == self.currency and abs(amount.minor) in self.amounts

    def bears(self, terms: Terms) -> bool:
        """Whether a proposed schedule adds up to what is owed, or to what settles it."""
        if terms.total.currency != self.currency or self.balance is None:
            return False
        wanted = self.settles_for if terms.kind == "settlement" else self.balance
        return terms.total.minor == wanted


@dataclass(frozen=True)
class Span:
    """A stretch of local time that does not suit the person: a weekday (Monday is 0; None is every
    day), from and until. One that ends before it begins goes on past midnight."""

    weekday: int | None
    start: time
    end: time

    def holds(self, moment: datetime) -> bool:
        """Whether a local moment lies in it."""
        at, day = moment.time(), moment.weekday()
        if self.start < self.end:
            return self.weekday in (None, day) and self.start <= at < self.end
        tonight = self.weekday in (None, day) and at >= self.start
        last_night = self.weekday in (None, (day - 1) % 7) and at < self.end
        return tonight or last_night


@dataclass(frozen=True)
class Reach:
    """How a message that we start would reach the person, and what was sent to them before.

    `kind` is `sms`, `whatsapp`, `email` or `call`. `time_zones` are those of all places where they
    may be (IANA names). `confirmed_on` is when the address was last known to be theirs: they gave
    or used it, or a database of reassigned numbers said so. Counts and days are those of one debt.
    """

    kind: str
    time_zones: tuple[str, ...]
    consented_on: date | None = None
    confirmed_on: date | None = None
    opted_out_on: date | None = None
    esign_on: date | None = None
    sent_today: int = 0
    sent_in_7_days: int = 0
    talked_on: date | None = None
    inconvenient: tuple[Span, ...] = ()
    inconvenient_place: bool = False


@dataclass(frozen=True)
class Context:
    """The setting of one message.

    `shown` are the prescribed texts that this person was shown in this conversation; `new_check`
    says that nothing was said yet since the identity check; `creditor_name` is to whom the debt is
    owed (empty while no account is chosen); `time_barred_notice` names the text for the person's
    place, and is empty for a debt that is not time-barred.
    """

    conversation: str
    channel: str
    creditor: str
    role: str
    policy_pack: str
    verified: bool
    started_by_us: bool
    standing_holds: tuple[str, ...]
    now: datetime
    company: str = ""
    phone: str = ""
    creditor_name: str = ""
    introduced: bool = True
    shown: tuple[str, ...] = ()
    new_check: bool = False
    time_barred_notice: str = ""
    in_validation_period: bool = False
    legal_action_intended: bool = False
    channels_on: tuple[str, ...] = ("chat",)
    contact_limits: ContactLimits = field(default_factory=ContactLimits)
    reach: Reach | None = None
    facts: Facts = field(default_factory=Facts)

    @property
    def time_barred(self) -> bool:
        """Whether the debt is too old to be sued for."""
        return bool(self.time_barred_notice)
