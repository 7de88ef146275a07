"""Products and tariffs, in the words of a catalogue file."""

from __future__ import annotations

from typing import Any

from adapters.edge.models import written
from adapters.views.query import Listing, Page, Queries, Query, Reading, page_of
from billing_core.catalogue.products import Product
from billing_core.catalogue.tariffs import Tariff
from billing_core.catalogue.translations import apply_tariff_texts
from billing_core.kernel.errors import NotFound
from commands.catalogue import tariff_stream
from commands.platform.concerns import SHARED, Concerns


class ListProducts(Listing, frozen=True, kw_only=True):
    """Products in order of code; `parent` of a product is the one above it in the tree."""


class ListTariffs(Listing, frozen=True, kw_only=True):
    """Tariffs in order of code, with all revisions; of one `product` if it is named.

    `closed_from` is the day from which a tariff is closed for new sale.
    """

    product: str = ""


class ShowTariff(Query, frozen=True, kw_only=True):
    """A tariff with all revisions, and the translations of its texts by language, the newest of each."""

    code: str


def _list_products(query: ListProducts, reading: Reading) -> Page[Product]:
    found = sorted(reading.app.models().products().items())
    after = [product for code, product in found if code > query.after]
    return page_of(after, query.limit, lambda product: product.code)


def _list_tariffs(query: ListTariffs, reading: Reading) -> Page[dict[str, Any]]:
    found = [
        _shown(tariff)
        for code, tariff in sorted(reading.app.models().tariffs().items())
        if code > query.after and query.product in ("", tariff.product)
    ]
    return page_of(found, query.limit, lambda tariff: tariff["code"])


def _show_tariff(query: ShowTariff, reading: Reading) -> dict[str, Any]:
    tariff = reading.app.models().tariffs().get(query.code)
    if tariff is None:
        raise NotFound("no such tariff; `billing catalogue show` lists them", field="tariff", value=query.code)
    texts = reading.app.store.load(tariff_stream(query.code), apply_tariff_texts)
    return {**_shown(tariff), "translations": texts.newest if texts else {}}


def _shown(tariff: Tariff) -> dict[str, Any]:
    return {**written(tariff), "closed_from": tariff.closed_from}


QUERIES: Queries = {ListProducts: _list_products, ListTariffs: _list_tariffs, ShowTariff: _show_tariff}
CONCERNS: Concerns = dict.fromkeys(QUERIES, SHARED)
