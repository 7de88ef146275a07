"""Tariffs as they are written in YAML: in scenarios, and in the catalogue that is exported and imported.

    - code: net-100
      components:
        - {code: monthly, kind: recurring, price: "249.95", every: 1 month, align: account, in: advance, vat: "20"}
        - {code: data, kind: usage, model: graduated, tiers: [{up_to: "10", unit: "10", flat: "2"}, {unit: "5"}]}

All that is written is taken as written, and anything that is not known is an error that names its place. What the rules
of price lists refuse is named with its place, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import Field, model_validator

from adapters.files.components import MODELS, AnyWritten, Text, Written, WrittenComponent, written_component
from adapters.files.written_yaml import FaultAt, Part
from billing_core.catalogue.components import AnyComponent, require_components
from billing_core.catalogue.tariffs import Revision, Tariff, require_tariff
from billing_core.errors import InvalidValue
from commands.bus import BusinessDate


class WrittenRevision(Written):
    """The components from a day on."""

    from_on: BusinessDate = Field(alias="from")
    components: Sequence[AnyWritten]

    def core(self) -> Revision:
        return Revision(valid_from=self.from_on, components=_components(self.components))


class WrittenTariff(Written):
    """A price list; without a name the code is the name, without a currency it is in that of the file."""

    code: Text
    name: str = ""
    currency: str = ""
    prices_include_vat: bool = False
    components: Sequence[AnyWritten]
    revisions: Sequence[WrittenRevision] = ()

    @model_validator(mode="after")
    def _can_be_charged(self) -> WrittenTariff:
        _require(self.components, self.code, ("components",))
        for number, revision in enumerate(self.revisions):
            _require(revision.components, self.code, ("revisions", number, "components"))
        return self


def tariff_from(written: WrittenTariff, currency: str) -> Tariff:
    """The tariff that is written, in this currency unless it names its own."""
    tariff = Tariff(
        code=written.code,
        name=written.name or written.code,
        currency=written.currency or currency,
        components=_components(written.components),
        prices_include_vat=written.prices_include_vat,
        revisions=tuple(revision.core() for revision in written.revisions),
    )
    require_tariff(tariff)
    return tariff


def _components(written: Sequence[WrittenComponent]) -> tuple[AnyComponent, ...]:
    return tuple(component.core() for component in written)


def written_from(tariff: Tariff) -> dict[str, Any]:
    """A tariff in the words of a file; read again it is the same tariff."""
    written = WrittenTariff(
        code=tariff.code,
        name="" if tariff.name == tariff.code else tariff.name,
        currency=tariff.currency,
        prices_include_vat=tariff.prices_include_vat,
        components=[written_component(component) for component in tariff.components],
        revisions=tuple(
            WrittenRevision(
                from_on=revision.valid_from,
                components=[written_component(component) for component in revision.components],
            )
            for revision in tariff.revisions
        ),
    )
    plain: dict[str, Any] = written.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return plain


# --- places of what the rules find


def _require(written: Sequence[WrittenComponent], tariff: str, location: tuple[Part, ...]) -> None:
    """The rules of price lists, with the place in the file of what they refuse."""
    try:
        require_components(_components(written), tariff)
    except InvalidValue as refused:
        value = "" if refused.value is None else f"{refused.value!r}: "
        raise FaultAt((*location, *_location(refused, written, tariff)), f"{value}{refused.message}") from None


def _location(refused: InvalidValue, written: Sequence[WrittenComponent], tariff: str) -> tuple[Part, ...]:
    """Where in the components a refusal belongs, by its field: `tariff net, component data, tier 2, unit`."""
    field = f"{refused.field}, "
    if refused.field == "component":
        named = [number for number, component in enumerate(written) if component.code == refused.value]
        return (named[-1], "code") if named else ()
    named = [
        number for number, each in enumerate(written) if field.startswith(f"tariff {tariff}, component {each.code}, ")
    ]
    if not named:
        return ()
    number = max(named, key=lambda number: len(written[number].code))
    names = field.removeprefix(f"tariff {tariff}, component {written[number].code}, ").split(", ")[:-1]
    return (number, *_inside(names, refused, written[number]))


def _inside(names: Sequence[str], refused: InvalidValue, component: WrittenComponent) -> tuple[Part, ...]:
    if not names and "price" in refused.message:
        return ("prices",) if component.prices else ("price",)
    if names and names[0] in ("price", "price from") and component.prices:
        for number, price in reversed(list(enumerate(component.prices))):
            if refused.value in (str(price.amount), str(price.from_on)):
                return "prices", number
    model = tuple(model for model in MODELS if getattr(component, model, None) is not None)
    inside: list[Part] = []
    for name in names:
        if found := re.fullmatch(r"(tier|phase) ([0-9]+)", name):
            inside += [f"{found[1]}s", int(found[2]) - 1]
        else:
            inside.append({"VAT rate": "vat", "valid from": "from", "commitment": "committed_months"}.get(name, name))
    return *model, *(part.replace(" ", "_") if isinstance(part, str) else part for part in inside)
