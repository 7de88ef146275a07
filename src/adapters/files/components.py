"""Components of a tariff as they are written in YAML, and back: each kind is a model that knows its component.

Only `code`, `kind` and what the kind needs must be written. A single `price` is valid always; `prices` lists several
with their dates and customer classes. What a usage model needs stands on the component or under the model's name:
`model: package, size: 5, price: 3` or `package: {size: 5, price: 3}`. Units that are
included in each period stand in `allowance: {quantity: "10", carried_periods: 2, most_carried: "15"}`.

    - {code: monthly, kind: recurring, price: "30"}
    - {code: move-down, kind: one-off, at: downgrade, price: "20"}    # or tariff-change, upgrade, activation, hold ...
    - {code: early-end, kind: one-off, at: termination, price: "240", committed_months: 24, falls: true,
       on_tariff_change: keep}                                        # or restart, refuse
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from adapters.files.pricing import (
    MODELS,
    PRICE_MEANT,
    TIERS_MEANT,
    WrittenAllowance,
    WrittenGraduated,
    WrittenPackage,
    WrittenPercentage,
    WrittenUnitPrice,
    WrittenVolume,
    written_allowance,
    written_pricing,
)
from adapters.files.written_yaml import ZERO, Exact, FaultAt, Text, Written
from billing_core.catalogue.components import (
    ON_EVERYTHING,
    AnyComponent,
    Component,
    Discount,
    Minimum,
    OneOff,
    OnTariffChange,
    Phase,
    Proration,
    Recurring,
    Surcharge,
    Trigger,
    Usage,
)
from billing_core.catalogue.prices import Price
from billing_core.kernel.dates import ALWAYS
from billing_core.time.period_rules import Alignment, ChargedIn, FirstStub, LastStub, PeriodRule, Unit
from commands.platform.bus import BusinessDate, FirstDay

UNITS: dict[str, Unit] = {"day": "day", "week": "week", "month": "month", "year": "year"}
TRIGGERS: dict[str, Trigger] = {
    "activation": "activation",
    "termination": "termination",
    "hold": "hold",
    "suspension": "suspension",
    "resume": "resumption",
    "tariff-change": "tariff-change",
    "upgrade": "upgrade",
    "downgrade": "downgrade",
}


# --- prices


class WrittenPrice(Written):
    """One entry of `prices`; `price` may be said in place of `amount`."""

    amount: Exact
    from_on: FirstDay = Field(alias="from", default=ALWAYS)
    to_on: BusinessDate | None = Field(alias="to", default=None)
    customer_class: str = Field(alias="class", default="")

    @model_validator(mode="before")
    @classmethod
    def _price_is_amount(cls, written: Any) -> Any:
        if isinstance(written, dict) and "price" in written and "amount" not in written:
            return {"amount" if key == "price" else key: value for key, value in written.items()}
        return written

    def core(self) -> Price:
        return Price(
            amount=self.amount, valid_from=self.from_on, valid_to=self.to_on, customer_class=self.customer_class
        )


class WrittenComponent(Written):
    """What components of all kinds say; without a name the code is the name."""

    code: Text
    kind: str
    name: str = ""
    vat: Exact = ZERO
    price: Exact | None = None
    prices: Sequence[WrittenPrice] = ()

    @model_validator(mode="after")
    def _is_priced_once(self) -> WrittenComponent:
        if self.price is not None and self.prices:
            raise FaultAt(("prices",), "either price or prices, not both")
        return self

    def core(self) -> AnyComponent:
        """The component of the price list."""
        raise NotImplementedError

    def _core(self) -> dict[str, Any]:
        prices = tuple(price.core() for price in self.prices)
        if self.price is not None:
            prices = (Price(amount=self.price, valid_from=ALWAYS),)
        return {"code": self.code, "name": self.name or self.code, "vat_rate": self.vat, "prices": prices}


def _every(written: object) -> object:
    """`month` and `1 month` are the same, as are `2 week` and `2 weeks`."""
    found = re.fullmatch(r"(?:([0-9]{1,6}) +)?(day|week|month|year)s?", written) if isinstance(written, str) else None
    if found is None:
        raise ValueError("is no length of a period; write 1 month, 30 days, 2 weeks or 1 year")
    return _length(int(found[1] or 1), found[2])


def _length(interval: int, unit: str) -> str:
    return f"{interval} {unit}{'' if interval == 1 else 's'}"


Every = Annotated[str, BeforeValidator(_every)]


def length_of(every: str) -> tuple[Unit, int]:
    """The unit and the interval of a period that was read."""
    interval, unit = every.split()
    return UNITS[unit.removesuffix("s")], int(interval)


class WrittenPeriod(WrittenComponent):
    """A component that is charged period by period."""

    every: str = "1 month"
    align: Alignment = "account"
    anchor: BusinessDate | None = None
    in_: ChargedIn = Field(alias="in", default="advance")
    first_stub: FirstStub = "prorate"
    last_stub: LastStub = "prorate"

    @model_validator(mode="before")
    @classmethod
    def _reads_every(cls, written: Any) -> Any:
        if isinstance(written, dict) and "every" in written:
            try:
                return {**written, "every": _every(written["every"])}
            except ValueError as error:
                raise FaultAt(("every",), f"{written['every']!r} {error}") from None
        return written

    def _period(self) -> PeriodRule:
        unit, interval = length_of(self.every)
        return PeriodRule(
            unit=unit,
            interval=interval,
            align=self.align,
            anchor_on=self.anchor,
            charged_in=self.in_,
            first_stub=self.first_stub,
            last_stub=self.last_stub,
        )


# --- kinds of components


class WrittenPhase(Written):
    periods: int
    price: Exact


class WrittenRecurring(WrittenPeriod):
    kind: Literal["recurring"]
    proration: Proration = "whole"
    per: Literal["unit", "subscription"] = "unit"
    free_periods: int = 0
    phases: Sequence[WrittenPhase] = ()
    option: bool = False

    def core(self) -> Recurring:
        free = (Phase(periods=self.free_periods, price=ZERO),) if self.free_periods else ()
        return Recurring(
            **self._core(),
            period=self._period(),
            proration=self.proration,
            is_flat=self.per == "subscription",
            phases=free + tuple(Phase(periods=phase.periods, price=phase.price) for phase in self.phases),
            is_option=self.option,
        )


class WrittenOneOff(WrittenComponent):
    kind: Literal["one-off"]
    at: Literal[
        "activation", "termination", "hold", "suspension", "resume", "tariff-change", "upgrade", "downgrade"
    ] = "activation"
    instalments: int = 1
    committed_months: int = 0
    falls: bool = False
    on_tariff_change: OnTariffChange = "keep"

    def core(self) -> OneOff:
        return OneOff(
            **self._core(),
            at=TRIGGERS[self.at],
            instalments=self.instalments,
            committed_months=self.committed_months,
            declining=self.falls,
            on_tariff_change=self.on_tariff_change,
        )


class WrittenUsage(WrittenPeriod):
    """Exactly one of the models; what stands flat on the component is put under the model's name first."""

    kind: Literal["usage"]
    in_: ChargedIn = Field(alias="in", default="arrears")
    unit: WrittenUnitPrice | None = None
    graduated: WrittenGraduated | None = None
    volume: WrittenVolume | None = None
    package: WrittenPackage | None = None
    percentage: WrittenPercentage | None = None
    allowance: WrittenAllowance | None = None

    @model_validator(mode="before")
    @classmethod
    def _under_its_model(cls, written: Any) -> Any:
        if not isinstance(written, dict):
            return written
        nested = [model for model in MODELS if model in written]
        model = written.get("model", nested[0] if len(nested) == 1 else None)
        if isinstance(written.get("unit"), str) and model != "percentage":  # The model `unit` has keys under it.
            raise FaultAt(("unit",), TIERS_MEANT if model in ("graduated", "volume") else PRICE_MEANT)
        if model is None:
            raise FaultAt(("model",), f"is missing, one of {', '.join(MODELS)}")
        if model not in MODELS:
            raise FaultAt(("model",), f"{model!r} is no model; there are {', '.join(MODELS)}")
        if others := [name for name in nested if name != model]:
            raise FaultAt((others[0],), f"does not belong to a price of model {model}")
        own = (set(cls.model_fields) - {"in_"} | {"in", "every"}) - {"price", "prices"}
        known = {key: value for key, value in written.items() if key in own}
        flat = {key: value for key, value in written.items() if key not in own | {"model"}}
        if nested and flat:
            raise FaultAt((next(iter(flat)),), f"stands beside {model}; write it under {model}")
        return known if nested else {**known, model: flat}

    def core(self) -> Usage:
        pricing = next(getattr(self, model) for model in MODELS if getattr(self, model) is not None)
        allowance = None if self.allowance is None else self.allowance.core()
        return Usage(**self._core(), pricing=pricing.core(), period=self._period(), allowance=allowance)


