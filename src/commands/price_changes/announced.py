"""What is announced: other list prices from a date on; and what a price change asks of the outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol
from uuid import UUID

from billing_core.billing.repricing import (
    Repricing,
    repricing,
    with_prices,
)
from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.tariffs import Catalogue, Revision, Tariff, revise_tariff, revised, tariff_named
from billing_core.errors import BillingError, InvalidValue, NotFound
from commands.billing.run_ports import DueAccount


class PriceChange(NamedTuple):
    """Other list prices of some components of a tariff, or all its components anew, from a date on."""

    place: str
    tariff: str
    valid_from: date
    prices: Mapping[str, Decimal]
    components: tuple[AnyComponent, ...] = ()


class PriceChangeList(NamedTuple):
    """Price changes that are decided together, and the id under which they are scheduled once."""

    run_id: UUID
    changes: Sequence[PriceChange]


class Base(Protocol):
    """The live base."""

    def all_accounts(self, after_account: str, limit: int) -> Sequence[DueAccount]:
        """The latest states of all accounts, in order of number."""

    def wait_for(self, position: int) -> None:
        """Return when the states show every event up to the position."""

    def tariffs(self) -> Catalogue:
        """All published tariffs by code."""

    def only_run(self) -> AbstractContextManager[None]:
        """Wait until no billing run is under way, and keep others waiting."""


def decided(listed: PriceChangeList, catalogue: Catalogue) -> list[Repricing]:
    """The revisions, each beside the tariff before it; what a rule refuses is told with its place."""
    known: dict[str, Tariff] = dict(catalogue)
    found = []
    for change in listed.changes:
        try:
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
