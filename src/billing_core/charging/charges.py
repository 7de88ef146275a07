"""Charges: amounts owed for a component over some days, as facts, and what explains each of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

import msgspec

from billing_core.charging.proration import Basis, Measured, explain_share, price_from, price_of
from billing_core.kernel.errors import RuleViolation
from billing_core.kernel.events import Event, event
from billing_core.kernel.money import Money, rounded
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.kernel.spans import Span
from billing_core.services.terms_in_force import ALL_PERCENT, ONE
from billing_core.time.periods import Period

ChargeKind = Literal["recurring", "one-off", "usage", "discount", "surcharge", "minimum"]

# --- values and events


class Charge(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """An amount owed for a component over `[from_on, to_on)`, with everything that explains it.

            `amount` is in the price list's own terms: net, or with VAT if `includes_vat`. A fee costs `percent` of its
    `unit_price` for each of `quantity`, for the part of a period that its days are: `basis` says how that part is
    measured, by default in days of the whole period. A discount or surcharge on a fee is priced in the same way:
    `unit_price` is what it takes off or adds in a whole period, and `of` names the fee. What is not priced by days
    (usage, one-off fees, true-ups, and what is on these) is explained by its `steps`. `period` is the whole period of
    the grid, unless the charge covers it. `used_until` is the day after the last use that it charges, if that lies
    after its days. A charge that names another's key in `corrects` takes back a part of it.
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
    vat_rate: Decimal
    revision: int = 0
    includes_vat: bool = False
    agreed: bool = False
    corrects: str | None = None
    of: str = ""
    every: str = "month"
    period: Period | None = None
    basis: Basis | None = None
    quantity: Decimal = ONE
    percent: Decimal = ALL_PERCENT
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

    @property
    def span(self) -> Span:
        """Its days."""
        return Span(self.from_on, self.to_on)

    @property
    def is_priced_by_days(self) -> bool:
        """Whether it is a fee, or a discount or surcharge on one: what some of its days cost is known from itself."""
        return self.kind == "recurring" or bool(self.of and self.basis)

    @property
    def price_steps(self) -> tuple[str, ...]:
        """Those of its steps that explain the price for a whole period; of a fee the price explains itself."""
        return self.steps[:1] if self.of and self.is_priced_by_days else ()

    @property
    def period_price(self) -> Fraction:
        """What a whole period costs, exactly."""
        return Fraction(self.unit_price) * Fraction(self.quantity) * Fraction(self.percent) / 100

    @property
    def measured_by(self) -> Basis:
        """How the part of a period is measured that its days are."""
        return self.basis or whole_days(self.whole_period)

    def price_of(self, days: Span) -> Money:
        """What some of its days cost: its own cents, however they are cut."""
        return price_of(days, self.period_price, self.measured_by, self.amount.currency)


def whole_days(period: Period) -> Basis:
    """The usual basis: a period counts its days."""
    return Basis("whole", (Measured(period.from_on, period.to_on),))


class PostedCharge(msgspec.Struct, frozen=True):
    """A charge on record and the document it stands on, None while it waits for one."""

    charge: Charge
    document: str | None = None


