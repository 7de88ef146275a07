"""The events of a subscription, each with the day from which it is true."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from billing_core.catalogue.allowances import Allowance
from billing_core.catalogue.components import Discount
from billing_core.catalogue.pricing import UsagePricing
from billing_core.kernel.events import Event, event
from billing_core.kernel.personal import Personal, PersonNumber
from billing_core.time.period_rules import PeriodRule

ChangeKind = Literal[
    "activate", "change-tariff", "change-quantity", "change-price", "add-option", "drop-option", "grant-discount",
    "end-discount", "hold", "suspend", "resume", "terminate", "move-in", "move-away",
]  # fmt: skip
# Kinds of facts that can be cancelled: a change of the timeline, or a waiver.
Cancellable = Literal[ChangeKind, "waive"]
# Who ends a suspension: money that comes in (a person may as well), or a person only.
LiftedBy = Literal["person", "money"]
NO_MONEY = "no-money"
NON_PAYMENT = "non-payment"
USAGE_LIMIT = "usage-limit"

# The percentage of the recurring fees that is charged during a suspension, unless the suspension says
# otherwise: all if the customer caused it, and nothing if the operator did or if the service waits for money.
CHARGED_PERCENT_WHILE_SUSPENDED: dict[str, Decimal] = {
    NON_PAYMENT: Decimal(100),
    "abuse": Decimal(100),
    "operator": Decimal(0),
    "end-of-contract": Decimal(0),
    NO_MONEY: Decimal(0),
    USAGE_LIMIT: Decimal(100),
}


class TariffLeft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a tariff was left, and whose prices held then for one fee, or what differed from the price list."""

    tariff: str
    on: date
    customer_class: str = ""
    agreed_price: Decimal | None = None
    vat_rate: Decimal | None = None


class Commitment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The day on which a commitment began, by the component that is its fee for an early end.

    `left` is set if a change of tariff has kept it though the new tariff lacks the fee.
    """

    component: str
    since: date
    left: TariffLeft | None = None


class UsedBefore(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The usage of a component at one price in the period of a move, before the move.

    `period` is the rule of that period. `quantities` are those of the usage events if the price counts events, else
    their sum; None if the price was in force on no day of the period before the move. `carried` are the units of the
    allowance that were carried into the period, those of the period before it first.
    """

    component: str
    pricing: UsagePricing
    period: PeriodRule
    allowance: Allowance | None = None
    includes_vat: bool = False
    quantities: tuple[Decimal, ...] | None = None
    carried: tuple[Decimal, ...] = ()


class SubscriptionEvent(Event, frozen=True, kw_only=True):
    """The common fields of every change of a subscription."""

    subscription: str


@event("subscription-activated")
class SubscriptionActivated(SubscriptionEvent, frozen=True, kw_only=True):
    """`agreed_prices` maps component codes to a unit price that is kept instead of the list's, until a day or always.

    `parameters` are what the tariff asks for, such as the name of a user; they cost nothing. They may be personal data
    of the `customer`, so only their codes, in `asked`, are public. `address` is the code of the address at which the
    service is given.
    """

    tariff: str
    agreed_prices: dict[str, Decimal] = msgspec.field(default_factory=dict)
    agreed_until: date | None = None
    quantity: Decimal = Decimal(1)
    options: tuple[str, ...] = ()
    customer_class: str = ""
    customer: PersonNumber = ""
    asked: tuple[str, ...] = ()
    parameters: Personal[dict[str, str]] = msgspec.field(default_factory=dict)
    address: str = ""


@event("subscription-parameters-given")
class SubscriptionParametersGiven(Event, frozen=True, kw_only=True):
    """Parameters are set from this day on; those that are not named are unchanged.

    They cost nothing, so it is no `SubscriptionEvent`. Their codes, in `asked`, are not personal.
    """

    subscription: str
    customer: PersonNumber
    asked: tuple[str, ...]
    parameters: Personal[dict[str, str]] = msgspec.field(default_factory=dict)


@event("subscription-tariff-changed")
class SubscriptionTariffChanged(SubscriptionEvent, frozen=True, kw_only=True):
    tariff: str
    agreed_prices: dict[str, Decimal] = msgspec.field(default_factory=dict)
    agreed_until: date | None = None


@event("subscription-quantity-changed")
class SubscriptionQuantityChanged(SubscriptionEvent, frozen=True, kw_only=True):
    quantity: Decimal


@event("subscription-price-changed")
class SubscriptionPriceChanged(SubscriptionEvent, frozen=True, kw_only=True):
    """Prices by component are agreed from this day, until a day or always; None follows the price list again."""

    agreed_prices: dict[str, Decimal | None]
    agreed_until: date | None = None


@event("subscription-option-added")
class SubscriptionOptionAdded(SubscriptionEvent, frozen=True, kw_only=True):
    """An optional component of the tariff, such as a TV channel, is charged from this day."""

    option: str


@event("subscription-option-dropped")
class SubscriptionOptionDropped(SubscriptionEvent, frozen=True, kw_only=True):
    option: str


@event("subscription-discount-granted")
class SubscriptionDiscountGranted(SubscriptionEvent, frozen=True, kw_only=True):
    """A discount in addition to those of the tariff, after them; one of the same code replaces it."""

    discount: Discount


