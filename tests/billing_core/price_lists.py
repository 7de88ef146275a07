"""Price lists in few words, for stories: `tariff("net", monthly("300.00", vat="20"))`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing_core.catalogue import Component, ComponentKind, Price, Tariff

ALWAYS = date(2020, 1, 1)


def tariff(code: str, *components: Component, currency: str = "EUR", with_vat: bool = False) -> Tariff:
    return Tariff(code=code, name=code.title(), currency=currency, components=components, prices_include_vat=with_vat)


def monthly(price: str | Decimal, vat: str = "0", code: str = "monthly") -> Component:
    """A recurring fee at one price for all time."""
    return _component(code, "recurring", vat, (Price(amount=Decimal(price), valid_from=ALWAYS),))


def once(price: str | Decimal, vat: str = "0", code: str = "installation") -> Component:
    """A one-off fee at one price for all time."""
    return _component(code, "one-off", vat, (Price(amount=Decimal(price), valid_from=ALWAYS),))


def monthly_from(prices: dict[str, str], vat: str = "0", code: str = "monthly") -> Component:
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


def _component(code: str, kind: ComponentKind, vat: str, prices: tuple[Price, ...]) -> Component:
    return Component(code=code, name=f"{code} fee", kind=kind, vat_rate=Decimal(vat), prices=prices)
