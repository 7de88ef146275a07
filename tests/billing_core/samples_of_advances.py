"""How the stored samples of tax documents on advances are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.parties.versions import PartyVersion
from billing_core.payments.advances import AdvanceCorrected, AdvanceTaxed, AdvanceTerms, AdvanceTermsSet

SELLER, CUSTOMER, RATE = PartyVersion("north", 3), PartyVersion("C0000001", 2), Decimal(21)


def koruna(amount: str) -> Money:
    return Money(Decimal(amount), "CZK")


SAMPLES: dict[str, Event] = {
    "advance-terms-set/1": AdvanceTermsSet(
        effective_on=date(2026, 3, 1), seller="north", terms=AdvanceTerms(vat_rate=RATE, after_days=10)
    ),
    "advance-taxed/1": AdvanceTaxed(
        effective_on=date(2026, 3, 11), number="9000000001", account="00000001", seller=SELLER, customer=CUSTOMER,
        credit="bank:2026-17", vat_rate=RATE, gross=koruna("500.00"), base=koruna("413.22"), vat=koruna("86.78"),
        tax_point_on=date(2026, 3, 1), account_version=8,
    ),
    "advance-corrected/1": AdvanceCorrected(
        effective_on=date(2026, 4, 1), number="9000000002", account="00000001", seller=SELLER, customer=CUSTOMER,
        credit="bank:2026-17", vat_rate=RATE, gross=koruna("-300.00"), base=koruna("-247.93"), vat=koruna("-52.07"),
        corrects="9000000001", reason="less of the money is unused", invoice="1000000007",
        tax_point_on=date(2026, 3, 31), account_version=12,
    ),
}  # fmt: skip
