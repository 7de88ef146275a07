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
from billing_core.catalogue.prices import Price, require_price
from billing_core.catalogue.pricing import Destinations, Percentage, UsagePricing, require_pricing
from billing_core.catalogue.quotas import Quota, require_quota
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.repetitions import first_repeated
from billing_core.kernel.vat_rates import require_vat_rate
from billing_core.parties.details import require_text
from billing_core.time.period_rules import MONTHLY, MONTHLY_IN_ARREARS, PeriodRule, require_period_rule

Proration = Literal["whole", "sliced", "fixed-30", "none"]
Trigger = Literal[
    "activation", "termination", "hold", "suspension", "resumption", "tariff-change", "upgrade", "downgrade"
]
Measured = Literal["units", "seconds", "bytes", "MB"]
OnTariffChange = Literal["keep", "restart", "refuse"]

MOST_PERIODS = 600
MOST_INSTALMENTS = 120
# The code for everything charged by the period, and the kinds over which an amount cannot be split in advance.
ON_EVERYTHING = ("all",)
CHARGED_BY_USE = ("usage", "minimum")

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
    channel, is charged on those days only on which the subscription has chosen it. A fee `while_held` is charged on the
    days of a hold only, whatever the percentage of the other ones: with a period of a day it is the price per day.
    """

    period: PeriodRule = MONTHLY
    proration: Proration = "whole"
    is_flat: bool = False
    phases: tuple[Phase, ...] = ()
    is_option: bool = False
    while_held: bool = False


class OneOff(Component, frozen=True, kw_only=True, omit_defaults=True, tag="one-off"):
    """A fee each time its trigger occurs, once or in monthly instalments.

    At a change of tariff it is the fee of the tariff that is left: at any change, at an upgrade to a dearer tariff, or
    at a downgrade to a cheaper one.

    A fee at termination may depend on a commitment: it is due only if the subscription ends before so many months from
    the first day on which the fee is in force. A declining one falls by an equal part with each month that is complete:
    the fee for early termination, or what is still to pay of a subsidised device. `on_tariff_change`: a change of
    tariff keeps the commitment, restarts it, or is refused before its end.
    """

    at: Trigger = "activation"
    instalments: int = 1
    committed_months: int = 0
    declining: bool = False
    on_tariff_change: OnTariffChange = "keep"


class Usage(Component, frozen=True, kw_only=True, omit_defaults=True, tag="usage"):
    """Usage within each period, priced by a model; charged after the end of the period.

    Units of the allowance are included: the model prices what is used beyond them. A quota says what becomes of the
    service as more is used; it is no price. `measured_in` says what a record of a source counts as: the units that it
    metered, its seconds, or its bytes in both directions, as bytes or MB (of 1,000,000).
    """

    pricing: UsagePricing
    measured_in: Measured = "units"
    period: PeriodRule = MONTHLY_IN_ARREARS
    allowance: Allowance | None = None
    quota: Quota | None = None


class Share(Component, frozen=True, kw_only=True, omit_defaults=True):
    """A part of other components: `percent` of each, or an amount per period on all of them together.

    An amount on several fees is split over their prices. It may be on `all`, everything that is charged by the period.
    It holds on the days `[valid_from, valid_to)` and for the first `billed_periods` that cost anything. `bundle` names
    tariffs that the account must have in addition to this one on a day on which it holds.
    """

    on: tuple[str, ...]
    percent: Decimal | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    billed_periods: int | None = None
    bundle: tuple[str, ...] = ()

    def is_on(self, component: Component) -> bool:
        """Whether it is on a component; one on everything is on all that is charged by the period."""
        if self.on == ON_EVERYTHING:
            return isinstance(component, Recurring) or (self.percent is not None and component.kind in CHARGED_BY_USE)
        return component.code in self.on

    @property
    def is_on_one(self) -> bool:
        """Whether its price depends on one component alone: a percentage, or an amount on one."""
        return self.percent is not None or (len(self.on) == 1 and self.on != ON_EVERYTHING)

    def has_terms_of(self, other: Share) -> bool:
        """Whether it has the same code and costs the same; its name and the other components that it is on do not
        count.
        """
        return (self.kind, self.code, self.percent, self.prices, self.billed_periods) == (
            other.kind, other.code, other.percent, other.prices, other.billed_periods,
        )  # fmt: skip


class Discount(Share, frozen=True, kw_only=True, omit_defaults=True, tag="discount"):
    """It is taken off; never more than what is left of the components it is on."""


class Surcharge(Share, frozen=True, kw_only=True, omit_defaults=True, tag="surcharge"):
    """It is added."""


class Minimum(Component, frozen=True, kw_only=True, omit_defaults=True, tag="minimum"):
    """The minimum that the components named in `on` are charged in each period; the rest is charged after its end."""

    on: tuple[str, ...]
    period: PeriodRule = MONTHLY_IN_ARREARS
    proration: Proration = "whole"


AnyComponent = Recurring | OneOff | Usage | Discount | Surcharge | Minimum

# --- what a price list may hold


def require_components(components: tuple[AnyComponent, ...], tariff: str) -> None:
    """A price list that can be charged, or `InvalidValue` naming tariff, component and what to mend."""
    if not components:
        raise InvalidValue("needs at least one component", field="tariff", value=tariff)
    if twice := first_repeated(component.code for component in components):
        raise InvalidValue("stands twice in the tariff", field="component", value=twice[1])
    for component in components:
        place = f"tariff {tariff}, component {component.code}"
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
                _require_account_months(component, place)
                _require_measured(component, place)
                if component.allowance is not None:
                    _require_priced_by_quantity(component, place)
                    require_allowance(component.allowance, f"{place}, allowance")
                if component.quota is not None:
                    require_quota(component.quota, f"{place}, quota")
                    _require_counted_in(component, component.quota, place)
            case Discount() | Surcharge():
                require_share(component, place)
                if component.on != ON_EVERYTHING:
                    _require_charged_by_period(component.on, components, place)
                require_splittable(component, components, place)
            case Minimum():
                require_period_rule(component.period, place)
                _require_arrears(component.period, place)
                _require_counted(component, components, place)


def _require_arrears(rule: PeriodRule, place: str) -> None:
    if rule.charged_in != "arrears":
        raise InvalidValue("is known when the period is over; charge it in arrears", field=f"{place}, in",
                           value=rule.charged_in)  # fmt: skip


def _require_account_months(component: Usage, place: str) -> None:
    """A shared package has its units once a month of the account, so all that share it are charged by that month."""
    packages = component.pricing.packages if isinstance(component.pricing, Destinations) else ()
    shared = next((package.code for package in packages if package.is_shared), None)
    rule = component.period
    is_by_month = (rule.months, rule.align, rule.anchor_on) == (1, "account", None)
    if shared is not None and (not is_by_month or rule.first_stub == "full-then-prorate"):
        raise InvalidValue("is shared by services of an account, so its component is charged by the month of the "
                           "account; leave the period out, or share no package",
                           field=f"{place}, package {shared}", value=rule.every)  # fmt: skip


def _require_counted_in(component: Usage, quota: Quota, place: str) -> None:
    """A quota counts what a price list of destinations counts: seconds, bytes or items."""
    if isinstance(component.pricing, Destinations):
        counted = component.pricing.counts.removesuffix("s")
        if (quota.counted_in or quota.unit) != counted:
            raise InvalidValue(f"is not what the price list counts; write {counted}",
                               field=f"{place}, quota, counted in", value=quota.counted_in)  # fmt: skip


def _require_measured(component: Usage, place: str) -> None:
    """What counts usage events, or prices each record, looks at records and not at what they sum to."""
    if component.measured_in != "units" and isinstance(component.pricing, Destinations | Percentage):
        raise InvalidValue("is for prices of a quantity; this price looks at each record",
                           field=f"{place}, measured in", value=component.measured_in)  # fmt: skip


def _require_priced_by_quantity(component: Usage, place: str) -> None:
    if isinstance(component.pricing, Destinations):
        raise InvalidValue("is for prices of a quantity; a price list of destinations has packages",
                           field=f"{place}, allowance")  # fmt: skip


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
    if component.declining and not component.committed_months:
        raise InvalidValue("declines only over a commitment; set committed_months", field=f"{place}, falls")
    if component.on_tariff_change != "keep" and not component.committed_months:
        raise InvalidValue("applies to a commitment only; set committed_months", field=f"{place}, on tariff change",
                           value=component.on_tariff_change)  # fmt: skip


def require_share(share: Discount | Surcharge, place: str) -> None:
    """A percentage from 0 to 100 or an amount, on at least one component."""
    if not share.on:
        raise InvalidValue("names no component it is on", field=place)
    if (share.percent is None) == (not share.prices):
        raise InvalidValue("has either a percentage or an amount", field=place)
    if share.percent is not None and not 0 <= share.percent <= 100:
        raise InvalidValue("must be 0 to 100", field=f"{place}, percent", value=share.percent)
    if share.billed_periods is not None and not 1 <= share.billed_periods <= MOST_PERIODS:
        raise InvalidValue(f"must be 1 to {MOST_PERIODS}", field=f"{place}, billed periods",
                           value=share.billed_periods)  # fmt: skip
    if share.valid_from is not None and share.valid_to is not None and share.valid_to <= share.valid_from:
        raise InvalidValue(f"ends on {share.valid_to}, not after it starts", field=f"{place}, valid from",
                           value=share.valid_from)  # fmt: skip


def require_splittable(share: Discount | Surcharge, components: tuple[AnyComponent, ...], place: str) -> None:
    """An amount on several components is split over fees with periods of one length."""
    if share.is_on_one:
        return
    on = [component for component in components if share.is_on(component)]
    other = next((component for component in on if not isinstance(component, Recurring)), None)
    if other is not None:
        raise InvalidValue(f"is {other.kind}; an amount on several components is split over recurring fees, so name "
                           "fees, or give a percentage", field=f"{place}, on", value=other.code)  # fmt: skip
    lengths = {component.period.every for component in on if isinstance(component, Recurring)}
    if len(lengths) != 1:
        raise InvalidValue(f"needs recurring fees with periods of one length; here are {sorted(lengths) or 'none'}",
                           field=f"{place}, on", value=", ".join(share.on))  # fmt: skip


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
    same_grid = _grid_of(inner) == _grid_of(outer)
    inner_length, outer_length = (inner.months, outer.months) if inner.months else (inner.days, outer.days)
    return same_grid and outer_length > 0 and outer_length % inner_length == 0


def _grid_of(rule: PeriodRule) -> tuple[object, ...]:
    """The terms that decide where the boundaries lie, apart from the length of a period."""
    return rule.align, rule.anchor_on, rule.first_stub if rule.first_stub in ("join", "full-then-prorate") else ""


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
