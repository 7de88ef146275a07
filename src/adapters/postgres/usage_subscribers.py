"""Whose a row of usage is: the account and subscription of its subscriber, and the day of its start at the seller's.

A source that knows them says ACCOUNT/SUBSCRIPTION. Otherwise a number, user name or card belongs to a subscription for
some days (`usage_identifiers`), days in the time zone of the account's seller, as the day of the record is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from psycopg import Cursor

from adapters.postgres.text_arrays import TextArray, use_text_arrays
from adapters.postgres.usage_copy import integers
from billing_core.usage.mediation.row_checks import Flags, Integers

SELECT_NAMED = """
    SELECT place, account, subscription, NULL::date, NULL::date, seller
    FROM unnest(%b::text[], %b::text[]) WITH ORDINALITY AS wanted (account, subscription, place)
    JOIN live.subscriptions USING (account, subscription) JOIN live.accounts ON accounts.number = account
"""
SELECT_IDENTIFIED = """
    SELECT place, account, subscription, from_on, to_on, seller
    FROM unnest(%b::text[]) WITH ORDINALITY AS wanted (identifier, place)
    JOIN live.usage_identifiers USING (identifier) JOIN live.accounts ON accounts.number = account
"""
SELECT_ZONES = "SELECT code, details::jsonb ->> 'time_zone' FROM live.sellers"
BEFORE_ALL, AFTER_ALL = -(2**31), 2**31
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
    account: Sequence[str]
    subscription: Sequence[str]
    from_day: Integers
    to_day: Integers
    zone: NDArray[np.object_]


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
        pa.array(holders.account, pa.string()).take(chosen),
        pa.array(holders.subscription, pa.string()).take(chosen),
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
    rows = [
        *_selected(cursor, SELECT_NAMED, is_named, pc.list_element(parts, 0), pc.list_element(parts, 1)),
        *_selected(cursor, SELECT_IDENTIFIED, pc.invert(is_named), subscribers.filter(pc.invert(is_named))),
    ]
    rows.sort(key=itemgetter(0))
    columns = list(zip(*rows, strict=True)) or [()] * 6
    return _Holders(
        np.array(columns[0], np.int64),
        columns[1],
        columns[2],
        np.array([_day(on, BEFORE_ALL) for on in columns[3]], np.int64),
        np.array([_day(on, AFTER_ALL) for on in columns[4]], np.int64),
        np.array([zone_of[seller] for seller in columns[5]], np.object_),
    )


def _selected(cursor: Cursor[Any], statement: str, which: pa.Array, *wanted: pa.Array) -> list[tuple[Any, ...]]:
    """What is found of some subscribers, each row with the place of its subscriber among all of them."""
    if not len(wanted[0]):
        return []
    place = np.flatnonzero(which.to_numpy(zero_copy_only=False)).tolist()
    found = cursor.execute(statement.encode(), [TextArray(column) for column in wanted]).fetchall()
    return [(place[number - 1], *others) for number, *others in found]


def _day(on: date | None, otherwise: int) -> int:
    """The number of a day, counted from 1970."""
    return otherwise if on is None else on.toordinal() - 719_163


def why_not(subscriber: str) -> str:
    """Why a row is nobody's."""
    return NO_SUBSCRIPTION if "/" in subscriber else NOBODY
