"""How much traffic was there: by network, service, subscriber and others, in hours, days or months?

The answer comes from the sums by the hour that are written with the rows, so it stays when the rows are purged. What
is the same for all subscriptions, such as the network, is asked of sums without them, which are few.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import msgspec

from billing_core.services.terms_in_force import Change
from billing_core.usage.traffic import Measure
from projections.dealers import accounts_of
from projections.platform.projection import Cursor
from projections.services import tariffs_by_day

TrafficBy = Literal[
    "network", "kind", "component", "direction", "subscriber", "customer", "tariff", "product", "dealer", "city",
    "address", "all",
]  # fmt: skip
Every = Literal["hour", "day", "month", "all"]
MILLION = 1_000_000


class Asked(NamedTuple):
    """What is asked: by which value, in which steps of time, on the days from one up to another.

    `of` is one value of those by which is asked, `kind` and `account` narrow it further; empty is any. `products` is
    the product of each tariff.
    """

    by: TrafficBy
    every: Every
    from_on: date
    to_on: date
    of: str = ""
    kind: str = ""
    account: str = ""
    dealer: str = ""
    products: Mapping[str, str] = {}

    @property
    def is_of_network(self) -> bool:
        """Whether it can be answered without subscriptions."""
        return not (self.account or self.dealer) and self.by in ("network", "kind", "component", "direction", "all")


class TrafficRow(msgspec.Struct, frozen=True):
    """The traffic of a value in a step of time: the hour that begins at `hour_at`, the day, or the month from its first
    day; `in` is to the subscriber.

    A record counts whole in the hour in which it started. `quantity` are items and units that the source metered.
    """

    on: date
    hour_at: datetime | None
    of: str
    records: int
    seconds: int
    quantity: Decimal
    bytes_in: int
    bytes_out: int

    def amount(self, measure: Measure) -> Decimal:
        """How much of what is measured."""
        return Decimal(self.bytes_in + self.bytes_out if measure == "bytes" else getattr(self, measure))


class Place(NamedTuple):
    """The last row of a page, after which the next one begins."""

    on: date
    hour_at: datetime | None
    of: str


SUBSCRIPTIONS = "LEFT JOIN subscriptions USING (account, subscription)"
# Those that changed their tariff have a row for each span of days; of all others the tariff is that of now.
TARIFFS = f"""{SUBSCRIPTIONS} LEFT JOIN unnest(
        %(accounts)s::text[], %(subscriptions)s::text[], %(tariffs)s::text[], %(since)s::date[], %(until)s::date[]
    ) AS had (account, subscription, tariff, since_on, until_on)
    ON had.account = sums.account AND had.subscription = sums.subscription
    AND used_on >= had.since_on AND used_on < had.until_on
"""
PRODUCTS = f"""{TARIFFS} LEFT JOIN unnest(%(tariff_codes)s::text[], %(products)s::text[]) AS sold (tariff, product)
    ON sold.tariff = coalesce(had.tariff, subscriptions.tariff)
"""
CUSTOMERS = """
    LEFT JOIN accounts ON accounts.number = sums.account LEFT JOIN customers ON customers.number = accounts.customer
"""
ADDRESS = Change.__struct_fields__.index("address")
# The value by which is asked, and the tables that know it.
VALUES: Mapping[TrafficBy, tuple[str, str]] = {
    "network": ("network", ""),
    "kind": ("sums.kind", ""),
    "component": ("component", ""),
    "direction": ("direction", ""),
    "subscriber": ("account || '/' || subscription", ""),
    "customer": ("accounts.customer", CUSTOMERS),
    "tariff": ("coalesce(had.tariff, subscriptions.tariff)", TARIFFS),
    "product": ("sold.product", PRODUCTS),
    "dealer": ("customers.dealer", CUSTOMERS),
    "city": ("customers.state::jsonb -> 'customer' -> 'address' ->> 'city'", CUSTOMERS),
    "address": (f"timeline::jsonb -> 0 ->> {ADDRESS}", SUBSCRIPTIONS),
    "all": ("''", ""),
}
STEPS: Mapping[Every, tuple[str, str]] = {
    "hour": ("used_on", "hour_at"),
    "day": ("used_on", "NULL::timestamptz"),
    "month": ("date_trunc('month', used_on)::date", "NULL::timestamptz"),
    "all": ("%(from_on)s::date", "NULL::timestamptz"),
}
SELECT = """
    SELECT day, hour, of, sum(records)::int8, sum(seconds)::int8, sum(quantity), sum(bytes_in)::int8,
           sum(bytes_out)::int8
    FROM (
        SELECT {day} AS day, {hour} AS hour, coalesce({value}, '') COLLATE "C" AS of, records, seconds, quantity,
               bytes_in, bytes_out
        FROM {sums} AS sums {joins}
        WHERE used_on >= %(from_on)s AND used_on < %(to_on)s AND %(kind)s IN ('', sums.kind) AND {whose}
    ) AS found
    WHERE %(of)s IN ('', of) AND {beyond}
    GROUP BY day, hour, of
