"""How the stored samples of remittances are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.matching_rules import MatchingRules, MatchingRulesSet, TextPattern
from billing_core.payments.remittances import RemittanceAssigned, RemittanceGivenBack, RemittanceReceived

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
