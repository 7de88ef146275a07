"""Cards and requests to pay for the books on which every read model is tried."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.cards.reports import ChargeReport, DisputeReport, RefundReport, RefundState
from commands.cards.callbacks import RefuseCardCallback
from commands.cards.charging import AskCardPayment, ChargeCard
from commands.cards.noting import NoteCardDispute, NoteCardRefund, NoteCharge, RefundCardPayment
from commands.cards.stored import StoreCard
from commands.payment_requests import AskForPayment, WithdrawPaymentRequest
from tests.operators import Operator, eur

ON = date(2026, 4, 20)
PAYER = "A0005"


def keep_cards(operator: Operator) -> None:
    """A card that was refused once, a page that was paid, refunded in parts and disputed, and a forged callback."""
    operator.tell(
        StoreCard(
            account="A0006", gateway="stripe", gateway_customer="cus_1", payment_method="pm_1", brand="visa",
            last_four="4242", expires="2029-12",
        ),
        today=ON,
    )  # fmt: skip
    refused = operator.tell(ChargeCard(account="A0006"), today=ON).result
    amount = eur(refused["amount"]["amount"])
    note(operator, "A0006", refused["card_payment"], amount, state="failed", code="insufficient_funds")
    wanted = AskCardPayment(account=PAYER, gateway="stripe", amount=Decimal(500))
    paid = operator.tell(wanted, today=ON).result["card_payment"]
    note(operator, PAYER, paid, eur("500.00"), state="succeeded", reference="pi_2")
    refund_in_parts(operator, paid)
    report = DisputeReport(key=paid, reference="dp_1", state="open", amount=eur("10.00"), reason="fraudulent")
    operator.tell(NoteCardDispute(account=PAYER, card_payment=paid, report=report), today=ON)
    operator.tell(RefuseCardCallback(gateway="stripe", content_hash="9f", why="forged", source="x"), today=ON)
    for number in (1, 2):
        asked = AskForPayment(account=PAYER, token_hash="9f" * 32, amount=Decimal(5))
        operator.tell(asked, today=date(2026, 4, 20 + number))
    operator.tell(WithdrawPaymentRequest(account=PAYER, number=2, reason="a slip"), today=date(2026, 4, 22))


def refund_in_parts(operator: Operator, paid: str) -> None:
    """1.00 is asked for, 2.00 was given back, 3.00 could not be, and 4.00 came back after it was said to be given."""
    for number in (1, 2, 3, 4):
        refund = RefundCardPayment(account=PAYER, card_payment=paid, reason="too much", amount=Decimal(number))
        operator.tell(refund, today=ON)
    said: tuple[tuple[int, RefundState], ...] = ((2, "done"), (3, "failed"), (4, "done"), (4, "failed"))
    for number, state in said:
        report = RefundReport(key=paid, number=number, reference=f"re_{number}", state=state, amount=eur(f"{number}"))
        operator.tell(NoteCardRefund(account=PAYER, card_payment=paid, report=report), today=ON)


def note(operator: Operator, account: str, name: str, amount, state, reference: str = "pi_1", code: str = "") -> None:
    """What the gateway says of a card payment."""
    report = ChargeReport(key=name, reference=reference, state=state, amount=amount, code=code)
    operator.tell(NoteCharge(account=account, card_payment=name, report=report), today=ON)
