"""Vouchers: batches with what was redeemed of them, redeemed vouchers, and whether an account may try codes."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.vouchers.tries import MOST_TRIES, VoucherTries
from commands.platform.concerns import HOUSE, LISTED, Concerns
from commands.vouchers import load_tries
from projections.vouchers import RedeemedVoucher, VoucherBatchRow, batches_after, redeemed_after


class ListVoucherBatches(Listing, frozen=True, kw_only=True):
    """Batches of vouchers by series, with what was redeemed and what still may be."""


class ListRedeemedVouchers(Listing, frozen=True, kw_only=True):
    """Vouchers that were redeemed, of one series or of all."""

    series: str = ""


class ShowVoucherTries(Query, frozen=True, kw_only=True):
    """How many wrong codes an account may still try, and the end of its ban."""

    account: str


class VoucherTriesLeft(msgspec.Struct):
    """Wrong codes that may be tried before a ban; `banned_until` is the end of the one in force."""

    account: str
    left: int
    banned_until: datetime | None


def _list_batches(query: ListVoucherBatches, reading: Reading) -> Page[VoucherBatchRow]:
    with reading.source.cursor() as cursor:
        found = batches_after(cursor, query.after, query.limit + 1, reading.today)
    return page_of(found, query.limit, lambda row: f"{row.series} {row.batch:06}")


def _list_redeemed(query: ListRedeemedVouchers, reading: Reading) -> Page[RedeemedVoucher]:
    with reading.source.cursor() as cursor:
        found = redeemed_after(cursor, query.series, reading.dealer, query.after, query.limit + 1)
    return page_of(found, query.limit, lambda row: row.voucher)


def _show_tries(query: ShowVoucherTries, reading: Reading) -> VoucherTriesLeft:
    tries, _ = reading.app.bus.look(lambda transaction: load_tries(transaction, query.account))
    at = datetime.now(UTC)
    until = (tries or VoucherTries()).banned_until()
    if until is not None and at < until:
        return VoucherTriesLeft(query.account, 0, until)
    return VoucherTriesLeft(query.account, MOST_TRIES if tries is None else tries.left(at), None)


QUERIES: Queries = {
    ListVoucherBatches: _list_batches,
    ListRedeemedVouchers: _list_redeemed,
    ShowVoucherTries: _show_tries,
}
CONCERNS: Concerns = {ListVoucherBatches: HOUSE, ListRedeemedVouchers: LISTED}