def _listed(written: Any) -> Any:
    """`on: all` is short for the list of everything that is charged by the period."""
    return list(ON_EVERYTHING) if written == ON_EVERYTHING[0] else written


class WrittenShare(WrittenComponent):
    on: Annotated[Sequence[Text], BeforeValidator(_listed)]
    percent: Exact | None = None
    from_on: BusinessDate | None = Field(alias="from", default=None)
    to_on: BusinessDate | None = Field(alias="to", default=None)
    billed_periods: int | None = None
    bundle: Sequence[Text] = ()

    def _core(self) -> dict[str, Any]:
        return {
            **super()._core(),
            "on": tuple(self.on),
            "percent": self.percent,
            "valid_from": self.from_on,
            "valid_to": self.to_on,
            "billed_periods": self.billed_periods,
            "bundle": tuple(self.bundle),
        }


class WrittenDiscount(WrittenShare):
    kind: Literal["discount"]

    def core(self) -> Discount:
        return Discount(**self._core())


class WrittenSurcharge(WrittenShare):
    kind: Literal["surcharge"]

    def core(self) -> Surcharge:
        return Surcharge(**self._core())


class WrittenMinimum(WrittenPeriod):
    kind: Literal["minimum"]
    in_: ChargedIn = Field(alias="in", default="arrears")
    on: Sequence[Text]
    proration: Proration = "whole"

    def core(self) -> Minimum:
        return Minimum(**self._core(), on=tuple(self.on), period=self._period(), proration=self.proration)


