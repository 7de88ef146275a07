"""Charges: amounts owed for a component over some days, as facts, and what explains each of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money
from billing_core.services.standing import ALL_PERCENT, ONE
from billing_core.time.periods import Period

ChargeKind = Literal["recurring", "one-off", "usage", "discount", "surcharge", "minimum", "reversal"]
ONE_DAY = timedelta(days=1)

# --- values and events


class Charge(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """An amount owed for a component over `[from_on, to_on)`, with everything that explains it.

    `amount` is in the price list's own terms: net, or with VAT where `includes_vat`. `days` of `period_days` were
    charged at `unit_price` for each of `quantity`, of which `percent` was due; where the part of the period is not
    plainly these days, `share` says in words what it is, and `steps` how an amount that days do not explain came
    about. `period` is the whole period of the grid, where the charge does not cover it. `of` names the component
    that a discount or surcharge is on. `used_until` is the day after the last use that it charges, if that lies after
    its days. A charge that names another's key in `corrects` takes back a part of it.
    """

    subscription: str
    component: str
    description: str
    tariff: str
    kind: ChargeKind
    from_on: date
    to_on: date
    amount: Money
    unit_price: Decimal
    days: int
    period_days: int
    vat_rate: Decimal
    revision: int = 0
    includes_vat: bool = False
    agreed: bool = False
    corrects: str | None = None
    of: str = ""
    every: str = "month"
    period: Period | None = None
    quantity: Decimal = ONE
    percent: Decimal = ALL_PERCENT
    share: str = ""
    steps: tuple[str, ...] = ()
    used_until: date | None = None

    @property
    def key(self) -> str:
        """One charge, once: subscription, component (of another), period and revision."""
        component = f"{self.component}:{self.of}" if self.of else self.component
        days = f"{self.from_on.isoformat()}/{self.to_on.isoformat()}"
        return f"{self.subscription}/{component}/{days}/{self.revision}"

    @property
    def whole_period(self) -> Period:
        """The period of the grid in which its days lie."""
        return self.period or Period(self.from_on, self.to_on)


class PostedCharge(msgspec.Struct, frozen=True):
    """A charge on record and the document it stands on, None while it waits for one."""

    charge: Charge
    document: str | None = None


class Reached(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """How far a subscription is decided: what was due up to and including a day, what comes next, charged until when.

    `next_due_on` is None where nothing is to come.
    """

    decided_on: date
    next_due_on: date | None
    charged_until: date


@event("charges-posted", 2)
class ChargesPosted(Event, frozen=True, kw_only=True):
    """Charges were decided, and the subscriptions in `reached` are looked at again when something is due next.

    An item that was charged by hand is about no subscription; it waits for the account's next invoice.
    An empty list of charges says that the days up to there, or a change of the past, were looked at and nothing
    was to be charged.
    """

    charges: tuple[Charge, ...]
    reached: dict[str, Reached]

    @property
    def is_by_hand(self) -> bool:
        """Whether it is an item that was charged by hand, and so about no subscription."""
        return bool(self.charges) and not self.reached


@event("charges-posted")
class ChargesPostedInAdvance(Event, frozen=True, kw_only=True):
    """Charges were decided; the first shape, when all fees were monthly and in advance."""

    charges: tuple[Charge, ...]
    charged_until: dict[str, date]

    def upcast(self) -> ChargesPosted:
        """What is charged in advance up to a day is due again on that day."""
        reached = {code: Reached(on - ONE_DAY, on, on) for code, on in self.charged_until.items()}
        return ChargesPosted(effective_on=self.effective_on, charges=self.charges, reached=reached)


@event("charge-reversed")
class ChargeReversed(Event, frozen=True, kw_only=True):
    """A charge was taken back by hand; `reversal` is the line for what was left of it, or of a share on it."""

    reversal: Charge
    reason: str


class ChargedTwice(RuleViolation):
    """Days of a component would be covered twice. It is a fault of the timeline or of this program, never posted."""

    code = "charged-twice"


class Rate(NamedTuple):
    """Days that share it belong to one amount; it may stand in several price lists."""

    component: str
    of: str
    unit_price: Decimal
    vat_rate: Decimal
    includes_vat: bool
    kind: ChargeKind
    quantity: Decimal
    percent: Decimal


def rate_of(charge: Charge) -> Rate:
    """The rate at which a charge was made."""
    return Rate(
        charge.component, charge.of, charge.unit_price, charge.vat_rate, charge.includes_vat, charge.kind,
        charge.quantity, charge.percent,
    )  # fmt: skip


# --- explanation


def explain(charge: Charge) -> str:
    """How the amount came about, in one line for the customer and the auditor."""
    source = "agreed price" if charge.agreed else f"price list {charge.tariff}"
    taken_back = "taken back: " if charge.kind == "reversal" else "credit: " if charge.corrects else ""
    return f"{taken_back}{how(charge)}, {source}"


def how(charge: Charge) -> str:
    """What its days, price and part of the period are, or by which steps it came about."""
    if charge.steps:
        return "; ".join(charge.steps)
    price = f"{charge.unit_price:f} {charge.amount.currency}"
    quantity = "" if charge.quantity == 1 else f"{charge.quantity:f} x "
    percent = "" if charge.percent == 100 else f", {charge.percent:f} % of it"
    if charge.kind == "one-off" or (charge.kind == "reversal" and charge.period_days == 1 and charge.every == "month"):
        return f"once {quantity}{price}"
    is_counted = charge.every[0].isdigit()
    if charge.days == charge.period_days and not charge.share:
        return f"{'' if is_counted else '1 '}{charge.every} at {quantity}{price}{percent}"
    share = charge.share or f"{charge.days}/{charge.period_days} days of the whole period"
    return f"{quantity}{price} {'for' if is_counted else 'a'} {charge.every} x {share}{percent}"
