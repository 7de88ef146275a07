"""Announced changes: other list prices, or other components, from a date on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from billing_core.billing.repricing import (
    Repricing,
    repricing,
    with_prices,
)
from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.tariffs import Catalogue, Revision, Tariff, revise_tariff, revised, tariff_named
from billing_core.kernel.errors import BillingError, InvalidValue, NotFound


class PriceChange(NamedTuple):
    """Other list prices of some components of a tariff, or all its components anew, from a date on."""

    place: str
    tariff: str
    valid_from: date
    prices: Mapping[str, Decimal]
    components: tuple[AnyComponent, ...] = ()


def decided(changes: Sequence[PriceChange], catalogue: Catalogue) -> list[Repricing]:
    """The revisions, each with the tariff before it; a refusal names its place."""
    known: dict[str, Tariff] = dict(catalogue)
    found = []
    listed: set[tuple[str, date]] = set()
    for change in changes:
        try:
            _require_once(change, listed)
            tariff = tariff_named(known, change.tariff)
            revision = (
                Revision(valid_from=change.valid_from, components=change.components)
                if change.components
                else with_prices(tariff, change.prices, change.valid_from)
            )
            if revise_tariff(tariff, revision):
                known[tariff.code] = revised(tariff, revision)
            elif revision not in tariff.revisions:
                raise InvalidValue("changes nothing of the price list", field="tariff", value=tariff.code)
        except BillingError as error:
            kind = NotFound if isinstance(error, NotFound) else InvalidValue
            raise kind(str(error), field=change.place) from None
        found.append(repricing(tariff, revision))
    return found


def _require_once(change: PriceChange, listed: set[tuple[str, date]]) -> None:
    if (change.tariff, change.valid_from) in listed:
        raise InvalidValue(f"is listed twice from {change.valid_from} on; write all its prices in one entry",
                           field="tariff", value=change.tariff)  # fmt: skip
    listed.add((change.tariff, change.valid_from))
