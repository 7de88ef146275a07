"""Cash desks, in words."""

from __future__ import annotations

from adapters.texts.amounts import money
from adapters.texts.sentences import Sentences
from billing_core.cash.desks import (
    CashDesk,
    CashDeskChanged,
    CashDeskClosed,
    CashDeskRegistered,
    CashSessionEnded,
    CashSessionStarted,
)
from billing_core.cash.events import (
    CashAccepted,
    CashDeposited,
    CashHandedOver,
    CashPaidOut,
    CashReturned,
    CashSessionClosed,
    CashSessionOpened,
    CashTaken,
    CashTakenBack,
    DepositConfirmed,
    HandOverAccepted,
    HandOverDisputed,
    HandOverSettled,
    ReceiptCancelled,
)
from billing_core.cash.printing import ReceiptPrinted


def _desk(desk: CashDesk) -> str:
    limits = {"till": desk.till_limit, "receipt": desk.receipt_limit, "cancelled alone up to": desk.cancel_alone_up_to}
    said = "".join(f", {name} {limit:f}" for name, limit in limits.items() if limit is not None)
    staff = "".join(f", {operator} may {right}" for operator, right in desk.staff.items())
    of = f" of dealer {desk.dealer}, which settles at {desk.settles_at}" if desk.dealer else ""
    return f"cash desk {desk.code}{of}, {desk.branch}, {desk.currency}, receipts {desk.series}{said}{staff}"


def _because(reason: str) -> str:
    return f", because: {reason}" if reason else ""


def _opened(fact: CashSessionOpened) -> str:
    offered = "" if fact.offered == fact.float else f", where {money(fact.offered)} were left"
    return f"session {fact.session} with a float of {money(fact.float)}{offered}{_because(fact.reason)}"


def _closed(fact: CashSessionClosed) -> str:
    variance = f", variance {money(fact.variance)}" if fact.variance.amount else ""
    return (
        f"session {fact.session}: {money(fact.counted)} counted, {money(fact.expected)} expected{variance}"
        f"{_because(fact.reason)}"
    )


def _taken(fact: CashTaken) -> str:
    change = f", change {money(fact.change)}" if fact.change.amount else ""
    return f"receipt {fact.receipt}: {money(fact.amount)} by {fact.method} for account {fact.account}{change}"


def _paid_out(fact: CashPaidOut) -> str:
    credit = f" of credit of account {fact.account}" if fact.account else ""
    return f"receipt {fact.receipt}: {money(fact.amount)} paid out{credit}{_because(fact.reason)}"


def _cancelled(fact: ReceiptCancelled) -> str:
    asked = f", asked for by {fact.asked_by}" if fact.asked_by else ""
    return f"receipt {fact.receipt} cancels {fact.cancelled} of {money(fact.amount)}{asked}{_because(fact.reason)}"


def _handed(fact: CashHandedOver) -> str:
    whom = f", for {fact.to_operator}" if fact.to_operator else ""
    return f"receipt {fact.receipt}: {money(fact.amount)} handed over to desk {fact.to_desk}{whom}"


def _deposited(fact: CashDeposited) -> str:
    where = f"with {fact.bank_account}, reference {fact.reference}"
    return f"receipt {fact.receipt}: {money(fact.amount)} deposited {where}"


def _returned(fact: CashReturned) -> str:
    return (
        f"receipt {fact.receipt}: {money(fact.amount)} of {fact.transit} in the till after all{_because(fact.reason)}"
    )


def _settled(fact: HandOverSettled) -> str:
    return f"{fact.transit}: {money(fact.difference)} borne by the {fact.decided}{_because(fact.reason)}"


def _confirmed(fact: DepositConfirmed) -> str:
    statement = f", statement {fact.statement}" if fact.statement else ""
    difference = f", difference {money(fact.difference)}" if fact.difference.amount else ""
    booked = f"{money(fact.booked)} booked on {fact.booked_on}"
    return f"deposit {fact.transit}: {booked}{difference}{statement}{_because(fact.reason)}"


SENTENCES: Sentences = {
    CashDeskRegistered: lambda fact: _desk(fact.desk),
    CashDeskChanged: lambda fact: _desk(fact.desk),
    CashDeskClosed: lambda fact: f"cash desk {fact.desk} is closed",
    CashSessionStarted: lambda fact: f"desk {fact.desk} works in session {fact.session}",
    CashSessionEnded: lambda fact: f"session {fact.session} of desk {fact.desk} left {money(fact.left)} in the till",
    CashSessionOpened: _opened,
    CashSessionClosed: _closed,
    CashTaken: _taken,
    CashPaidOut: _paid_out,
    ReceiptCancelled: _cancelled,
    CashHandedOver: _handed,
    CashAccepted: lambda fact: (
        f"receipt {fact.receipt}: {money(fact.amount)} accepted from desk {fact.from_desk}, handed as {fact.hand_over}"
    ),
    CashDeposited: _deposited,
    CashReturned: _returned,
    HandOverAccepted: lambda fact: f"{fact.transit} accepted by {fact.accepted_by}",
    HandOverDisputed: lambda fact: (
        f"{fact.transit} disputed by {fact.disputed_by}: {money(fact.found)} found{_because(fact.reason)}"
    ),
    HandOverSettled: _settled,
    CashTakenBack: lambda fact: f"{fact.transit} taken back{_because(fact.reason)}",
    DepositConfirmed: _confirmed,
    ReceiptPrinted: lambda fact: f"receipt {fact.receipt} printed by {fact.printer} as {fact.fiscal_number}",
}
