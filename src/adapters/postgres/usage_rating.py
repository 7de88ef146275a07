"""Records to be rated and what they cost, in PostgreSQL.

Records come as columns: the server puts the binary values of a column behind each other, so that a million of them are
a few values for the driver, and arrays without a step of Python for each record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from eventsourcing.postgres import PostgresDatastore
from psycopg import Cursor
from psycopg.rows import tuple_row

from adapters.postgres.failures import translated_errors
from adapters.postgres.recorder import copy_rows
from adapters.postgres.usage_months import kept_from
from billing_core.usage.rating.kept_periods import FreeDays
from billing_core.usage.rating.pool_packages import PackageKey, PackageUse, PackageUses
from billing_core.usage.rating.pool_rating import TOO_LATE, DaySums, RatedLine, ServiceDay, UnratedLine
from billing_core.usage.rating.pools import Member, UsedComponent
from billing_core.usage.rating.rated_usage import KeptRecord
from billing_core.usage.rating.record_columns import Integers, RecordColumns, Texts, texts_of

# PostgreSQL sends instants as microseconds and dates as days since 1 January 2000.
MICROSECONDS_BEFORE_2000 = 946_684_800 * 10**6
DAYS_BEFORE_2000 = 10_957
# A day in the zone of a seller begins and ends at most so long before or after that of UTC.
ZONES = timedelta(days=1)
EPOCH, EPOCH_AT = date(1970, 1, 1), datetime(1970, 1, 1, tzinfo=UTC)

MEMBERS = """unnest(%(accounts)s::text[], %(subscriptions)s::text[], %(components)s::text[], %(from_on)s::date[],
        %(to_on)s::date[]) WITH ORDINALITY AS member (account, subscription, component, from_on, to_on, place)"""
# The accounts stand there once more: from members alone the database does not see that it needs few rows of a month.
OF_MEMBERS = f"""
    FROM {MEMBERS} JOIN billing.usage_rows AS record USING (account, subscription, component)
    WHERE record.account = ANY(%(accounts)s) AND used_on >= member.from_on AND used_on < member.to_on
    AND started_at >= %(first)s::date::timestamptz AND started_at < %(end)s::date::timestamptz
"""
SELECT_RECORDS = f"""
    SELECT string_agg(int8send(member.place), ''), string_agg(timestamptz_send(started_at), ''),
           string_agg(date_send(used_on), ''), string_agg(textsend(number), ''),
           string_agg(int4send(octet_length(number)), ''), string_agg(int8send(seconds), ''),
           string_agg(int8send(quantity), ''), string_agg(int8send(bytes_in), ''), string_agg(int8send(bytes_out), '')
    {OF_MEMBERS}
"""
SELECT_DESCRIBED = f"""
    SELECT member.place, used_on, started_at, source, key, batch, number, network, direction, seconds, quantity,
           bytes_in, bytes_out
    {OF_MEMBERS} ORDER BY started_at, source, key
"""
SELECT_DAYS = f"""
    SELECT account, subscription, component, used_on, price_list, valid_from_on, sum(records)::bigint,
           sum(units)::bigint, sum(free_units)::bigint, sum(parts), min(parts_per_unit)
    FROM {MEMBERS} JOIN billing.usage_rated AS rated USING (account, subscription, component)
    WHERE used_on >= member.from_on AND used_on < member.to_on
    GROUP BY account, subscription, component, used_on, price_list, valid_from_on
"""
SELECT_FREE_DAYS = f"""
    SELECT place, price_list, valid_from_on, destination, sum(free_units)::bigint
    FROM {MEMBERS} JOIN billing.usage_rated AS rated USING (account, subscription, component)
    WHERE used_on >= member.from_on AND used_on < member.to_on AND free_units > 0
    GROUP BY place, price_list, valid_from_on, destination
"""
SELECT_PACKAGES = """
    SELECT account, owner, package, from_on, to_on, units, used FROM billing.usage_packages WHERE account = ANY(%s)
"""
DELETE_DAYS = """
    DELETE FROM billing.usage_rated AS rated
    USING unnest(%s::text[], %s::text[], %s::text[], %s::date[]) AS day (account, subscription, component, used_on)
    WHERE (rated.account, rated.subscription, rated.component, rated.used_on)
        = (day.account, day.subscription, day.component, day.used_on)
"""
DELETE_UNRATED = f"""
    DELETE FROM billing.usage_unrated AS unrated USING {MEMBERS}
    WHERE (unrated.account, unrated.subscription, unrated.component)
        = (member.account, member.subscription, member.component)
    AND used_on >= member.from_on AND used_on < member.to_on
"""
COUNT_UNPRICED = f"""
    SELECT account, subscription, component, used_on, sum(records)::bigint
    FROM {MEMBERS} JOIN billing.usage_unrated AS unrated USING (account, subscription, component)
    WHERE used_on >= member.from_on AND used_on < member.to_on AND reason <> %(too_late)s
    GROUP BY account, subscription, component, used_on
