"""Usage of one period that was rated record by record, cut into lines.

The line of a cut is the exact amount of all records up to its end, less that of the records up to its beginning, each
of the two rounded once: so the lines sum to the rounded amount of the whole.

Worked example, calls of 0.004 and 0.003 before a change of tariff at the same price, and of 0.004 since:

    before   R(0.007)             0.01
    since    R(0.011) - R(0.007)  0.00
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from billing_core.catalogue.pricing import Counted
from billing_core.charging.rating_days import RatedUsage
from billing_core.charging.usage_cuts import CutAmount
from billing_core.kernel.money import Money, rounded, zero
from billing_core.kernel.phrases import Phrase, phrase
from billing_core.usage.rating.rated import in_decimals

ZERO = Fraction(0)


def rated_amounts(cuts: Sequence[Sequence[RatedUsage]], currency: str, counts: Counted) -> list[CutAmount]:
    """The amounts of the cuts of a period, with the number of records and units that are behind each."""
    return list(_one_after_another(cuts, currency, counts))


def _one_after_another(cuts: Sequence[Sequence[RatedUsage]], currency: str, counts: Counted) -> Iterator[CutAmount]:
    whole, begins_at = ZERO, zero(currency)
    for cut in cuts:
        exact = sum((entry.rated.amount for entry in cut if entry.rated is not None), ZERO)
        whole += exact
        ends_at = rounded(whole, currency)
        yield CutAmount(ends_at - begins_at, (_step(cut, exact, counts, ends_at - begins_at),))
        begins_at = ends_at


def _step(cut: Sequence[RatedUsage], exact: Fraction, counts: Counted, amount: Money) -> Phrase:
    """`214 records, 5:12:33, 34.567833 before rounding`."""
    records = sum(entry.rated.records for entry in cut if entry.rated is not None)
    units = sum((entry.quantity for entry in cut), Decimal(0))
    words = phrase("records", records, _units(units, counts))
    return words if exact == amount.amount else phrase("before-rounding", words, _written(exact))


def _written(exact: Fraction) -> Phrase | str:
    """An exact amount with six decimals; with more of them it is about that."""
    about, _, digits = in_decimals(exact).rpartition(" ")
    return phrase("about", digits) if about else digits


def _units(units: Decimal, counts: Counted) -> Phrase | str:
    """Seconds as hours, minutes and seconds; other units as a number."""
    if counts == "seconds":
        minutes, seconds = divmod(int(units), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return phrase(counts, units)
