"""Which vouchers were issued in which batches, which were redeemed, and for which accounts are codes refused?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.vouchers.events import (
    VoucherBatchBlocked,
    VoucherBatchUnblocked,
    VoucherRedeemed,
    VoucherSeriesOpened,
    VouchersIssued,
)
from projections.dealers import accounts_of
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

SERIES_COLUMNS = {
    "series": "text", "seller": "text", "name": "text", "amount": "numeric", "currency": "text", "opened_on": "date",
    "valid_until": "date",
}  # fmt: skip
BATCH_COLUMNS = {
    "series": "text", "batch": "int4", "dealer": "text", "issued_on": "date", "first": "int4", "issued": "int4",
    "blocked": "text",
}  # fmt: skip
REDEEMED_COLUMNS = {
    "series": "text", "number": "int4", "batch": "int4", "account": "text", "amount": "numeric", "currency": "text",
    "redeemed_on": "date",
}  # fmt: skip
UPDATE_BLOCKED = """
    UPDATE voucher_batches SET blocked = changed.blocked
    FROM unnest(%b::text[], %b::int4[], %b::text[]) AS changed (series, batch, blocked)
    WHERE voucher_batches.series = changed.series AND voucher_batches.batch = changed.batch
"""

SELECT_BATCHES = """
    SELECT series, name, seller, amount, currency, valid_until, coalesce(batch, 0), coalesce(dealer, ''), issued_on,
        coalesce(first, 0), coalesce(issued, 0), coalesce(redeemed, 0), coalesce(blocked, '')
    FROM voucher_series LEFT JOIN voucher_batches USING (series)
    LEFT JOIN LATERAL (
        SELECT count(*) AS redeemed FROM redeemed_vouchers AS used
        WHERE used.series = voucher_batches.series AND used.batch = voucher_batches.batch
    ) AS counted ON true
    WHERE series || ' ' || lpad(coalesce(batch, 0)::text, 6, '0') > %(after)s ORDER BY series, batch LIMIT %(limit)s
"""
SELECT_REDEEMED = """
    SELECT voucher, series, batch, account, amount, currency, redeemed_on FROM (
        SELECT *, series || '-' || lpad(number::text, 6, '0') AS voucher FROM redeemed_vouchers
    ) AS named
    WHERE voucher > %(after)s AND (%(series)s = '' OR series = %(series)s) AND {of_dealer}
    ORDER BY voucher LIMIT %(limit)s
