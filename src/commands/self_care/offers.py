"""What a change of tariff costs before it is made: the account is billed in memory with and without it.

internet-300 for 300.00 a month, June is billed; on 11 June to internet-500 for 500.00

    today           without it nothing is due; with it 200.00 back and 333.33 more       June costs 133.33 more
    next period     until the end of June nothing differs                                 0.00; from July 500.00 a month

Nothing of it is kept: the change is decided by the bus in a transaction that is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import count
from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.billing.bills import BilledAccount, Upto, bills
from billing_core.billing.issuing import Issue, bill_events
from billing_core.billing.run import account_due_on
from billing_core.catalogue.components import Recurring
from billing_core.catalogue.tariffs import Catalogue, PriceMissing, Tariff, components_on, price_on
from billing_core.charging.charges import Charge, ChargesPosted
from billing_core.charging.next_period import next_period_on
from billing_core.charging.view import view_of
from billing_core.kernel.errors import BillingError
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money, rounded, total, zero
from billing_core.kernel.spans import ONE_DAY
from billing_core.parties.versions import PartyVersion
from billing_core.services.terms_in_force import ALL_PERCENT, TermsInForce
from commands.accounts import load_account
from commands.billing.account import load_history
from commands.catalogue import load_tariff
from commands.platform.ports import Transaction
from commands.services.subscriptions import subscription_of, tariffs_of

NOBODY = PartyVersion("", 0)


class Fee(NamedTuple):
    """What a tariff costs each period, VAT included, and how long a period is; None if it has no fee."""

    amount: Money
    every: str


def fee_of(tariff: Tariff, in_force: TermsInForce | None, on: date) -> Fee | None:
    """The fees of a period, VAT included: 200.00 and 40.00 at 20 % are 288.00; of fees by other periods the first ones.

    With terms in force, their quantity, agreed prices, options and class of customers count.
    """
    fees = [each for each in components_on(tariff, on) if isinstance(each, Recurring) and _is_chosen(each, in_force)]
    if not fees:
        return None
    every = fees[0].period.every
    alike = [each for each in fees if each.period.every == every]
    return Fee(total((_with_vat(tariff, each, in_force, on) for each in alike), tariff.currency), every)


def _is_chosen(fee: Recurring, in_force: TermsInForce | None) -> bool:
    return not fee.is_option or (in_force is not None and fee.code in in_force.options)


def _with_vat(tariff: Tariff, fee: Recurring, in_force: TermsInForce | None, on: date) -> Money:
    agreed = None if in_force is None else in_force.agreed_prices.get(fee.code)
    try:
        price = agreed if agreed is not None else price_on(tariff, fee, on, _class_of(in_force)).amount
    except PriceMissing:
        return zero(tariff.currency)
    quantity = 1 if in_force is None or fee.is_flat else in_force.quantity
    return rounded(gross_of(price * quantity, fee.vat_rate, includes_vat=tariff.prices_include_vat), tariff.currency)


def _class_of(in_force: TermsInForce | None) -> str:
    return "" if in_force is None else in_force.customer_class


def next_period_of(account: Account, subscription: str, transaction: Transaction, today: date) -> date | None:
    """The day on which the next period of a subscription begins; None if none follows."""
    found = subscription_of(account, subscription)
    try:
        return next_period_on(view_of(found, account.billing_days), tariffs_of(found, transaction), today)
    except BillingError:
        return None


def charged_until(
    number: str, until: date, transaction: Transaction, today: date, change: Sequence[Event] = ()
) -> Money:
    """All that is charged on an account before a day, VAT included, that is not charged yet; after a change if any."""
    account, version = load_account(transaction, number)
    billed = BilledAccount(account, partial(load_history, transaction, number, version))
    billed.apply(change)
    charges = _charges(billed, _catalogue_of(account, transaction), Upto(until - ONE_DAY, today))
    return total(map(with_vat, charges), account.currency)


def next_invoice(number: str, transaction: Transaction, today: date) -> tuple[date, Money] | None:
    """The day on which an account is billed next, and about how much that is; None if nothing is to come.

    Usage that is still to come is not in it.
    """
    account, version = load_account(transaction, number)
    due_on = account_due_on(account)
    if due_on is None or account.prepaid is not None:
        return None
    on = max(due_on, today)
    billed = BilledAccount(account, partial(load_history, transaction, number, version))
    charges = [*account.pending, *_charges(billed, _catalogue_of(account, transaction), Upto(on, on))]
    return on, total(map(with_vat, charges), account.currency)


def _catalogue_of(account: Account, transaction: Transaction) -> Catalogue:
    codes = {code for subscription in account.subscriptions.values() for code in subscription.tariffs()}
    return {code: load_tariff(transaction, code) for code in sorted(codes)}


def _charges(billed: BilledAccount, catalogue: Catalogue, upto: Upto) -> Iterable[Charge]:
    numbers = map(str, count(1))
    for on, bill in bills(billed, catalogue, upto):
        events = bill_events(billed.account, bill, Issue(upto.today, NOBODY, NOBODY, numbers, numbers), on)
        billed.apply(events)
        for fact in events:
            if isinstance(fact, ChargesPosted):
                yield from fact.charges


def with_vat(charge: Charge) -> Money:
    """A charge as the customer pays it: 20.00 at 20 % are 24.00, unless the price has its VAT in it."""
    amount = gross_of(charge.amount.amount, charge.vat_rate, includes_vat=charge.includes_vat)
    return rounded(amount, charge.amount.currency)


def gross_of(amount: Decimal, vat_rate: Decimal, *, includes_vat: bool) -> Decimal:
    """An amount with VAT, not rounded yet."""
    return amount if includes_vat else amount * (ALL_PERCENT + vat_rate) / ALL_PERCENT
