"""Which payments came in last from a customer, and which invoices do they settle?"""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.kernel.money import Money
from projections.platform.projection import Cursor


class LastPayment(msgspec.Struct):
    """A payment with the invoices that it settles, in part or in whole."""

    payment: str
    account: str
    received_on: date
    amount: Money
    reversed_on: date | None
    reason: str | None
    settles: list[str]


def last_payments_of(cursor: Cursor, customer: str, limit: int) -> list[LastPayment]:
    """The last payments on all accounts of a customer, the newest first."""
    rows = cursor.execute(
        """SELECT payment, account, received_on, amount, payments.currency, reversed_on, reason, ARRAY(
               SELECT invoice FROM allocations WHERE allocations.account = payments.account
                   AND allocations.credit = payments.payment AND allocations.amount <> 0 ORDER BY invoice)
           FROM payments JOIN accounts ON accounts.number = payments.account
           WHERE accounts.customer = %s ORDER BY received_on DESC, payment DESC LIMIT %s""",
        (customer, limit),
    )
    return [
        LastPayment(payment, account, on, Money(amount, currency), *rest)
        for payment, account, on, amount, currency, *rest in rows
    ]
