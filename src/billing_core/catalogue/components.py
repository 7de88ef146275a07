"""Components: the kinds of things that are charged, each with the rule by which it is charged.

Says what a price list may hold, and checks it. Does not decide amounts; that is the work of `billing`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

import msgspec

from billing_core.catalogue.allowances import Allowance, require_allowance
from billing_core.catalogue.prices import Price, require_price, require_vat_rate
from billing_core.catalogue.pricing import UsagePricing, require_pricing
from billing_core.kernel.errors import InvalidValue
from billing_core.parties import require_text
from billing_core.time.period_rules import MONTHLY, MONTHLY_IN_ARREARS, PeriodRule, require_period_rule

Proration = Literal["whole", "sliced", "fixed-30", "none"]
Occasion = Literal["activation", "termination", "hold", "suspension", "resumption"]

MOST_PERIODS = 600
MOST_INSTALMENTS = 120

# --- values


class Component(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """One thing charged."""

    code: str
    name: str
    vat_rate: Decimal
    prices: tuple[Price, ...] = ()

    @property
    def kind(self) -> str:
        return str(self.__struct_config__.tag)


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """The price of so many periods from the first one on; 0 is a free period."""

    periods: int
    price: Decimal


class Recurring(Component, frozen=True, kw_only=True, omit_defaults=True, tag="recurring"):
    """A fee per period, for each unit of the subscription's quantity or flat.

    Phases hold from the first period on, one after the other; then the price list holds. An option, such as a TV
    channel, is charged on those days only on which the subscription has chosen it.
    """

    period: PeriodRule = MONTHLY
    proration: Proration = "whole"
    is_flat: bool = False
    phases: tuple[Phase, ...] = ()
    is_option: bool = False


class OneOff(Component, frozen=True, kw_only=True, omit_defaults=True, tag="one-off"):
    """A fee on each occasion of its kind, once or in monthly instalments.

    A fee at termination may depend on a commitment: it is due only where the subscription ends before so many months
    from its activation, and `falls` says that it falls by an equal part with each month that is complete: the fee for
    early termination, or what is still to pay of a subsidised device.
    """

    at: Occasion = "activation"
    instalments: int = 1
    committed_months: int = 0
    falls: bool = False


class Usage(Component, frozen=True, kw_only=True, omit_defaults=True, tag="usage"):
    """What was used within each period, priced by a model; charged when the period is over.

    Units of the allowance are included: the model prices what is used beyond them.
    """

    pricing: UsagePricing
    period: PeriodRule = MONTHLY_IN_ARREARS
    allowance: Allowance | None = None


class Share(Component, frozen=True, kw_only=True, omit_defaults=True):
    """A part of other components: `percent` of each, or an amount per period on one of them.

    It holds on the days `[valid_from, valid_to)` and for the first `billed_periods` that cost anything. `bundle`
    names tariffs that the account must have beside this one on a day on which it holds.
    """

    on: tuple[str, ...]
    percent: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    billed_periods: int | None = None
    bundle: tuple[str, ...] = ()


class Discount(Share, frozen=True, kw_only=True, omit_defaults=True, tag="discount"):
    """It is taken off; never more than what is left of the components it is on."""


class Surcharge(Share, frozen=True, kw_only=True, omit_defaults=True, tag="surcharge"):
    """It is added."""


class Minimum(Component, frozen=True, kw_only=True, omit_defaults=True, tag="minimum"):
    """What the components named in `on` must come to in each period; what is missing is charged when it is over."""

    on: tuple[str, ...]
    period: PeriodRule = MONTHLY_IN_ARREARS
    proration: Proration = "whole"


AnyComponent = Recurring | OneOff | Usage | Discount | Surcharge | Minimum

# --- what a price list may hold


def require_components(components: tuple[AnyComponent, ...], tariff: str) -> None:
    """A price list that can be charged, or `InvalidValue` naming tariff, component and what to mend."""
    if not components:
        raise InvalidValue("needs at least one component", field="tariff", value=tariff)
    codes = [component.code for component in components]
    for component in components:
        place = f"tariff {tariff}, component {component.code}"
        if codes.count(component.code) > 1:
            raise InvalidValue("stands twice in the tariff", field="component", value=component.code)
        require_text(component.code, f"{place}, code")
        if "/" in component.code or ":" in component.code:
            raise InvalidValue("must hold neither slash nor colon, which part the key of a charge",
                               field=f"{place}, code", value=component.code)  # fmt: skip
        require_vat_rate(component.vat_rate, f"{place}, VAT rate")
        _require_prices(component, place)
        match component:
            case Recurring():
                require_period_rule(component.period, place)
                _require_phases(component, place)
            case OneOff():
                _require_one_off(component, place)
            case Usage():
                require_period_rule(component.period, place)
                require_pricing(component.pricing, place)
                _require_arrears(component.period, place)
                if component.allowance is not None:
                    require_allowance(component.allowance, f"{place}, allowance")
            case Discount() | Surcharge():
                require_share(component, place)
                _require_charged_by_period(component.on, components, place)
            case Minimum():
                require_period_rule(component.period, place)
                _require_arrears(component.period, place)
                _require_counted(component, components, place)


def _require_arrears(rule: PeriodRule, place: str) -> None:
    if rule.charged_in != "arrears":
        raise InvalidValue("is known when the period is over; charge it in arrears", field=f"{place}, in",
                           value=rule.charged_in)  # fmt: skip


def _require_phases(component: Recurring, place: str) -> None:
    for number, phase in enumerate(component.phases, 1):
        if not 1 <= phase.periods <= MOST_PERIODS:
            raise InvalidValue(f"must be 1 to {MOST_PERIODS} periods long", field=f"{place}, phase {number}",
                               value=phase.periods)  # fmt: skip
        require_price(phase.price, f"{place}, phase {number}, price")


def _require_one_off(component: OneOff, place: str) -> None:
    if not 1 <= component.instalments <= MOST_INSTALMENTS:
        raise InvalidValue(f"must be 1 to {MOST_INSTALMENTS}", field=f"{place}, instalments",
                           value=component.instalments)  # fmt: skip
    if component.instalments > 1 and component.at not in ("activation", "termination"):
        raise InvalidValue("comes whole on each day of its kind, which may be soon again; leave the instalments out",
                           field=f"{place}, instalments", value=component.instalments)  # fmt: skip
    if not 0 <= component.committed_months <= MOST_PERIODS:
        raise InvalidValue(f"must be 0 to {MOST_PERIODS} months", field=f"{place}, commitment",
                           value=component.committed_months)  # fmt: skip
    if component.committed_months and component.at != "termination":
        raise InvalidValue("a commitment is charged for at termination", field=f"{place}, at", value=component.at)
    if component.falls and not component.committed_months:
        raise InvalidValue("can fall only over a commitment; say how many months", field=f"{place}, falls")


def require_share(share: Discount | Surcharge, place: str) -> None:
    """A percentage from 0 to 100 or an amount, on at least one component."""
    if not share.on:
        raise InvalidValue("names no component it is on", field=place)
    if (share.percent is None) == (not share.prices):
        raise InvalidValue("has either a percentage or an amount", field=place)
    if share.percent is None and len(share.on) > 1:
        raise InvalidValue("an amount is on one component; write one for each", field=f"{place}, on",
                           value=", ".join(share.on))  # fmt: skip
    if share.percent is not None and not 0 <= share.percent <= 100:
        raise InvalidValue("must be 0 to 100", field=f"{place}, percent", value=share.percent)
    if share.billed_periods is not None and not 1 <= share.billed_periods <= MOST_PERIODS:
        raise InvalidValue(f"must be 1 to {MOST_PERIODS}", field=f"{place}, billed periods",
                           value=share.billed_periods)  # fmt: skip
    if share.valid_from is not None and share.valid_to is not None and share.valid_to <= share.valid_from:
        raise InvalidValue(f"ends on {share.valid_to}, not after it starts", field=f"{place}, valid from",
                           value=share.valid_from)  # fmt: skip


def _require_charged_by_period(
    named: tuple[str, ...], components: tuple[AnyComponent, ...], place: str
) -> list[Recurring | Usage | Minimum]:
    known = {component.code: component for component in components}
    found: list[Recurring | Usage | Minimum] = []
    for code in named:
        if code not in known:
            raise InvalidValue("is no component of the tariff", field=f"{place}, on", value=code)
        component = known[code]
        if not isinstance(component, Recurring | Usage | Minimum):
            raise InvalidValue(f"is a {component.kind}; name what is charged by the period", field=f"{place}, on",
                               value=code)  # fmt: skip
        found.append(component)
    return found


def _require_counted(minimum: Minimum, components: tuple[AnyComponent, ...], place: str) -> None:
    for component in _require_charged_by_period(minimum.on, components, place):
        if isinstance(component, Minimum):
            raise InvalidValue("is a minimum itself; name what counts towards it", field=f"{place}, on",
                               value=component.code)  # fmt: skip
        if not fits_into(component.period, minimum.period):
            raise InvalidValue(
                f"every {component.period.every} on its grid does not fit into every {minimum.period.every} on that of "
                "the minimum; give both the same grid", field=f"{place}, on", value=component.code,
            )  # fmt: skip


def fits_into(inner: PeriodRule, outer: PeriodRule) -> bool:
    """Whether every period of one rule lies within one of another: a day in all, a month in a quarter on its grid."""
    if inner.days == 1:
        return True
    same_grid = (inner.align, inner.anchor_on, inner.first_stub == "join") == (
        outer.align, outer.anchor_on, outer.first_stub == "join",
    )  # fmt: skip
    inner_length, outer_length = (inner.months, outer.months) if inner.months else (inner.days, outer.days)
    return same_grid and outer_length > 0 and outer_length % inner_length == 0


def _require_prices(component: AnyComponent, place: str) -> None:
    is_priced_otherwise = isinstance(component, Usage) or (
        isinstance(component, Share) and component.percent is not None
    )
    if is_priced_otherwise:
        if component.prices:
            raise InvalidValue("is priced in another way; it has no list price", field=place)
        return
    if not component.prices:
        raise InvalidValue("has no price", field=place)
    for price in component.prices:
        require_price(price.amount, f"{place}, price")
        if price.valid_to is not None and price.valid_to <= price.valid_from:
            raise InvalidValue(
                f"ends on {price.valid_to}, not after it starts", field=f"{place}, price from", value=price.valid_from
            )
    ordered = sorted(component.prices, key=lambda price: (price.customer_class, price.valid_from))
    for earlier, later in pairwise(ordered):
        if earlier.customer_class != later.customer_class:
            continue
        if earlier.valid_to is None or earlier.valid_to > later.valid_from:
            raise InvalidValue(
                f"overlaps the price valid from {earlier.valid_from}; end that one first",
                field=f"{place}, price from",
                value=later.valid_from,
            )
