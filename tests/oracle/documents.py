"""The VAT of documents, recomputed from the charges on them.

At each rate the charges of a document are summed and taxed, rounded once: on top of net prices, or taken out of prices
with VAT, whose lines then share the base. A credit note takes back no more than its invoice has left, and one that
takes back the last of a rate takes exactly that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from tests.oracle.exact import rounded
from tests.oracle.life import Taxed
from tests.oracle.playing import Line, Paper


class Left(NamedTuple):
    """What is left of an invoice at one rate: the sum of its charges, the base and the VAT of it."""

    listed: Fraction
    base: Fraction
    vat: Fraction


class Documents:
    """All documents of an account, checked one after the other."""

    def __init__(self, digits: int) -> None:
        self._digits = digits
        self._left: dict[str, dict[Taxed, Left]] = {}
        self._on: dict[str, str] = {}

    def add(self, paper: Paper, charges: Mapping[str, Line]) -> None:
        """Check the next document; `charges` are all that are on record."""
        groups: dict[Taxed, list[Line]] = defaultdict(list)
        for key in paper.nets:
            assert self._on.setdefault(key, paper.number) == paper.number, f"{key} stands on two documents"
            groups[charges[key].vat_rate, charges[key].includes_vat].append(charges[key])
        taxes: dict[Fraction, tuple[Fraction, Fraction]] = {}
        left = self._left.setdefault(paper.corrects or paper.number, {})
        for (rate, includes_vat), lines in groups.items():
            taxed = self._taxed(rate, lines, includes_vat=includes_vat)
            if paper.corrects is not None:
                taxed = _within(left[rate, includes_vat], taxed, includes_vat=includes_vat)
            before = left.get((rate, includes_vat), Left(Fraction(0), Fraction(0), Fraction(0)))
            left[rate, includes_vat] = Left(*(old + new for old, new in zip(before, taxed, strict=True)))
            base, vat = taxes.get(rate, (Fraction(0), Fraction(0)))
            taxes[rate] = base + taxed.base, vat + taxed.vat
            self._check_nets(paper, lines, taxed, includes_vat=includes_vat)
        assert paper.taxes == taxes, f"{paper.number}: VAT is {taxes}"
        assert paper.gross == sum(base + vat for base, vat in taxes.values())

    def _taxed(self, rate: Fraction, lines: list[Line], *, includes_vat: bool) -> Left:
        listed = sum((line.amount for line in lines), Fraction(0))
        vat = rounded(listed * rate / ((100 + rate) if includes_vat else 100), self._digits)
        return Left(listed, listed - vat if includes_vat else listed, vat)

    def _check_nets(self, paper: Paper, lines: list[Line], taxed: Left, *, includes_vat: bool) -> None:
        """Lines are the base: each its own amount, or its part of the base rounded down or up."""
        nets = [paper.nets[line.key] for line in lines]
        assert sum(nets) == taxed.base
        for line, net in zip(lines, nets, strict=True):
            if not includes_vat:
                assert net == line.amount
            elif taxed.listed:
                exact = line.amount * taxed.base / taxed.listed
                assert abs(net - exact) < Fraction(1, 10**self._digits)


def _within(left: Left, credit: Left, *, includes_vat: bool) -> Left:
    """A credit as its invoice still allows for it."""
    if left.listed + credit.listed == 0:
        return Left(credit.listed, -left.base, -left.vat)
    vat = max(credit.vat, -left.vat)
    if includes_vat:
        vat = min(vat, left.base + credit.listed)
    return Left(credit.listed, credit.listed - vat if includes_vat else credit.listed, vat)
