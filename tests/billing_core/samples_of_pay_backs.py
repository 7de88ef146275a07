"""How the stored samples of credit held back, transferred, kept and paid back are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.pay_backs.events import (
    PayBackBatchCancelled,
    PayBackBatchClosed,
    PayBackBatchDrawnUp,
    PayBackBatchFrozen,
    PayBackBatchSent,
    PayBackLeftOut,
    PayBackListed,
    PayBackReturned,
    PayBackTakenOff,
)
from billing_core.payments.crumbs import CrumbLimit, CrumbLimitsSet
from billing_core.payments.events import (
    CreditFreed,
    CreditHeldBack,
    CreditKeptAsIncome,
    CreditPart,
    CreditTransferredAway,
    CreditTransferredIn,
    KeptCreditRestored,
    PayOutReturned,
)

ON = date(2026, 3, 16)


def euros(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


PARTS = (CreditPart("bank:2026-17", euros("30.00")), CreditPart("5000000001", euros("2.00")))
SAMPLES: dict[str, Event] = {
    "credit-held-back/1": CreditHeldBack(
        effective_on=ON,
        credit="bank:2026-17",
        amount=euros("30.00"),
        reason="it was for the invoice of March",
        since=date(2026, 3, 2),
        received_on=date(2026, 3, 2),
    ),
    "credit-freed/1": CreditFreed(effective_on=ON, credit="bank:2026-17", amount=euros("15.00")),
    "pay-out-returned/1": PayOutReturned(
        effective_on=ON, parts=PARTS, reason="the bank account is closed", batch="north-1"
    ),
    "credit-kept-as-income/1": CreditKeptAsIncome(effective_on=ON, parts=PARTS[1:], reason="a crumb"),
    "kept-credit-restored/1": KeptCreditRestored(effective_on=ON, parts=PARTS[1:], reason="the customer asked for it"),
    "credit-transferred-away/1": CreditTransferredAway(
        effective_on=ON,
        parts=PARTS,
        transfer="transfer 00000001-9",
        to_account="00000002",
        reason="the son's account",
        customer="C0001",
    ),
    "credit-transferred-in/1": CreditTransferredIn(
        effective_on=ON,
        transfer="transfer 00000001-9",
        amount=euros("32.00"),
        from_account="00000001",
        reason="the son's account",
        customer="C0002",
    ),
    "crumb-limits-set/1": CrumbLimitsSet(
        effective_on=ON,
        seller="north",
        limits=(CrumbLimit(currency="EUR", item=Decimal("5.00"), credit=Decimal("2.00"), older_than_days=180),),
    ),
    "pay-back-batch-drawn-up/1": PayBackBatchDrawnUp(effective_on=ON, seller="north", number=1, currency="EUR"),
    "pay-back-listed/1": PayBackListed(
        effective_on=ON,
        account="00000001",
        customer="C0001",
        parts=PARTS,
        amount=euros("32.00"),
        payee="Anna Kalnina",
        iban="LV80BANK0000435195001",
    ),
    "pay-back-left-out/1": PayBackLeftOut(
        effective_on=ON, account="00000002", amount=euros("5.00"), reason="no bank account of the customer is known"
    ),
    "pay-back-taken-off/1": PayBackTakenOff(effective_on=ON, account="00000001", reason="is moved by hand"),
    "pay-back-batch-frozen/1": PayBackBatchFrozen(
        effective_on=ON, pay_on=date(2026, 3, 18), amount=euros("32.00"), accounts=1
    ),
    "pay-back-batch-sent/1": PayBackBatchSent(effective_on=ON),
    "pay-back-returned/1": PayBackReturned(
        effective_on=ON, account="00000001", amount=euros("32.00"), reason="the bank account is closed"
    ),
    "pay-back-batch-closed/1": PayBackBatchClosed(effective_on=ON),
    "pay-back-batch-cancelled/1": PayBackBatchCancelled(effective_on=ON, reason="drawn up on the wrong day"),
}
