"""What a pause of a service costs a customer, and how much of the allowance of a year is left.

care for 300.00 a month, 10 % of it on hold, 50.00 for each hold, 1.00 a day on hold; 90 days a year, 31 were taken

    each hold 50.00, a day 1.00, 10 % of the price; 59 days are left this year
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from billing_core.accounts.account import Account
from billing_core.catalogue.components import Component, OneOff, Recurring, Trigger
from billing_core.catalogue.hold_terms import HoldTerms
from billing_core.catalogue.tariffs import PriceMissing, Tariff, components_on, price_on
from billing_core.kernel.money import Money, rounded, total
from billing_core.services.hold_conditions import days_held
from billing_core.services.terms_in_force import TermsInForce
from billing_core.services.yearly_holds import YearlyHold
from commands.self_care.offers import gross_of
from commands.services.subscriptions import subscription_of

ONE = Decimal(1)


class FeeWhileHeld(msgspec.Struct):
    """A fee of the days on hold, VAT included: so much each period, such as a `day`."""

    amount: Money
    every: str


class HoldOffer(msgspec.Struct):
    """The terms of a pause and its prices, VAT included; `left_days` of this year, None if they are not limited.

    `fee` falls due at its beginning and `end_fee` at its end; `meanwhile` are fees of the days on hold in addition to
    the percentage of the price. `season` is set if the service pauses every year.
    """

    terms: HoldTerms
    fee: Money
    end_fee: Money
    meanwhile: list[FeeWhileHeld]
    used_days: int
    left_days: int | None
    season: YearlyHold | None


def hold_offer(account: Account, code: str, tariff: Tariff, in_force: TermsInForce, on: date) -> HoldOffer | None:
    """What is offered on a day; None if the tariff has no terms for it."""
    terms = tariff.hold
    if terms is None:
        return None
    used = days_held(subscription_of(account, code), on.year)
    left = None if terms.most_days_a_year is None else max(0, terms.most_days_a_year - used)
    return HoldOffer(
        terms, _one_offs(tariff, in_force, on, "hold"), _one_offs(tariff, in_force, on, "resumption"),
        _meanwhile(tariff, in_force, on), used, left, account.yearly_holds.of.get(code),
    )  # fmt: skip


def _one_offs(tariff: Tariff, in_force: TermsInForce, on: date, trigger: Trigger) -> Money:
    """All fees that fall due once at a trigger."""
    fees = [each for each in components_on(tariff, on) if isinstance(each, OneOff) and each.at == trigger]
    return total((_with_vat(tariff, each, in_force, on, ONE) for each in fees), tariff.currency)


def _meanwhile(tariff: Tariff, in_force: TermsInForce, on: date) -> list[FeeWhileHeld]:
    """Fees that are charged on hold only, each with its period."""
    return [
        FeeWhileHeld(
            _with_vat(tariff, each, in_force, on, ONE if each.is_flat else in_force.quantity), each.period.every
        )
        for each in components_on(tariff, on)
        if isinstance(each, Recurring) and each.while_held
    ]


def _with_vat(tariff: Tariff, fee: Component, in_force: TermsInForce, on: date, quantity: Decimal) -> Money:
    agreed = in_force.agreed_prices.get(fee.code)
    try:
        price = agreed if agreed is not None else price_on(tariff, fee, on, in_force.customer_class).amount
    except PriceMissing:
        price = Decimal(0)
    return rounded(gross_of(price * quantity, fee.vat_rate, includes_vat=tariff.prices_include_vat), tariff.currency)
