"""Three cash desks, one of them a dealer's, for the books on which every read model is tried."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.cash.denominations import Pieces
from billing_core.cash.desks import CashDesk
from commands.cash.desks import RegisterCashDesk
from commands.cash.handing import ConfirmDeposit, DepositCash, DisputeCash, HandOverCash, SettleHandOver
from commands.cash.printing import NoteReceiptPrinted
from commands.cash.sessions import CloseCashSession, OpenCashSession
from commands.cash.takings import CancelReceipt, PayOutCash, TakePayment
from tests.operators import Operator

ON = date(2026, 4, 9)
PAYER = "A0008"


def keep_cash(operator: Operator) -> None:
    """A session that was counted short, and an open one: takings, a storno, a dispute, a deposit, a print."""
    for code in ("H1", "D1"):
        desk = CashDesk(code=code, branch=code, seller="north", currency="EUR", series=code, printer="127.0.0.1:9100")
        operator.tell(RegisterCashDesk(desk=desk), today=ON)
    shop = CashDesk(code="E1", branch="East Sales", seller="north", currency="EUR", series="E1", dealer="east",
                    settles_at="H1")  # fmt: skip
    operator.tell(RegisterCashDesk(desk=shop), today=ON)
    hundred, five = Pieces(Decimal(100), 1), Pieces(Decimal(5), 1)
    operator.tell(OpenCashSession(desk="H1", count=(hundred,), reason="from the safe"), today=ON)
    operator.tell(OpenCashSession(desk="D1", count=(five,), reason="from the safe"), today=ON)
    operator.tell(OpenCashSession(desk="E1", count=(five,), reason="from the house"), today=ON)
    taking = TakePayment(desk="H1", account=PAYER, amount=Decimal("2.00"), given=Decimal("5.00"))
    operator.tell(taking, today=ON)
    operator.tell(taking, today=ON)
    operator.tell(TakePayment(desk="H1", account=PAYER, amount=Decimal("1.50"), method="card"), today=ON)
    operator.tell(CancelReceipt(desk="H1", receipt="H1-0002", reason="taken twice"), today=ON)
    operator.tell(PayOutCash(desk="H1", amount=Decimal("3.00"), reason="stamps"), today=ON)
    operator.tell(HandOverCash(desk="H1", to_desk="D1", amount=Decimal("40.00")), today=ON)
    dispute = DisputeCash(desk="D1", hand_over="H1-0006", found=Decimal("39.00"), reason="a coin less")
    operator.tell(dispute, today=ON)
    operator.tell(SettleHandOver(hand_over="H1-0006", decided="giver", reason="in the drawer"), today=ON)
    deposit = DepositCash(desk="H1", amount=Decimal("20.00"), bank_account="LV80BANK", reference="8801")
    operator.tell(deposit, today=ON)
    operator.tell(ConfirmDeposit(deposit="H1-0008", booked_on=ON), today=ON)
    operator.tell(NoteReceiptPrinted(receipt="H1-0001", printer="FP-1", fiscal_number="1"), today=ON)
    operator.tell(HandOverCash(desk="D1", to_desk="H1", amount=Decimal("4.00")), today=ON)
    counted = (Pieces(Decimal(20), 1), Pieces(Decimal(10), 1), Pieces(Decimal(5), 1), Pieces(Decimal(2), 2))
    operator.tell(CloseCashSession(desk="H1", count=counted, reason="miscounted change"), today=ON)