class BilledThrough(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """How far a subscription is decided: what was due up to and including a day, what comes next, charged until when.

    `next_due_on` is None if no charge is to come.
    """

    decided_on: date
    next_due_on: date | None
    charged_until: date


@event("charges-posted")
class ChargesPosted(Event, frozen=True, kw_only=True):
    """Charges were decided, and the subscriptions in `billed_through` are looked at again when something is due next.

    An item that was charged by hand is about no subscription; it waits for the account's next invoice. An empty list of
    charges records that the days up to then, or a change of the past, were decided without a charge. A credit that was
    granted by hand has a `reason`.
    """

    charges: tuple[Charge, ...]
    billed_through: dict[str, BilledThrough]
    reason: Personal[str] = ""
    customer: PersonNumber = ""

    @property
    def is_by_hand(self) -> bool:
        """Whether it is an item that was charged by hand, and so about no subscription."""
        return bool(self.charges) and not self.billed_through


class ChargedTwice(RuleViolation):
    """Days of a component would be covered twice. It is a fault of the timeline or of this program, never posted."""

    code = "charged-twice"


class Rate(NamedTuple):
    """Days that share it have the same price; it may stand in several price lists."""

    component: str
    of: str
    unit_price: Decimal
    quantity: Decimal
    percent: Decimal
    basis: Basis
    vat_rate: Decimal
    includes_vat: bool


def rate_of(charge: Charge) -> Rate:
    """The rate at which a charge by days was made."""
    return Rate(
        charge.component, charge.of, charge.unit_price, charge.quantity, charge.percent,
        charge.measured_by, charge.vat_rate, charge.includes_vat,
    )  # fmt: skip


def with_revisions(charges: Iterable[Charge], posted: Iterable[PostedCharge]) -> list[Charge]:
    """A key that was used before gets the next revision."""
    used: dict[object, int] = {}
    for entry in posted:
        _count(used, entry.charge)
    return [msgspec.structs.replace(charge, revision=_count(used, charge)) for charge in charges]


def _count(used: dict[object, int], charge: Charge) -> int:
    key = charge.subscription, charge.component, charge.of, charge.from_on, charge.to_on
    used[key] = used.get(key, -1) + 1
    return used[key]


# --- explanation


def explain(charge: Charge) -> str:
    """How the amount came about, in one line for the customer and the auditor."""
    source = "agreed price" if charge.agreed else f"price list {charge.tariff}"
    return f"{'credit: ' if charge.corrects else ''}{how(charge)}, {source}"


def explain_to_customer(charge: Charge) -> str:
    """How the amount came about, without names of price lists; empty if the amount explains itself.

    A whole period at its price, or a fee that is charged once, says no more than its description, days and amount.
    """
    if not charge.corrects and charge.quantity == ONE and charge.percent == ALL_PERCENT and not charge.of:
        is_whole_period = charge.is_priced_by_days and charge.period is None and len(charge.measured_by.periods) == 1
        if not charge.steps and (is_whole_period or charge.kind == "one-off"):
            return ""
    return f"{'credit: ' if charge.corrects else ''}{how(charge)}"


def how(charge: Charge) -> str:
    """Its price, days and part of the period, or the steps of its calculation."""
    if not charge.is_priced_by_days or not charge.span.days:  # The rest of a line has no days.
        return "; ".join(charge.steps) or f"once {_price_words(charge)}"
    percent = "" if charge.percent == ALL_PERCENT else f", {charge.percent:f} % of it"
    words = f"{_period_words(charge)}{percent}{_rounding_words(charge)}"
    return "; ".join([words, *charge.steps[len(charge.price_steps) :]])


def _price_words(charge: Charge) -> str:
    if charge.of:
        return charge.steps[0]
    quantity = "" if charge.quantity == 1 else f"{charge.quantity:f} x "
    return f"{quantity}{charge.unit_price:f} {charge.amount.currency}"


def _period_words(charge: Charge) -> str:
    price = _price_words(charge)
    is_counted = charge.every[0].isdigit()
    if charge.period is None and len(charge.measured_by.periods) == 1:
        return price if charge.of else f"{'' if is_counted else '1 '}{charge.every} at {price}"
    return f"{price} {'for' if is_counted else 'a'} {charge.every} x {_share_words(charge)}"


def _share_words(charge: Charge) -> str:
    basis = charge.measured_by
    words = explain_share(charge.span, basis)
    if basis.mode != "whole" or len(basis.periods) > 1:
        return words
    (period,) = basis.periods
    is_full_stub = (period.from_on, period.to_on) != (charge.whole_period.from_on, charge.whole_period.to_on)
    return f"{words} of {'the first stub, charged in full' if is_full_stub else 'the whole period'}"


def _rounding_words(charge: Charge) -> str:
    """How a part in the middle of a period is rounded, if that makes a cent of difference."""
    price, basis, currency = charge.period_price, charge.measured_by, charge.amount.currency
    share = basis.share(charge.from_on) - basis.share(charge.to_on)
    if charge.price_of(charge.span) == rounded(price * share, currency):
        return ""
    first, rest = (price_from(on, price, basis, currency) for on in (charge.from_on, charge.to_on))
    return f", rounded as {first} from {charge.from_on} on less {rest} from {charge.to_on} on"
