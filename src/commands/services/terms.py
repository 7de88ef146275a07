"""On which terms a subscription is there: tariff, quantity, agreed prices, options, discounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

from billing_core.billing.unpriced_usage import UnpricedUsage
from billing_core.catalogue.components import Discount
from billing_core.catalogue.prices import Price
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
from commands.platform.bus import BusinessDate, Decision, ExactDecimal, Handlers, Names
from commands.platform.ports import Origin, Transaction
from commands.services.subscriptions import (
    SubscriptionChange,
    load_subject,
    parameters_given,
    require_currency_of,
    tariffs_of,
)
from commands.services.usage import usage_settled

PriceOrNone = Annotated[ExactDecimal | None, BeforeValidator(lambda value: None if value == "" else value)]

# A discount is taxed like the component it is on.
NO_RATE_OF_ITS_OWN = Decimal(0)

# --- commands


class ChangeTariff(SubscriptionChange):
    """Move to another tariff; prices that were agreed before end, those of `agreed_prices` hold instead.

    A fee with a commitment may refuse it until the commitment is over. `parameters` are what the tariff asks for, by
    name; what was said before need not be said again. Recorded usage that it leaves without a price is charged at the
    last price or waived, as `unpriced_usage` says.
    """

    tariff: str
    agreed_prices: Mapping[str, ExactDecimal] = {}
    agreed_until: BusinessDate | None = None
    parameters: Mapping[str, str] = {}
    unpriced_usage: UnpricedUsage | None = None


class ChangeParameters(SubscriptionChange):
    """What the tariff asks for, by name, is said anew; what is not named stays as it is."""

    parameters: Mapping[str, str]


class ChangeQuantity(SubscriptionChange):
    """Every fee that is not flat is charged for each of the quantity."""

    quantity: ExactDecimal


class ChangePrice(SubscriptionChange):
    """Agree prices by component, up to `agreed_until` or always; one that is empty follows the price list again.

    Prices that were agreed before for other components stay as they are.
    """

    agreed_prices: Mapping[str, PriceOrNone]
    agreed_until: BusinessDate | None = None


class AddOption(SubscriptionChange):
    """An optional component of the tariff, such as a TV channel, is charged."""

    option: str


class DropOption(SubscriptionChange):
    """An option is not charged any more."""

    option: str


class GrantDiscount(SubscriptionChange):
    """Take off a percentage of components of the tariff, or an amount per period of one of them.

    It holds up to the date `until`, for the first `billed_periods` that cost anything, or until it is ended; with
    `bundle` on days on which the account has all of these tariffs beside. One of the same code takes its place.
    """

    code: str
    name: str = ""
    components: Names
    percent: ExactDecimal | None = None
    amount: ExactDecimal | None = None
    until: BusinessDate | None = None
    billed_periods: int | None = None
    bundle: Names = ()


class EndDiscount(SubscriptionChange):
    """A discount that was granted ends; `code` is its code."""

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
    for code in command.bundle:
        load_tariff(transaction, code)
    granted = SubscriptionDiscountGranted(
        effective_on=subject.on, subscription=command.subscription, discount=_discount(command, subject.on)
    )
    return subject.decision(
        grant_discount(subject.subscription, granted, tariffs_of(subject.subscription, transaction))
    )


def _discount(command: GrantDiscount, on: date) -> Discount:
    return Discount(
        code=command.code,
        name=command.name or command.code,
        vat_rate=NO_RATE_OF_ITS_OWN,
        prices=() if command.amount is None else (Price(amount=command.amount, valid_from=on),),
        on=tuple(command.components),
        percent=command.percent,
        valid_to=command.until,
        billed_periods=command.billed_periods,
        bundle=tuple(command.bundle),
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
