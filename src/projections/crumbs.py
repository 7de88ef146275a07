"""Which limits of crumbs has each seller, and which accounts have crumbs?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.payments.crumbs import CrumbLimit, CrumbLimitsSet
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT = """
    INSERT INTO crumb_limits (seller, limits) SELECT * FROM unnest(%b::text[], %b::text[])
    ON CONFLICT (seller) DO UPDATE SET limits = excluded.limits
"""
# Accounts with an item or all of their unused credit under the limit; what is a crumb is decided by the rules again.
SELECT_ACCOUNTS = """
    SELECT account FROM (
        SELECT account FROM documents WHERE open_amount > 0 AND open_amount <= %(item)s AND due_on < %(before)s
            AND seller = %(seller)s AND currency = %(currency)s
        UNION SELECT account FROM unused_credits JOIN accounts ON accounts.number = account
            WHERE seller = %(seller)s AND accounts.currency = %(currency)s
            GROUP BY account HAVING sum(amount) <= %(credit)s AND max(since) < %(before)s AND sum(held_back) = 0
    ) AS found WHERE account > %(after)s ORDER BY account LIMIT %(limit)s
"""
_encode = msgspec.json.Encoder(decimal_format="string").encode
_decode = msgspec.json.Decoder(tuple[CrumbLimit, ...]).decode


class Crumbs:
    """The limits of each seller as they were set last."""

    name = "crumb-limits"
    version = 1
    tables = ("crumb_limits",)
    streams = ("crumb-limits",)
    by_stream = True
    definition = 'CREATE TABLE crumb_limits (seller text COLLATE "C" PRIMARY KEY, limits text NOT NULL);'
    indexes = ""
    folds: tuple[type[Event], ...] = (CrumbLimitsSet,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        newest = {fact.seller: fact.limits for entry in page if isinstance(fact := entry.event, CrumbLimitsSet)}
        cursor.execute(UPSERT, as_columns(((seller, _encode(each).decode()) for seller, each in newest.items()), 2))


# --- queries


class CrumbLimitRow(msgspec.Struct):
    """The limits of a seller in a currency."""

    seller: str
    limit: CrumbLimit


def crumb_limits(cursor: Cursor) -> list[CrumbLimitRow]:
    """All limits, by seller and currency."""
    rows: list[Any] = cursor.execute("SELECT seller, limits FROM crumb_limits ORDER BY seller").fetchall()
    return [CrumbLimitRow(seller, limit) for seller, limits in rows for limit in _decode(limits)]


def accounts_with_crumbs(cursor: Cursor, row: CrumbLimitRow, on: date, after: str, limit: int) -> list[str]:
    """The accounts that may have a crumb on a day, in order of number."""
    asked = {
        "seller": row.seller, "currency": row.limit.currency, "item": row.limit.item, "credit": row.limit.credit,
        "before": on - timedelta(days=row.limit.older_than_days), "after": after, "limit": limit,
    }  # fmt: skip
    return [account for (account,) in cursor.execute(SELECT_ACCOUNTS, asked)]
