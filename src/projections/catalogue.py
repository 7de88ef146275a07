"""What is each tariff and each product called, under what does it stand, and is it still sold?

Prices stay in the events: what something costs is for the rules to say, which read all revisions of a price list.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from billing_core.catalogue.products import ProductDefined
from billing_core.catalogue.tariffs import Tariff, TariffClosed, TariffPublished, TariffReopened
from billing_core.kernel.events import Event
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns

SPEED = "speed"
INSERT_TARIFFS = """
    INSERT INTO tariffs (code, name, product, currency, includes_vat, speed, closed_from)
    SELECT *, NULL FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::bool[], %b::text[])
"""
CLOSE_TARIFFS = """
    UPDATE tariffs SET closed_from = change.closed_from
    FROM unnest(%b::text[], %b::date[]) AS change (code, closed_from) WHERE tariffs.code = change.code
"""
DEFINE_PRODUCTS = """
    INSERT INTO products (code, name, parent) SELECT * FROM unnest(%b::text[], %b::text[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, parent = excluded.parent
"""


class Tariffs:
    """Tariffs and products by their codes. The speed is what the tariff fixes as its parameter `speed`."""

    name = "tariffs"
    version = 2
    tables = ("tariffs", "products")
    by_stream = True
    definition = """
        CREATE TABLE tariffs (
            code text COLLATE "C" PRIMARY KEY, name text NOT NULL, product text COLLATE "C" NOT NULL,
            currency text NOT NULL, includes_vat boolean NOT NULL, speed text NOT NULL, closed_from date);
        CREATE TABLE products (code text COLLATE "C" PRIMARY KEY, name text NOT NULL, parent text NOT NULL);
    """
    indexes = ""
    streams = ("tariff", "product")
    folds: tuple[type[Event], ...] = (TariffPublished, TariffClosed, TariffReopened, ProductDefined)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        published: list[tuple[Any, ...]] = []
        closed: dict[str, date | None] = {}
        products: dict[str, tuple[str, str, str]] = {}
        for entry in page:
            match entry.event:
                case TariffPublished(tariff=new):
                    published.append(_row(new))
                case TariffClosed(tariff=tariff, effective_on=on):
                    closed[tariff] = on
                case TariffReopened(tariff=tariff):
                    closed[tariff] = None
                case ProductDefined(product=product):
                    products[product.code] = product.code, product.name, product.parent
        if published:
            cursor.execute(INSERT_TARIFFS, as_columns(published, 6))
        if closed:
            cursor.execute(CLOSE_TARIFFS, as_columns(closed.items(), 2))
        if products:
            cursor.execute(DEFINE_PRODUCTS, as_columns(products.values(), 3))


def _row(new: Tariff) -> tuple[Any, ...]:
    fixed = {parameter.code: parameter.value for parameter in new.parameters}
    return new.code, new.name, new.product, new.currency, new.prices_include_vat, fixed.get(SPEED) or ""


AREA = Area(true_by_date=(Tariffs(),))
