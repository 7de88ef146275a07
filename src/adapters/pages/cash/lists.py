"""Lists of cash desks: receipts, sessions, cash on its way, variances, takings, and what was not printed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.pages.cash.till import LINES, METHODS, path_of
from adapters.pages.forms import Field
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_
from adapters.views.cash.dealers import ListDealersCash
from adapters.views.cash.desks import ListCashDesks
from adapters.views.cash.receipts import ListCashReceipts, ListTakings, ListUnprintedReceipts, PrintCashReceipt
from adapters.views.cash.sheets import PrintCashSheet, WriteCashSheet
from adapters.views.cash.tills import ListCashInTransit, ListCashSessions, ListCashVariances
from commands.cash.desks import ChangeCashDesk, CloseCashDesk, RegisterCashDesk
from commands.cash.handing import ConfirmDeposit, SettleHandOver, TakeBackCash
from commands.cash.printing import NoteReceiptPrinted
from commands.cash.takings import CancelReceipt

SET_UP_DESKS, TRANSIT = "/set-up/cash-desks", "/cash/in-transit"
STATES = {
    "on its way": State(N_("On its way"), "info"), "disputed": State(N_("Disputed"), "bad"),
    "accepted": State(N_("Accepted"), "good"), "confirmed": State(N_("Booked by the bank"), "good"),
    "settled": State(N_("Settled"), "calm"), "taken back": State(N_("Taken back"), "calm"),
}  # fmt: skip
GAP, WAITS = State(N_("A gap"), "bad"), State(N_("Waits"), "info")
CLOSED, IN_USE = State(N_("Closed"), "calm"), State(N_("In use"), "good")
KINDS = {kind: State(word) for kind, word in LINES.items()} | {"cancellation": State(LINES["cancellation"], "bad")}


def _receipt(each: Any) -> str:
    return quote(each.receipt.receipt)


def _about(each: Any) -> str:
    row = each.receipt
    return row.settles or " ".join(word for word in (row.about, row.with_whom, row.reason) if word)


def _can_be_cancelled(each: Any) -> bool:
    row = each.receipt
    return not row.cancelled_by and (row.kind == "taking" or (row.kind == "pay-out" and not row.account))


def _session_state(row: Any) -> State:
    if row.closed_at is None:
        return State(N_("Open"), "good")
    return State(N_("Counted short or over"), "bad") if row.variance.amount else State(N_("Counted"), "calm")


def _sheet(row: Any) -> str:
    return f"{path_of(row.desk)}/sheets/{row.business_day.isoformat()}"


def _waits(row: Any) -> bool:
    return row.state == "on its way"


# fmt: off
SESSION_COLUMNS = (
    Column(N_("Business day"), lambda row: row.business_day, "day", link=_sheet),
    Column(N_("Session"), lambda row: row.session, below=lambda row: row.cashier),
    Column(N_("State"), _session_state, "state", below=lambda row: row.reason or row.float_reason),
    Column(N_("Currency"), lambda row: row.float.currency),
    Column(N_("Float"), lambda row: row.float, "amount"),
    Column(N_("Float less what was left"), lambda row: row.float - row.offered, "moved"),
    Column(N_("Expected"), lambda row: row.expected, "amount"),
    Column(N_("Counted"), lambda row: row.counted, "amount"),
    Column(N_("Variance"), lambda row: row.variance, "moved"),
)
VIEWS = (
    Act(N_("Desks"), "/cash", ListCashDesks),
    Act(N_("Cash on its way"), TRANSIT, ListCashInTransit),
    Act(N_("Takings"), "/cash/takings", ListTakings),
    Act(N_("Variances"), "/cash/variances", ListCashVariances),
    Act(N_("Dealers"), "/cash/dealers", ListDealersCash),
)
LISTS = (
    List(
        "/cash/desks/{desk}/receipts", ListCashReceipts, N_("Receipts of the desk"),
        (
            Column(N_("Issued"), lambda each: each.receipt.at, "instant"),
            Column(N_("Receipt"), lambda each: each.receipt.receipt, below=lambda each: each.receipt.cancelled_by),
            Column(N_("Kind"), lambda each: KINDS[each.receipt.kind], "state"),
            Column(N_("Customer"), lambda each: each.customer_name or each.receipt.customer,
                   below=lambda each: each.receipt.account),
            Column(N_("For"), _about),
            Column(N_("Cashier"), lambda each: each.receipt.cashier),
            Column(N_("How"), lambda each: State(METHODS[each.receipt.method]), "state"),
            Column(N_("Currency"), lambda each: each.receipt.amount.currency),
            Column(N_("Amount"), lambda each: each.receipt.amount, "amount"),
            Column(N_("Till"), lambda each: each.receipt.cash, "moved"),
        ),
        filters=(Field("on", N_("Business day"), "day"), Field("session", N_("Session"))),
        row_actions=(
            Act(N_("Copy"), lambda each: f"/cash/receipts/{_receipt(each)}/copy", PrintCashReceipt),
            Act(N_("Cancel"), lambda each: f"{path_of(each.receipt.desk)}/receipts/{_receipt(each)}/cancel",
                CancelReceipt, when=_can_be_cancelled),
        ),
        empty=N_("Nothing was taken at this desk yet."),
    ),
    List(
        "/cash/desks/{desk}/sessions", ListCashSessions, N_("Sessions of the desk"), SESSION_COLUMNS,
        row_actions=(
            Act(N_("Sheet"), _sheet, PrintCashSheet),
            Act(N_("CSV"), lambda row: f"{_sheet(row)}/csv", WriteCashSheet),
        ),
        empty=N_("No session was opened at this desk yet."),
    ),
    List(
        TRANSIT, ListCashInTransit, N_("Cash on its way"),
        (
            Column(N_("Left"), lambda row: row.left_at, "instant"),
            Column(N_("Receipt"), lambda row: row.receipt, below=lambda row: row.cashier),
            Column(N_("To"), lambda row: row.destination, below=lambda row: row.for_whom or row.note),
            Column(N_("State"), lambda row: STATES[row.state], "state", below=lambda row: row.reason or ""),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Amount"), lambda row: row.amount, "amount"),
            Column(N_("Found"), lambda row: row.found, "amount"),
        ),
        filters=(Field("all", N_("Also what has arrived"), "check"),),
        row_actions=(
            Act(N_("Settle"), lambda row: f"{TRANSIT}/{quote(row.receipt)}/settle", SettleHandOver,
                when=lambda row: row.state == "disputed"),
            Act(N_("Confirm"), lambda row: f"{TRANSIT}/{quote(row.receipt)}/confirm", ConfirmDeposit,
                when=lambda row: row.kind == "deposit" and _waits(row)),
            Act(N_("Take back"), lambda row: f"{TRANSIT}/{quote(row.receipt)}/take-back", TakeBackCash, when=_waits),
        ),
        empty=N_("No cash is on its way: all of it is in a till or with the bank."), views=VIEWS,
    ),
    List(
        "/cash/variances", ListCashVariances, N_("Variances"),
        (Column(N_("Desk"), lambda row: row.desk, link=lambda row: path_of(row.desk)), *SESSION_COLUMNS),
        filters=(Field("from", N_("Business day from"), "day"), Field("to", N_("before"), "day")),
        empty=N_("Every count agreed."), views=VIEWS,
    ),
    List(
        "/cash/dealers", ListDealersCash, N_("Cash of dealers"),
        (
            Column(N_("Dealer"), lambda row: row.dealer),
            Column(N_("Currency"), lambda row: row.held_before.currency),
            Column(N_("In the tills before"), lambda row: row.held_before, "amount"),
            Column(N_("Taken"), lambda row: row.taken, "moved"),
            Column(N_("Paid out"), lambda row: row.paid_out, "moved"),
            Column(N_("Handed over"), lambda row: row.handed_over, "moved"),
            Column(N_("Counted otherwise"), lambda row: row.counted, "moved"),
            Column(N_("In the tills"), lambda row: row.held_after, "amount"),
            Column(N_("On its way"), lambda row: row.on_its_way, "amount"),
        ),
        filters=(Field("from", N_("Business day from"), "day"), Field("to", N_("before"), "day")),
        empty=N_("No dealer has taken cash at a desk."), views=VIEWS,
    ),
    List(
        "/cash/takings", ListTakings, N_("Takings"),
        (
            Column(N_("Desk"), lambda row: row.desk, link=lambda row: path_of(row.desk)),
            Column(N_("Cashier"), lambda row: row.cashier),
            Column(N_("How"), lambda row: State(METHODS[row.method]), "state"),
            Column(N_("Receipts"), lambda row: row.receipts, "count"),
            Column(N_("Currency"), lambda row: row.taken.currency),
            Column(N_("Taken"), lambda row: row.taken, "amount"),
            Column(N_("Cancelled"), lambda row: row.cancelled, "amount"),
        ),
        filters=(Field("from", N_("Business day from"), "day"), Field("to", N_("before"), "day"),
                 Field("desk", N_("Desk"))),
        empty=N_("Nothing was taken on these days."), views=VIEWS,
    ),
    List(
        "/cash/desks/{desk}/unprinted", ListUnprintedReceipts, N_("Receipts that are not printed"),
        (
            Column(N_("Issued"), lambda row: row.at, "instant"),
            Column(N_("Receipt"), lambda row: row.receipt),
            Column(N_("State"), lambda row: GAP if row.is_overtaken else WAITS, "state"),
        ),
        row_actions=(
            Act(N_("Note it as printed"), lambda row: f"/cash/receipts/{quote(row.receipt)}/printed",
                NoteReceiptPrinted),
        ),
        empty=N_("Every receipt is printed."),
    ),
    List(
        SET_UP_DESKS, ListCashDesks, N_("Cash desks"),
        (
            Column(N_("Desk"), lambda row: row.desk.branch, below=lambda row: row.desk.code,
                   link=lambda row: path_of(row.desk.code)),
            Column(N_("Receipts"), lambda row: row.desk.series),
            Column(N_("Currency"), lambda row: row.desk.currency),
            Column(N_("State"), lambda row: CLOSED if row.is_closed else IN_USE, "state"),
            Column(N_("Limit of the till"), lambda row: row.desk.till_limit, "count"),
        ),
        filters=(Field("all", N_("Also those that are closed"), "check"),),
        actions=(Act(N_("New desk"), f"{SET_UP_DESKS}/new", RegisterCashDesk, "n"),),
        row_actions=(
            Act(N_("Change"), lambda row: f"{SET_UP_DESKS}/{quote(row.desk.code)}/details", ChangeCashDesk),
            Act(N_("Close"), lambda row: f"{SET_UP_DESKS}/{quote(row.desk.code)}/close", CloseCashDesk,
                when=lambda row: not row.is_closed),
        ),
        empty=N_("At a cash desk customers pay in person."),
    ),
)
# fmt: on
