"""Reports on desks, cards, kiosks, banks, debits, vouchers and pay-backs against the journal: independent sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from adapters.reports.ready import ready_reports
from tests.adapters.reports.recounting import Books, Recounted, journal_sums, named, report_sums
from tests.journal_of_ways import WaysJournal
from tests.projections.cash_books import ON

Ways = Callable[[Any], pd.DataFrame]


def chosen(rows: Ways, **wanted: object) -> Ways:
    """Rows with these values, each one of some."""

    def found(journal: WaysJournal) -> pd.DataFrame:
        table = rows(journal)
        for column, values in wanted.items():
            table = table[table[column].isin(values if isinstance(values, tuple) else (values,))]
        return table

    return found


KINDS_AT_DESKS = {"taken": "taking", "cancelled": "cancellation", "paid_out": "pay-out"}


def at_desks(journal: WaysJournal) -> pd.DataFrame:
    """What customers paid and got at the desks on a day, with what was taken back as negative."""
    rows = chosen(WaysJournal.receipts, kind=("taking", "cancellation", "pay-out"), business_day=ON)(journal)
    rows = rows[rows.account != ""]
    signed = [amount if kind == "taking" else -amount for kind, amount in zip(rows.kind, rows.amount, strict=True)]
    by_kind = {name: rows.amount.where(rows.kind == kind, 0) for name, kind in KINDS_AT_DESKS.items()}
    return rows.assign(amount=signed, **by_kind)


def disputed(journal: WaysJournal) -> pd.DataFrame:
    """Card payments with a dispute."""
    found = journal.card_payments()
    return found[found.disputed > 0]


RECEIPTS, CARDS, DEBITS = WaysJournal.receipts, WaysJournal.card_payments, WaysJournal.debits
REFUSED = {"state": ("rejected", "returned")}
RECOUNTED = [
    *(Recounted("cash-by-day", column, ("business_day",), chosen(RECEIPTS, **only))
      for column, only in (("taken", {"kind": "taking"}), ("in_cash", {"kind": "taking", "method": "cash"}),
                           ("by_card", {"kind": "taking", "method": "card"}), ("cancelled", {"kind": "cancellation"}),
                           ("paid_out", {"kind": "pay-out"}), ("taken_away", {"kind": ("hand-over", "deposit")}))),
    Recounted("cash-receipts", "cash", ("session", "kind"), RECEIPTS, "cash"),
    Recounted("cash-receipts-cancelled", "amount", ("desk",), chosen(RECEIPTS, kind="cancellation")),
    *(Recounted("cash-sessions", column, ("session",), RECEIPTS, column) for column in ("came_in", "went_out")),
    Recounted("cash-sessions", "variance", ("session",), WaysJournal.closed_sessions),
    Recounted("cash-variances", "variance", ("cashier", "desk"), WaysJournal.closed_sessions),
    *(Recounted("cash-variances", column, ("cashier", "desk"), WaysJournal.closed_sessions, column)
      for column in ("short", "over")),
    *(Recounted("cash-transits-by-destination", column, ("kind", "destination"), WaysJournal.transits, column)
      for column in ("amount", "missing", "open")),
    Recounted("cash-on-its-way", "amount", ("receipt",), WaysJournal.transits, "open"),
    Recounted("takings", "amount", ("receipt",), at_desks, on=ON),
    *(Recounted("takings-by-cashier", column, ("desk", "cashier", "method"), at_desks, column, ON)
      for column in KINDS_AT_DESKS),
    Recounted("takings-by-cashier", "left_over", ("desk", "cashier", "method"), at_desks, on=ON),
    *(Recounted("card-payments", column, ("card_payment",), CARDS, column)
      for column in ("amount", "refund_asked", "refund_failed", "refunded", "disputed")),
    Recounted("card-charges-by-outcome", "amount", ("gateway", "way"), CARDS),
    Recounted("card-disputes", "amount", ("card_payment",), disputed),
    Recounted("card-disputes", "disputed", ("card_payment",), CARDS, "disputed"),
    Recounted("bank-movements", "amount", ("statement", "line", "source", "use"), WaysJournal.movements),
    *(Recounted("bank-movements-by-use", column, ("source", "use"), WaysJournal.movements, column)
      for column in ("amount", "came_in", "went_out")),
    *(Recounted("bank-statements", column, ("statement",), WaysJournal.statements, column)
      for column in ("credits", "debits", "difference", "movements")),
    *(Recounted("debit-batches", column, ("batch",), DEBITS, column)
      for column in ("amount", "collected", "came_back")),
    Recounted("debits", "amount", ("debit", "mandate", "account", "state"), DEBITS),
    Recounted("debit-returns-by-reason", "amount", ("reason", "state"), chosen(DEBITS, **REFUSED)),
    Recounted("kiosk-transactions", "amount", ("kiosk", "transaction", "state"), WaysJournal.kiosk_transactions),
    *(Recounted("kiosks-by-day", column, ("paid_on", "kiosk"), WaysJournal.kiosk_transactions, column)
      for column in ("taken", "waiting", "cancelled", "refused")),
    *(Recounted("kiosk-registers", column, ("kiosk", "register_on"), WaysJournal.kiosk_registers, column)
      for column in ("amount", "lines", "agreed", "differences")),
    Recounted("vouchers-redeemed", "amount", ("series", "batch", "number", "account"), WaysJournal.vouchers_used),
    *(Recounted("vouchers-redeemed-by-month", column, ("month",), WaysJournal.vouchers_used, column)
      for column in ("amount", "vouchers")),
    *(Recounted("vouchers", column, ("series", "batch"), WaysJournal.voucher_batches, column)
      for column in ("redeemed_amount", "open_amount")),
    Recounted("payment-requests", "amount", ("account", "number", "state"), WaysJournal.payment_requests),
    *(Recounted("payment-requests-by-month", column, ("month",), WaysJournal.payment_requests, column)
      for column in ("amount", "paid_amount")),
    Recounted("pay-backs", "amount", ("batch", "account", "state"), WaysJournal.pay_backs),
    Recounted("pay-back-batches", "amount", ("batch",), WaysJournal.pay_backs, "listed"),
    Recounted("assignments-by-operator", "amount", ("done_by", "act"), WaysJournal.acts),
]  # fmt: skip


@pytest.mark.parametrize("recounted", RECOUNTED, ids=named)
def test_ways_of_payment_add_up_as_the_journal_says(rich_books: Books, recounted: Recounted):
    assert report_sums(rich_books.operator, recounted) == journal_sums(rich_books.journal, recounted)


def test_there_is_something_of_every_way(rich_books: Books):
    reports = {each.report for each in RECOUNTED}
    assert {each.report for each in RECOUNTED if journal_sums(rich_books.journal, each)} == reports
    assert reports <= set(ready_reports())