"""
UPSERT_TOO_LATE = """
    INSERT INTO billing.usage_unrated (account, subscription, component, used_on, price_list, number, reason, records)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT ON CONSTRAINT usage_unrated_line
    DO UPDATE SET price_list = excluded.price_list, records = excluded.records
"""
UPSERT_PACKAGES = """
    INSERT INTO billing.usage_packages (account, owner, package, from_on, to_on, units, used)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::date[], %s::date[], %s::bigint[], %s::bigint[])
    ON CONFLICT (account, owner, package, from_on)
    DO UPDATE SET to_on = excluded.to_on, units = excluded.units, used = excluded.used
"""
COPY_RATED = "COPY billing.usage_rated FROM STDIN (FORMAT BINARY)"
RATED_COLUMNS = (
    "text", "text", "text", "date", "text", "date", "text", "text", "int8", "int8", "int8", "numeric", "int8",
)  # fmt: skip
COPY_UNRATED = "COPY billing.usage_unrated FROM STDIN (FORMAT BINARY)"
UNRATED_COLUMNS = ("text", "text", "text", "date", "text", "text", "text", "int8")

Members = Sequence[tuple[str, Member]]


class PostgresRatedUsage:
    """Implements `billing_core.usage.rating.rated_usage.RatedUsage` within a transaction."""

    def __init__(self, cursor: Cursor[Any]) -> None:
        self._cursor = cursor

    def records_of(self, members: Members) -> RecordColumns:
        row = self._cursor.execute(SELECT_RECORDS.encode(), _named(members) | _window(members), binary=True).fetchone()
        assert row is not None
        place, started_at, used_on, numbers, lengths, *metered = (value or b"" for value in row)
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(_integers(lengths, 4))])
        return RecordColumns(
            _integers(place) - 1,
            _integers(started_at) + MICROSECONDS_BEFORE_2000,
            _integers(used_on, 4) + DAYS_BEFORE_2000,
            Texts(np.frombuffer(numbers, dtype=np.uint8), offsets),
            *map(_integers, metered),
        )

    def described_records_of(self, members: Members) -> tuple[RecordColumns, list[KeptRecord]]:
        rows = self._cursor.execute(SELECT_DESCRIBED.encode(), _named(members) | _window(members)).fetchall()
        kept = [KeptRecord(*row[2:]) for row in rows]
        columns = RecordColumns(
            _column(row[0] - 1 for row in rows),
            _column(_microseconds(each.started_at) for each in kept),
            _column((row[1] - EPOCH).days for row in rows),
            texts_of([each.number for each in kept]),
            _column(each.seconds for each in kept),
            _column(each.quantity for each in kept),
            _column(each.bytes_in for each in kept),
            _column(each.bytes_out for each in kept),
        )
        return columns, kept

    def kept_from(self) -> date:
        since = kept_from(self._cursor)
        return date.min if since == EPOCH_AT else since.date()

    def days_of(self, members: Members) -> Mapping[ServiceDay, DaySums]:
        rows = self._cursor.execute(SELECT_DAYS.encode(), _named(members))
        return {
            ServiceDay(*row[:4]): DaySums(row[4], row[5], row[6], row[7], row[8], int(row[9]), row[10]) for row in rows
        }

    def free_days_of(self, members: Members) -> list[FreeDays]:
        rows = self._cursor.execute(SELECT_FREE_DAYS.encode(), _named(members))
        return [FreeDays(row[0] - 1, *row[1:]) for row in rows]

    def packages_of(self, accounts: Collection[str]) -> PackageUses:
        if not accounts:
            return {}
        rows = self._cursor.execute(SELECT_PACKAGES.encode(), (list(accounts),))
        found = (PackageUse(PackageKey(*row[:4]), *row[4:]) for row in rows)
        return {use.key: use for use in found}

    def replace_days(self, days: Collection[ServiceDay], lines: Iterable[RatedLine]) -> None:
        if days:
            self._cursor.execute(DELETE_DAYS.encode(), [list(column) for column in zip(*days, strict=True)])
            copy_rows(self._cursor, COPY_RATED, RATED_COLUMNS, ((*line.day, *line[1:]) for line in lines))

    def replace_unrated(self, members: Members, unrated: Iterable[UnratedLine]) -> None:
        self._cursor.execute(DELETE_UNRATED.encode(), _named(members))
        copy_rows(self._cursor, COPY_UNRATED, UNRATED_COLUMNS, ((*line.day, *line[1:]) for line in unrated))

    def unpriced_of(self, members: Members) -> Mapping[ServiceDay, int]:
        rows = self._cursor.execute(COUNT_UNPRICED.encode(), _named(members) | {"too_late": TOO_LATE})
        return {ServiceDay(*row[:4]): row[4] for row in rows}

    def keep_too_late(self, lines: Iterable[UnratedLine]) -> None:
        self._cursor.executemany(UPSERT_TOO_LATE.encode(), [(*line.day, *line[1:]) for line in lines])

    def keep_packages(self, uses: Iterable[PackageUse]) -> None:
        rows = [(*use.key, use.to_on, use.units, use.used) for use in uses]
        if rows:
            self._cursor.execute(UPSERT_PACKAGES.encode(), [list(column) for column in zip(*rows, strict=True)])


def _named(members: Members) -> dict[str, list[Any]]:
    """Members as columns, in the order of their places."""
    return {
        "accounts": [account for account, _ in members],
        "subscriptions": [member.subscription for _, member in members],
        "components": [member.component for _, member in members],
        "from_on": [member.days.from_on for _, member in members],
        "to_on": [member.days.to_on for _, member in members],
    }


def _window(members: Members) -> dict[str, date]:
    """The days between which, in any zone, all records of some members began."""
    days = [member.days for _, member in members]
    return {"first": min(span.from_on for span in days) - ZONES, "end": max(span.end for span in days) + ZONES}


def _column(values: Iterable[int]) -> Integers:
    return np.fromiter(values, dtype=np.int64)


def _microseconds(instant: datetime) -> int:
    return (instant - EPOCH_AT) // timedelta(microseconds=1)


def _integers(content: bytes, size: int = 8) -> Integers:
    """Binary whole numbers of PostgreSQL, which are big-endian."""
    return np.frombuffer(content, dtype=f">i{size}").astype(np.int64)


# --- what went over a network

SELECT_OVER = """
    SELECT string_agg(timestamptz_send(started_at), ''), string_agg(date_send(used_on), ''),
           string_agg(textsend(number), ''), string_agg(int4send(octet_length(number)), ''),
           string_agg(int8send(seconds), ''), string_agg(int8send(quantity), ''), string_agg(int8send(bytes_in), ''),
           string_agg(int8send(bytes_out), '')
    FROM billing.usage_rows WHERE kind = 'call' AND direction <> 'in' AND network = %(network)s
    AND used_on >= %(from_on)s AND used_on < %(to_on)s
    AND started_at >= %(first)s::date::timestamptz AND started_at < %(end)s::date::timestamptz
