"""The streams of price lists, as those know them that publish lists, and those that publish tariffs which name them."""

from __future__ import annotations

from collections.abc import Iterable

from billing_core.catalogue.components import AnyComponent
from billing_core.usage.price_lists.tariff_lists import require_lists
from billing_core.usage.price_lists.versions import ListVersions, apply_price_list
from commands.platform.ports import Transaction

PRICE_LISTS = "price-list/"


def price_list_stream(code: str) -> str:
    return f"{PRICE_LISTS}{code}"


def load_price_list(transaction: Transaction, code: str) -> tuple[ListVersions | None, int]:
    """The versions of a list, and the version of its stream."""
    return transaction.load(price_list_stream(code), apply_price_list)


def require_lists_of(components: Iterable[AnyComponent], currency: str, transaction: Transaction) -> None:
    """The price lists that the components of a tariff name can price them."""
    require_lists(components, currency, lambda code: load_price_list(transaction, code)[0])
