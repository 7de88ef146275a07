"""The last payments of a customer, and what another one would settle."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from adapters.views.account_states import account_states
from adapters.views.query import Limit, Page, Query, Reading
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money, require_amount, total, zero
from billing_core.payments.allocation import allocate
from billing_core.payments.events import Allocation
from billing_core.payments.receiving import require_income
from projections.last_payments import LastPayment, last_payments_of


class ListLastPayments(Query, frozen=True, kw_only=True):
    """The last payments on all accounts of a customer, the newest first, each with the invoices that it settles."""

    customer: str
    limit: Limit = 10


class PreviewPayment(Query, frozen=True, kw_only=True):
    """What a payment would settle now; nothing is kept.

    The payer may have named an invoice, or anything else, as the `payment_reference`.
    """

    account: str
    amount: Decimal
    payment_reference: str = ""


class PaymentPreview(msgspec.Struct):
    """The invoices that would be settled with what is left open on each, what stays unused, and the balances."""

    settles: list[Allocation]
    left_open: dict[str, Money]
    unused: Money
    before: Money
    after: Money


def list_last_payments(query: ListLastPayments, reading: Reading) -> Page[LastPayment]:
    with reading.source.cursor() as cursor:
        return Page(last_payments_of(cursor, query.customer, query.limit), None)


def preview_payment(query: PreviewPayment, reading: Reading) -> PaymentPreview:
    accounts = account_states(reading, [query.account])
    if not accounts:
        raise NotFound("no such account; `billing customers` lists them", field="account", value=query.account)
    (account,) = accounts
    amount = require_amount(query.amount, account.currency, "amount")
    require_income(amount)
    ledger = account.ledger
    settles = allocate("", amount, ledger.open_items, query.payment_reference or None)
    settled = total((each.amount for each in settles), account.currency)
    left = {each.invoice: ledger.open_items[each.invoice].amount - each.amount for each in settles}
    left_open = {invoice: rest for invoice, rest in left.items() if rest != zero(account.currency)}
    return PaymentPreview(list(settles), left_open, amount - settled, ledger.balance, ledger.balance + amount)