@event("subscription-discount-ended")
class SubscriptionDiscountEnded(SubscriptionEvent, frozen=True, kw_only=True):
    discount: str


@event("subscription-held")
class SubscriptionHeld(SubscriptionEvent, frozen=True, kw_only=True):
    """The customer asked for a pause; no recurring fees are charged meanwhile, except `charge_percent` of them."""

    charge_percent: Decimal = Decimal(0)


@event("subscription-suspended")
class SubscriptionSuspended(SubscriptionEvent, frozen=True, kw_only=True):
    """`charge_percent` is the percentage of the recurring fees that is charged; None leaves it to the reason.

    A service may be suspended for several reasons at once. `lifted_by` is what the reason said on that day.
    """

    reason: str
    charge_percent: Decimal | None = None
    lifted_by: LiftedBy = "person"


@event("subscription-resumed")
class SubscriptionResumed(SubscriptionEvent, frozen=True, kw_only=True):
    """The service resumes on its grid; or, if `anchored_on` is set, on its own grid counted anew from that day.

    `reason` is set if only the suspension for that reason ends; the service is active again if no other reason is left.
    `lifted_by` says whether money ended it.
    """

    anchored_on: date | None = None
    reason: str | None = None
    lifted_by: LiftedBy = "person"


@event("subscription-terminated")
class SubscriptionTerminated(SubscriptionEvent, frozen=True, kw_only=True):
    """It ends on `effective_on`, for a reason. Notice was given on a day before, unless the tariff asks for none."""

    reason: str = ""
    notice_given_on: date | None = None


@event("subscription-moved-away")
class SubscriptionMovedAway(SubscriptionEvent, frozen=True, kw_only=True):
    """From this day the subscription is another account's. Nothing is charged for the end, since it continues there."""

    to_account: str


@event("subscription-moved-in")
class SubscriptionMovedIn(SubscriptionEvent, frozen=True, kw_only=True):
    """The other half: it continues here, on the same terms, on the grid that began with its activation.

    `since` are the days from which fees with phases, and discounts for so many periods, count them; `commitments` those
    that began before.
    """

    from_account: str
    anchored_on: date
    tariff: str
    agreed_prices: dict[str, Decimal] = msgspec.field(default_factory=dict)
    agreed_until: date | None = None
    quantity: Decimal = Decimal(1)
    options: tuple[str, ...] = ()
    customer_class: str = ""
    discounts: tuple[Discount, ...] = ()
    since: dict[str, date] = msgspec.field(default_factory=dict)
    commitments: tuple[Commitment, ...] = ()
    address: str = ""


@event("usage-brought-along")
class UsageBroughtAlong(Event, frozen=True, kw_only=True):
    """The usage on another account in the periods in which the subscription moved here, on `effective_on`.

    Tiers, free units and allowances continue from there. It is recorded again if that usage changes later; the last one
    counts. Nothing of the timeline changes with it, so it is no `SubscriptionEvent`.
    """

    subscription: str
    used_before: tuple[UsedBefore, ...] = ()


@event("subscription-charge-waived")
class SubscriptionChargeWaived(SubscriptionEvent, frozen=True, kw_only=True):
    """Nothing is charged for a component on the days from `effective_on` up to `to_on`; what was charged is credited.

    `of` names the component that a waived surcharge is on.
    """

    component: str
    of: str = ""
    to_on: date
    reason: Personal[str]
    customer: PersonNumber = ""


@event("subscription-change-cancelled")
class SubscriptionChangeCancelled(SubscriptionEvent, frozen=True, kw_only=True):
    """The last change of this kind on `effective_on` does not take place, or should not have."""

    kind: Cancellable
    reason: Personal[str] = ""
    customer: PersonNumber = ""


@event("subscription-activation-corrected")
class SubscriptionActivationCorrected(SubscriptionEvent, frozen=True, kw_only=True):
    """It was activated on `effective_on`, and not on the day that was recorded before."""

    reason: Personal[str]
    customer: PersonNumber = ""


@event("subscription-terms-corrected")
class SubscriptionTermsCorrected(SubscriptionEvent, frozen=True, kw_only=True):
    """From `effective_on` up to `to_on` (None: until further notice) other terms held than were recorded before.

    A tariff is named with its agreed prices, as where the tariff changes. Without a tariff only the prices and VAT
    rates that are named, by component, are others; all else stays as it was.
    """

    to_on: date | None = None
    tariff: str = ""
    agreed_prices: dict[str, Decimal] = msgspec.field(default_factory=dict)
    vat_rates: dict[str, Decimal] = msgspec.field(default_factory=dict)
    reason: Personal[str]
    customer: PersonNumber = ""


@event("subscription-repriced")
class SubscriptionRepriced(Event, frozen=True, kw_only=True):
    """The price list of its tariff was revised from a day before that up to which it was charged.

    Nothing of the timeline changes with it, so it is no `SubscriptionEvent`: the days from `effective_on` on are only
    to be compared with what was posted for them. `revised_from` is the date of the revision, `list_change` the number
    of the change among all changes of the list.
    """

    subscription: str
    tariff: str
    revised_from: date
    list_change: int
