"""On which days were invoices settled, and by what? So what was open on any day is known, not only what is open now.

    invoice 17 of 1 March, 100.00     payment of 10 March, 60.00     credit note of 20 March, 40.00
    open on 9 March 100.00, on 10 March 40.00, on 20 March nothing

An allocation that was released is taken back on the day of its release.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.payments.events import CreditAllocated, CreditReleased
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT = """
    INSERT INTO settlements (invoice, credit, settled_on, account, amount)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::date[], %b::text[], %b::numeric[])
    ON CONFLICT (invoice, credit, settled_on) DO UPDATE SET amount = settlements.amount + excluded.amount
"""

# What was settled of the invoice `documents.number` by a day, inclusive.
SETTLED_BY = """
    coalesce((SELECT sum(amount) FROM settlements
              WHERE settlements.invoice = documents.number AND settled_on <= %(on)s), 0)
"""


class Settlements:
    """What each credit settled of each invoice on a day."""

    name = "settlements"
    version = 2
    tables = ("settlements",)
    by_stream = True
    definition = """
        CREATE TABLE settlements (
            invoice text COLLATE "C", credit text COLLATE "C", settled_on date, account text COLLATE "C" NOT NULL,
            amount numeric NOT NULL, PRIMARY KEY (invoice, credit, settled_on)
        );
    """
    indexes = "CREATE INDEX ON settlements (settled_on);"
    streams = ("account",)
    folds: tuple[type[Event], ...] = (CreditAllocated, CreditReleased)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        settled: dict[tuple[str, str, date, str], Decimal] = defaultdict(Decimal)
        for entry in page:
            fact = entry.event
            assert isinstance(fact, CreditAllocated | CreditReleased)
            sign = 1 if isinstance(fact, CreditAllocated) else -1
            for each in fact.allocations:
                key = (each.invoice, each.credit, fact.effective_on, entry.number)
                settled[key] += sign * each.amount.amount
        cursor.execute(UPSERT, as_columns(((*key, amount) for key, amount in settled.items()), 5))
