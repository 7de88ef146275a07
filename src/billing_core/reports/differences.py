"""Decides what has changed in a closed month since its figures were frozen.

frozen  cash 1,000.00 EUR in 10 payments            now  cash 1,020.00 EUR in 11 payments, card 5.00 EUR in 1
totals  income 1,000.00 -> 1,025.00: +25.00         payments 10 -> 12: +2
rows    cash: income +20.00, payments +1            card: income +5.00, payments +1

A row is known by its values that are no figures: the way of payment, the currency. Rows that are known by the same are
taken together. Columns without a total, such as shares and averages, follow from the others and are not compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal

import msgspec

from billing_core.reports.closings import FrozenFigures

FIGURES = frozenset({"money", "count", "quantity", "share"})
NOTHING = Decimal(0)
CURRENCY = "currency"
# By currency, or by the row; then by column.
Sums = Mapping[tuple[str, ...], Mapping[str, Decimal]]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that is not as it was frozen: of the totals of a currency, or of the row that is known by `row`."""

    report: str
    column: str
    currency: str
    row: tuple[str, ...] = ()
    frozen: Decimal
    now: Decimal
    difference: Decimal


def differences(frozen: FrozenFigures, now: FrozenFigures) -> list[Difference]:
    """What differs in the totals, then in the rows, if both have rows that are known by the same columns.

    A column that one of both lacks is left out.
    """
    columns = [each.name for each in frozen.columns if each.total and each.name in _summed(now)]
    found = list(_compared(frozen.report, columns, _totals(frozen), _totals(now), None))
    if frozen.has_rows and now.has_rows and _known_by(frozen) == _known_by(now):
        names = _known_by(frozen)
        place = names.index(CURRENCY) if CURRENCY in names else -1
        found += _compared(frozen.report, columns, _rows(frozen), _rows(now), place)
    return found


def missing_columns(frozen: FrozenFigures, now: FrozenFigures) -> list[str]:
    """Columns with frozen totals that the report has no more."""
    return [each.name for each in frozen.columns if each.total and each.name not in _summed(now)]


def _summed(figures: FrozenFigures) -> set[str]:
    return {each.name for each in figures.columns if each.total}


def _compared(report: str, columns: list[str], before: Sums, after: Sums, place: int | None) -> Iterator[Difference]:
    for key in sorted({*before, *after}):
        for column in columns:
            frozen = before.get(key, {}).get(column, NOTHING)
            now = after.get(key, {}).get(column, NOTHING)
            if frozen != now:
                currency = key[0] if place is None else key[place] if place >= 0 else ""
                yield Difference(
                    report=report, column=column, currency=currency, row=() if place is None else key, frozen=frozen,
                    now=now, difference=now - frozen,
                )  # fmt: skip


def _totals(figures: FrozenFigures) -> Sums:
    return {(each.currency,): each.sums for each in figures.totals}


def _rows(figures: FrozenFigures) -> Sums:
    """The sums of the rows by what they are known by."""
    found: dict[tuple[str, ...], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    known_by = [place for place, each in enumerate(figures.columns) if each.kind not in FIGURES]
    summed = [(place, each.name) for place, each in enumerate(figures.columns) if each.total]
    for row in figures.rows:
        sums = found[tuple(row[place] or "" for place in known_by)]
        for place, name in summed:
            sums[name] += Decimal(row[place] or 0)
    return found


def _known_by(figures: FrozenFigures) -> list[str]:
    """The columns by which a row is known."""
    return [each.name for each in figures.columns if each.kind not in FIGURES]
