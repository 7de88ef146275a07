"""Set the values of the custom fields of a service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from billing_core.accounts.account import Account
from billing_core.custom_fields import accepted_changes
from billing_core.services.service_fields import ServiceFieldsSet, apply_service_fields, set_service_fields
from billing_core.services.subscriptions import Subscription
from commands.accounts import load_account
from commands.catalogue import load_product, load_tariff
from commands.custom_fields import load_fields
from commands.parties import load_customer_to_serve
from commands.platform.bus import Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction
from commands.services.subscriptions import SubscriptionCommand, subscription_of

# --- commands


class SetServiceFields(SubscriptionCommand, frozen=True, kw_only=True):
    """Set the named custom fields of a subscription; an empty value clears one, and all others stay."""

    values: Mapping[str, str | None]


# --- handlers


def service_fields_stream(account: str, subscription: str) -> str:
    return f"service-fields/{account}/{subscription}"


def handle_set_service_fields(command: SetServiceFields, transaction: Transaction, origin: Origin) -> Decision:
    account, _ = load_account(transaction, command.account)
    load_customer_to_serve(transaction, account.customer)
    subscription = subscription_of(account, command.subscription)
    kinds = list(products_of(subscription, transaction))
    changes = accepted_changes(load_fields(transaction, "service"), kinds, command.values)
    stream = service_fields_stream(account.number, subscription.code)
    known, version = transaction.load(stream, apply_service_fields)
    fact = ServiceFieldsSet(
        effective_on=origin.today, customer=account.customer, account=account.number, subscription=subscription.code
    )
    return Decision((Append(stream, version, set_service_fields(known or {}, fact, changes)),))


def carried_fields(
    giving: Account, taking: Account, subscription: str, transaction: Transaction, today: date
) -> list[Append]:
    """The values of a subscription that moves, set on the account that takes it; nothing if they are there already."""
    values, _ = transaction.load(service_fields_stream(giving.number, subscription), apply_service_fields)
    stream = service_fields_stream(taking.number, subscription)
    known, version = transaction.load(stream, apply_service_fields)
    changes = {**dict.fromkeys(known or {}), **(values or {})}
    fact = ServiceFieldsSet(
        effective_on=today, customer=taking.customer, account=taking.number, subscription=subscription
    )
    events = set_service_fields(known or {}, fact, changes)
    return [Append(stream, version, events)] if events else []


def products_of(subscription: Subscription, transaction: Transaction) -> Iterator[str]:
    """The product of the last tariff of a subscription, and those above it in the tree."""
    segments = subscription.segments()
    tariff = segments[-1].in_force.tariff if segments else subscription.timeline[0].tariff
    code = load_tariff(transaction, tariff).product
    while code:
        yield code
        code = load_product(transaction, code).parent


HANDLERS: Handlers = {SetServiceFields: handle_set_service_fields}
