"""What is owed by its age: a bar of its parts, and the parts as a table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from markupsafe import Markup

from adapters.pages.page import N_
from adapters.pages.reports.cells import percent
from billing_core.kernel.money import Money, total
from projections.dunning.receivables import ReceivablesTotal

WIDE, HIGH = 400, 14
AGES = (
    (("not_due",), N_("Not yet due"), "c-calm"), (("days_1_to_30",), N_("Late by 1 to 30 days"), "c-warn"),
    (("days_31_to_60", "days_61_to_90"), N_("31 to 90 days"), "c-late"),
    (("days_91_to_180", "older"), N_("Over 90 days"), "c-bad"),
)  # fmt: skip


class Age(NamedTuple):
    """A part of what is owed."""

    name: str
    colour: str
    amount: Money
    share: str


class Owed(NamedTuple):
    """What is owed in one currency."""

    currency: str
    accounts: int
    total: Money
    ages: list[Age]
    bar: Markup


def owed_by_age(found: Sequence[ReceivablesTotal]) -> list[Owed]:
    """Each currency by itself; nothing if nothing is owed."""
    return [_owed(each) for each in found if each.total.amount > 0]


def _owed(found: ReceivablesTotal) -> Owed:
    whole = found.total.amount
    ages = [
        Age(name, colour, amount, percent(amount.amount / whole))
        for fields, name, colour in AGES
        for amount in [total((getattr(found.ages, field) for field in fields), found.currency)]
    ]
    return Owed(found.currency, found.accounts, found.total, ages, _bar(ages, whole))


def _bar(ages: Sequence[Age], whole: Decimal) -> Markup:
    """Parts as wide as their shares; a part that is there is seen."""
    parts, at = [], Decimal(0)
    for age in ages:
        width = (age.amount.amount / whole * WIDE).quantize(Decimal(1), ROUND_HALF_UP)
        if width > 0:
            parts.append(Markup('<rect class="{}" x="{}" width="{}" height="{}"/>').format(
                age.colour, at, max(width - 1, Decimal(1)), HIGH))  # fmt: skip
            at += width
    svg = Markup('<svg class="ages" viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">{}</svg>')
    return svg.format(WIDE, HIGH, Markup("").join(parts))
