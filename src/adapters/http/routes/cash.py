"""Cash desks."""

from __future__ import annotations

from adapters.http.route import Route
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
from commands.cash.deposits import MatchDeposit
from commands.cash.desks import ChangeCashDesk, CloseCashDesk, RegisterCashDesk
from commands.cash.handing import (
    AcceptCash,
    ConfirmDeposit,
    DepositCash,
    DisputeCash,
    HandOverCash,
    SettleHandOver,
    TakeBackCash,
)
from commands.cash.printing import NoteReceiptPrinted
from commands.cash.sessions import CloseCashSession, OpenCashSession
from commands.cash.takings import CancelReceipt, PayOutCash, TakePayment

ROUTES = (
    Route("GET", "/cash-desks", ListCashDesks),
    Route("POST", "/cash-desks", RegisterCashDesk, 201),
    Route("GET", "/cash-desks/{desk}", ShowCashDesk),
    Route("PUT", "/cash-desks/{code}", ChangeCashDesk),
    Route("POST", "/cash-desks/{desk}/close", CloseCashDesk),
    Route("GET", "/cash-desks/{desk}/sessions", ListCashSessions),
    Route("POST", "/cash-desks/{desk}/sessions", OpenCashSession, 201),
    Route("POST", "/cash-desks/{desk}/sessions/close", CloseCashSession),
    Route("GET", "/cash-desks/{desk}/payers", FindPayer),
    Route("POST", "/cash-desks/{desk}/payments", TakePayment, 201),
    Route("POST", "/cash-desks/{desk}/pay-outs", PayOutCash, 201),
    Route("POST", "/cash-desks/{desk}/receipts/{receipt}/cancel", CancelReceipt),
    Route("POST", "/cash-desks/{desk}/hand-overs", HandOverCash, 201),
    Route("POST", "/cash-desks/{desk}/hand-overs/{hand_over}/accept", AcceptCash),
    Route("POST", "/cash-desks/{desk}/hand-overs/{hand_over}/dispute", DisputeCash),
    Route("POST", "/hand-overs/{hand_over}/settle", SettleHandOver),
    Route("POST", "/cash-desks/{desk}/deposits", DepositCash, 201),
    Route("POST", "/deposits/{deposit}/confirm", ConfirmDeposit),
    Route("POST", "/deposits/match", MatchDeposit),
    Route("GET", "/cash-in-transit", ListCashInTransit),
    Route("GET", "/cash-in-transit/{receipt}", ShowCashInTransit),
    Route("POST", "/cash-in-transit/{receipt}/take-back", TakeBackCash),
    Route("GET", "/cash-variances", ListCashVariances),
    Route("GET", "/takings", ListTakings),
    Route("GET", "/dealers-cash", ListDealersCash),
    Route("GET", "/cash-receipts", ListCashReceipts),
    Route("GET", "/cash-receipts/{receipt}", ShowCashReceipt),
    Route("GET", "/cash-receipts/{receipt}/pdf", PrintCashReceipt),
    Route("GET", "/cash-receipts/{receipt}/text", ReadCashReceipt),
    Route("POST", "/cash-receipts/{receipt}/printed", NoteReceiptPrinted),
    Route("GET", "/cash-desks/{desk}/unprinted", ListUnprintedReceipts),
    Route("GET", "/cash-desks/{desk}/sheet", ShowCashSheet),
    Route("GET", "/cash-desks/{desk}/sheet/pdf", PrintCashSheet),
    Route("GET", "/cash-desks/{desk}/sheet/csv", WriteCashSheet),
)
