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
from billing_core.kernel.phrases import Phrase, joined, phrase
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
    steps: tuple[Phrase, ...] = ()
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
    def price_steps(self) -> tuple[Phrase, ...]:
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


def period_beyond(days: Span, period: Period) -> Period | None:
    """The period of which some days are a part; None if they are all of it."""
    return None if days.covers(period) else period


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
    """How the amount came about, in one line for the auditor."""
    source = "agreed price" if charge.agreed else f"price list {charge.tariff}"
    return f"{_credited(charge)}, {source}"


def explain_to_customer(charge: Charge) -> Phrase | None:
    """How the amount came about, without names of price lists; None if the amount explains itself.

    A whole period at its price, or a fee that is charged once, says no more than its description, days and amount.
    """
    if not charge.corrects and charge.quantity == ONE and charge.percent == ALL_PERCENT and not charge.of:
        is_whole_period = charge.is_priced_by_days and charge.period is None and len(charge.measured_by.periods) == 1
        if not charge.steps and (is_whole_period or charge.kind == "one-off"):
            return None
    return _credited(charge)


def _credited(charge: Charge) -> Phrase:
    return phrase("credit", how(charge)) if charge.corrects else how(charge)


def how(charge: Charge) -> Phrase:
    """Its price, days and part of the period, or the steps of its calculation."""
    if not charge.is_priced_by_days or not charge.span.days:  # The rest of a line has no days.
        return joined("steps", charge.steps) if charge.steps else phrase("once", _price_words(charge))
    words = _period_words(charge)
    if charge.percent != ALL_PERCENT:
        words = phrase("percent-of-it", words, charge.percent)
    return joined("steps", [_rounding_words(words, charge), *charge.steps[len(charge.price_steps) :]])


def _price_words(charge: Charge) -> Phrase | str:
    if charge.of:
        return charge.steps[0]
    price = f"{charge.unit_price:f} {charge.amount.currency}"
    return price if charge.quantity == 1 else phrase("times", charge.quantity, price)


def _period_words(charge: Charge) -> Phrase:
    price = _price_words(charge)
    if charge.period is None and len(charge.measured_by.periods) == 1:
        return charge.steps[0] if charge.of else phrase("period-at", _length_words(charge.every), price)
    share = _share_words(charge)
    if charge.every[0].isdigit():
        return phrase("for-period", price, _length_words(charge.every), share)
    return phrase(f"a-{charge.every}", price, share)


def _length_words(every: str) -> Phrase:
    """The length of a period: `month` is 1 month, `3 months` are 3 months."""
    number, _, unit = every.rpartition(" ")
    return phrase(unit if number else f"{unit}s", number or 1)


def _share_words(charge: Charge) -> Phrase:
    basis = charge.measured_by
    words = explain_share(charge.span, basis)
    if basis.mode != "whole" or len(basis.periods) > 1:
        return words
    (period,) = basis.periods
    is_full_stub = (period.from_on, period.to_on) != (charge.whole_period.from_on, charge.whole_period.to_on)
    return phrase("of-full-stub" if is_full_stub else "of-whole-period", words)


def _rounding_words(words: Phrase, charge: Charge) -> Phrase:
    """How a part in the middle of a period is rounded, if that makes a cent of difference."""
    price, basis, currency = charge.period_price, charge.measured_by, charge.amount.currency
    share = basis.share(charge.from_on) - basis.share(charge.to_on)
    if charge.price_of(charge.span) == rounded(price * share, currency):
        return words
    first, rest = (price_from(on, price, basis, currency) for on in (charge.from_on, charge.to_on))
    return phrase("rounded-as", words, first, charge.from_on, rest, charge.to_on)
