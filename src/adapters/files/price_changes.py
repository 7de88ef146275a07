"""Announced price changes as YAML, for `billing price-change`.

price_changes:
  - {tariff: net, from: 2027-01-01, prices: {monthly: "21.90"}}      # all else of the tariff stays
  - tariff: tv
    from: 2027-01-01
    components:                     # all components from that date on, in the words of `adapters.files.tariffs`
      - {code: monthly, kind: recurring, price: "9.90", vat: "20"}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from adapters.edge.values import AT_LEAST_ONE
from adapters.files.yaml_documents import FilePart, read_document
from billing_core.catalogue.components import AnyComponent
from commands.price_changes.announced import PriceChange


class PriceChangeSchema(FilePart, frozen=True, kw_only=True):
    tariff: str
    valid_from: date
    prices: Mapping[str, Decimal] = {}
    components: tuple[AnyComponent, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.prices) == bool(self.components):
            raise ValueError("needs either prices by component, or all components")


class PriceChangeFile(FilePart, frozen=True, kw_only=True):
    price_changes: Annotated[tuple[PriceChangeSchema, ...], AT_LEAST_ONE]


def read_price_changes(path: Path) -> list[PriceChange]:
    """The price changes in a file; every fault of it, each with line and place, in one `InvalidValue`."""
    document = read_document(path)
    listed = document.read_as(PriceChangeFile)
    return [
        PriceChange(
            place=document.placed(("price_changes", number)),
            tariff=entry.tariff,
            valid_from=entry.valid_from,
            prices=entry.prices,
            components=entry.components,
        )
        for number, entry in enumerate(listed.price_changes)
    ]
