"""A connection's days: transactions by state, and the registers that were compared with them."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.kernel.errors import InvalidValue
from projections.kiosks.registers import (
    KioskDifferenceRow,
    KioskRegisterRow,
    differences_after,
    registers_before,
)
from projections.kiosks.transactions import KioskDayRow, KioskTransactionRow, days_of, transactions_after

MONTH = timedelta(days=31)


class ListKioskTransactions(Listing, frozen=True, kw_only=True):
    """The transactions of a connection, in order of the other side's ids: of the day `on`, and in a `state`, if named.

    States are taken, waiting (money that waits as a remittance), refused and cancelled.
    """

    kiosk: str
    on: date | None = None
    state: str = ""


class ListKioskDays(Query, frozen=True, kw_only=True):
    """How many transactions of a connection ended in which state, and their sums, by day: the last month unless named.

    The newest day comes first.
    """

    kiosk: str
    from_on: date | None = None
    to_on: date | None = None


class ListKioskRegisters(Listing, frozen=True, kw_only=True):
    """The daily registers of a connection as compared last, the newest first."""

    kiosk: str


class ListKioskDifferences(Listing, frozen=True, kw_only=True):
    """What a day's register and ours differ on, in order of transaction; of the newest day unless `on` names one.

    Kinds are theirs-alone, ours-alone and amounts-differ.
    """

    kiosk: str
    on: date | None = None


class KioskDays(msgspec.Struct):
    """Transactions by day and state."""

    items: list[KioskDayRow]


def _list_transactions(query: ListKioskTransactions, reading: Reading) -> Page[KioskTransactionRow]:
    with reading.source.cursor() as cursor:
        found = transactions_after(cursor, query.kiosk, query.on, query.state, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.transaction)


def _list_days(query: ListKioskDays, reading: Reading) -> KioskDays:
    to_on = query.to_on or reading.today
    with reading.source.cursor() as cursor:
        return KioskDays(days_of(cursor, query.kiosk, query.from_on or to_on - MONTH, to_on))


def _list_registers(query: ListKioskRegisters, reading: Reading) -> Page[KioskRegisterRow]:
    with reading.source.cursor() as cursor:
        found = registers_before(cursor, query.kiosk, _day(query.after), query.limit + 1)
    return page_of(found, query.limit, lambda row: row.register_on)


def _day(after: str) -> date | None:
    try:
        return date.fromisoformat(after) if after else None
    except ValueError:
        raise InvalidValue("must be a day as 2026-05-20", field="after", value=after) from None


def _list_differences(query: ListKioskDifferences, reading: Reading) -> Page[KioskDifferenceRow]:
    with reading.source.cursor() as cursor:
        on = query.on or next((row.register_on for row in registers_before(cursor, query.kiosk, None, 1)), None)
        found = [] if on is None else differences_after(cursor, query.kiosk, on, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.transaction)


QUERIES: Queries = {
    ListKioskTransactions: _list_transactions,
    ListKioskDays: _list_days,
    ListKioskRegisters: _list_registers,
    ListKioskDifferences: _list_differences,
}
