"""Activate subscriptions and change them: tariff, suspension, resumption, termination, each from its own date."""

from __future__ import annotations

from collections.abc import Mapping

from billing_core.accounts import Account
from billing_core.catalogue.tariffs import Tariff
from billing_core.errors import InvalidValue, NotFound
from billing_core.services.changes import activate, change, change_tariff
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionEvent,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTariffChanged,
    SubscriptionTerminated,
    SuspensionReason,
)
from billing_core.services.subscriptions import Subscription
from commands.accounts import account_stream, load_account
from commands.bus import BusinessDate, Command, Decision, ExactDecimal, Handlers
from commands.catalogue import load_tariff
from commands.parties import load_customer_to_serve
from commands.ports import Append, Origin, Transaction

# --- commands


class SubscriptionCommand(Command):
    """`on` is the date from which the change is true, today unless said; it may lie in the past."""

    account: str
    subscription: str
    on: BusinessDate | None = None


class ActivateSubscription(SubscriptionCommand):
    """`agreed_prices` maps component codes to prices that are kept instead of the list's.

    `address` is the code of the address at which the service is given; a billing plan may invoice by it.
    """

    tariff: str
    agreed_prices: Mapping[str, ExactDecimal] = {}
    address: str = ""


class ChangeTariff(SubscriptionCommand):
    tariff: str
    agreed_prices: Mapping[str, ExactDecimal] = {}


class SuspendSubscription(SubscriptionCommand):
    reason: SuspensionReason


class ResumeSubscription(SubscriptionCommand):
    pass


class TerminateSubscription(SubscriptionCommand):
    pass


# --- handlers


def handle_activate(command: ActivateSubscription, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    load_customer_to_serve(transaction, account.customer)
    tariff = require_currency_of(account, load_tariff(transaction, command.tariff))
    activated = SubscriptionActivated(
        effective_on=command.on or origin.today,
        subscription=command.subscription,
        tariff=tariff.code,
        agreed_prices=dict(command.agreed_prices),
        address=command.address,
    )
    return _decision(account, version, activate(account.subscriptions, activated, tariff, account.opened_on))


def handle_change_tariff(command: ChangeTariff, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    tariff = require_currency_of(account, load_tariff(transaction, command.tariff))
    changed = SubscriptionTariffChanged(
        effective_on=command.on or origin.today,
        subscription=command.subscription,
        tariff=tariff.code,
        agreed_prices=dict(command.agreed_prices),
    )
    return _decision(account, version, change_tariff(subscription_of(account, command.subscription), changed, tariff))


def handle_suspend(command: SuspendSubscription, transaction: Transaction, origin: Origin) -> Decision:
    on = command.on or origin.today
    suspended = SubscriptionSuspended(effective_on=on, subscription=command.subscription, reason=command.reason)
    return _change(command, suspended, transaction)


def handle_resume(command: ResumeSubscription, transaction: Transaction, origin: Origin) -> Decision:
    resumed = SubscriptionResumed(effective_on=command.on or origin.today, subscription=command.subscription)
    return _change(command, resumed, transaction)


def handle_terminate(command: TerminateSubscription, transaction: Transaction, origin: Origin) -> Decision:
    terminated = SubscriptionTerminated(effective_on=command.on or origin.today, subscription=command.subscription)
    return _change(command, terminated, transaction)


def _change(command: SubscriptionCommand, fact: SubscriptionEvent, transaction: Transaction) -> Decision:
    account, version = load_account(transaction, command.account)
    return _decision(account, version, change(subscription_of(account, command.subscription), fact))


def _decision(account: Account, version: int, events: list[SubscriptionEvent]) -> Decision:
    return Decision((Append(account_stream(account.number), version, events),))


def subscription_of(account: Account, code: str) -> Subscription:
    """The account's subscription with this code, or `NotFound`."""
    try:
        return account.subscriptions[code]
    except KeyError:
        raise NotFound(f"account {account.number} has no such subscription", field="subscription", value=code) from None


def require_currency_of(account: Account, tariff: Tariff) -> Tariff:
    """The tariff, if its prices are in the account's currency."""
    if tariff.currency != account.currency:
        raise InvalidValue(
            f"is in {tariff.currency}, but the account is kept in {account.currency}", field="tariff", value=tariff.code
        )
    return tariff


HANDLERS: Handlers = {
    ActivateSubscription: handle_activate,
    ChangeTariff: handle_change_tariff,
    SuspendSubscription: handle_suspend,
    ResumeSubscription: handle_resume,
    TerminateSubscription: handle_terminate,
}
