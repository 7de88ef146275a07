"""Remittances for the books on which every read model is tried."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from commands.payments.payer_accounts import ForgetPayerAccount, LearnPayerAccount
from commands.payments.remittances import (
    AssignRemittance,
    GiveBackRemittance,
    KeepRemittance,
    ReceiveRemittance,
    SplitPart,
    SplitRemittance,
    UndoRemittance,
)
from tests.operators import Operator, eur

ON = date(2026, 4, 8)


def keep_remittances(operator: Operator) -> None:
    """One of each: split with a rest that waits, given back, kept, undone; bank accounts that pay."""
    for reference in ("S", "B", "K", "U"):
        operator.tell(
            ReceiveRemittance(source="post", reference=reference, amount=eur("30.00"), received_on=date(2026, 4, 7),
                              payer="Ona", payer_account="19-20004821/0800"), today=ON,
        )  # fmt: skip
    parts = (SplitPart(account="A0007", amount=Decimal("10.00")), SplitPart(account="A0006", amount=Decimal("12.50")))
    operator.tell(SplitRemittance(remittance="post:S", parts=parts, rest_waits=True), today=ON)
    operator.tell(GiveBackRemittance(remittance="post:B", reason="not ours"), today=ON)
    operator.tell(UndoRemittance(remittance="post:B"), today=ON)
    operator.tell(GiveBackRemittance(remittance="post:B", reason="no customer", order="2026-7"), today=ON)
    operator.tell(KeepRemittance(remittance="post:K", kind="subsidy", reason="for the village"), today=ON)
    operator.tell(AssignRemittance(remittance="post:U", account="A0007", learn=True), today=ON)
    operator.tell(UndoRemittance(remittance="post:U"), today=ON)
    operator.tell(LearnPayerAccount(account="A0007", payer_account="CZ65 0800 0000 1920 0014 5399"), today=ON)
    operator.tell(LearnPayerAccount(account="A0006", payer_account="123/0100"), today=ON)
    operator.tell(ForgetPayerAccount(account="A0006", payer_account="123/0100"), today=ON)
