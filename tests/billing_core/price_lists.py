"""Price lists in few words, for stories: `tariff("net", monthly("300.00", vat="20"))`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.billing.periods import SOME_JANUARY, Grid, Period
from billing_core.catalogue.components import AnyComponent, OneOff, Recurring
from billing_core.catalogue.prices import Price
from billing_core.catalogue.tariffs import Tariff

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
