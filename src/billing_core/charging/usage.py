"""Usage of one period: the quantities that were used, priced by the model that was in force when they were.

1. Each quantity has the price of its day; if none is in force on it, that of another day (`rating_days`).
2. All days of the period at one price are priced as one quantity; the printed name, the VAT rate and the tariff do not
   count: none of these begins tiers, free units, packages or flat fees anew (`usage_periods`).
3. The result is cut into one line for each tariff, VAT rate and unbroken span of days (`usage_cuts`).

Quantities count on the day of their use, whatever happened to the service since.

Worked example: 10 units free, then 1.00, on tariff a, and at the same price on tariff b from 16 April on

    10 used on 10 April   ->  [1 Apr, 16 Apr) a    0.00
    10 used on 20 April   ->  [16 Apr, 1 May) b   10.00
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from billing_core.catalogue.allowances import ZERO
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Destinations
from billing_core.charging.charges import Charge, period_beyond
from billing_core.charging.rated_usage import rated_amounts
from billing_core.charging.rating_days import RatedUsage
from billing_core.charging.schedule import DuePeriod
from billing_core.charging.usage_cuts import CutAmount, cut_amounts
from billing_core.charging.usage_periods import Cut, UsageView, before, cuts_by_price, require_known
from billing_core.kernel.phrases import Phrase, phrase
from billing_core.kernel.spans import ONE_DAY, Span


def usage_in(due: DuePeriod, known: UsageView, days: Sequence[Span] | None = None) -> list[Charge]:
    """The lines of a period in order of their days; none for days without usage and flat fee.

    Usage that the history alone has is `UsageRated`. If some `days` of the period are named, only these have lines, as
    if the period were cut there.
    """
    require_known(due.period, known)
    return sorted(_lines(due, known, days), key=lambda line: line.from_on)


def _lines(due: DuePeriod, known: UsageView, days: Sequence[Span] | None) -> Iterator[Charge]:
    for price, cuts in cuts_by_price(due, known, days).items():
        begins = before(price, due, known)
        currency = cuts[0].piece.tariff.currency
        if isinstance(price.pricing, Destinations):
            amounts = rated_amounts([cut.usage for cut in cuts], currency, price.pricing.counts)
        else:
            amounts = cut_amounts(price, [cut.quantities for cut in cuts], currency, begins.quantities, begins.carried)
        for cut, amount in zip(cuts, amounts, strict=True):
            if cut.is_due and (cut.usage or amount.amount.amount):
                yield _charge(cut, amount, due, known.view.code)


def _charge(cut: Cut, cost: CutAmount, due: DuePeriod, subscription: str) -> Charge:
    component, tariff = cut.piece.component, cut.piece.tariff
    assert isinstance(component, Usage)
    elsewhere = [entry for entry in cut.usage if not entry.has_own_price]
    return Charge(
        subscription=subscription,
        component=component.code,
        description=f"{tariff.name}: {component.name}",
        tariff=tariff.code,
        kind="usage",
        from_on=cut.from_on,
        to_on=cut.to_on,
        amount=cost.amount,
        unit_price=Decimal(0),
        vat_rate=component.vat_rate,
        includes_vat=tariff.prices_include_vat,
        every=component.period.every,
        period=period_beyond(cut, due.period),
        quantity=sum(cut.quantities, ZERO),
        steps=(*cost.steps, *_without_price(elsewhere)),
        used_until=_used_until(cut, elsewhere),
    )


def _without_price(elsewhere: Sequence[RatedUsage]) -> Iterator[Phrase]:
    """Says which part was used on days without a price."""
    if elsewhere:
        quantity = sum((entry.quantity for entry in elsewhere), ZERO)
        yield phrase("without-price", quantity)


def _used_until(cut: Cut, elsewhere: Sequence[RatedUsage]) -> date | None:
    """The day after the last use, if that lies after the days of the line."""
    last_on = max((entry.used_on for entry in elsewhere), default=date.min)
    return last_on + ONE_DAY if last_on >= cut.to_on else None
