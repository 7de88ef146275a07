"""Minimum commitments of one period: what the named components came to, filled up to what was committed.

    minimum 50.00, usage of the month 31.20   -> true-up 18.80

A minimum is prorated like a fee where the service was there for a part of the period only.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from billing_core.charging.charges import Charge
from billing_core.charging.recurring import slices_of
from billing_core.charging.schedule import BillingSpan, DuePeriod
from billing_core.kernel.money import rounded


def minimum_in(due: DuePeriod, span: BillingSpan, subscription: str, charged: Sequence[Charge]) -> list[Charge]:
    """The true-up of a period, given the charges of the period that count towards it; none where they suffice."""
    slices = list(slices_of(due, span))
    piece, currency = slices[0].piece, slices[0].piece.tariff.currency
    committed = rounded(
        sum((Fraction(entry.unit_price) * entry.share for entry in slices), Fraction(0)), currency
    ).amount
    came_to = sum((charge.amount.amount for charge in charged), Decimal(0))
    if came_to >= committed:
        return []
    from_on, to_on = slices[0].from_on, slices[-1].to_on
    covers_all = from_on == due.period.from_on and to_on == due.period.to_on
    return [
        Charge(
            subscription=subscription,
            component=piece.component.code,
            description=f"{piece.tariff.name}: {piece.component.name}",
            tariff=piece.tariff.code,
            kind="minimum",
            from_on=from_on,
            to_on=to_on,
            amount=rounded(committed - came_to, currency),
            unit_price=slices[0].unit_price,
            days=(to_on - from_on).days,
            period_days=due.period.days,
            vat_rate=piece.component.vat_rate,
            includes_vat=piece.tariff.prices_include_vat,
            every=span.rule.every,
            period=None if covers_all else due.period,
            steps=(f"{committed:f} {currency} committed, {came_to:f} {currency} charged",),
        )
    ]
