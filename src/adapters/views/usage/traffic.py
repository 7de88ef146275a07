"""Traffic: how much there was, who had most, the busy hour, and growth."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from adapters.views.persons import Persons, owners
from adapters.views.query import Limit, Page, Queries, Query, Reading
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.spans import ONE_DAY
from billing_core.usage.traffic import (
    BusyHour,
    Growth,
    HourAmount,
    Measure,
    MonthAmount,
    busy_hours,
    growth,
    month_before,
)
from commands.platform.concerns import LISTED, Concerns
from projections.parties import list_sellers
from projections.platform.projection import Cursor
from projections.usage.traffic import Asked, Every, Place, TrafficBy, TrafficRow, top_traffic, traffic

A_YEAR = timedelta(days=366)

# --- questions


class OfDays(Query, frozen=True, kw_only=True):
    from_on: date | None = None
    to_on: date | None = None

    def days(self, today: date) -> tuple[date, date]:
        """The days that are asked for: by default those of the month up to today."""
        to_on = self.to_on or max(today + ONE_DAY, self.from_on or date.min)
        from_on = self.from_on or (to_on - ONE_DAY).replace(day=1)
        if from_on >= to_on:
            raise InvalidValue(f"must be after the first day, {from_on}", field="to", value=to_on)
        return from_on, to_on


class TrafficQuestion(OfDays, frozen=True, kw_only=True):
    by: TrafficBy = "network"
    every: Every = "day"
    of: str = ""
    kind: Literal["", "call", "data", "item"] = ""
    account: str = ""


class ShowTraffic(TrafficQuestion, frozen=True, kw_only=True):
    """Traffic by one value, in hours, days or months: records, seconds, quantity and bytes in both directions.

    The days begin with `from` and end before `to`, by default they are those of this month up to today; days and
    months are those of the seller's time zone. A network is a trunk, a carrier or a network access server; a
    `product` is the service that is sold by a tariff, and a tariff counts on the days on which it was had. `of` is one
    value of those by which is asked; `kind` and `account` narrow it further.
    """

    after: str = ""
    limit: Limit = 50


class ListTopTraffic(OfDays, frozen=True, kw_only=True):
    """The subscribers, or other values, with most traffic, the largest first: the top talkers.

    The days begin with `from` and end before `to`, by default they are those of this month up to today.
    """

    by: TrafficBy = "subscriber"
    measure: Measure = "bytes"
    kind: Literal["", "call", "data", "item"] = ""
    limit: Limit = 20


class ShowBusyHours(OfDays, frozen=True, kw_only=True):
    """The hours of the day, the busiest first: by their average over the days, with the most of one day.

    Seconds of calls divided by 3,600 are Erlangs. The days begin with `from` and end before `to`, a year at most; by
    default they are those of this month up to today. The hours are those of the seller's time zone.
    """

    measure: Measure = "seconds"
    kind: Literal["", "call", "data", "item"] = "call"
    network: str = ""


class ShowTrafficGrowth(OfDays, frozen=True, kw_only=True):
    """Traffic of each month against the month before, by one value, in percent.

    The months begin with that of `from` and end with that before `to`; by default they are the six up to this one,
    which is not over.
    """

    by: TrafficBy = "network"
    measure: Measure = "bytes"
    kind: Literal["", "call", "data", "item"] = ""


# --- answers


class Traffic(msgspec.Struct):
    """Traffic in order of time and value. `next` is the value of `after` for the following part, None at the end."""

    from_on: date
    to_on: date
    items: list[TrafficRow]
    next: str | None


class BusyHours(msgspec.Struct):
    """The hours of the day by the clock of `time_zone`, the busiest first; empty if there was no traffic."""

    from_on: date
    to_on: date
    time_zone: str
    hours: list[BusyHour]


def _show_traffic(query: ShowTraffic, reading: Reading) -> Traffic:
    asked = asked_of(query, reading)
    with reading.source.cursor() as cursor:
        zone = zone_of(cursor)
        found = traffic(cursor, asked, query.limit + 1, _place(query.after))
    shown = [local(row, zone) for row in found[: query.limit]]
    return Traffic(
        asked.from_on, asked.to_on, shown, _written(found[query.limit - 1]) if found[query.limit :] else None
    )


def _list_top_traffic(query: ListTopTraffic, reading: Reading) -> Page[TrafficRow]:
    from_on, to_on = query.days(reading.today)
    products = products_by_tariff(reading, query.by)
    asked = Asked(query.by, "all", from_on, to_on, kind=query.kind, dealer=reading.dealer, products=products)
    with reading.source.cursor() as cursor:
        return Page(top_traffic(cursor, asked, query.measure, query.limit), None)


def _show_busy_hours(query: ShowBusyHours, reading: Reading) -> BusyHours:
    from_on, to_on = query.days(reading.today)
    if to_on - from_on > A_YEAR:
        raise InvalidValue("must be within a year of the first day", field="to", value=to_on)
    asked = Asked("network" if query.network else "all", "hour", from_on, to_on, query.network, query.kind,
                  dealer=reading.dealer)  # fmt: skip
    with reading.source.cursor() as cursor:
        zone = zone_of(cursor)
        found = traffic(cursor, asked)
    amounts = [HourAmount(row.hour_at, row.amount(query.measure)) for row in found if row.hour_at is not None]
    return BusyHours(from_on, to_on, str(zone), busy_hours(amounts, from_on, to_on, zone) if amounts else [])


def _show_growth(query: ShowTrafficGrowth, reading: Reading) -> Page[Growth]:
    to_on = query.to_on or reading.today + ONE_DAY
    first_on = (query.from_on or _months_before(to_on - ONE_DAY, 5)).replace(day=1)
    if first_on >= to_on:
        raise InvalidValue(f"must be after the first month, {first_on:%Y-%m}", field="to", value=to_on)
    asked = Asked(query.by, "month", month_before(first_on), to_on, kind=query.kind, dealer=reading.dealer,
                  products=products_by_tariff(reading, query.by))  # fmt: skip
    with reading.source.cursor() as cursor:
        found = traffic(cursor, asked)
    return Page(growth([MonthAmount(row.on, row.of, row.amount(query.measure)) for row in found], first_on), None)


# --- what they share


def asked_of(query: TrafficQuestion, reading: Reading) -> Asked:
    """The question as the sums are asked."""
    from_on, to_on = query.days(reading.today)
    products = products_by_tariff(reading, query.by)
    return Asked(query.by, query.every, from_on, to_on, query.of, query.kind, query.account, reading.dealer, products)


def products_by_tariff(reading: Reading, by: TrafficBy) -> dict[str, str]:
    """The product that each tariff sells, if it is asked for."""
    if by != "product":
        return {}
    return {code: tariff.product for code, tariff in reading.app.models().tariffs().items()}


def zone_of(cursor: Cursor) -> tzinfo:
    """The time zone of the sellers, UTC if they have several."""
    zones = {seller.time_zone for seller in list_sellers(cursor)}
    return ZoneInfo(zones.pop()) if len(zones) == 1 else UTC


def all_traffic(query: TrafficQuestion, reading: Reading) -> list[TrafficRow]:
    """The whole answer, for what is written to a file, drawn or analysed."""
    with reading.source.cursor() as cursor:
        zone = zone_of(cursor)
        return [local(row, zone) for row in traffic(cursor, asked_of(query, reading))]


def local(row: TrafficRow, zone: tzinfo) -> TrafficRow:
    """The row with its hour by the clock of a zone."""
    if row.hour_at is None:
        return row
    return msgspec.structs.replace(row, hour_at=row.hour_at.astimezone(zone))


def _months_before(on: date, months: int) -> date:
    for _ in range(months):
        on = month_before(on)
    return on


def _written(row: TrafficRow) -> str:
    """The place of a row: `2026-10-25 2026-10-25T00:00:00+00:00 trunk1`, with `-` for the hour if there is none."""
    at = row.hour_at.astimezone(UTC).isoformat() if row.hour_at else "-"
    return f"{row.on} {at} {row.of}"


def _place(written: str) -> Place | None:
    if not written:
        return None
    try:
        on, at, of = written.split(" ", 2)
        return Place(date.fromisoformat(on), None if at == "-" else datetime.fromisoformat(at), of)
    except ValueError:
        raise InvalidValue("is not what a part of this report gave as `next`", field="after", value=written) from None


# --- whose traffic it is


def owners_of_traffic(by: TrafficBy, rows: Iterable[TrafficRow | Growth], reading: Reading) -> Iterable[str]:
    """The customers whom rows are about."""
    values = {row.of for row in rows} - {""}
    if by == "customer":
        return values
    return owners({value.partition("/")[0] for value in values}, reading) if by == "subscriber" else ()


def _of_traffic(query: Any, answer: Any, reading: Reading) -> Iterable[str]:
    of_account = owners([query.account], reading) if getattr(query, "account", "") else ()
    return {*of_account, *owners_of_traffic(query.by, answer.items, reading)}


QUERIES: Queries = {
    ShowTraffic: _show_traffic,
    ListTopTraffic: _list_top_traffic,
    ShowBusyHours: _show_busy_hours,
    ShowTrafficGrowth: _show_growth,
}
CONCERNS: Concerns = dict.fromkeys(QUERIES, LISTED)
PERSONS: Persons = dict.fromkeys((ShowTraffic, ListTopTraffic, ShowTrafficGrowth), _of_traffic)
