"""Shared parts of all commands about a subscription: its name, the effective date, and loading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.catalogue.tariffs import Catalogue, Tariff
from billing_core.charging.next_period import next_period_on, require_one_day
from billing_core.charging.view import view_of
from billing_core.kernel.errors import InvalidValue, NotFound
from billing_core.kernel.events import Event
from billing_core.services.events import SubscriptionParametersGiven
from billing_core.services.subscriptions import Subscription
from commands.accounts import account_stream, load_account
from commands.catalogue import load_tariff
from commands.confirmation import require_confirmed
from commands.platform.bus import Command, Decision
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class SubscriptionCommand(Command, frozen=True, kw_only=True):
    """A subscription is named by its account and its code."""

    account: str
    subscription: str


class SubscriptionChange(SubscriptionCommand, frozen=True, kw_only=True):
    """The change is effective from the date `on`, by default today; the date may lie in the past or the future.

    With `from_next_period` it is effective from the first day of the next period. A date far ahead is asked about
    first; `confirmed` does it without.
    """

    on: date | None = None
    from_next_period: bool = False
    confirmed: bool = False


# --- what handlers load


class Subject(NamedTuple):
    """The subscription of a command, as in its account, and the effective date."""

    account: Account
    version: int
    subscription: Subscription
    on: date

    def decision(self, events: Sequence[Event]) -> Decision:
        """The events of the account, and the effective date if the next period was requested."""
        append = Append(account_stream(self.account.number), self.version, events)
        return Decision((append,), result={"effective_on": self.on.isoformat()})


def load_subject(command: SubscriptionChange, transaction: Transaction, origin: Origin) -> Subject:
    """The subject of a change."""
    require_one_day(command.on, from_next_period=command.from_next_period)
    account, version = load_account(transaction, command.account)
    subscription = subscription_of(account, command.subscription)
    on = command.on or origin.today
    require_confirmed(command, account.seller, transaction, origin.today, {"on": on})
    if command.from_next_period:
        view = view_of(subscription, account.billing_days)
        on = next_period_on(view, tariffs_of(subscription, transaction), origin.today)
    return Subject(account, version, subscription, on)


def subscription_of(account: Account, code: str) -> Subscription:
    """The account's subscription with this code, or `NotFound`."""
    try:
        return account.subscriptions[code]
    except KeyError:
        raise NotFound(
            f"account {account.number} has no such subscription; `billing ask list-subscriptions "
            f"account={account.number}` lists them", field="subscription", value=code,
        ) from None  # fmt: skip


def parameters_given(
    account: Account, subscription: str, parameters: Mapping[str, str], on: date
) -> SubscriptionParametersGiven:
    """Parameters of a subscription from a day on; they are encrypted under the key of its customer."""
    return SubscriptionParametersGiven(
        effective_on=on,
        subscription=subscription,
        customer=account.customer,
        asked=tuple(parameters),
        parameters=dict(parameters),
    )


def tariffs_of(subscription: Subscription, transaction: Transaction) -> Catalogue:
    """The tariffs that a subscription ever had."""
    return {code: load_tariff(transaction, code) for code in sorted(subscription.tariffs())}


def require_currency_of(account: Account, tariff: Tariff) -> Tariff:
    """The tariff, if its prices are in the account's currency."""
    if tariff.currency != account.currency:
        raise InvalidValue(
            f"is in {tariff.currency}, but the account is kept in {account.currency}", field="tariff", value=tariff.code
        )
    return tariff
