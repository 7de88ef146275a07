"""Announced price changes as YAML, for `billing price-change`.

price_changes:
  - {tariff: net, from: 2027-01-01, prices: {monthly: "21.90"}}      # all else of the tariff stays
  - tariff: tv
    from: 2027-01-01
    components:                     # all components from that date on, in the words of `adapters.files.components`
      - {code: monthly, kind: recurring, price: "9.90", vat: "20"}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from adapters.files.components import AnyWritten
from adapters.files.tariffs import components_from
from adapters.files.written_yaml import Exact, Text, Written, read_document
from commands.platform.bus import BusinessDate
from commands.price_changes.announced import PriceChange


class WrittenPriceChange(Written):
    tariff: Text
    from_on: BusinessDate = Field(alias="from")
    prices: Mapping[Text, Exact] = {}
    components: Sequence[AnyWritten] = ()

    @model_validator(mode="after")
    def _says_what_changes(self) -> WrittenPriceChange:
        if bool(self.prices) == bool(self.components):
            raise ValueError("needs either prices by component, or all components")
        return self


class WrittenPriceChanges(Written):
    price_changes: Annotated[Sequence[WrittenPriceChange], Field(min_length=1)]


def read_price_changes(path: Path) -> list[PriceChange]:
    """The price changes in a file; every fault of it, each with line and place, in one `InvalidValue`."""
    document = read_document(path)
    written = document.read_as(WrittenPriceChanges)
    return [
        PriceChange(
            place=document.placed(("price_changes", number)),
            tariff=entry.tariff,
            valid_from=entry.from_on,
            prices=entry.prices,
            components=components_from(entry.components),
        )
        for number, entry in enumerate(written.price_changes)
    ]