AnyWritten = Annotated[
    WrittenRecurring | WrittenOneOff | WrittenUsage | WrittenDiscount | WrittenSurcharge | WrittenMinimum,
    Field(discriminator="kind"),
]

# --- writing


def written_component(component: AnyComponent) -> dict[str, Any]:
    """A component in the words of its model, with everything that it could leave out."""
    written = {**_common(component), "kind": component.kind}
    match component:
        case Recurring():
            return (
                written
                | _period(component.period)
                | {
                    "proration": component.proration,
                    "per": "subscription" if component.is_flat else "unit",
                    "phases": tuple({"periods": phase.periods, "price": phase.price} for phase in component.phases),
                    "option": component.is_option,
                }
            )
        case OneOff():
            return written | {
                "at": "resume" if component.at == "resumption" else component.at,
                "instalments": component.instalments,
                "committed_months": component.committed_months,
                "falls": component.declining,
                "on_tariff_change": component.on_tariff_change,
            }
        case Usage():
            allowance = {} if component.allowance is None else {"allowance": written_allowance(component.allowance)}
            return written | _period(component.period) | written_pricing(component.pricing) | allowance
        case Discount() | Surcharge():
            return written | _share(component)
        case Minimum():
            return written | _period(component.period) | {"on": component.on, "proration": component.proration}


def _common(component: Component) -> dict[str, Any]:
    common: dict[str, Any] = {"code": component.code, "vat": component.vat_rate}
    if component.name != component.code:
        common["name"] = component.name
    match component.prices:
        case (Price(valid_from=valid_from, valid_to=None, customer_class="") as price,) if valid_from == ALWAYS:
            common["price"] = price.amount
        case prices if prices:
            common["prices"] = [
                {
                    "amount": price.amount,
                    "from": price.valid_from,
                    "to": price.valid_to,
                    "class": price.customer_class,
                }
                for price in prices
            ]
    return common


def _period(rule: PeriodRule) -> dict[str, Any]:
    return {
        "every": _length(rule.interval, rule.unit),
        "align": rule.align,
        "anchor": rule.anchor_on,
        "in": rule.charged_in,
        "first_stub": rule.first_stub,
        "last_stub": rule.last_stub,
    }


def _share(share: Discount | Surcharge) -> dict[str, Any]:
    return {
        "on": share.on,
        "percent": share.percent,
        "from": share.valid_from,
        "to": share.valid_to,
        "billed_periods": share.billed_periods,
        "bundle": share.bundle,
    }
