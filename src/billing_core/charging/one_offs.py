"""One-off fees: what a subscription owes of them, all its life long, on which days.

When a fee falls due is in `one_off_triggers`. A declining fee is less by an equal part for each month of its commitment
that was complete. In instalments the amount is split by largest remainder; the first is owed on the day itself, the
others at the next boundaries of the account's months, even if the subscription ends.

Worked example: a device of 240.00 that declines over 24 months, activated on 31 January, terminated on 15 July:
5 months are complete (30 June is the fifth boundary), 240.00 x 19/24 = 190.00 is still owed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.charges import Charge
from billing_core.charging.one_off_triggers import DueFee, due_fees
from billing_core.charging.schedule import Piece
from billing_core.charging.view import BillingView
from billing_core.kernel.money import Money, rounded, split
from billing_core.kernel.phrases import Phrase, phrase
from billing_core.kernel.spans import ONE_DAY
from billing_core.time.period_rules import MONTHLY
from billing_core.time.periods import grid_on, grids


def one_offs_owed(view: BillingView, in_force: Sequence[Piece], catalogue: Catalogue) -> list[Charge]:
    """Every one-off fee of a subscription, past and to come, on the day for which it is owed."""
    return [charge for fee in due_fees(view, in_force, catalogue) for charge in _instalments(fee, view)]


def without_waived(fees: Sequence[Charge], waived: Sequence[tuple[str, date]]) -> list[Charge]:
    """The fees that are left after each waiver (component, day) took one of its component away.

    It takes that of its own day; if there is none, the earliest one.

        5.00 on 1, 11 and 21 June, waived on 11 and on 15 June   ->   5.00 on 21 June
    """
    waivers, left = Counter(waived), {}
    for number, fee in enumerate(fees):
        if waivers[fee.component, fee.from_on]:
            waivers[fee.component, fee.from_on] -= 1
        else:
            left[number] = fee
    others = Counter(component for component, _ in waivers.elements())
    for number, fee in sorted(left.items(), key=lambda entry: entry[1].from_on):
        if others[fee.component]:
            others[fee.component] -= 1
            del left[number]
    return list(left.values())


def _instalments(fee: DueFee, view: BillingView) -> Iterator[Charge]:
    component, currency = fee.component, fee.tariff.currency
    exact, steps = Fraction(fee.price), tuple[Phrase, ...]()
    if component.declining:
        left, months = fee.months_left, component.committed_months
        exact = exact * left / months
        steps = (phrase("of-commitment", f"{fee.price:f} {currency}", left, months),)
    whole = rounded(exact, currency)
    if component.instalments == 1:
        yield _charge(fee.on, fee, view.code, whole, steps)
        return
    days = [fee.on, *_following(fee.on, view, component.instalments - 1)]
    for number, (day, amount) in enumerate(zip(days, split(whole, [1] * len(days)), strict=True), 1):
        explained = (*steps, phrase("instalment", number, len(days), whole))
        yield _charge(day, fee, view.code, amount, explained)


def _following(on: date, view: BillingView, months: int) -> list[date]:
    """The next boundaries of the account's months after a day."""
    grid = grid_on(grids(MONTHLY, view.anchored_on, view.billing_days), on)
    number = grid.number(on)
    return [grid.boundary(number + ahead) for ahead in range(1, months + 1)]


def _charge(on: date, fee: DueFee, subscription: str, amount: Money, steps: tuple[Phrase, ...]) -> Charge:
    component, tariff = fee.component, fee.tariff
    return Charge(
        subscription=subscription,
        component=component.code,
        description=f"{tariff.name}: {component.name}",
        tariff=tariff.code,
        kind="one-off",
        from_on=on,
        to_on=on + ONE_DAY,
        amount=amount,
        unit_price=fee.price,
        vat_rate=component.vat_rate,
        includes_vat=tariff.prices_include_vat,
        agreed=fee.is_agreed,
        steps=steps,
    )
