"""Reasons for suspensions, a service that returned after a payment, and one that waits for one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.services.suspension_reasons import SuspensionReason
from commands.payments.account import ReceivePayment
from commands.services import ResumeSubscription, SuspendSubscription
from commands.suspensions import DefineSuspensionReason
from tests.operators import Operator, eur

ON = date(2026, 4, 8)


def keep_suspensions(operator: Operator) -> None:
    """The service `surf` of A0002 returned on the day of its suspension, and was suspended for another reason."""
    deposit = SuspensionReason(code="unpaid-deposit", name="Unpaid deposit", charge_percent=Decimal(30),
                               lifted_by="money")  # fmt: skip
    operator.tell(DefineSuspensionReason(reason=deposit), today=ON)
    operator.tell(SuspendSubscription(account="A0002", subscription="surf", reason="non-payment"), today=ON)
    pay = ReceivePayment(account="A0002", source="desk", reference="surf", amount=eur("1.00"))
    operator.tell(pay, today=ON)
    operator.tell(ResumeSubscription(account="A0002", subscription="surf", reason="non-payment"), today=ON)
    operator.tell(SuspendSubscription(account="A0002", subscription="surf", reason="unpaid-deposit"), today=ON)
