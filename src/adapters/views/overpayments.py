"""Unused credit: of an account, of all accounts as overpayments; limits of crumbs; where the money is that came in."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import msgspec

from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.dates import FIRST_DAY
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money, zero
from commands.platform.concerns import HOUSE, LISTED, Concerns
from projections.crumbs import CrumbLimitRow, crumb_limits
from projections.money_in import MoneyInRow, money_in
from projections.payments import PaymentRow, allocations_of, payments_of
from projections.unused_credits import (
    CreditRow,
    Overpaid,
    OverpaymentRow,
    overpayment_totals,
    overpayments_after,
    unused_credits_of,
)


class ListUnusedCredits(Query, frozen=True, kw_only=True):
    """The unused credits of an account, the oldest first, with what is held back of each."""

    account: str


class ShowPayment(Query, frozen=True, kw_only=True):
    """A payment with what it settles, what is unused of it, and what is held back."""

    account: str
    payment: str


class ListOverpayments(Listing, frozen=True, kw_only=True):
    """The accounts with unused credit that is older than so many days, of a seller, in a currency, at least so much."""

    older_than_days: int = 0
    seller: str = ""
    currency: str = ""
    at_least: Decimal = Decimal()


class SumOverpayments(Query, frozen=True, kw_only=True):
    """The number of accounts with unused credit older than so many days, and the sum of it, per currency."""

    older_than_days: int = 0
    seller: str = ""


class ListCrumbLimits(Query, frozen=True, kw_only=True):
    """Up to which amounts open items and unused credits are crumbs, by seller and currency."""


class ShowMoneyIn(Query, frozen=True, kw_only=True):
    """Where the money is that came in, by source and currency.

    What came in is allocated, unused, waiting as a remittance, gone back, other income, or transferred to another
    account. A transfer is a source of its own.
    """


class Settled(msgspec.Struct):
    """What a credit settles of an invoice."""

    account: str
    credit: str
    invoice: str
    amount: Money


class PaymentCard(msgspec.Struct):
    """A payment, what it settles, and what is unused of it."""

    payment: PaymentRow
    settles: list[Settled]
    unused: Money
    held_back: Money


class OverpaymentSum(msgspec.Struct):
    """The unused credit of all accounts in a currency."""

    accounts: int
    unused: Money


# --- answers


def _unused(query: ListUnusedCredits, reading: Reading) -> Page[CreditRow]:
    with reading.source.cursor() as cursor:
        return Page(unused_credits_of(cursor, query.account), None)


def _payment(query: ShowPayment, reading: Reading) -> PaymentCard:
    with reading.source.cursor() as cursor:
        found = [row for row in payments_of(cursor, query.account) if row.payment == query.payment]
        if not found:
            raise NotFound("the account has no such payment", field="payment", value=query.payment)
        settles = allocations_of(cursor, query.account).get(query.payment, {})
        unused = next((row for row in unused_credits_of(cursor, query.account) if row.credit == query.payment), None)
    currency = found[-1].amount.currency
    nothing = zero(currency)
    rows = [Settled(query.account, query.payment, invoice, Money(part, currency)) for invoice, part in settles.items()]
    if unused is None:
        return PaymentCard(found[-1], rows, nothing, nothing)
    return PaymentCard(found[-1], rows, unused.unused, unused.held_back)


def _overpayments(query: ListOverpayments, reading: Reading) -> Page[OverpaymentRow]:
    chosen = Overpaid(_before(query.older_than_days, reading), query.seller, query.currency, query.at_least,
                      reading.dealer)  # fmt: skip
    with reading.source.cursor() as cursor:
        found = overpayments_after(cursor, chosen, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.account)


def _sums(query: SumOverpayments, reading: Reading) -> Page[OverpaymentSum]:
    chosen = Overpaid(_before(query.older_than_days, reading), query.seller, dealer=reading.dealer)
    with reading.source.cursor() as cursor:
        totals = overpayment_totals(cursor, chosen)
    return Page([OverpaymentSum(number, unused) for number, unused in totals.values()], None)


def _before(days: int, reading: Reading) -> date:
    """The day before which credit is older than so many days: of today with 0, of yesterday with 1."""
    days = max(days, 0)
    return reading.today - timedelta(days=min(days, (reading.today - FIRST_DAY).days)) + timedelta(days=1)


def _limits(query: ListCrumbLimits, reading: Reading) -> Page[CrumbLimitRow]:
    with reading.source.cursor() as cursor:
        return Page(crumb_limits(cursor), None)


def _money_in(query: ShowMoneyIn, reading: Reading) -> Page[MoneyInRow]:
    with reading.source.cursor() as cursor:
        return Page(money_in(cursor), None)


QUERIES: Queries = {
    ListUnusedCredits: _unused,
    ShowPayment: _payment,
    ListOverpayments: _overpayments,
    SumOverpayments: _sums,
    ListCrumbLimits: _limits,
    ShowMoneyIn: _money_in,
}
CONCERNS: Concerns = {
    ListOverpayments: LISTED,
    SumOverpayments: LISTED,
    ListCrumbLimits: HOUSE,
    ShowMoneyIn: HOUSE,
}
