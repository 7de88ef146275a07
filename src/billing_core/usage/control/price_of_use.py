"""What use that is still to come costs an account, and how much of it the account's money buys."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import msgspec

from billing_core.catalogue.allowances import beyond
from billing_core.catalogue.components import Usage
from billing_core.catalogue.pricing import Percentage, usage_amount
from billing_core.kernel.money import Money, minor_unit

NOTHING = Decimal(0)


def rounded_up(exact: Fraction, currency: str) -> Money:
    """An amount that is enough: 0.121 is 0.13."""
    unit = minor_unit(currency)
    return Money(ceil(exact / Fraction(unit)) * unit, currency)


class PriceOfUse(msgspec.Struct, frozen=True):
    """What more use costs an account: the component and what was used of it in its period, in order of time.

    `named` is the price of a unit if it was named, as that of a call by a price list.
    """

    component: Usage
    used: Sequence[Decimal]
    currency: str
    includes_vat: bool
    named: Decimal | None = None

    def cost_of(self, units: Decimal) -> Money:
        """What so many more units cost with VAT, rounded up to the minor unit.

        5 of 20 units are included, 15 used, 0.10 for others, 21 % VAT: 10 more cost 5 x 0.10 x 1.21 = 0.605, so 0.61.
        """
        if self.named is not None:
            exact = Fraction(self.named) * Fraction(units)
        else:
            exact = max(self._priced([*self._used(), units]) - self._priced(self._used()), Fraction(0))
        if not self.includes_vat:
            exact = exact * (100 + Fraction(self.component.vat_rate)) / 100
        return rounded_up(exact, self.currency)

    def _used(self) -> Sequence[Decimal]:
        if isinstance(self.component.pricing, Percentage):
            return self.used
        return [sum(self.used, NOTHING)]

    def _priced(self, quantities: Sequence[Decimal]) -> Fraction:
        allowance = self.component.allowance
        rest = quantities if allowance is None else beyond(quantities, allowance.quantity)
        return usage_amount(self.component.pricing, rest).amount

    def most_units(self, asked: Decimal, available: Money | None, most_left: Fraction | None = None) -> Decimal:
        """The most units that the money buys, at most those asked for, with as many decimals as these are written with.

        0.10 a minute, 0.25 available: of 60 minutes 2; of 60.0 minutes 2.5. `most_left` are those that are left until
        a quota suspends the service.
        """
        exponent = asked.as_tuple().exponent
        assert isinstance(exponent, int)
        step = Decimal(1).scaleb(min(exponent, 0))
        if most_left is not None and most_left < Fraction(asked):
            asked = floor(max(most_left, Fraction(0)) / Fraction(step)) * step
        if not asked or available is None or self.cost_of(asked) <= available:
            return asked
        fewest, most = 0, int(asked / step)
        while most - fewest > 1:
            middle = (fewest + most) // 2
            if self.cost_of(middle * step) <= available:
                fewest = middle
            else:
                most = middle
        return fewest * step
