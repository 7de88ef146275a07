"""A revision of a tariff, tried on an account before it is published."""

from __future__ import annotations

from datetime import date

import msgspec

from adapters.bootstrap.origins import origin_of_process
from adapters.edge.models import read_value
from adapters.views.persons import Persons
from adapters.views.query import Queries, Query, Reading
from billing_core.catalogue.components import AnyComponent
from billing_core.catalogue.tariffs import Revision
from billing_core.kernel.errors import InvalidValue
from commands.catalogue import ReviseTariff
from commands.platform.concerns import Concern, Concerns, Named
from commands.price_changes.simulated import Simulation, simulated


class SimulateRevision(Query, frozen=True, kw_only=True):
    """The bills of an account in the next twelve months: as they are now, and if a tariff had other components from a
    date on. `components` is the list of them as JSON, in the words of `publish-revision`.
    """

    account: str
    tariff: str
    valid_from: date
    components: str


def _simulate(query: SimulateRevision, reading: Reading) -> Simulation:
    revision = Revision(valid_from=query.valid_from, components=_components(query.components))
    command = ReviseTariff(tariff=query.tariff, revision=revision)
    return simulated(reading.app.bus, query.account, command, origin_of_process(reading.actor, reading.today))


def _components(written: str) -> tuple[AnyComponent, ...]:
    try:
        listed = msgspec.json.decode(written)
    except msgspec.DecodeError:
        raise InvalidValue("is no JSON", field="components", value=written[:100]) from None
    components: tuple[AnyComponent, ...] = read_value(tuple[AnyComponent, ...], listed)
    return components


QUERIES: Queries = {SimulateRevision: _simulate}
PERSONS: Persons = {SimulateRevision: lambda query, simulation, reading: [simulation.customer]}
CONCERNS: Concerns = {SimulateRevision: Concern("named", (Named("account", ("account",)),))}
