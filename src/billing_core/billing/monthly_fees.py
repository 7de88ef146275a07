"""What the services of an account cost in a month, with VAT: the measure for debts that are a share of it.

A fee of another period counts with its part for a month. Usage, one-off fees and minimums are left out, and a service
that is paused or suspended counts as if it ran.

    20.00 a month plus 20 % VAT        24.00
    120.00 a year with VAT             10.00
    7.00 for 7 days with VAT           30.42, for a month is a twelfth of 365 days
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from billing_core.accounts.account import Account
from billing_core.billing.service_prices import price_on
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.charges import Charge
from billing_core.kernel.money import Money, rounded
from billing_core.kernel.spans import Span

DAYS_OF_MONTH = Fraction(365, 12)


def monthly_fees(account: Account, catalogue: Catalogue, on: date) -> Money:
    """The recurring fees of all services that have not ended on a day, for one month."""
    running = (each for each in account.subscriptions.values() if any(part.contains(on) for part in each.segments()))
    charges = (charge for each in running for charge in price_on(account, each, catalogue, on))
    return rounded(_of_month(charges), account.currency)


def _of_month(charges: Iterable[Charge]) -> Fraction:
    return sum((_gross(charge) / _months(charge.span) for charge in charges), Fraction(0))


def _gross(charge: Charge) -> Fraction:
    amount = Fraction(charge.amount.amount)
    return amount if charge.includes_vat else amount * (1 + Fraction(charge.vat_rate) / 100)


def _months(period: Span) -> Fraction:
    """How many months a period is: 1 for 1 March to 1 April, 12 for a year; for less than a month by its days."""
    months = round(period.days / DAYS_OF_MONTH)
    return Fraction(months) if months else period.days / DAYS_OF_MONTH
