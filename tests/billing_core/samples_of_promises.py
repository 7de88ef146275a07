"""How the stored samples of promised payments are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.promises import (
    PromiseBroken,
    PromiseKept,
    PromiseOpened,
    PromisePart,
    PromisePartKept,
    PromiseTerms,
    PromiseTermsSet,
)

TERMS = PromiseTerms(
    most_days=10,
    grace_days=1,
    most_per_month=2,
    least_debt=Decimal(1),
    most_debt=Decimal(50),
    days_after_broken=30,
    price=Decimal("0.50"),
    vat_rate=Decimal(21),
    most_instalments=3,
    least_service_days=90,
    days_of_month=(1, 15),
    least_paid_percent=Decimal(25),
)
SAMPLES: dict[str, Event] = {
    "promise-terms-set/1": PromiseTermsSet(effective_on=date(2026, 1, 1), seller="north", terms=TERMS),
    "promise-opened/1": PromiseOpened(
        effective_on=date(2026, 3, 2),
        amount=Money(Decimal("20.00"), "EUR"),
        until_on=date(2026, 4, 9),
        breaks_on=date(2026, 4, 11),
        parts=(
            PromisePart(date(2026, 3, 9), date(2026, 3, 11), Money(Decimal("10.00"), "EUR")),
            PromisePart(date(2026, 4, 9), date(2026, 4, 11), Money(Decimal("10.00"), "EUR")),
        ),
    ),
    "promise-part-kept/1": PromisePartKept(
        effective_on=date(2026, 3, 9), part=1, next_until_on=date(2026, 4, 9), next_breaks_on=date(2026, 4, 11)
    ),
    "promise-kept/1": PromiseKept(effective_on=date(2026, 3, 9)),
    "promise-broken/1": PromiseBroken(effective_on=date(2026, 3, 11), missing=Money(Decimal("8.00"), "EUR"), part=2),
}
