"""Usage prices of a tariff as they are written in YAML, and back: one model for each way of pricing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from adapters.files.written_yaml import ZERO, Exact, Written
from billing_core.catalogue.allowances import Allowance
from billing_core.catalogue.pricing import Graduated, Package, Percentage, Tier, UnitPrice, UsagePricing, Volume

MODELS = ("unit", "graduated", "volume", "package", "percentage")


class WrittenTier(Written):
    up_to: Exact | None = None
    unit: Exact
    flat: Exact = ZERO


class WrittenUnitPrice(Written):
    price: Exact

    def core(self) -> UsagePricing:
        return UnitPrice(price=self.price)


class WrittenTiers(Written):
    tiers: Sequence[WrittenTier]
    flat_at_zero: bool = False

    def _tiers(self) -> tuple[Tier, ...]:
        return tuple(Tier(up_to=tier.up_to, unit=tier.unit, flat=tier.flat) for tier in self.tiers)


class WrittenGraduated(WrittenTiers):
    def core(self) -> UsagePricing:
        return Graduated(tiers=self._tiers(), flat_at_zero=self.flat_at_zero)


class WrittenVolume(WrittenTiers):
    def core(self) -> UsagePricing:
        return Volume(tiers=self._tiers(), flat_at_zero=self.flat_at_zero)


class WrittenPackage(Written):
    size: Exact
    price: Exact
    free: Exact = ZERO

    def core(self) -> UsagePricing:
        return Package(size=self.size, price=self.price, free=self.free)


class WrittenPercentage(Written):
    rate: Exact
    per_event: Exact = ZERO
    free_events: int = 0
    free_volume: Exact = ZERO

    def core(self) -> UsagePricing:
        return Percentage(
            rate=self.rate, per_event=self.per_event, free_events=self.free_events, free_volume=self.free_volume
        )


class WrittenAllowance(Written):
    """Units that are included in each period, and for how many periods unused units are carried over."""

    quantity: Exact
    carried_periods: int = 0
    most_carried: Exact | None = None

    def core(self) -> Allowance:
        return Allowance(quantity=self.quantity, carried_periods=self.carried_periods, most_carried=self.most_carried)


def written_allowance(allowance: Allowance) -> dict[str, Any]:
    """An allowance in the words of its model."""
    return {
        "quantity": allowance.quantity,
        "carried_periods": allowance.carried_periods,
        "most_carried": allowance.most_carried,
    }


def written_pricing(pricing: UsagePricing) -> dict[str, Any]:
    """A usage price under its model's name."""
    match pricing:
        case UnitPrice():
            return {"unit": {"price": pricing.price}}
        case Graduated() | Volume():
            model = "graduated" if isinstance(pricing, Graduated) else "volume"
            tiers = [{"up_to": tier.up_to, "unit": tier.unit, "flat": tier.flat} for tier in pricing.tiers]
            return {model: {"tiers": tiers, "flat_at_zero": pricing.flat_at_zero}}
        case Package():
            return {"package": {"size": pricing.size, "price": pricing.price, "free": pricing.free}}
        case Percentage():
            return {
                "percentage": {
                    "rate": pricing.rate,
                    "per_event": pricing.per_event,
                    "free_events": pricing.free_events,
                    "free_volume": pricing.free_volume,
                }
            }
