"""What a tariff costs a customer, and what a change to it costs until the period ends, VAT included.

internet-300 for 300.00 a month, June is billed; on 11 June to internet-500 for 500.00

    today           200.00 back and 333.33 more: June costs 133.33 more; from July on 500.00 a month
    next period     June costs the same; from July on 500.00 a month
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from billing_core.accounts.account import Account
from billing_core.catalogue.components import Recurring
from billing_core.catalogue.tariffs import PriceMissing, Tariff, components_on, price_on
from billing_core.charging.charges import Charge
from billing_core.charging.next_period import next_period_on
from billing_core.charging.view import view_of
from billing_core.kernel.errors import BillingError
from billing_core.kernel.money import Money, rounded, total, zero
from billing_core.parties.versions import PartyVersion
from billing_core.services.terms_in_force import ALL_PERCENT, TermsInForce
from commands.billing.foreseen import Foreseen
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
    if fee.while_held:
        return False
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


def difference_before(foreseen: Foreseen, until: date, currency: str) -> Money:
    """What a change makes the days before a day cost more, VAT included: credits and charges of the next bill."""
    new = (with_vat(charge) for charge in foreseen.new() if charge.from_on < until)
    gone = (-with_vat(charge) for charge in foreseen.gone() if charge.from_on < until)
    return total((*new, *gone), currency)


def with_vat(charge: Charge) -> Money:
    """A charge as the customer pays it: 20.00 at 20 % are 24.00, unless the price has its VAT in it."""
    amount = gross_of(charge.amount.amount, charge.vat_rate, includes_vat=charge.includes_vat)
    return rounded(amount, charge.amount.currency)


def gross_of(amount: Decimal, vat_rate: Decimal, *, includes_vat: bool) -> Decimal:
    """An amount with VAT, not rounded yet."""
    return amount if includes_vat else amount * (ALL_PERCENT + vat_rate) / ALL_PERCENT
