"""On which days were invoices settled, and by what? So what was open on any day is known, not only what is open now.

    invoice 17 of 1 March, 100.00     payment of 10 March, 60.00     credit note of 20 March, 40.00
    open on 9 March 100.00, on 10 March 40.00, on 20 March nothing

An allocation that was released is taken back on the day of its release. The days of the invoice stand in each row, so
that sums over years need not look for every invoice; they are null while the invoice is not known, as in books of a day
between a payment that was dated back and the invoice that it settled.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from billing_core.payments.events import CreditAllocated, CreditReleased
from projections.platform.projection import Cursor, as_columns

TABLES = ("settlements",)
DEFINITION = """
    CREATE TABLE settlements (
        invoice text COLLATE "C", credit text COLLATE "C", settled_on date, account text COLLATE "C" NOT NULL,
        amount numeric NOT NULL, issued_on date, due_on date, PRIMARY KEY (invoice, credit, settled_on)
    );
"""
INDEXES = "CREATE INDEX ON settlements (settled_on);"
UPSERT = """
    INSERT INTO settlements (invoice, credit, settled_on, account, amount, issued_on, due_on)
    SELECT settled.*, documents.issued_on, documents.due_on
    FROM unnest(%b::text[], %b::text[], %b::date[], %b::text[], %b::numeric[])
        AS settled (invoice, credit, settled_on, account, amount)
    LEFT JOIN documents ON documents.number = settled.invoice
    ON CONFLICT (invoice, credit, settled_on) DO UPDATE SET amount = settlements.amount + excluded.amount
"""

# What was settled of the invoice `documents.number` by a day, inclusive.
SETTLED_BY = """
    coalesce((SELECT sum(amount) FROM settlements
              WHERE settlements.invoice = documents.number AND settled_on <= %(on)s), 0)
"""


class Page:
    """What was settled on one page of events."""

    def __init__(self) -> None:
        self._settled: dict[tuple[str, str, date, str], Decimal] = defaultdict(Decimal)

    def settle(self, account: str, fact: CreditAllocated | CreditReleased) -> None:
        sign = 1 if isinstance(fact, CreditAllocated) else -1
        for each in fact.allocations:
            self._settled[each.invoice, each.credit, fact.effective_on, account] += sign * each.amount.amount

    def write(self, cursor: Cursor) -> None:
        """Write it; the documents of the page must be written before."""
        if self._settled:
            cursor.execute(UPSERT, as_columns(((*key, amount) for key, amount in self._settled.items()), 5))
