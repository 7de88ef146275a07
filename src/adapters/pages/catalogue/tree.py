"""The tree of products with the tariffs on it, and one tariff with all its price lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from adapters.pages.catalogue.components import KINDS, ComponentRow, rows_of, whole
from adapters.pages.page import Shown
from adapters.pages.visit import Visit
from adapters.views.catalogue import ListProducts, ListTariffs, ShowTariff
from adapters.views.query import MOST_AT_ONCE
from commands.catalogue import (
    CloseTariff,
    DefineProduct,
    PublishTariff,
    ReopenTariff,
    ReviseTariff,
    WithdrawRevision,
)

# What the templates ask whether it is permitted.
COMMANDS = {
    each.__name__: each
    for each in (CloseTariff, DefineProduct, PublishTariff, ReopenTariff, ReviseTariff, WithdrawRevision)
}


class Branch(NamedTuple):
    """A product with its depth in the tree and the tariffs on it; without a product, those that hang on none."""

    product: Any
    depth: int
    tariffs: Sequence[Mapping[str, Any]]


class PriceListShown(NamedTuple):
    """A version of a tariff: the days on which it holds, its state on today, and its components."""

    from_on: date | None
    to_on: date | None
    state: str
    rows: Sequence[ComponentRow]


def tree(visit: Visit) -> Shown:
    """All products and tariffs."""
    products = visit.ask(ListProducts, limit=MOST_AT_ONCE).items
    tariffs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in visit.ask(ListTariffs, limit=MOST_AT_ONCE).items:
        tariffs[each.get("product", "")].append(whole(each))
    branches = list(_below("", 0, products, tariffs))
    if tariffs[""]:
        branches.append(Branch(None, 0, tariffs[""]))
    shown = {"branches": branches, "rows_now": lambda each: _now(each, visit.today), **COMMANDS}
    return Shown("catalogue/tree.html", shown)


def _below(parent: str, depth: int, products: Sequence[Any], tariffs: Mapping[str, Any]) -> Iterator[Branch]:
    for product in products:
        if product.parent == parent:
            yield Branch(product, depth, tariffs.get(product.code, ()))
            yield from _below(product.code, depth + 1, products, tariffs)


def tariff(visit: Visit) -> Shown:
    """A tariff, the newest price list first."""
    found = whole(visit.ask(ShowTariff, code=visit.path["code"]))
    versions = price_lists(found, visit.today)
    return Shown("catalogue/tariff.html", {"tariff": found, "versions": versions[::-1], "kinds": KINDS, **COMMANDS})


def price_lists(found: Mapping[str, Any], today: date) -> list[PriceListShown]:
    """The versions of a tariff in the order of their dates."""
    revisions: list[tuple[date | None, Any]] = [(None, found["components"])]
    revisions += [(date.fromisoformat(each["from"]), each["components"]) for each in found["revisions"]]
    ends: list[date | None] = [from_on for from_on, _ in revisions[1:]]
    shown = []
    for (from_on, components), to_on in zip(revisions, [*ends, None], strict=True):
        if from_on is not None and from_on > today:
            state = "coming"
        else:
            state = "past" if to_on is not None and to_on <= today else "now"
        shown.append(PriceListShown(from_on, to_on, state, rows_of(components, from_on or today)))
    return shown


def _now(found: Mapping[str, Any], today: date) -> Sequence[ComponentRow]:
    return next(each.rows for each in price_lists(found, today) if each.state == "now")
