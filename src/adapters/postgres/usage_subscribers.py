"""Whose a row of usage is: the account and subscription of its subscriber, and the day of its start at the seller's.

A source that knows them says ACCOUNT/SUBSCRIPTION. Otherwise a number, user name or card belongs to a subscription for
some days (`usage_identifiers`), days in the time zone of the account's seller, as the day of the record is one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from psycopg import Cursor

from adapters.postgres.text_arrays import TextArray, use_text_arrays
from adapters.postgres.usage_copy import integers
from billing_core.usage.mediation.row_checks import Flags, Integers

# Whole columns come as one value each: there may be as many subscribers as rows. A side without a day is open.
AS_COLUMNS = """
    SELECT coalesce(array_agg(place), '{{}}'), coalesce(array_agg(account), '{{}}'),
           coalesce(array_agg(subscription), '{{}}'), coalesce(array_agg(seller), '{{}}'),
           coalesce(array_agg(coalesce(from_on - date '1970-01-01', -2147483647)), '{{}}'),
           coalesce(array_agg(coalesce(to_on - date '1970-01-01', 2147483647)), '{{}}')
    FROM ({found} ORDER BY place) AS found
"""
SELECT_NAMED = AS_COLUMNS.format(
    found="""
    SELECT place, account, subscription, seller, NULL::date AS from_on, NULL::date AS to_on
    FROM unnest(%b::text[], %b::text[]) WITH ORDINALITY AS wanted (account, subscription, place)
    JOIN live.subscriptions USING (account, subscription) JOIN live.accounts ON accounts.number = account
"""
)
SELECT_IDENTIFIED = AS_COLUMNS.format(
    found="""
    SELECT place, account, subscription, seller, from_on, to_on
    FROM unnest(%b::text[]) WITH ORDINALITY AS wanted (identifier, place)
    JOIN live.usage_identifiers USING (identifier) JOIN live.accounts ON accounts.number = account
"""
)
SELECT_ZONES = "SELECT code, details::jsonb ->> 'time_zone' FROM live.sellers"
NOBODY = "belongs to no subscription on the day of the record; assign it, and the record is tried again"
NO_SUBSCRIPTION = "no such subscription of an account; open it, and the record is tried again"


class Owners(NamedTuple):
    """Of each row whether it is somebody's, and then whose: account, subscription, and the day on which it counts."""

    is_owned: Flags
    account: pa.Array
    subscription: pa.Array
    used_on: pa.Array


class _Holders(NamedTuple):
    """The subscriptions that have or had each subscriber, in the order of `place`, that of the subscribers."""

    place: Integers
    account: pa.Array
    subscription: pa.Array
    zone: NDArray[np.object_]
    from_day: Integers
    to_day: Integers


def find_owners(cursor: Cursor[Any], subscribers: pa.ChunkedArray, started_at: pa.ChunkedArray) -> Owners:
    """Whose the rows are, by their subscribers and starts."""
    encoded = subscribers.combine_chunks().dictionary_encode()
    place = encoded.indices.to_numpy().astype(np.int64)
    holders = _holders(cursor, encoded.dictionary)
    first = np.searchsorted(holders.place, np.arange(len(encoded.dictionary)))
    count = np.bincount(holders.place, minlength=len(encoded.dictionary))
    holder = np.full(len(place), -1, np.int64)
    used_day = np.zeros(len(place), np.int64)
    zones = {zone: integers(_local_days(started_at, zone)) for zone in set(holders.zone)}
    for turn in range(int(count.max(initial=0))):
        rows = np.flatnonzero((holder < 0) & (count[place] > turn))
        candidate = first[place[rows]] + turn
        day = _days_in_zones(rows, holders.zone[candidate], zones)
        fits = (holders.from_day[candidate] <= day) & (day < holders.to_day[candidate])
        holder[rows[fits]] = candidate[fits]
        used_day[rows[fits]] = day[fits]
    is_owned = holder >= 0
    chosen = pa.array(holder[is_owned])
    return Owners(
        is_owned,
        holders.account.take(chosen),
        holders.subscription.take(chosen),
        pa.array(used_day[is_owned].astype(np.int32)).cast(pa.date32()),
    )


def _days_in_zones(rows: Integers, zone: NDArray[np.object_], zones: dict[str, Integers]) -> Integers:
    """The day of each row in its zone; usually all are in one."""
    if len(zones) == 1:
        return next(iter(zones.values()))[rows]
    day = np.zeros(len(rows), np.int64)
    for name, days in zones.items():
        there = zone == name
        day[there] = days[rows[there]]
    return day


def _local_days(started_at: pa.ChunkedArray, zone: str) -> pa.ChunkedArray:
    return pc.local_timestamp(started_at.cast(pa.timestamp("us", tz=zone))).cast(pa.date32(), safe=False)


def _holders(cursor: Cursor[Any], subscribers: pa.Array) -> _Holders:
    use_text_arrays(cursor)
    zone_of = dict(cursor.execute(SELECT_ZONES))
    is_named = pc.match_substring(subscribers, "/")
    parts = pc.split_pattern(subscribers.filter(is_named), "/", max_splits=1, reverse=True)
    named = _selected(cursor, SELECT_NAMED, zone_of, is_named, pc.list_element(parts, 0), pc.list_element(parts, 1))
    others = pc.invert(is_named)
    identified = _selected(cursor, SELECT_IDENTIFIED, zone_of, others, subscribers.filter(others))
    return _in_order(named, identified)


def _selected(
    cursor: Cursor[Any], statement: str, zone_of: dict[str, str], which: pa.Array, *wanted: pa.Array
) -> _Holders:
    """The holders of some of the subscribers, by the places of these among all of them."""
    place = np.flatnonzero(which.to_numpy(zero_copy_only=False))
    found = cursor.execute(statement.encode(), [TextArray(column) for column in wanted], binary=True).fetchone()
    assert found is not None
    numbers, accounts, subscriptions, sellers, from_days, to_days = found
    return _Holders(
        place[np.array(numbers, np.int64) - 1],
        pa.array(accounts, pa.string()),
        pa.array(subscriptions, pa.string()),
        np.array([zone_of[seller] for seller in sellers], np.object_),
        np.array(from_days, np.int64),
        np.array(to_days, np.int64),
    )


def _in_order(one: _Holders, other: _Holders) -> _Holders:
    """The holders of both by the places of their subscribers; usually a source knows its subscribers in one way."""
    if not len(one.place) or not len(other.place):
        return one if len(one.place) else other
    place = np.concatenate([one.place, other.place])
    order = np.argsort(place, kind="stable")
    return _Holders(
        place[order],
        pa.concat_arrays([one.account, other.account]).take(pa.array(order)),
        pa.concat_arrays([one.subscription, other.subscription]).take(pa.array(order)),
        *(np.concatenate(pair)[order] for pair in zip(one[3:], other[3:], strict=True)),
    )


def why_not(subscriber: str) -> str:
    """Why a row is nobody's."""
    return NO_SUBSCRIPTION if "/" in subscriber else NOBODY
