"""Cash desks: tills, receipts, sessions, cash on its way, and the sheet of a day."""

from __future__ import annotations

from adapters.views.cash import dealers, desks, payers, receipts, sheets, tills
from adapters.views.cash.dealers import ListDealersCash
from adapters.views.cash.desks import ListCashDesks, ShowCashDesk
from adapters.views.cash.payers import FindPayer
from adapters.views.cash.receipts import (
    ListCashReceipts,
    ListTakings,
    ListUnprintedReceipts,
    PrintCashReceipt,
    ReadCashReceipt,
    ShowCashReceipt,
)
from adapters.views.cash.sheets import PrintCashSheet, ShowCashSheet, WriteCashSheet
from adapters.views.cash.tills import ListCashInTransit, ListCashSessions, ListCashVariances, ShowCashInTransit
from adapters.views.persons import Persons
from adapters.views.query import Queries
from commands.platform.concerns import LISTED, Concern, Concerns, Named

QUERIES: Queries = {
    **dealers.QUERIES,
    **desks.QUERIES,
    **payers.QUERIES,
    **receipts.QUERIES,
    **sheets.QUERIES,
    **tills.QUERIES,
}
PERSONS: Persons = {**payers.PERSONS, **receipts.PERSONS, **sheets.PERSONS}
LISTS = (ListDealersCash, ListCashDesks, ListCashInTransit, ListCashVariances, ListTakings)
OF_DESKS = (
    ShowCashDesk, ListCashSessions, ListCashReceipts, ListUnprintedReceipts, FindPayer, ShowCashSheet, PrintCashSheet,
    WriteCashSheet,
)  # fmt: skip
OF_RECEIPTS = (ShowCashReceipt, PrintCashReceipt, ReadCashReceipt)
CONCERNS: Concerns = {
    **dict.fromkeys(LISTS, LISTED),
    **dict.fromkeys(OF_DESKS, Concern("named", (Named("cash desk", ("desk",)),))),
    **dict.fromkeys(OF_RECEIPTS, Concern("named", (Named("cash receipt", ("receipt",)),))),
    ShowCashInTransit: Concern("named", (Named("cash in transit", ("receipt",)),)),
}
