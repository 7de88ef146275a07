"""Subscriptions of a scenario: their changes, each with its effective date and the day on which it becomes known.

    - code: S1
      tariff: net
      quantity: "1"                  # also: options, customer_class, address (a code)
      timeline:
        - {on: 2026-01-31, do: activate}                               # prices: {monthly: "15.00"}, until: a date
        - {on: 2026-02-01, do: change-tariff, tariff: net-200}         # prices, until
        - {on: 2026-03-01, do: change-quantity, quantity: "2"}
        - {on: 2026-03-05, do: change-price, price: "17.90"}           # component, or prices by component; until
        - {on: 2026-03-10, do: hold, recorded: 2026-04-02}             # charge_percent, until
        - {on: 2026-03-12, do: suspend, reason: abuse}                 # charge_percent
        - {on: 2026-04-15, do: resume}
        - {on: 2026-04-20, do: add-option, option: sports}             # drop-option
        - {on: 2026-05-01, do: grant-discount, discount: {code: winter, kind: discount, on: [monthly], percent: "10"}}
        - {on: 2026-06-01, do: end-discount, discount: winter}
        - {on: 2026-06-15, do: waive-charge, component: monthly}       # that of this day; reason, of (for a surcharge)
        - {on: 2026-02-02, do: correct-activation, recorded: 2026-06-20}    # it was on this day; reason
        - {on: 2026-03-01, do: correct-terms, to: 2026-04-01, tariff: net-200, recorded: 2026-06-20}
          # on these days it was so; a tariff, prices, vat by component; reason
        - {on: 2026-03-05, do: cancel, change: change-price, recorded: 2026-06-01}
        - {on: 2026-07-01, do: terminate}                              # change-tariff, cancel: unpriced_usage
      usage: [{on: 2026-02-11, component: data, quantity: "12"}]       # withdrawn: a date, reason
      records: [...]                                                   # `adapters.files.scenario_records`

`recorded` is the day on which a change becomes known; by default its effective date, but never before the activation is
known. `unpriced_usage` settles recorded usage that a change leaves without a price: `last-price` or `waive`. Usage that
is `withdrawn` is taken back on that day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

from adapters.edge.faults import FaultAt
from adapters.edge.values import AT_LEAST_ONE, Kept
from adapters.files.scenario_records import RecordSchema
from adapters.files.yaml_documents import FilePart
from billing_core.billing.unpriced_usage import UnpricedUsage
from billing_core.catalogue.components import Discount
from billing_core.catalogue.tariffs import Tariff
from billing_core.services.events import (
    CHARGED_PERCENT_WHILE_SUSPENDED,
    Cancellable,
    SubscriptionActivated,
    SubscriptionActivationCorrected,
    SubscriptionChangeCancelled,
    SubscriptionDiscountEnded,
    SubscriptionDiscountGranted,
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionOptionAdded,
    SubscriptionOptionDropped,
    SubscriptionPriceChanged,
    SubscriptionQuantityChanged,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
    SubscriptionTerminated,
    SubscriptionTermsCorrected,
)
from billing_core.services.terms import require_percent, require_quantity
from billing_core.usage.records import UsageRecorded, UsageWithdrawn, require_used, used_once
from commands.simulation import ChargeToWaive

Tariffs = Mapping[str, Tariff]
Quantity = Annotated[Decimal, Kept(require_quantity)]
Used = Annotated[Decimal, Kept(require_used)]
Percent = Annotated[Decimal, Kept(require_percent)]


class EntrySchema(FilePart, frozen=True, kw_only=True):
    """A fact that is true from a day, or on a day, and the day on which it became known."""

    on: date
    recorded: date | None = None

    def learnt_on(self, not_before: date = date.min) -> date:
        """The day on which it became known, by default its effective date."""
        return self.recorded or max(self.on, not_before)


# --- changes


class ChangeSchema(EntrySchema, tag_field="do", frozen=True, kw_only=True):
    """A change of a subscription."""

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent | ChargeToWaive:
        """The change as a fact; it may depend on what the subscription is at first, and on its price lists."""
        raise NotImplementedError


class PriceEndSchema(ChangeSchema, frozen=True, kw_only=True):
    """A change that may leave recorded usage without a price."""

    unpriced_usage: UnpricedUsage | None = None


class ActivateSchema(ChangeSchema, tag="activate", frozen=True, kw_only=True):
    quantity: Quantity | None = None
    prices: Mapping[str, Decimal] = {}
    until: date | None = None

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        return SubscriptionActivated(
            effective_on=self.on,
            subscription=subscription.code,
            tariff=subscription.tariff,
            quantity=self.quantity or subscription.quantity,
            agreed_prices=dict(self.prices),
            agreed_until=self.until,
            options=subscription.options,
            customer_class=subscription.customer_class,
            address=subscription.address,
        )


class ChangeTariffSchema(PriceEndSchema, tag="change-tariff", frozen=True, kw_only=True):
    tariff: str
    prices: Mapping[str, Decimal] = {}
    until: date | None = None

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        return SubscriptionTariffChanged(
            effective_on=self.on,
            subscription=subscription.code,
            tariff=self.tariff,
            agreed_prices=dict(self.prices),
            agreed_until=self.until,
        )


class ChangeQuantitySchema(ChangeSchema, tag="change-quantity", frozen=True, kw_only=True):
    quantity: Quantity

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        return SubscriptionQuantityChanged(effective_on=self.on, subscription=subscription.code, quantity=self.quantity)


class ChangePriceSchema(ChangeSchema, tag="change-price", frozen=True, kw_only=True):
    """One price, of the named component or of the only recurring one; or several by component."""

    price: Decimal | None = None
    component: str | None = None
    prices: Mapping[str, Decimal] = {}
    until: date | None = None

    def __post_init__(self) -> None:
        if (self.price is None) == (not self.prices):
            raise FaultAt(("price",), "supply either price or prices by component")

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        prices: dict[str, Decimal | None] = dict(self.prices)
        if self.price is not None:
            prices[self.component or _only_fee(tariffs[subscription.tariff_on(self.on)])] = self.price
        return SubscriptionPriceChanged(
            effective_on=self.on, subscription=subscription.code, agreed_prices=prices, agreed_until=self.until
        )


class HoldSchema(ChangeSchema, tag="hold", frozen=True, kw_only=True):
    charge_percent: Percent = Decimal(0)
    until: date | None = None

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        return SubscriptionHeld(
            effective_on=self.on, subscription=subscription.code, charge_percent=self.charge_percent
        )


class SuspendSchema(ChangeSchema, tag="suspend", frozen=True, kw_only=True):
    """A reason needs a percentage that is charged meanwhile: its own, or that of its policy."""

    reason: str = "operator"
    charge_percent: Percent | None = None

    def __post_init__(self) -> None:
        if self.charge_percent is None and self.reason not in CHARGED_PERCENT_WHILE_SUSPENDED:
            known = ", ".join(CHARGED_PERCENT_WHILE_SUSPENDED)
            raise FaultAt(("reason",), f"{self.reason!r} is none of {known}; supply its charge_percent")

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        return SubscriptionSuspended(
            effective_on=self.on,
            subscription=subscription.code,
            reason=self.reason,
            charge_percent=self.charge_percent,
        )


class ResumeSchema(ChangeSchema, tag="resume", frozen=True, kw_only=True):
    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        return SubscriptionResumed(effective_on=self.on, subscription=subscription.code)


class TerminateSchema(PriceEndSchema, tag="terminate", frozen=True, kw_only=True):
    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        return SubscriptionTerminated(effective_on=self.on, subscription=subscription.code)


class AddOptionSchema(ChangeSchema, tag="add-option", frozen=True, kw_only=True):
    option: str

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        return SubscriptionOptionAdded(effective_on=self.on, subscription=subscription.code, option=self.option)


class DropOptionSchema(ChangeSchema, tag="drop-option", frozen=True, kw_only=True):
    option: str

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        return SubscriptionOptionDropped(effective_on=self.on, subscription=subscription.code, option=self.option)


class GrantDiscountSchema(ChangeSchema, tag="grant-discount", frozen=True, kw_only=True):
    discount: Discount

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        return SubscriptionDiscountGranted(effective_on=self.on, subscription=subscription.code, discount=self.discount)


class EndDiscountSchema(ChangeSchema, tag="end-discount", frozen=True, kw_only=True):
    discount: str

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        return SubscriptionDiscountEnded(effective_on=self.on, subscription=subscription.code, discount=self.discount)


class WaiveChargeSchema(ChangeSchema, tag="waive-charge", frozen=True, kw_only=True):
    """The charge of a component on a day is waived; for a surcharge `of` names the component to which it applies."""

    component: str
    of: str = ""
    reason: str = "goodwill"

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> ChargeToWaive:
        return ChargeToWaive(self.on, subscription.code, self.component, self.of, self.reason)


class CorrectActivationSchema(PriceEndSchema, tag="correct-activation", frozen=True, kw_only=True):
    """The activation was on this day, and not on the day that was recorded before."""

    reason: str = "correction"

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        return SubscriptionActivationCorrected(effective_on=self.on, subscription=subscription.code, reason=self.reason)


class CorrectTermsSchema(PriceEndSchema, tag="correct-terms", frozen=True, kw_only=True):
    """Other terms than recorded before held from this day up to another, or until further notice."""

    to_on: date | None = None
    tariff: str = ""
    prices: Mapping[str, Decimal] = {}
    vat_rates: Mapping[str, Decimal] = {}
    reason: str = "correction"

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        return SubscriptionTermsCorrected(
            effective_on=self.on,
            subscription=subscription.code,
            to_on=self.to_on,
            tariff=self.tariff,
            agreed_prices=dict(self.prices),
            vat_rates=dict(self.vat_rates),
            reason=self.reason,
        )


class CancelSchema(PriceEndSchema, tag="cancel", frozen=True, kw_only=True):
    """The last change of a kind on that day does not take place."""

    change: Cancellable

    def fact(self, subscription: SubscriptionSchema, tariffs: Tariffs) -> SubscriptionEvent:
        return SubscriptionChangeCancelled(effective_on=self.on, subscription=subscription.code, kind=self.change)


AnyChange = (
    ActivateSchema
    | ChangeTariffSchema
    | ChangeQuantitySchema
    | ChangePriceSchema
    | HoldSchema
    | SuspendSchema
    | ResumeSchema
    | TerminateSchema
    | AddOptionSchema
    | DropOptionSchema
    | GrantDiscountSchema
    | EndDiscountSchema
    | WaiveChargeSchema
    | CorrectActivationSchema
    | CorrectTermsSchema
    | CancelSchema
)

# --- usage, and whose all that is


class UsageSchema(EntrySchema, frozen=True, kw_only=True):
    component: str
    quantity: Used
    withdrawn: date | None = None
    reason: str = "withdrawn"

    def fact(self, subscription: SubscriptionSchema) -> UsageRecorded:
        """The quantity as a fact."""
        return used_once(subscription.code, self.component, self.on, self.quantity)

    def withdrawal(self, subscription: SubscriptionSchema) -> UsageWithdrawn:
        """The fact that takes the quantity back."""
        return UsageWithdrawn(
            effective_on=self.on,
            subscription=subscription.code,
            component=self.component,
            quantity=self.quantity,
            reason=self.reason,
        )


class SubscriptionSchema(FilePart, frozen=True, kw_only=True):
    code: str
    tariff: str
    quantity: Quantity = Decimal(1)
    options: tuple[str, ...] = ()
    customer_class: str = ""
    address: str = ""
    timeline: Annotated[tuple[AnyChange, ...], AT_LEAST_ONE]
    usage: tuple[UsageSchema, ...] = ()
    records: tuple[RecordSchema, ...] = ()

    def __post_init__(self) -> None:
        """Require exactly one activation, and no fact that is true, or known, before it."""
        activations = [number for number, change in enumerate(self.timeline) if isinstance(change, ActivateSchema)]
        if len(activations) != 1:
            why = "has no activate" if not activations else "is activated more than once"
            raise FaultAt(("timeline", *activations[1:2]), why)
        corrected = [change.on for change in self.timeline if isinstance(change, CorrectActivationSchema)]
        since, learnt_on = min([self.activation.on, *corrected]), self.activation.learnt_on()
        for key, entries in (("timeline", self.timeline), ("usage", self.usage)):
            for number, entry in enumerate(entries):
                if entry.on < since:
                    raise FaultAt((key, number, "on"), f"'{entry.on}' lies before the activation on {since}")
                if entry.learnt_on(learnt_on) < learnt_on:
                    why = f"'{entry.recorded}' lies before the day on which the activation became known, {learnt_on}"
                    raise FaultAt((key, number, "recorded"), why)
        for number, used in enumerate(self.usage):
            if used.withdrawn is not None and used.withdrawn < (recorded_on := used.learnt_on(learnt_on)):
                why = f"'{used.withdrawn}' lies before the day on which the usage became known, {recorded_on}"
                raise FaultAt(("usage", number, "withdrawn"), why)

    @property
    def activation(self) -> ActivateSchema:
        return next(change for change in self.timeline if isinstance(change, ActivateSchema))

    @property
    def tariffs(self) -> Sequence[str]:
        """All tariffs that it ever has, or has by a correction."""
        changes = [change for change in self.timeline if isinstance(change, ChangeTariffSchema | CorrectTermsSchema)]
        return [self.tariff, *(change.tariff for change in changes if change.tariff)]

    def tariff_on(self, on: date) -> str:
        """The tariff on a day, as the whole timeline has it."""
        changes = [change for change in self.timeline if isinstance(change, ChangeTariffSchema) and change.on <= on]
        return max(changes, key=lambda change: change.on).tariff if changes else self.tariff


def _only_fee(tariff: Tariff) -> str:
    """The recurring component of a tariff that has only one."""
    fees = [component.code for component in tariff.components if component.kind == "recurring"]
    if len(fees) != 1:
        raise FaultAt(("component",), f"name the component whose price changes, one of {', '.join(fees) or 'none'}")
    return fees[0]