"""


class Vouchers:
    """Series, their batches, and every voucher that was redeemed. Codes and their hashes stand in no table."""

    name = "vouchers"
    version = 1
    tables = ("voucher_series", "voucher_batches", "redeemed_vouchers")
    streams = ("voucher-series", "voucher")
    by_stream = True
    definition = """
        CREATE TABLE voucher_series (
            series text COLLATE "C" PRIMARY KEY, seller text NOT NULL, name text NOT NULL, amount numeric NOT NULL,
            currency text NOT NULL, opened_on date NOT NULL, valid_until date);
        CREATE TABLE voucher_batches (
            series text COLLATE "C", batch integer, dealer text COLLATE "C" NOT NULL, issued_on date NOT NULL,
            first integer NOT NULL, issued integer NOT NULL, blocked text NOT NULL, PRIMARY KEY (series, batch));
        CREATE TABLE redeemed_vouchers (
            series text COLLATE "C", number integer, batch integer NOT NULL, account text COLLATE "C" NOT NULL,
            amount numeric NOT NULL, currency text NOT NULL, redeemed_on date NOT NULL, PRIMARY KEY (series, number));
    """
    indexes = """
        CREATE INDEX ON redeemed_vouchers (series, batch);
        CREATE INDEX ON redeemed_vouchers (account);
    """
    folds: tuple[type[Event], ...] = (
        VoucherSeriesOpened, VouchersIssued, VoucherBatchBlocked, VoucherBatchUnblocked, VoucherRedeemed,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        opened: list[tuple[Any, ...]] = []
        issued: dict[tuple[str, int], list[Any]] = {}
        blocked: dict[tuple[str, int], str] = {}
        redeemed: list[tuple[Any, ...]] = []
        for entry in page:
            match entry.event:
                case VoucherSeriesOpened(seller=seller, name=name, amount=amount, effective_on=on) as fact:
                    opened.append((entry.number, seller, name, amount.amount, amount.currency, on, fact.valid_until))
                case VouchersIssued(batch=batch, dealer=dealer, effective_on=on, first=first) as fact:
                    row = [entry.number, batch, dealer, on, first, len(fact.hashes), ""]
                    issued[entry.number, batch] = row
                case VoucherBatchBlocked(batch=batch, reason=reason):
                    blocked[entry.number, batch] = reason
                case VoucherBatchUnblocked(batch=batch):
                    blocked[entry.number, batch] = ""
                case VoucherRedeemed(series=series, number=number, batch=batch, account=account) as fact:
                    paid = fact.amount
                    redeemed.append((series, number, batch, account, paid.amount, paid.currency, fact.effective_on))
        if opened:
            insert_rows(cursor, "voucher_series", SERIES_COLUMNS, opened)
        if issued:
            insert_rows(cursor, "voucher_batches", BATCH_COLUMNS, issued.values())
        if blocked:
            cursor.execute(UPDATE_BLOCKED, as_columns([(*key, reason) for key, reason in blocked.items()], 3))
        if redeemed:
            insert_rows(cursor, "redeemed_vouchers", REDEEMED_COLUMNS, redeemed)


# --- queries


class VoucherBatchRow(msgspec.Struct):
    """A batch as listed, with the number of its vouchers that were redeemed and their sum.

    `batch` is 0 for a series without a batch. `unused` is what may still be redeemed: nothing of an expired or blocked
    one.
    """

    series: str
    name: str
    seller: str
    amount: Money
    valid_until: date | None
    batch: int
    dealer: str
    issued_on: date | None
    first: int
    issued: int
    redeemed: int
    taken: Money
    unused: Money
    blocked: str


class RedeemedVoucher(msgspec.Struct):
    """A voucher that was redeemed."""

    voucher: str
    series: str
    batch: int
    account: str
    amount: Money
    redeemed_on: date


def batches_after(cursor: Cursor, after: str, limit: int, on: date) -> list[VoucherBatchRow]:
    """The batches after one of `SERIES 000001`, in order; what has expired by a day is unused no more."""
    rows = cursor.execute(SELECT_BATCHES, {"after": after, "limit": limit})
    return [_batch_row(row, on) for row in rows]


def _batch_row(row: Sequence[Any], on: date) -> VoucherBatchRow:
    series, name, seller, amount, currency, until, batch, dealer, issued_on, first, issued, redeemed, blocked = row
    is_over = bool(blocked) or (until is not None and on > until)
    unused = 0 if is_over else issued - redeemed
    return VoucherBatchRow(
        series, name, seller, Money(amount, currency), until, batch, dealer, issued_on, first, issued, redeemed,
        Money(amount * redeemed, currency), Money(amount * unused, currency), blocked,
    )  # fmt: skip


def redeemed_after(cursor: Cursor, series: str, dealer: str, after: str, limit: int) -> list[RedeemedVoucher]:
    """Vouchers that were redeemed, of a series or of all, for accounts of a dealer's customers, in order of name."""
    rows = cursor.execute(
        SELECT_REDEEMED.format(of_dealer=accounts_of("account", dealer)),
        {"series": series, "dealer": dealer, "after": after, "limit": limit},
    )
    return [
        RedeemedVoucher(voucher, of_series, batch, account, Money(amount, currency), on)
        for voucher, of_series, batch, account, amount, currency, on in rows
    ]


def takes_vouchers(cursor: Cursor, seller: str, currency: str, on: date) -> bool:
    """Whether a seller has a series in a currency whose vouchers have not expired by a day."""
    row = cursor.execute(
        """SELECT 1 FROM voucher_series WHERE seller = %s AND currency = %s
           AND (valid_until IS NULL OR valid_until >= %s) LIMIT 1""",
        (seller, currency, on),
    ).fetchone()
    return row is not None


# --- what must hold

INVARIANTS = {
    "a redeemed voucher is a payment of its amount": """
        SELECT series || '-' || lpad(number::text, 6, '0') FROM redeemed_vouchers AS used WHERE NOT EXISTS (
            SELECT FROM payments WHERE payment = 'voucher:' || series || '-' || lpad(number::text, 6, '0')
                AND payments.amount = used.amount AND payments.currency = used.currency)
    """,
}


AREA = Area(true_by_date=(Vouchers(),), invariants=INVARIANTS)