"""
IN_ORDER = "ORDER BY day, hour, of LIMIT %(limit)s"
MEASURED: Mapping[Measure, str] = {
    "records": "sum(records)", "seconds": "sum(seconds)", "quantity": "sum(quantity)",
    "bytes": "sum(bytes_in) + sum(bytes_out)", "bytes_in": "sum(bytes_in)", "bytes_out": "sum(bytes_out)",
}  # fmt: skip


def traffic(cursor: Cursor, asked: Asked, limit: int | None = None, after: Place | None = None) -> list[TrafficRow]:
    """The traffic in order of time and value, after a place."""
    return list(_rows(cursor, asked, IN_ORDER, limit, after))


def top_traffic(cursor: Cursor, asked: Asked, measure: Measure, limit: int) -> list[TrafficRow]:
    """The values with most of what is measured, the largest first."""
    return list(_rows(cursor, asked, f"ORDER BY {MEASURED[measure]} DESC, of LIMIT %(limit)s", limit))


# --- the same of rows that are kept elsewhere

OF_ROWS: Collection[TrafficBy] = ("network", "kind", "component", "direction", "subscriber", "all")
SELECT_VALUES = """
    SELECT account, subscription, coalesce({value}, '') FROM (
        SELECT DISTINCT account, subscription FROM billing.usage_hours
        WHERE used_on >= %(from_on)s AND used_on < %(to_on)s
    ) AS sums {joins}
"""


class ValueOnDays(NamedTuple):
    """The value of a subscription by which is asked, on the days from one up to another; always, without them."""

    account: str
    subscription: str
    value: str
    from_on: date | None = None
    to_on: date | None = None


def values_of_subscriptions(cursor: Cursor, asked: Asked) -> list[ValueOnDays]:
    """The values of the subscriptions with traffic, if the rows do not have them; one on some days is the right one."""
    if asked.by in OF_ROWS:
        return []
    value, joins = VALUES[asked.by] if asked.by not in ("tariff", "product") else ("tariff", SUBSCRIPTIONS)
    days = {"from_on": asked.from_on, "to_on": asked.to_on}
    rows = cursor.execute(SELECT_VALUES.format(value=value, joins=joins), days).fetchall()
    found = [ValueOnDays(*row) for row in rows]
    if asked.by in ("tariff", "product"):
        found += [ValueOnDays(*had) for had in tariffs_by_day(cursor)]
    if asked.by == "product":
        found = [each._replace(value=asked.products.get(each.value, "")) for each in found]
    return found


def _rows(cursor: Cursor, asked: Asked, order: str, limit: int | None, after: Place | None = None) -> Iterator[Any]:
    day, hour = STEPS[asked.every]
    value, joins = VALUES[asked.by]
    of_account = "sums.account = %(account)s" if asked.account else "true"
    whose = "true" if asked.is_of_network else f"{of_account} AND {accounts_of('sums.account', asked.dealer)}"
    sums = "billing.usage_network_hours" if asked.is_of_network else "billing.usage_hours"
    statement = SELECT.format(
        day=day, hour=hour, value=value, joins=joins, sums=sums, whose=whose, beyond=_beyond(after)
    )
    wanted = {"from_on": asked.from_on, "to_on": asked.to_on, "of": asked.of, "kind": asked.kind,
              "account": asked.account, "dealer": asked.dealer, "limit": limit, **_tariffs(cursor, asked),
              **({f"after_{name}": each for name, each in after._asdict().items()} if after else {})}  # fmt: skip
    for on, hour_at, of, records, seconds, millionths, bytes_in, bytes_out in cursor.execute(
        f"{statement} {order}", wanted
    ):
        yield TrafficRow(on, hour_at, of, records, seconds, millionths / MILLION, bytes_in, bytes_out)


def _beyond(after: Place | None) -> str:
    if after is None:
        return "true"
    if after.hour_at is None:
        return "(day, of) > (%(after_on)s, %(after_of)s)"
    return "(day, hour, of) > (%(after_on)s, %(after_hour_at)s, %(after_of)s)"


def _tariffs(cursor: Cursor, asked: Asked) -> dict[str, Any]:
    """Which tariffs were had on which days by those that changed it, and the products of all."""
    if asked.by not in ("tariff", "product"):
        return {}
    had = tariffs_by_day(cursor)
    columns = list(zip(*had, strict=True)) or [()] * 5
    names = ("accounts", "subscriptions", "tariffs", "since", "until")
    return {
        **{name: list(column) for name, column in zip(names, columns, strict=True)},
        "tariff_codes": list(asked.products), "products": list(asked.products.values()),
    }  # fmt: skip
