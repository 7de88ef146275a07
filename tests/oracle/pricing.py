"""Prices of usage by every model, and allowances."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from tests.oracle.history import NOTHING, Written


def price_of(component: Written, quantities: Sequence[Fraction]) -> Fraction:
    """What quantities cost, by the model of the price; a quantity of nothing is no usage."""
    used = [quantity for quantity in quantities if quantity]
    terms = component.get(component["model"], component)
    if not used and terms.get("flat_at_zero", "false") != "true":
        return NOTHING
    whole = sum(used, NOTHING)
    match component["model"]:
        case "unit":
            return whole * Fraction(terms["price"])
        case "package":
            units = max(whole - Fraction(terms.get("free", "0")), NOTHING)
            return ceil(units / Fraction(terms["size"])) * Fraction(terms["price"])
        case "percentage":
            return _percentage(terms, used)
    return _tiered(terms["tiers"], whole, is_volume=component["model"] == "volume")


def _tiered(tiers: Sequence[Written], whole: Fraction, *, is_volume: bool) -> Fraction:
    """Each tier that is reached at its own price and flat fee; by volume all of it at the last one."""
    cost, below = NOTHING, NOTHING
    for tier in tiers:
        up_to = Fraction(tier["up_to"]) if "up_to" in tier else whole
        part = whole if is_volume else min(whole, up_to) - below
        of_tier = part * Fraction(tier.get("unit", "0")) + Fraction(tier.get("flat", "0"))
        cost = of_tier if is_volume else cost + of_tier
        if whole <= up_to:
            break
        below = up_to
    return cost


def _percentage(terms: Written, used: Sequence[Fraction]) -> Fraction:
    """A rate on the volume and a fee for each event, once the first of the free allowances is used up."""
    free_events, free_volume = int(terms.get("free_events", "0")), Fraction(terms.get("free_volume", "0"))
    cost, events, volume = NOTHING, 0, NOTHING
    is_free = bool(free_events or free_volume)
    for quantity in used:
        events, volume = events + 1, volume + quantity
        charged = quantity
        if is_free and (not free_events or events <= free_events):
            if not free_volume or volume <= free_volume:
                continue
            charged = volume - free_volume
        is_free = False
        cost += charged * Fraction(terms["rate"]) / 100 + Fraction(terms.get("per_event", "0"))
    return cost


# --- allowances


class Allowance(NamedTuple):
    """Units of each period, for how many periods unused ones go on, and how many of them at most."""

    quantity: Fraction
    periods: int
    most: Fraction | None


def allowance_of(component: Written) -> Allowance | None:
    """The allowance of a component, if it has one."""
    if "allowance" not in component:
        return None
    written = component["allowance"]
    most = Fraction(written["most_carried"]) if "most_carried" in written else None
    return Allowance(Fraction(written["quantity"]), int(written.get("carried_periods", "0")), most)


def beyond(quantities: Sequence[Fraction], free: Fraction) -> list[Fraction]:
    """What is left of quantities, the first of which are free."""
    found = []
    for quantity in quantities:
        taken = min(quantity, free)
        free -= taken
        found += [quantity - taken] if quantity > taken else []
    return found


def left_over(allowance: Allowance, carried: Sequence[Fraction], used: Fraction) -> list[Fraction]:
    """The units that the next period may use, the newest first: what is left of the oldest is used up first."""
    left: list[Fraction] = []
    for units in reversed([allowance.quantity, *carried]):
        taken = min(units, used)
        used -= taken
        left.insert(0, units - taken)
    kept: list[Fraction] = []
    for units in left[: allowance.periods]:
        room = units if allowance.most is None else max(allowance.most - sum(kept, NOTHING), NOTHING)
        kept.append(min(units, room))
    return kept
