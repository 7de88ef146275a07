"""Payments that standing orders let expect, against those that came."""

from __future__ import annotations

from datetime import date, timedelta

from adapters.views.query import Listing, Page, Queries, Reading
from billing_core.kernel.errors import InvalidValue
from commands.platform.concerns import LISTED, Concerns
from projections.expected_payments import ExpectedIn, ExpectedRow, expected_after

MOST_DAYS = 366


class ListExpectedPayments(Listing, frozen=True, kw_only=True):
    """Payments expected by standing orders from a day on and before another one, the last 31 days unless named.

    `limit` counts accounts. With `missing` only those that did not come, or came with another amount.
    """

    from_on: date | None = None
    to_on: date | None = None
    missing: bool = False


def _list_expected(query: ListExpectedPayments, reading: Reading) -> Page[ExpectedRow]:
    to_on = query.to_on or reading.today + timedelta(days=1)
    from_on = query.from_on or to_on - timedelta(days=31)
    if not timedelta(0) < to_on - from_on <= timedelta(days=MOST_DAYS):
        raise InvalidValue(f"must be 1 to {MOST_DAYS} days before {to_on}", field="from", value=from_on)
    chosen = ExpectedIn(from_on, to_on, reading.today, reading.dealer)
    with reading.source.cursor() as cursor:
        rows, following = expected_after(cursor, chosen, query.after, query.limit)
    if query.missing:
        rows = [row for row in rows if row.outcome in ("missing", "other amount")]
    return Page(rows, following)


QUERIES: Queries = {ListExpectedPayments: _list_expected}
CONCERNS: Concerns = {ListExpectedPayments: LISTED}
