"""Whether a command is within the limits of a role: the services it touches, and the amount it moves.

role desk: services {internet}, amount_limits {EUR: 500}, alone_up_to {EUR: 100}

suspend `main`, which is on tariff `fiber` of product `internet`     within, for the product and all below it
receive 100.00 EUR                                                   within
receive 300.00 EUR                                                   within, by a second person's approval
reverse a payment of 900.00 EUR                                      not permitted
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from billing_core.accounts.account import apply_account
from billing_core.approvals import NeedsApproval
from billing_core.catalogue.products import apply_product
from billing_core.catalogue.tariffs import apply_tariff
from billing_core.kernel.money import Money
from billing_core.staff.roles import NotPermitted, Role, is_within
from commands.accounts import account_stream, load_account
from commands.billing.account import load_history
from commands.cash.streams import load_desk
from commands.catalogue import product_stream, tariff_stream
from commands.onboarding import TakeOnCustomer
from commands.payments.account import load_payment_history
from commands.platform.bus import Command
from commands.platform.ports import Store, Transaction


class Limits:
    """Checks commands against the limits of roles; threads share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def require(self, roles: Sequence[Role], command: Command, *, is_worth_unknown: bool) -> None:
        """One of the roles permits the command; `NeedsApproval` if none does so without a second person."""
        if any(not (role.services or role.amount_limits or role.alone_up_to) for role in roles):
            return
        with self._store.transaction() as transaction:
            services = list(_services_of(command, transaction))
            amounts = [None] if is_worth_unknown else list(_amounts_of(command, transaction))
        roles = [role for role in roles if not role.services or all(codes & set(role.services) for codes in services)]
        if not roles:
            raise NotPermitted("none of the roles permits it for this service", field="service",
                               value=", ".join(min(codes) for codes in services))  # fmt: skip
        roles = [role for role in roles if all(is_within(amount, role.amount_limits) for amount in amounts)]
        if not roles:
            raise NotPermitted("is above what the roles permit by one command", field="amount",
                               value=amounts[0] or "not known beforehand")  # fmt: skip
        if not any(all(is_within(amount, role.alone_up_to) for amount in amounts) for role in roles):
            raise NeedsApproval("is above what the roles permit without a second person", field="amount",
                                value=amounts[0] or "not known beforehand")  # fmt: skip


def _services_of(command: Command, transaction: Transaction) -> Iterator[set[str]]:
    """Each service that a command touches: the codes of its tariff, its product and the products above."""
    tariff = getattr(command, "tariff", "")
    if isinstance(tariff, str) and tariff:
        yield _codes_of(tariff, transaction)
    if isinstance(command, TakeOnCustomer):
        yield from (_codes_of(service.tariff, transaction) for service in command.services)
    account, code = getattr(command, "account", ""), getattr(command, "subscription", "")
    if account and code:
        known, _ = transaction.load(account_stream(account), apply_account)
        subscription = known.subscriptions.get(code) if known is not None else None
        if subscription is not None:
            yield _codes_of(subscription.timeline[-1].tariff, transaction)


def _codes_of(tariff: str, transaction: Transaction) -> set[str]:
    codes = {tariff}
    known, _ = transaction.load(tariff_stream(tariff), apply_tariff)
    above = known.product if known is not None else ""
    while above and above not in codes:
        codes.add(above)
        product, _ = transaction.load(product_stream(above), apply_product)
        above = product.parent if product is not None else ""
    return codes


def _amounts_of(command: Command, transaction: Transaction) -> Iterator[Money | None]:
    """The amount that a command names, else that of the payment or charge which it names; None if it names neither.

    Refund 1.00 EUR of a payment of 24.00: 1.00    refund the payment: 24.00    pay out what is unused: not known
    """
    amount = getattr(command, "amount", None)
    number = getattr(command, "account", "") or getattr(command, "from_account", "")
    payment, charge = getattr(command, "payment", ""), getattr(command, "charge", "")
    if isinstance(amount, Money):
        yield amount
    elif isinstance(amount, Decimal):
        yield Money(amount, _currency_of(command, number, transaction))
    elif payment and (record := load_payment_history(transaction, number).get(payment)) is not None:
        yield record.arrival.amount
    elif charge:
        account, version = load_account(transaction, number)
        yield load_history(transaction, account.number, version).posted(charge).charge.amount
    elif hasattr(command, "amount"):
        yield None


def _currency_of(command: Command, account: str, transaction: Transaction) -> str:
    """That of the cash desk at which an amount is moved, else that of its account."""
    desk = getattr(command, "desk", "")
    if isinstance(desk, str) and desk:
        return load_desk(transaction, desk)[0].desk.currency
    return load_account(transaction, account)[0].currency
