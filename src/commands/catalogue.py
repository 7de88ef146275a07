"""Define products, publish tariffs and revise them.

The components of a tariff are said by the fields of the rules (`billing_core.catalogue.components`); one that does not
belong to its kind is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

import msgspec
from pydantic import Field, model_validator

from billing_core.catalogue.components import (
    AnyComponent,
    Discount,
    Minimum,
    OneOff,
    OnTariffChange,
    Proration,
    Recurring,
    Surcharge,
    Trigger,
    Usage,
)
from billing_core.catalogue.parameters import Parameter
from billing_core.catalogue.products import Product, apply_product, define_product, require_product
from billing_core.catalogue.tariffs import HoldTerms, Revision, Tariff, apply_tariff, publish_tariff, revise_tariff
from billing_core.kernel.errors import NotFound
from billing_core.time.period_rules import Alignment, ChargedIn, FirstStub, LastStub, Unit
from commands.platform.area import Area
from commands.platform.bus import BusinessDate, Command, Decision, ExactDecimal, FirstDay
from commands.platform.ports import Append, Origin, Transaction

KINDS = {kind.__struct_config__.tag: kind for kind in (Recurring, OneOff, Usage, Discount, Surcharge, Minimum)}

# Whoever changes the tree of products keeps it alone: two moves at once could make a circle of it.
TREE = "products"

# --- parts of a component


class ListPrice(Command):
    amount: ExactDecimal
    valid_from: FirstDay
    valid_to: BusinessDate | None = None
    customer_class: str = ""


class ComponentPeriod(Command):
    """How time is cut into periods."""

    unit: Unit = "month"
    interval: int = 1
    align: Alignment = "account"
    anchor_on: BusinessDate | None = None
    charged_in: ChargedIn = "advance"
    first_stub: FirstStub = "prorate"
    last_stub: LastStub = "prorate"


class PricePhase(Command):
    periods: int
    price: ExactDecimal


def _refuse_word(said: object, word: str, message: str) -> None:
    if isinstance(said, dict) and word in said:
        raise ValueError(f"{word} {message}")


class PriceTier(Command):
    """Without `unit` each of its units is free."""

    up_to: ExactDecimal | None = None
    unit: ExactDecimal | None = None
    flat: ExactDecimal | None = None

    @model_validator(mode="before")
    @classmethod
    def _costs_by_unit(cls, said: Any) -> Any:
        _refuse_word(said, "price", "is no field of a tier; give unit, what each of its units costs")
        return said


class PricedModel(Command):
    price: ExactDecimal

    @model_validator(mode="before")
    @classmethod
    def _costs_a_price(cls, said: Any) -> Any:
        _refuse_word(said, "unit", "is a field of tiers; give price, what this model costs")
        return said


class UnitPricing(PricedModel):
    model: Literal["unit"]


class TieredPricing(Command):
    model: Literal["graduated", "volume"]
    tiers: Sequence[PriceTier]
    flat_at_zero: bool = False

    @model_validator(mode="before")
    @classmethod
    def _costs_by_tier(cls, said: Any) -> Any:
        for word in ("unit", "price"):
            _refuse_word(said, word, "is no field of this model; give unit in each of its tiers")
        return said


class PackagePricing(PricedModel):
    model: Literal["package"]
    size: ExactDecimal
    free: ExactDecimal | None = None


class PercentagePricing(Command):
    model: Literal["percentage"]
    rate: ExactDecimal
    per_event: ExactDecimal | None = None
    free_events: int = 0
    free_volume: ExactDecimal | None = None


class UsageAllowance(Command):
    """Units that are included in each period; unused units are carried over for so many periods, up to a most."""

    quantity: ExactDecimal
    carried_periods: int = 0
    most_carried: ExactDecimal | None = None


Pricing = Annotated[UnitPricing | TieredPricing | PackagePricing | PercentagePricing, Field(discriminator="model")]


class TariffComponent(Command):
    """One thing charged. `kind` says which of the fields belong to it."""

    code: str
    name: str
    kind: Literal["recurring", "one-off", "usage", "discount", "surcharge", "minimum"]
    vat_rate: ExactDecimal
    prices: Sequence[ListPrice] = ()
    period: ComponentPeriod | None = None
    proration: Proration | None = None
    is_flat: bool | None = None
    phases: Sequence[PricePhase] | None = None
    is_option: bool | None = None
    at: Trigger | None = None
    instalments: int | None = None
    committed_months: int | None = None
    declining: bool | None = None
    on_tariff_change: OnTariffChange | None = None
    pricing: Pricing | None = None
    allowance: UsageAllowance | None = None
    on: Sequence[str] | None = None
    percent: ExactDecimal | None = None
    valid_from: BusinessDate | None = None
    valid_to: BusinessDate | None = None
    billed_periods: int | None = None
    bundle: Sequence[str] | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        kind = KINDS[self.kind]
        own = {field.name for field in msgspec.structs.fields(kind)}
        if foreign := [name for name in self._said() if name not in own | {"kind"}]:
            raise ValueError(f"{foreign[0]} does not belong to a component of kind {self.kind}")
        needed = [field.name for field in msgspec.structs.fields(kind) if field.required]
        if missing := [name for name in needed if name not in self._said()]:
            raise ValueError(f"a component of kind {self.kind} needs {missing[0]}")
        return self

    def core(self) -> AnyComponent:
        """The component of the price list."""
        component: AnyComponent = msgspec.convert(self._said(), AnyComponent)
        return component

    @classmethod
    def of(cls, component: AnyComponent) -> Self:
        """What is said to get this component."""
        return cls.model_validate(msgspec.to_builtins(component, builtin_types=(date, Decimal)))

    def _said(self) -> dict[str, Any]:
        return self.model_dump(exclude_none=True)


class TariffParameter(Command):
    """Fixed in the tariff where it has a value, else asked at activation."""

    code: str
    name: str = ""
    value: str | None = None
    is_optional: bool = False


class TariffHold(Command):
    """How long the service may be paused, and how much of the recurring fees goes on meanwhile."""

    least_days: int = 1
    most_days: int | None = None
    most_days_a_year: int | None = None
    charge_percent: ExactDecimal = Decimal(0)


# --- commands


class DefineProduct(Command):
    """A node of the tree of products; under no parent it is a root. Again under its code it is renamed or moved."""

    code: str
    name: str
    parent: str = ""


class PublishTariff(Command):
    """A price list in one currency; once published it never changes, but may be revised from a date on."""

    code: str
    name: str
    currency: str
    components: Sequence[TariffComponent]
    prices_include_vat: bool = False
    product: str = ""
    parameters: Sequence[TariffParameter] = ()
    hold: TariffHold | None = None


class ReviseTariff(Command):
    """Other components from a date on, which must lie after the last revision; all before it stays as it is."""

    tariff: str
    valid_from: BusinessDate
    components: Sequence[TariffComponent]


# --- handlers


def tariff_stream(code: str) -> str:
    return f"tariff/{code}"


def product_stream(code: str) -> str:
    return f"product/{code}"


def load_tariff(transaction: Transaction, code: str) -> Tariff:
    """The published tariff, or `NotFound`."""
    return _load_tariff(transaction, code)[0]


def _load_tariff(transaction: Transaction, code: str) -> tuple[Tariff, int]:
    tariff, version = transaction.load(tariff_stream(code), apply_tariff)
    if tariff is None:
        raise NotFound("no such tariff is published", field="tariff", value=code)
    return tariff, version


def load_product(transaction: Transaction, code: str, field: str = "product") -> Product:
    """The product, or `NotFound`."""
    product, _ = transaction.load(product_stream(code), apply_product)
    return require_product(product, code, field)


def handle_define_product(command: DefineProduct, transaction: Transaction, origin: Origin) -> Decision:
    transaction.hold(TREE, alone=True)
    stream = product_stream(command.code)
    existing, version = transaction.load(stream, apply_product)
    product = Product(code=command.code, name=command.name, parent=command.parent)
    ancestors: list[str] = []
    above = command.parent
    while above and above not in ancestors:
        ancestors.append(above)
        above = "" if above == command.code else load_product(transaction, above, "parent").parent
    return Decision((Append(stream, version, define_product(existing, product, ancestors, origin.today)),))


def handle_publish_tariff(command: PublishTariff, transaction: Transaction, origin: Origin) -> Decision:
    stream = tariff_stream(command.code)
    existing, version = transaction.load(stream, apply_tariff)
    tariff = Tariff(
        code=command.code,
        name=command.name,
        currency=command.currency,
        components=tuple(component.core() for component in command.components),
        prices_include_vat=command.prices_include_vat,
        product=command.product,
        parameters=tuple(msgspec.convert(each.model_dump(), Parameter) for each in command.parameters),
        hold=None if command.hold is None else HoldTerms(**command.hold.model_dump()),
    )
    if tariff.product:
        load_product(transaction, tariff.product)
    return Decision((Append(stream, version, publish_tariff(existing, tariff, origin.today)),))


def handle_revise_tariff(command: ReviseTariff, transaction: Transaction, origin: Origin) -> Decision:
    # Who is billing an account by the old list has written that before the list is another, and accounts are noted.
    transaction.hold(tariff_stream(command.tariff), alone=True)
    existing, version = _load_tariff(transaction, command.tariff)
    components = tuple(component.core() for component in command.components)
    events = revise_tariff(existing, Revision(valid_from=command.valid_from, components=components))
    return Decision((Append(tariff_stream(command.tariff), version, events),))


AREA = Area(
    handlers={
        DefineProduct: handle_define_product,
        PublishTariff: handle_publish_tariff,
        ReviseTariff: handle_revise_tariff,
    }
)
