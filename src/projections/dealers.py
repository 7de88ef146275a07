"""Which dealers are there, and how many customers does each have?"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from billing_core.dealers import Dealer, DealerChanged, DealerRegistered
from billing_core.kernel.events import Event
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns
from projections.platform.runner import LIVE_SCHEMA

UPSERT = """
    INSERT INTO dealers (code, details) SELECT * FROM unnest(%b::text[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET details = excluded.details
"""
SELECT_DEALERS = """
    SELECT details, (SELECT count(*) FROM customers WHERE customers.dealer = dealers.code) FROM dealers
    WHERE code > %(after)s AND (%(dealer)s = '' OR code = %(dealer)s) ORDER BY code LIMIT %(limit)s
"""


class Dealers:
    """Every dealer as now known."""

    name = "dealers"
    version = 1
    tables = ("dealers",)
    by_stream = True
    definition = 'CREATE TABLE dealers (code text COLLATE "C" PRIMARY KEY, details text NOT NULL);'
    indexes = ""
    streams = ("dealer",)
    folds: tuple[type[Event], ...] = (DealerRegistered, DealerChanged)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        known = {
            entry.number: entry.event.dealer
            for entry in page
            if isinstance(entry.event, DealerRegistered | DealerChanged)
        }
        rows = ((code, msgspec.json.encode(dealer).decode()) for code, dealer in known.items())
        cursor.execute(UPSERT, as_columns(rows, 2))


# --- conditions

# Whose a customer is counts as known now, also in an answer as of a moment: who lost a customer sees nothing of it.
ACCOUNTS_OF_DEALER = f"""
    SELECT accounts.number FROM {LIVE_SCHEMA}.customers AS customers
    JOIN {LIVE_SCHEMA}.accounts AS accounts ON accounts.customer = customers.number
    WHERE customers.dealer = %(dealer)s
"""


def customers_of(column: str, dealer: str) -> str:
    """The condition that a column has the number of a customer of the dealer, the parameter `dealer`; none, any."""
    return f"{column} IN (SELECT number FROM {LIVE_SCHEMA}.customers WHERE dealer = %(dealer)s)" if dealer else "true"


def accounts_of(column: str, dealer: str) -> str:
    """The condition that a column has the number of an account of a customer of the dealer; without a dealer, any."""
    return f"{column} IN ({ACCOUNTS_OF_DEALER})" if dealer else "true"


# --- queries


class DealerRow(msgspec.Struct):
    """A dealer with the number of its customers."""

    dealer: Dealer
    customers: int


def list_dealers(cursor: Cursor, limit: int | None = None, after: str = "", dealer: str = "") -> list[DealerRow]:
    """Dealers in order of code, after a code; only the one of a code if it is named."""
    rows = cursor.execute(SELECT_DEALERS, {"after": after, "dealer": dealer, "limit": limit}).fetchall()
    return [DealerRow(msgspec.json.decode(details, type=Dealer), customers) for details, customers in rows]


def count_dealers(cursor: Cursor, after: str = "") -> int:
    """The number of dealers after a code."""
    row = cursor.execute("SELECT count(*) FROM dealers WHERE code > %s", (after,)).fetchone()
    assert row is not None
    return int(row[0])


def streams_of_dealer(cursor: Cursor, dealer: str) -> list[str]:
    """The streams of a dealer, its customers, their accounts and tickets, and its cash desks with their sessions."""
    rows = cursor.execute(
        f"""SELECT 'dealer/' || %(dealer)s::text
            UNION ALL SELECT 'customer/' || number FROM {LIVE_SCHEMA}.customers WHERE dealer = %(dealer)s
            UNION ALL SELECT 'ticket/' || number FROM {LIVE_SCHEMA}.tickets
            WHERE {customers_of("customer", dealer)}
            UNION ALL SELECT 'request/' || request FROM {LIVE_SCHEMA}.approval_requests
            WHERE account IN ({ACCOUNTS_OF_DEALER})
            UNION ALL SELECT 'cash-desk/' || desk FROM {LIVE_SCHEMA}.cash_desks WHERE dealer = %(dealer)s
            UNION ALL SELECT 'cash-session/' || cash_sessions.session FROM {LIVE_SCHEMA}.cash_sessions
            JOIN {LIVE_SCHEMA}.cash_desks USING (desk) WHERE dealer = %(dealer)s
            UNION ALL SELECT 'account/' || number FROM ({ACCOUNTS_OF_DEALER}) AS accounts""",
        {"dealer": dealer},
    )
    return [stream for (stream,) in rows]


# --- what must hold

INVARIANTS = {
    "a customer's dealer is registered": """
        SELECT number FROM customers WHERE dealer <> '' AND dealer NOT IN (SELECT code FROM dealers)
    """,
}

AREA = Area(true_by_date=(Dealers(),), invariants=INVARIANTS)
