"""Tariffs as they are written in YAML: in scenarios, and in the catalogue that is exported and imported.

    - code: net-100
      components:
        - {code: monthly, kind: recurring, price: "249.95", every: 1 month, align: account, in: advance, vat: "20"}
        - {code: move-down, kind: one-off, at: downgrade, price: "20"}
        - {code: early-end, kind: one-off, at: termination, price: "240", committed_months: 24, falls: true}
        - {code: data, kind: usage, model: graduated, tiers: [{up_to: "10", unit: "10", flat: "2"}, {unit: "5"}]}

The words are those of the core's own structs (`adapters.edge.words`). Everything is taken as written, and an unknown
key is an error that names its place. Refusals of the rules name their place, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import msgspec

from adapters.edge.faults import FaultAt, Part
from adapters.edge.values import Kept
from billing_core.catalogue.components import AnyComponent, Usage, require_components
from billing_core.catalogue.hold_terms import require_hold_terms
from billing_core.catalogue.parameters import require_parameters
from billing_core.catalogue.tariffs import PriceListCourse, Tariff, require_days, require_tariff
from billing_core.kernel.errors import BillingError
from billing_core.parties.details import require_currency

# Words of the rules for what is written otherwise.
WRITTEN = {"VAT rate": "vat", "valid from": "from", "commitment": "committed_months", "price from": "from"}


def require_chargeable(tariff: Tariff) -> None:
    """A price list that the rules accept, with all its revisions; else a fault at the place that is wrong."""
    with _refused_at(("currency",)):
        require_currency(tariff.currency or "EUR")
    with _refused_at(("hold",)):
        require_hold_terms(tariff.hold, tariff.code)
    for what in ("notice_days", "tolerance_days", "warning_days"):
        with _refused_at((what,)):
            require_days(getattr(tariff, what), what.replace("_", " "), tariff.code)
    with _refused_at(("parameters",)):
        require_parameters(tariff.parameters, tariff.code)
    with _refused_at(("components",), tariff.components, tariff.code):
        require_components(tariff.components, tariff.code)
    course = PriceListCourse(msgspec.structs.replace(tariff, revisions=()))
    for number, revision in enumerate(tariff.revisions):
        with _refused_at(("revisions", number, "components"), revision.components, tariff.code):
            course.require_next(revision)
        course.add(revision)


# A tariff of a file; without a currency it is in that of the file.
TariffSchema = Annotated[Tariff, Kept(require_chargeable)]


def tariff_in(tariff: Tariff, currency: str) -> Tariff:
    """The tariff in this currency, unless it names its own."""
    named = msgspec.structs.replace(tariff, currency=tariff.currency or currency)
    require_tariff(named)
    return named


# --- places of what the rules find


@contextmanager
def _refused_at(
    location: tuple[Part, ...], components: Sequence[AnyComponent] = (), tariff: str = ""
) -> Iterator[None]:
    """The rules of price lists, with the place in the file of what they refuse."""
    try:
        yield
    except BillingError as refused:
        value = "" if refused.value is None else f"{refused.value!r}: "
        if location == ("hold",):
            location = ("hold", str(refused.field).rpartition(", ")[2].replace(" ", "_"))
        if refused.field == "revision from":
            location = (*location[:-1], "from")
        raise FaultAt((*location, *_location(refused, components, tariff)), f"{value}{refused.message}") from None


def _location(refused: BillingError, components: Sequence[AnyComponent], tariff: str) -> tuple[Part, ...]:
    """Where in the components a refusal belongs, by its field: `tariff net, component data, tier 2, unit`."""
    field = f"{refused.field}, "
    if refused.field == "component":
        named = [number for number, component in enumerate(components) if component.code == refused.value]
        return (named[-1], "code") if named else ()
    named = [
        number
        for number, each in enumerate(components)
        if field.startswith(f"tariff {tariff}, component {each.code}, ")
    ]
    if not named:
        return ()
    number = max(named, key=lambda number: len(components[number].code))
    names = field.removeprefix(f"tariff {tariff}, component {components[number].code}, ").split(", ")[:-1]
    return (number, *_inside(names, refused, components[number]))


def _inside(names: Sequence[str], refused: BillingError, component: AnyComponent) -> tuple[Part, ...]:
    """The place in a component; what a usage model holds may be written flat or under the name of the model."""
    if not names:
        return ("price",) if "price" in refused.message else ()
    inside: list[Part] = []
    if isinstance(component, Usage) and names[0] not in ("allowance", "quota"):
        inside.append(str(component.pricing.__struct_config__.tag))
    if names[0] in ("price", "price from"):
        inside += _in_prices(refused, component)
    for name in names:
        if found := re.fullmatch(r"(tier|phase) ([0-9]+)", name):
            inside += [f"{found[1]}s", int(found[2]) - 1]
        else:
            inside.append(WRITTEN.get(name, name.replace(" ", "_")))
    return tuple(inside)


def _in_prices(refused: BillingError, component: AnyComponent) -> list[Part]:
    """Which of the prices is refused."""
    for number, price in reversed(list(enumerate(component.prices))):
        if refused.value in (str(price.amount), str(price.valid_from)):
            return ["prices", number]
    return []
