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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from pydantic import Field, model_validator

from adapters.files.components import AnyWritten, WrittenComponent, written_component
from adapters.files.pricing import MODELS
from adapters.files.written_yaml import ZERO, Exact, FaultAt, Part, Text, Written
from billing_core.catalogue.components import AnyComponent, require_components
from billing_core.catalogue.parameters import Parameter, require_parameters
from billing_core.catalogue.tariffs import (
    HoldTerms,
    Revision,
    Tariff,
    require_hold_terms,
    require_tariff,
    revise_tariff,
    revised,
)
from billing_core.kernel.errors import BillingError
from billing_core.parties import require_currency
from commands.platform.bus import BusinessDate


class WrittenRevision(Written):
    """The components from a day on."""

    from_on: BusinessDate = Field(alias="from")
    components: Sequence[AnyWritten]

    def core(self) -> Revision:
        return Revision(valid_from=self.from_on, components=components_from(self.components))


class WrittenParameter(Written):
    """Fixed in the tariff where it has a value, else asked at activation."""

    code: Text
    name: str = ""
    value: Text | None = None
    optional: bool = False

    def core(self) -> Parameter:
        return Parameter(code=self.code, name=self.name, value=self.value, is_optional=self.optional)


class WrittenHold(Written):
    """How long the service may be paused, and what goes on meanwhile."""

    least_days: int = 1
    most_days: int | None = None
    most_days_a_year: int | None = None
    charge_percent: Exact = ZERO

    def core(self) -> HoldTerms:
        return HoldTerms(
            least_days=self.least_days,
            most_days=self.most_days,
            most_days_a_year=self.most_days_a_year,
            charge_percent=self.charge_percent,
        )


class WrittenTariff(Written):
    """A price list; without a name the code is the name, without a currency it is in that of the file."""

    code: Text
    name: str = ""
    currency: str = ""
    product: str = ""
    prices_include_vat: bool = False
    parameters: Sequence[WrittenParameter] = ()
    hold: WrittenHold | None = None
    components: Sequence[AnyWritten]
    revisions: Sequence[WrittenRevision] = ()

    @model_validator(mode="after")
    def _can_be_charged(self) -> WrittenTariff:
        tariff = _tariff(self, "")
        with _refused_at(("currency",)):
            require_currency(self.currency or "EUR")
        with _refused_at(("hold",)):
            require_hold_terms(tariff.hold, self.code)
        with _refused_at(("parameters",)):
            require_parameters(tariff.parameters, self.code)
        with _refused_at(("components",), self.components, self.code):
            require_components(tariff.components, self.code)
        for number, written in enumerate(self.revisions):
            revision = written.core()
            with _refused_at(("revisions", number, "components"), written.components, self.code):
                revise_tariff(tariff, revision)
            tariff = revised(tariff, revision)
        return self


def tariff_from(written: WrittenTariff, currency: str) -> Tariff:
    """The tariff that is written, in this currency unless it names its own."""
    tariff = _tariff(written, currency)
    for revision in written.revisions:
        tariff = revised(tariff, revision.core())
    require_tariff(tariff)
    return tariff


def _tariff(written: WrittenTariff, currency: str) -> Tariff:
    """The tariff without its revisions."""
    return Tariff(
        code=written.code,
        name=written.name or written.code,
        currency=written.currency or currency,
        components=components_from(written.components),
        prices_include_vat=written.prices_include_vat,
        product=written.product,
        parameters=tuple(parameter.core() for parameter in written.parameters),
        hold=None if written.hold is None else written.hold.core(),
    )


def components_from(written: Sequence[WrittenComponent]) -> tuple[AnyComponent, ...]:
    """The components that are written, in their order."""
    return tuple(component.core() for component in written)


def written_from(tariff: Tariff) -> dict[str, Any]:
    """A tariff in the words of a file, without what goes without saying; read again it is the same tariff."""
    written = WrittenTariff.model_validate(
        {
            "code": tariff.code,
            "name": "" if tariff.name == tariff.code else tariff.name,
            "currency": tariff.currency,
            "product": tariff.product,
            "prices_include_vat": tariff.prices_include_vat,
            "parameters": tuple(
                {"code": each.code, "name": each.name, "value": each.value, "optional": each.is_optional}
                for each in tariff.parameters
            ),
            "hold": None if tariff.hold is None else msgspec.structs.asdict(tariff.hold),
            "components": [written_component(component) for component in tariff.components],
            "revisions": tuple(
                {
                    "from": revision.valid_from,
                    "components": [written_component(component) for component in revision.components],
                }
                for revision in tariff.revisions
            ),
        }
    )
    plain: dict[str, Any] = written.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return plain


# --- places of what the rules find


@contextmanager
def _refused_at(
    location: tuple[Part, ...], written: Sequence[WrittenComponent] = (), tariff: str = ""
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
        raise FaultAt((*location, *_location(refused, written, tariff)), f"{value}{refused.message}") from None


def _location(refused: BillingError, written: Sequence[WrittenComponent], tariff: str) -> tuple[Part, ...]:
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


def _inside(names: Sequence[str], refused: BillingError, component: WrittenComponent) -> tuple[Part, ...]:
    if not names and "price" in refused.message:
        return ("prices",) if component.prices else ("price",)
    if names and names[0] in ("price", "price from") and component.prices:
        for number, price in reversed(list(enumerate(component.prices))):
            if refused.value in (str(price.amount), str(price.from_on)):
                return "prices", number
    model = tuple(model for model in MODELS if getattr(component, model, None) is not None)
    if names[:1] == ["allowance"]:
        model = ()  # It stands on the component, whatever the model.
    inside: list[Part] = []
    for name in names:
        if found := re.fullmatch(r"(tier|phase) ([0-9]+)", name):
            inside += [f"{found[1]}s", int(found[2]) - 1]
        else:
            inside.append({"VAT rate": "vat", "valid from": "from", "commitment": "committed_months"}.get(name, name))
    return *model, *(part.replace(" ", "_") if isinstance(part, str) else part for part in inside)
