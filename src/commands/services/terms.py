"""Terms of a subscription: tariff, quantity, agreed prices, options, discounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from billing_core.billing.unpriced_usage import UnpricedUsage
from billing_core.catalogue.components import Discount
from billing_core.kernel.events import Event
from billing_core.services.changes import (
    add_option,
    change_parameters,
    change_price,
    change_quantity,
    change_tariff,
    drop_option,
    end_discount,
    grant_discount,
)
from billing_core.services.events import (
    SubscriptionDiscountEnded,
    SubscriptionDiscountGranted,
    SubscriptionOptionAdded,
    SubscriptionOptionDropped,
    SubscriptionPriceChanged,
    SubscriptionQuantityChanged,
    SubscriptionTariffChanged,
)
from commands.catalogue import load_tariff
from commands.platform.bus import Decision, Handlers
from commands.platform.ports import Origin, Transaction
from commands.services.subscriptions import (
    SubscriptionChange,
    load_subject,
    parameters_given,
    require_currency_of,
    tariffs_of,
)
from commands.services.usage import usage_settled

# --- commands


class ChangeTariff(SubscriptionChange, frozen=True, kw_only=True):
    """Move to another tariff; prices that were agreed before end, those of `prices` hold instead.

    A commitment may refuse the change before its end. `parameters` are those that the new tariff requires, by name;
    known ones need not be repeated. Recorded usage without a price is charged at the last price or waived, as
    `unpriced_usage` says.
    """

    tariff: str
    agreed_prices: Mapping[str, Decimal] = {}
    agreed_until: date | None = None
    parameters: Mapping[str, str] = {}
    unpriced_usage: UnpricedUsage | None = None


class ChangeParameters(SubscriptionChange, frozen=True, kw_only=True):
    """Change parameters of the tariff, by name; the others are unchanged."""

    parameters: Mapping[str, str]


class ChangeQuantity(SubscriptionChange, frozen=True, kw_only=True):
    """Change the quantity, by which every fee that is not flat is multiplied."""

    quantity: Decimal


class ChangePrice(SubscriptionChange, frozen=True, kw_only=True):
    """Agree prices by component, up to `until` or always; one that is empty follows the price list again.

    Agreed prices of other components are unchanged.
    """

    agreed_prices: Mapping[str, Decimal | None]
    agreed_until: date | None = None


class AddOption(SubscriptionChange, frozen=True, kw_only=True):
    """Add an optional component of the tariff, such as a TV channel."""

    option: str


class DropOption(SubscriptionChange, frozen=True, kw_only=True):
    """Remove an option."""

    option: str


class GrantDiscount(SubscriptionChange, frozen=True, kw_only=True):
    """A discount on components of the tariff, as a tariff may hold it; one of the same code takes its place.

    It takes off a percentage, or an amount per period; `to` ends it, or `billed_periods` that cost anything, or
    `end-discount`. With `bundle` it holds on days on which the account has all of these tariffs in addition.
    """

    discount: Discount


class EndDiscount(SubscriptionChange, frozen=True, kw_only=True):
    """End a granted discount, by its code."""

    code: str


# --- handlers


def handle_change_tariff(command: ChangeTariff, transaction: Transaction, origin: Origin) -> Decision:
    subject = load_subject(command, transaction, origin)
    tariff = require_currency_of(subject.account, load_tariff(transaction, command.tariff))
    changed = SubscriptionTariffChanged(
        effective_on=subject.on,
        subscription=command.subscription,
        tariff=tariff.code,
        agreed_prices=dict(command.agreed_prices),
        agreed_until=command.agreed_until,
    )
    catalogue = {**tariffs_of(subject.subscription, transaction), tariff.code: tariff}
    changes = change_tariff(subject.subscription, changed, catalogue, command.parameters)
    reason = f"waived at the change to tariff {tariff.code} on {subject.on}"
    events: list[Event] = [
        *changes, *usage_settled(subject, changes, command.unpriced_usage, reason, catalogue, transaction)
    ]  # fmt: skip
    if command.parameters:
        events.append(parameters_given(subject.account, command.subscription, command.parameters, subject.on))
    return subject.decision(events)


def handle_change_parameters(command: ChangeParameters, transaction: Transaction, origin: Origin) -> Decision:
    subject = load_subject(command, transaction, origin)
    given = parameters_given(subject.account, command.subscription, command.parameters, subject.on)
    catalogue = tariffs_of(subject.subscription, transaction)
    return subject.decision(change_parameters(subject.subscription, given, catalogue))


def handle_change_quantity(command: ChangeQuantity, transaction: Transaction, origin: Origin) -> Decision:
    subject = load_subject(command, transaction, origin)
    changed = SubscriptionQuantityChanged(
        effective_on=subject.on, subscription=command.subscription, quantity=command.quantity
    )
    return subject.decision(change_quantity(subject.subscription, changed))


def handle_change_price(command: ChangePrice, transaction: Transaction, origin: Origin) -> Decision:
    subject = load_subject(command, transaction, origin)
    changed = SubscriptionPriceChanged(
        effective_on=subject.on,
        subscription=command.subscription,
        agreed_prices=dict(command.agreed_prices),
        agreed_until=command.agreed_until,
    )
    return subject.decision(change_price(subject.subscription, changed, tariffs_of(subject.subscription, transaction)))


def handle_add_option(command: AddOption, transaction: Transaction, origin: Origin) -> Decision:
    subject = load_subject(command, transaction, origin)
    added = SubscriptionOptionAdded(effective_on=subject.on, subscription=command.subscription, option=command.option)
    return subject.decision(add_option(subject.subscription, added, tariffs_of(subject.subscription, transaction)))


def handle_drop_option(command: DropOption, transaction: Transaction, origin: Origin) -> Decision:
    subject = load_subject(command, transaction, origin)
    dropped = SubscriptionOptionDropped(
        effective_on=subject.on, subscription=command.subscription, option=command.option
    )
    return subject.decision(drop_option(subject.subscription, dropped))


def handle_grant_discount(command: GrantDiscount, transaction: Transaction, origin: Origin) -> Decision:
    subject = load_subject(command, transaction, origin)
    for code in command.discount.bundle:
        load_tariff(transaction, code)
    granted = SubscriptionDiscountGranted(
        effective_on=subject.on, subscription=command.subscription, discount=command.discount
    )
    return subject.decision(
        grant_discount(subject.subscription, granted, tariffs_of(subject.subscription, transaction))
    )


def handle_end_discount(command: EndDiscount, transaction: Transaction, origin: Origin) -> Decision:
    subject = load_subject(command, transaction, origin)
    ended = SubscriptionDiscountEnded(effective_on=subject.on, subscription=command.subscription, discount=command.code)
    return subject.decision(end_discount(subject.subscription, ended))


HANDLERS: Handlers = {
    ChangeTariff: handle_change_tariff,
    ChangeParameters: handle_change_parameters,
    ChangeQuantity: handle_change_quantity,
    ChangePrice: handle_change_price,
    AddOption: handle_add_option,
    DropOption: handle_drop_option,
    GrantDiscount: handle_grant_discount,
    EndDiscount: handle_end_discount,
}
