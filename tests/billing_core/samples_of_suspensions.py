"""How the stored samples of suspensions are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.services.suspension_reasons import SuspensionFee, SuspensionReason, SuspensionReasonDefined

SAMPLES: dict[str, Event] = {
    "suspension-reason-defined/1": SuspensionReasonDefined(
        effective_on=date(2026, 6, 1),
        reason=SuspensionReason(
            code="unpaid-deposit",
            name="Unpaid deposit",
            charge_percent=Decimal(30),
            lifted_by="money",
            fee_at_return=SuspensionFee(
                description="Return after an unpaid deposit", vat_rate=Decimal(21), amounts={"EUR": Decimal("5.00")}
            ),
            page={"en": "Please pay the deposit.", "cs": "Zaplaťte prosím zálohu."},
        ),
    ),
}
