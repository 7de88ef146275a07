"""Calls by destination: what they brought in, and the margin against the list of a carrier."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec
import numpy as np

from adapters.calendars.holiday_calendar import calendar_of
from adapters.postgres.usage_rating import calls_over
from adapters.views.query import Page, Queries, Reading
from adapters.views.usage.traffic import OfDays
from billing_core.kernel.errors import NotFound
from billing_core.usage.price_lists.lists import PortedNumber, PriceList
from billing_core.usage.rating.bulk_rating import Pools, RatedColumns, rate_pool_columns
from billing_core.usage.rating.compiled_lists import PortedColumns, compile_list, compile_ported
from billing_core.usage.rating.margins import Margin, margins_of
from billing_core.usage.rating.record_columns import RecordColumns
from commands.platform.concerns import HOUSE, LISTED, Concerns
from projections.usage.destinations import DestinationRow, by_destination, in_decimals


class ListDestinations(OfDays, frozen=True, kw_only=True):
    """What was used by destination, and what it brought in, the dearest first; of one price list if it is named.

    The days begin with `from` and end before `to`, by default they are those of this month up to today.
    """

    price_list: str = ""


class ShowMargins(OfDays, frozen=True, kw_only=True):
    """The margin of each destination: the calls over a network, by the customers' list and by that of its carrier.

    `price_list` is the list of the customers, and names the destinations; `carrier_list` is what the carrier charges.
    Free units of packages are not taken off. It reads the records, so it has none of months that were purged. The days
    begin with `from` and end before `to`, by default they are those of this month up to today.
    """

    price_list: str
    carrier_list: str
    network: str


class MarginRow(msgspec.Struct, frozen=True):
    """The margin of a destination, exact to six decimals; `without_cost` records have no price in the carrier's list.

    `units` are those that the customers' list counts.
    """

    destination: str
    records: int
    units: int
    currency: str
    income: Decimal
    cost: Decimal
    margin: Decimal
    without_cost: int


def _list_destinations(query: ListDestinations, reading: Reading) -> Page[DestinationRow]:
    from_on, to_on = query.days(reading.today)
    with reading.source.cursor() as cursor:
        return Page(by_destination(cursor, from_on, to_on, query.price_list, reading.dealer), None)


def _show_margins(query: ShowMargins, reading: Reading) -> Page[MarginRow]:
    from_on, to_on = query.days(reading.today)
    sold_by, bought_by = (_versions(reading, code) for code in (query.price_list, query.carrier_list))
    with reading.source.cursor() as cursor:
        records = calls_over(cursor, query.network, from_on, to_on)
    ported = compile_ported(_ported(reading, [*sold_by, *bought_by], to_on).values())
    sold, bought = (_rated(records, lists, ported) for lists in (sold_by, bought_by))
    currency = sold_by[0].terms.currency
    return Page([_row(margin, currency) for margin in margins_of(sold, bought)], None)


def _versions(reading: Reading, code: str) -> list[PriceList]:
    found = [each.price_list for each in reading.app.price_lists.versions_of(code)]
    if not found:
        raise NotFound("no such price list", field="price list", value=code)
    return found


def _ported(reading: Reading, lists: list[PriceList], on: date) -> Mapping[str, PortedNumber]:
    found: dict[str, PortedNumber] = {}
    for country in sorted({each.terms.country for each in lists} - {""}):
        found |= reading.app.price_lists.ported_on(country, on)
    return found


def _rated(records: RecordColumns, lists: list[PriceList], ported: PortedColumns) -> RatedColumns:
    """All records by one list, as those of one service without packages."""
    pools = Pools(np.zeros(1, dtype=np.int64), ())
    return rate_pool_columns(records, [compile_list(lists)], pools, ported, calendar_of)


def _row(margin: Margin, currency: str) -> MarginRow:
    income, cost, left = (in_decimals(each) for each in (margin.income, margin.cost, margin.margin))
    return MarginRow(margin.destination, margin.records, margin.units, currency, income, cost, left,
                     margin.without_cost)  # fmt: skip


QUERIES: Queries = {ListDestinations: _list_destinations, ShowMargins: _show_margins}
CONCERNS: Concerns = {ListDestinations: LISTED, ShowMargins: HOUSE}
