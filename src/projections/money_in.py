"""Where is the money that came in: allocated, unused, waiting, gone back, other income?

    received = allocated + unused + waiting + returned + income + transferred, for each source and currency

A transfer to another account is a source of its own: what left a payment by `transferred` comes in there.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from projections.platform.projection import Cursor

OF_PAYMENT = "EXISTS (SELECT FROM payments WHERE payments.account = {0}.account AND payment = {0}.credit)"
TRANSFER = "transfer"
# Every amount of money with its source and its place. The source of a payment stands before the colon of its id.
SELECT_PLACES = f"""
    SELECT split_part(remittance, ':', 1) AS source, currency, 'received' AS place, amount FROM remittances
    UNION ALL SELECT split_part(remittance, ':', 1), currency, 'waiting', waiting FROM remittances
    UNION ALL SELECT split_part(remittance, ':', 1), currency, 'returned', given_back FROM remittances
    UNION ALL SELECT split_part(remittance, ':', 1), currency, 'income', other_income FROM remittances
    UNION ALL SELECT split_part(payment, ':', 1), currency, 'received', amount FROM payments WHERE NOT from_remittance
    UNION ALL SELECT split_part(payment, ':', 1), currency, 'returned', reversed_amount FROM payments
        WHERE reversed_on IS NOT NULL
    UNION ALL SELECT split_part(credit, ':', 1), accounts.currency, 'allocated', amount
        FROM allocations JOIN accounts ON accounts.number = account WHERE {OF_PAYMENT.format("allocations")}
    UNION ALL SELECT split_part(credit, ':', 1), currency, 'unused', amount
        FROM unused_credits WHERE {OF_PAYMENT.format("unused_credits")}
    UNION ALL SELECT split_part(credit, ':', 1), currency,
        CASE kind WHEN 'transfer-away' THEN 'transferred' WHEN 'kept-as-income' THEN 'income'
            WHEN 'kept-credit-restored' THEN 'income' ELSE 'returned' END, -amount
        FROM credit_adjustments WHERE {OF_PAYMENT.format("credit_adjustments")}
    UNION ALL SELECT '{TRANSFER}', currency, 'received', amount FROM credit_adjustments WHERE kind = 'transfer-in'
    UNION ALL SELECT '{TRANSFER}', accounts.currency, 'allocated', amount
        FROM allocations JOIN accounts ON accounts.number = account WHERE starts_with(credit, '{TRANSFER} ')
    UNION ALL SELECT '{TRANSFER}', currency, 'unused', amount
        FROM unused_credits WHERE starts_with(credit, '{TRANSFER} ')
    UNION ALL SELECT '{TRANSFER}', currency,
        CASE kind WHEN 'transfer-away' THEN 'transferred' WHEN 'kept-as-income' THEN 'income'
            WHEN 'kept-credit-restored' THEN 'income' ELSE 'returned' END, -amount
        FROM credit_adjustments WHERE starts_with(credit, '{TRANSFER} ') AND kind <> 'transfer-in'
"""
PLACES = ("received", "allocated", "unused", "waiting", "returned", "income", "transferred")
SELECT_SOURCES = f"""
    SELECT source, currency, {
    ", ".join(f"coalesce(sum(amount) FILTER (WHERE place = '{place}'), 0) AS {place}" for place in PLACES)
} FROM ({SELECT_PLACES}) AS places GROUP BY source, currency
"""


class MoneyInRow(msgspec.Struct):
    """The money of a source in a currency, and where it is."""

    source: str
    currency: str
    received: Decimal
    allocated: Decimal
    unused: Decimal
    waiting: Decimal
    returned: Decimal
    income: Decimal
    transferred: Decimal


def money_in(cursor: Cursor) -> list[MoneyInRow]:
    """Each source and currency, in order."""
    rows = cursor.execute(f"{SELECT_SOURCES} ORDER BY source, currency").fetchall()
    return [MoneyInRow(*row) for row in rows]


# --- what must hold

INVARIANTS = {
    "money that came in is allocated, unused, waiting, gone back, transferred or other income": f"""
        SELECT source || ' ' || currency || ': ' || received || ' came in, '
            || allocated + unused + waiting + returned + income + transferred || ' is known to be somewhere'
        FROM ({SELECT_SOURCES}) AS sources
        WHERE received <> allocated + unused + waiting + returned + income + transferred
    """,
    "what is transferred away from one account comes in on another": """
        SELECT currency FROM credit_adjustments WHERE kind IN ('transfer-away', 'transfer-in')
        GROUP BY currency HAVING sum(amount) <> 0
    """,
}
