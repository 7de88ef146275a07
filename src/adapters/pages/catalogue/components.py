"""Components of a price list as rows: what is charged, how, and its price; the words of the API are read as they are.

{"code": "fee", "kind": "recurring", "vat": "20", "price": "20.00"}             fee, each month in advance, 20.00
{"code": "box", "kind": "one-off", "vat": "20", "price": "5", "at": "hold"}     box, once at a hold, 5
{"code": "off", "kind": "discount", "on": ["fee"], "percent": "10"}             off, on fee, 10 %
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from adapters.pages.page import N_

KINDS = {
    "recurring": N_("fee"),
    "one-off": N_("once"),
    "usage": N_("usage"),
    "discount": N_("discount"),
    "surcharge": N_("surcharge"),
    "minimum": N_("minimum"),
}
HIDDEN = {"code", "kind", "name", "vat", "price", "prices"}


# Words of a tariff that are left out where they say nothing.
USUAL = {"name": "", "product": "", "prices_include_vat": False, "notice_days": 0, "closed_from": None, "revisions": ()}


def whole(tariff: Mapping[str, Any]) -> dict[str, Any]:
    """A tariff with all its words."""
    return {**USUAL, **tariff}


class ComponentRow(NamedTuple):
    """A component as a row: `price` is None if it has no single list price, `details` are its other terms."""

    code: str
    name: str
    kind: str
    vat: str
    price: str | None
    classes: Sequence[tuple[str, str]]
    details: Sequence[tuple[str, str]]


def rows_of(components: Sequence[Mapping[str, Any]], on: date) -> list[ComponentRow]:
    """The rows of a price list as it is on a day."""
    return [row_of(component, on) for component in components]


def row_of(component: Mapping[str, Any], on: date) -> ComponentRow:
    """The row of a component on a day."""
    prices = held_prices(component, on)
    plain = next((price for customer_class, price in prices if not customer_class), None)
    details = [(word, _said(value)) for word, value in component.items() if word not in HIDDEN]
    return ComponentRow(
        component["code"], component.get("name") or component["code"], component["kind"], component["vat"], plain,
        [(customer_class, price) for customer_class, price in prices if customer_class], details,
    )  # fmt: skip


def held_prices(component: Mapping[str, Any], on: date) -> list[tuple[str, str]]:
    """The prices that hold on a day, each with the class of customers that it is for."""
    if "price" in component:
        return [("", component["price"])]
    day = on.isoformat()
    return [
        (price.get("customer_class", ""), price["price"])
        for price in component.get("prices", ())
        if price.get("from", "") <= day < price.get("to", "9999-12-31")
    ]


def has_one_price(component: Mapping[str, Any]) -> bool:
    """Whether it has a list price that is the same for all classes of customers, which can be changed in one field."""
    return "price" in component or (
        bool(component.get("prices")) and not any(price.get("customer_class") for price in component["prices"])
    )


def with_price(component: Mapping[str, Any], price: str) -> dict[str, Any]:
    """The component with one list price that holds always."""
    return {**{word: value for word, value in component.items() if word != "prices"}, "price": price}


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{word.replace('_', ' ')} {_said(each)}" for word, each in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(map(_said, value))
    return "yes" if value is True else "no" if value is False else str(value)
