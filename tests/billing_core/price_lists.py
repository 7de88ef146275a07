"""Price lists in few words, for stories: `tariff("net", monthly("300.00", vat="20"))`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from billing_core.catalogue.allowances import Allowance
from billing_core.catalogue.components import (
    AnyComponent,
    Discount,
    Minimum,
    OneOff,
    Phase,
    Proration,
    Recurring,
    Surcharge,
    Usage,
)
from billing_core.catalogue.prices import Price
from billing_core.catalogue.pricing import UnitPrice, UsagePricing
from billing_core.catalogue.tariffs import Tariff
from billing_core.time.period_rules import PeriodRule
from billing_core.time.periods import SOME_JANUARY, Grid, Period

ALWAYS = date(2020, 1, 1)


def month_with(on: date, billing_day: int) -> Period:
    """The month of an account's grid in which a day lies."""
    return Grid(1, 0, SOME_JANUARY, billing_day).containing(on)


def tariff(code: str, *components: AnyComponent, currency: str = "EUR", with_vat: bool = False) -> Tariff:
    return Tariff(code=code, name=code.title(), currency=currency, components=components, prices_include_vat=with_vat)


def monthly(price: str | Decimal, vat: str = "0", code: str = "monthly") -> AnyComponent:
    """A recurring fee at one price for all time."""
    return _component(code, "recurring", vat, (Price(amount=Decimal(price), valid_from=ALWAYS),))


def once(price: str | Decimal, vat: str = "0", code: str = "installation") -> AnyComponent:
    """A one-off fee at one price for all time."""
    return _component(code, "one-off", vat, (Price(amount=Decimal(price), valid_from=ALWAYS),))


def one_off(price: str, code: str = "device", **how: Any) -> OneOff:
    """A one-off fee by its own rules: `one_off("240.00", at="termination", committed_months=24)`."""
    terms = {"prices": listed(price)} | how
    return OneOff(code=code, name=code, vat_rate=Decimal(0), **terms)


def listed(price: str | Decimal) -> tuple[Price, ...]:
    """One price for all time."""
    return (Price(amount=Decimal(price), valid_from=ALWAYS),)


def fee(
    price: str | Decimal, code: str = "monthly", *, proration: Proration = "whole", is_flat: bool = False,
    is_option: bool = False, phases: tuple[tuple[int, str], ...] = (), vat: str = "0", **rule: Any,
) -> AnyComponent:  # fmt: skip
    """A recurring fee by any period rule: `fee("10.00", unit="week", align="own")`."""
    return Recurring(
        code=code,
        name=f"{code} fee",
        vat_rate=Decimal(vat),
        prices=listed(price),
        period=PeriodRule(**rule),
        proration=proration,
        is_flat=is_flat,
        is_option=is_option,
        phases=tuple(Phase(periods=periods, price=Decimal(amount)) for periods, amount in phases),
    )


def usage(
    pricing: UsagePricing | str, code: str = "data", vat: str = "0", allowance: Allowance | None = None, **rule: Any
) -> AnyComponent:
    """Usage by a model, or at a price for each unit; by the month unless told otherwise."""
    model = UnitPrice(price=Decimal(pricing)) if isinstance(pricing, str) else pricing
    return Usage(
        code=code, name=code, vat_rate=Decimal(vat), pricing=model, allowance=allowance,
        period=PeriodRule(charged_in="arrears", **rule),
    )  # fmt: skip


AnyShare = TypeVar("AnyShare", Discount, Surcharge)


def off(percent: str | None, on: str = "monthly", code: str = "promo", **how: Any) -> Discount:
    """A discount on a component: `off("10")`, or an amount: `off(None, amount="5.00")`."""
    return _share(Discount, percent, on, code, **how)


def on_top(percent: str | None, on: str = "monthly", code: str = "extra", **how: Any) -> Surcharge:
    """A surcharge on a component."""
    return _share(Surcharge, percent, on, code, **how)


def _share(
    kind: type[AnyShare], percent: str | None, on: str, code: str, amount: str | None = None, **how: Any
) -> AnyShare:
    prices = () if amount is None else listed(amount)
    rate = None if percent is None else Decimal(percent)
    return kind(code=code, name=code, vat_rate=Decimal(0), on=tuple(on.split()), percent=rate, prices=prices, **how)


def at_least(
    price: str, on: str = "data", code: str = "minimum", proration: Proration = "whole", **rule: Any
) -> Minimum:
    """A minimum commitment over some components."""
    return Minimum(
        code=code, name=code, vat_rate=Decimal(0), prices=listed(price), on=tuple(on.split()), proration=proration,
        period=PeriodRule(charged_in="arrears", **rule),
    )  # fmt: skip


def monthly_from(prices: dict[str, str], vat: str = "0", code: str = "monthly") -> AnyComponent:
    """A recurring fee whose price changes on the given dates: `{"2020-01-01": "10.00", "2026-06-11": "12.00"}`."""
    starts = sorted(date.fromisoformat(start) for start in prices)
    ends: list[date | None] = [*starts[1:], None]
    return _component(
        code,
        "recurring",
        vat,
        tuple(
            Price(amount=Decimal(prices[start.isoformat()]), valid_from=start, valid_to=end)
            for start, end in zip(starts, ends, strict=True)
        ),
    )


def _component(code: str, kind: str, vat: str, prices: tuple[Price, ...]) -> AnyComponent:
    kinds = {"recurring": Recurring, "one-off": OneOff}
    return kinds[kind](code=code, name=f"{code} fee", vat_rate=Decimal(vat), prices=prices)