"""


def calls_over(cursor: Cursor[Any], network: str, from_on: date, to_on: date) -> RecordColumns:
    """The calls that went out over a network on the days from one up to another, as those of one service."""
    wanted = {"network": network, "from_on": from_on, "to_on": to_on, "first": from_on - ZONES, "end": to_on + ZONES}
    row = cursor.connection.cursor(binary=True, row_factory=tuple_row).execute(SELECT_OVER.encode(), wanted).fetchone()
    assert row is not None
    started_at, used_on, numbers, lengths, *metered = (value or b"" for value in row)
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(_integers(lengths, 4))])
    began = _integers(started_at) + MICROSECONDS_BEFORE_2000
    return RecordColumns(
        np.zeros(len(began), dtype=np.int64),
        began,
        _integers(used_on, 4) + DAYS_BEFORE_2000,
        Texts(np.frombuffer(numbers, dtype=np.uint8), offsets),
        *map(_integers, metered),
    )


# --- which accounts

SELECT_ACCOUNTS = """
    SELECT DISTINCT account FROM (
        SELECT account FROM billing.usage_rated
        WHERE account > %(after)s AND used_on >= %(from_on)s AND %(price_list)s IN ('', price_list)
        UNION ALL
        SELECT account FROM billing.usage_unrated
        WHERE account > %(after)s AND used_on >= %(from_on)s AND %(price_list)s IN ('', price_list)
    ) AS found ORDER BY account LIMIT %(limit)s
"""
SELECT_USED = """
    SELECT DISTINCT account, subscription, component, used_on FROM (
        SELECT account, subscription, component, used_on, price_list FROM billing.usage_rated
        UNION ALL
        SELECT account, subscription, component, used_on, price_list FROM billing.usage_unrated
    ) AS found
    WHERE account = ANY(%(accounts)s) AND used_on >= %(from_on)s AND %(price_list)s IN ('', price_list)
    ORDER BY account, subscription, component, used_on
"""


class PostgresRatedAccounts:
    """Implements `commands.usage.rating_again.RatedAccounts`."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        self._datastore = datastore

    def used_after(self, account: str, price_list: str, from_on: date, limit: int) -> dict[str, list[UsedComponent]]:
        wanted = {"after": account, "price_list": price_list, "from_on": from_on, "limit": limit}
        with translated_errors(), self._datastore.transaction(commit=False) as reader:
            cursor = reader.connection.cursor(row_factory=tuple_row)
            accounts = [number for (number,) in cursor.execute(SELECT_ACCOUNTS.encode(), wanted)]
            found: dict[str, list[UsedComponent]] = {number: [] for number in accounts}
            for number, *used in cursor.execute(SELECT_USED.encode(), wanted | {"accounts": accounts}):
                found[number].append(UsedComponent(*used))
        return found
