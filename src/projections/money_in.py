"""Where is the money that came in: allocated, unused, waiting, gone back, other income?

    received = allocated + unused + waiting + returned + income + transferred, for each source and currency

A transfer to another account is a source of its own: what left a payment by `transferred` comes in there.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import msgspec

from projections.platform.projection import Cursor, as_columns

TABLES = ("payment_sums",)
TRANSFER = "transfer"
# Parts of the accounts as a rebuild shares out their streams, so that its processes do not wait for each other's rows.
DEFINITION = """
    CREATE TABLE payment_sums (
        part integer, source text COLLATE "C", currency text COLLATE "C", received numeric NOT NULL,
        allocated numeric NOT NULL, PRIMARY KEY (part, source, currency)
    );
"""
UPSERT = """
    INSERT INTO payment_sums (part, source, currency, received, allocated)
    SELECT hashtextextended('account/' || account, 0) & 1023 AS part, source, currency, sum(received), sum(allocated)
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::numeric[], %b::numeric[])
        AS each (account, source, currency, received, allocated)
    GROUP BY part, source, currency ORDER BY part, source, currency
    ON CONFLICT (part, source, currency) DO UPDATE
    SET received = payment_sums.received + excluded.received, allocated = payment_sums.allocated + excluded.allocated
"""
OF_PAYMENT = "EXISTS (SELECT FROM payments WHERE payments.account = {0}.account AND payment = {0}.credit)"
# What payments and transfers settled, and what payments brought in that did not wait before, by the source.
SELECT_KEPT = f"""
    SELECT split_part(payment, ':', 1) AS source, currency, 'received' AS place, amount FROM payments
        WHERE NOT from_remittance
    UNION ALL SELECT split_part(credit, ':', 1), accounts.currency, 'allocated', amount
        FROM allocations JOIN accounts ON accounts.number = account WHERE {OF_PAYMENT.format("allocations")}
    UNION ALL SELECT '{TRANSFER}', accounts.currency, 'allocated', amount
        FROM allocations JOIN accounts ON accounts.number = account WHERE starts_with(credit, '{TRANSFER} ')
"""
# Every amount of money with its source and its place; of the most payments only sums. The source of a payment stands
# before the colon of its id.
SELECT_PLACES = f"""
    SELECT source, currency, 'received' AS place, received AS amount FROM payment_sums
    UNION ALL SELECT source, currency, 'allocated', allocated FROM payment_sums
    UNION ALL SELECT split_part(remittance, ':', 1), currency, 'received', amount FROM remittances
    UNION ALL SELECT split_part(remittance, ':', 1), currency, 'waiting', waiting FROM remittances
    UNION ALL SELECT split_part(remittance, ':', 1), currency, 'returned', given_back FROM remittances
    UNION ALL SELECT split_part(remittance, ':', 1), currency, 'income', other_income FROM remittances
    UNION ALL SELECT split_part(payment, ':', 1), currency, 'returned', reversed_amount FROM payments
        WHERE reversed_on IS NOT NULL
    UNION ALL SELECT split_part(credit, ':', 1), currency, 'unused', amount
        FROM unused_credits WHERE {OF_PAYMENT.format("unused_credits")}
    UNION ALL SELECT split_part(credit, ':', 1), currency,
        CASE kind WHEN 'transfer-away' THEN 'transferred' WHEN 'kept-as-income' THEN 'income'
            WHEN 'kept-credit-restored' THEN 'income' ELSE 'returned' END, -amount
        FROM credit_adjustments WHERE {OF_PAYMENT.format("credit_adjustments")}
    UNION ALL SELECT '{TRANSFER}', currency, 'received', amount FROM credit_adjustments WHERE kind = 'transfer-in'
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
NOTHING = Decimal()
Key = tuple[str, str, str]


class PageSums:
    """What payments brought in and settled on one page of events, by account, source and currency."""

    def __init__(self) -> None:
        self._received: dict[Key, Decimal] = defaultdict(Decimal)
        self._allocated: dict[Key, Decimal] = defaultdict(Decimal)

    def receive(self, account: str, payment: str, amount: Decimal, currency: str) -> None:
        """A payment came in that did not wait before; one that is moved away has a negative amount."""
        self._received[account, payment.partition(":")[0], currency] += amount

    def allocate(self, account: str, credit: str, amount: Decimal, currency: str) -> None:
        """A credit settles so much more; credit notes and write-offs are no money that came in."""
        source = TRANSFER if credit.startswith(f"{TRANSFER} ") else credit.partition(":")[0]
        if source != credit:
            self._allocated[account, source, currency] += amount

    def write(self, cursor: Cursor) -> None:
        keys = self._received.keys() | self._allocated.keys()
        rows = [(*key, self._received.get(key, NOTHING), self._allocated.get(key, NOTHING)) for key in keys]
        if rows:
            cursor.execute(UPSERT, as_columns(rows, 5))


# --- queries


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
    "the sums of payments and of what they settled are those of all payments and allocations": f"""
        SELECT source || ' ' || currency || ', ' || place || ': ' || sum(amount) FROM (
            SELECT source, currency, place, amount FROM ({SELECT_KEPT}) AS every
            UNION ALL SELECT source, currency, 'received', -received FROM payment_sums
            UNION ALL SELECT source, currency, 'allocated', -allocated FROM payment_sums
        ) AS differences GROUP BY source, currency, place HAVING sum(amount) <> 0
        ORDER BY source, currency, place
    """,
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
