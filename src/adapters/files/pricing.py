"""Usage prices of a tariff as they are written in YAML, and back: one model for each way of pricing.

A tier has a `unit`, what each of its units costs, and a `flat` fee; without `unit` its units are free, so
`{up_to: "10"}` is 10 free units. The models `unit` and `package` have a `price`. Each of the two words in the place of
the other is a fault that names the right one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import model_validator

from adapters.files.written_yaml import ZERO, Exact, FaultAt, Written
from billing_core.catalogue.allowances import Allowance
from billing_core.catalogue.pricing import Graduated, Package, Percentage, Tier, UnitPrice, UsagePricing, Volume

MODELS = ("unit", "graduated", "volume", "package", "percentage")


# What `price` and `unit` are refused with, each in the place of the other.
UNIT_MEANT = "is no word of a tier; write unit for what each of its units costs"
PRICE_MEANT = "is a word of tiers; write price for what this model costs"
TIERS_MEANT = "is no word of this model; write unit in each of its tiers"


def refuse_word(written: object, word: str, message: str) -> None:
    """A word that stands where another one is meant is a fault of its own place."""
    if isinstance(written, dict) and word in written:
        raise FaultAt((word,), message)


# --- models


class WrittenTier(Written):
    up_to: Exact | None = None
    unit: Exact = ZERO
    flat: Exact = ZERO

    @model_validator(mode="before")
    @classmethod
    def _costs_by_unit(cls, written: Any) -> Any:
        refuse_word(written, "price", UNIT_MEANT)
        return written


class WrittenPriced(Written):
    """A model with one price."""

    price: Exact

    @model_validator(mode="before")
    @classmethod
    def _costs_a_price(cls, written: Any) -> Any:
        refuse_word(written, "unit", PRICE_MEANT)
        return written


class WrittenUnitPrice(WrittenPriced):
    def core(self) -> UsagePricing:
        return UnitPrice(price=self.price)


class WrittenTiers(Written):
    tiers: Sequence[WrittenTier]
    flat_at_zero: bool = False

    @model_validator(mode="before")
    @classmethod
    def _costs_by_tier(cls, written: Any) -> Any:
        for word in ("unit", "price"):
            refuse_word(written, word, TIERS_MEANT)
        return written

    def _tiers(self) -> tuple[Tier, ...]:
        return tuple(Tier(up_to=tier.up_to, unit=tier.unit, flat=tier.flat) for tier in self.tiers)


class WrittenGraduated(WrittenTiers):
    def core(self) -> UsagePricing:
        return Graduated(tiers=self._tiers(), flat_at_zero=self.flat_at_zero)


class WrittenVolume(WrittenTiers):
    def core(self) -> UsagePricing:
        return Volume(tiers=self._tiers(), flat_at_zero=self.flat_at_zero)


class WrittenPackage(WrittenPriced):
    size: Exact
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
