"""Minimum commitments of one period: the charges of the named components, filled up to the minimum.

    minimum 50.00, usage of the month 31.20   -> true-up 18.80

- It is prorated like a fee, and only what is charged for days on which it is in force counts towards it: the price of
  these days, and the usage of these days as if it had a line of its own.
- It is known by its price: the days of a period at one minimum price (and alike with or without VAT) are one
  commitment; the name of the tariff and the VAT rate do not count. Another price is another commitment.
- The true-up is cut by tariff and VAT rate like everything else, in proportion to what was committed, by largest
  remainder.

Worked example, 60.00 a month, VAT 20 % up to 15 April and 21 % from the 16th on, 30.00 charged:

    true-up 60.00 - 30.00 = 30.00:   15.00 with VAT 20 %, 15.00 with VAT 21 %
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from billing_core.catalogue.components import Minimum
from billing_core.charging.charges import Charge, period_beyond
from billing_core.charging.proration import price_of
from billing_core.charging.recurring import Slice, slices_of
from billing_core.charging.schedule import DuePeriod
from billing_core.kernel.money import Money, split, total
from billing_core.kernel.phrases import Phrase, phrase
from billing_core.kernel.spans import Span, merged
from billing_core.time.periods import Period

Commitment = tuple[Decimal, bool]  # The minimum price, and whether it includes VAT.
Counted = Callable[[Sequence[Span]], Money]


def minimum_in(due: DuePeriod, subscription: str, counted: Counted) -> Iterator[Charge]:
    """The true-ups of a period, given what counts towards it for some of its days; none if that suffices."""
    commitments: dict[Commitment, list[Slice]] = {}
    for entry in slices_of(due):
        key = entry.unit_price, entry.piece.tariff.prices_include_vat
        commitments.setdefault(key, []).append(entry)
    for slices in commitments.values():
        yield from _true_ups(slices, counted(merged(slices)), due, subscription)


def _true_ups(slices: list[Slice], charged: Money, due: DuePeriod, subscription: str) -> Iterator[Charge]:
    currency = slices[0].piece.tariff.currency
    committed = total((price_of(entry, entry.unit_price, entry.basis, currency) for entry in slices), currency)
    missing = committed - charged
    if not missing.amount > 0:
        return
    runs = [list(run) for _, run in groupby(slices, key=_taxed)]
    weights = [sum((_committed(entry) for entry in run), Fraction(0)) for run in runs]
    step = phrase("committed", committed, charged)
    for run, amount in zip(runs, split(missing, weights), strict=True):
        steps = (step,) if amount == missing else (step, phrase("part-in-all", amount, missing))
        yield _charge(run, amount, steps, due, subscription)


def _taxed(entry: Slice) -> tuple[str, Decimal]:
    """The tariff and the VAT rate."""
    return entry.piece.tariff.code, entry.piece.component.vat_rate


def _committed(entry: Slice) -> Fraction:
    return Fraction(entry.unit_price) * (entry.basis.share(entry.from_on) - entry.basis.share(entry.to_on))


def _charge(
    run: Sequence[Slice], amount: Money, steps: tuple[Phrase, ...], due: DuePeriod, subscription: str
) -> Charge:
    piece, days = run[0].piece, Period(run[0].from_on, run[-1].to_on)
    assert isinstance(piece.component, Minimum)
    return Charge(
        subscription=subscription,
        component=piece.component.code,
        description=f"{piece.tariff.name}: {piece.component.name}",
        tariff=piece.tariff.code,
        kind="minimum",
        from_on=days.from_on,
        to_on=days.to_on,
        amount=amount,
        unit_price=run[0].unit_price,
        vat_rate=piece.component.vat_rate,
        includes_vat=piece.tariff.prices_include_vat,
        every=piece.component.period.every,
        period=period_beyond(days, due.period),
        steps=steps,
    )
