"""Remittances: money that came in and that nobody recognises yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from adapters.bootstrap.application import Application
from adapters.views.query import Listing, Page, Queries, Reading, page_of
from billing_core.kernel.money import Money
from commands.payments.remittances import load_remittance
from commands.platform.concerns import HOUSE, Concerns
from projections.remittances import RemittanceRow, remittances_after


class ListRemittances(Listing, frozen=True, kw_only=True):
    """Remittances that wait, in order of name; with `all` also those that were assigned or given back."""

    all: bool = False


class ListedRemittance(msgspec.Struct):
    """A remittance with what its stream says of the payer."""

    remittance: str
    received_on: date
    amount: Money
    state: str
    account: str | None
    given_back_on: date | None
    reason: str | None
    payment_reference: str
    payer: str


def with_payers(app: Application, rows: Sequence[RemittanceRow]) -> list[ListedRemittance]:
    """Remittances with their payers, who are personal and so in no table."""
    listed = []
    with app.store.transaction() as transaction:
        for row in rows:
            received = load_remittance(transaction, row.remittance)[0].received
            shown = msgspec.structs.astuple(row)
            listed.append(ListedRemittance(*shown, received.payment_reference, received.payer))  # type: ignore[call-arg]
    return listed


def _list_remittances(query: ListRemittances, reading: Reading) -> Page[ListedRemittance]:
    with reading.source.transaction() as cursor:
        found = remittances_after(cursor, query.after, query.limit + 1, waiting_only=not query.all)
    return page_of(with_payers(reading.app, found), query.limit, lambda row: row.remittance)


QUERIES: Queries = {ListRemittances: _list_remittances}
CONCERNS: Concerns = dict.fromkeys(QUERIES, HOUSE)
