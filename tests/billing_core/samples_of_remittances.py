"""How the stored samples of remittances are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.matching_rules import MatchingRules, MatchingRulesSet, TextPattern
from billing_core.payments.payer_accounts import PayerAccountLearnt, PayerAccountUnlearnt
from billing_core.payments.remittances import (
    RemittanceActUndone,
    RemittanceAssigned,
    RemittanceGivenBack,
    RemittanceKept,
    RemittancePart,
    RemittanceReceived,
    RemittanceSplit,
)

AMOUNT = Money(Decimal("24.00"), "EUR")
SAMPLES: dict[str, Event] = {
    "remittance-received/1": RemittanceReceived(
        effective_on=date(2026, 1, 20),
        sender="remittance bank:2026-18",
        source="bank",
        reference="2026-18",
        amount=AMOUNT,
        payment_reference="thank you",
        payer="Jānis Bērziņš",
    ),
    "remittance-assigned/1": RemittanceAssigned(effective_on=date(2026, 1, 20), account="00000001", amount=AMOUNT),
    "remittance-given-back/1": RemittanceGivenBack(
        effective_on=date(2026, 1, 22), amount=AMOUNT, reason="the sender is no customer"
    ),
    "remittance-split/1": RemittanceSplit(
        effective_on=date(2026, 1, 20),
        parts=(RemittancePart(payment="bank:2026-18.1", account="00000001", amount=Money(Decimal("10.00"), "EUR")),),
    ),
    "remittance-kept/1": RemittanceKept(
        effective_on=date(2026, 1, 22), amount=AMOUNT, kind="subsidy", reason="wireless for the village"
    ),
    "remittance-act-undone/1": RemittanceActUndone(
        effective_on=date(2026, 1, 22), act="other income", undoes=2, amount=AMOUNT, reason="kept by mistake"
    ),
    "payer-account-learnt/1": PayerAccountLearnt(
        effective_on=date(2026, 1, 22),
        account="00000001",
        customer="C0000001",
        payer_account="19-2000145399/0800",
        remittance="bank:2026-18",
    ),
    "payer-account-unlearnt/1": PayerAccountUnlearnt(
        effective_on=date(2026, 1, 23), account="00000001", customer="C0000001", payer_account="19-2000145399/0800"
    ),
    "matching-rules-set/1": MatchingRulesSet(
        effective_on=date(2026, 1, 1),
        seller="north",
        rules=MatchingRules(
            rungs=("invoice-number", "account-number", "payer-account", "text"),
            patterns=(TextPattern(pattern="contract ([0-9]{6})", finds="customer"),),
            doubts=("payer-account",),
        ),
    ),
}
