"""How the stored samples of cash desks are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from billing_core.cash.denominations import Pieces
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
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money

ON = date(2026, 6, 11)
COUNT = (Pieces(Decimal(1000), 2), Pieces(Decimal(20), 3))
DESK = CashDesk(
    code="H1", branch="Horní", seller="north", currency="CZK", series="H1", till_limit=Decimal(30000),
    receipt_limit=Decimal(10000), cancel_alone_up_to=Decimal(500), staff={"petra": "write", "hana": "all"},
    printer="10.0.0.7:9100", dealer="east", settles_at="MAIN",
)  # fmt: skip


def crowns(amount: str) -> Money:
    return Money(Decimal(amount), "CZK")


def moved(running: int, amount: str) -> dict[str, Any]:
    return {
        "effective_on": ON, "session": "H1-12", "receipt": f"H1-{running:04d}", "running": running,
        "amount": crowns(amount), "cashier": "petra",
    }  # fmt: skip


SAMPLES: dict[str, Event] = {
    "cash-desk-registered/1": CashDeskRegistered(effective_on=ON, desk=DESK),
    "cash-desk-changed/1": CashDeskChanged(effective_on=ON, desk=DESK),
    "cash-desk-closed/1": CashDeskClosed(effective_on=ON, desk="H1"),
    "cash-session-started/1": CashSessionStarted(effective_on=ON, desk="H1", session="H1-12"),
    "cash-session-ended/1": CashSessionEnded(
        effective_on=ON, desk="H1", session="H1-12", left=crowns("2050.00"), receipts=917
    ),
    "cash-session-opened/1": CashSessionOpened(
        effective_on=ON, desk="H1", session="H1-12", cashier="petra", offered=crowns("2000.00"), count=COUNT,
        float=crowns("2060.00"), reason="found below the drawer", receipts_before=909,
    ),
    "cash-taken/1": CashTaken(
        **moved(910, "500.00"), account="104217-1", customer="104217", method="cash", given=crowns("1000.00"),
        change=crowns("500.00"), invoice="26005219",
    ),
    "cash-paid-out/1": CashPaidOut(
        **moved(911, "500.00"), reason="deposit of a router", account="104217-1", customer="104217"
    ),
    "receipt-cancelled/1": ReceiptCancelled(
        **moved(912, "500.00"), cancelled="H1-0910", of_session="H1-12", is_taking=True, method="cash",
        reason="wrong customer", account="104217-1", customer="104217", asked_by="hana",
    ),
    "cash-handed-over/1": CashHandedOver(**moved(913, "5000.00"), to_desk="D1", to_operator="ivan", note="in a bag"),
    "cash-accepted/1": CashAccepted(**moved(914, "5000.00"), hand_over="D1-0107", from_desk="D1"),
    "cash-deposited/1": CashDeposited(**moved(915, "20000.00"), bank_account="19-2000145399/0800", reference="8801"),
    "cash-returned/1": CashReturned(**moved(916, "100.00"), transit="H1-0913", reason="it lay in the drawer"),
    "hand-over-accepted/1": HandOverAccepted(effective_on=ON, transit="H1-0913", accepted_by="ivan"),
    "hand-over-disputed/1": HandOverDisputed(
        effective_on=ON, transit="H1-0913", found=crowns("4900.00"), reason="a note of 100 less", disputed_by="ivan"
    ),
    "hand-over-settled/1": HandOverSettled(
        effective_on=ON, transit="H1-0913", difference=crowns("100.00"), decided="giver",
        reason="it lay in the drawer", decided_by="hana",
    ),
    "cash-taken-back/1": CashTakenBack(effective_on=ON, transit="H1-0915", reason="the bank was closed"),
    "deposit-confirmed/1": DepositConfirmed(
        effective_on=ON, transit="H1-0915", booked=crowns("19900.00"), difference=crowns("-100.00"), booked_on=ON,
        statement="2026-118", reason="a torn note",
    ),
    "cash-session-closed/1": CashSessionClosed(
        effective_on=ON, session="H1-12", cashier="petra", count=COUNT, counted=crowns("2060.00"),
        expected=crowns("2070.00"), variance=crowns("-10.00"), reason="miscounted change",
    ),
    "receipt-printed/1": ReceiptPrinted(
        effective_on=ON, desk="H1", receipt="H1-0910", printer="FP-3021", fiscal_number="00004711"
    ),
}  # fmt: skip
