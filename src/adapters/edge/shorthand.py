"""Attributes that people write in another way than one word each.

    every: 2 weeks                   unit and interval of a period
    price: "19.90"                   the one list price, for everybody and always; else `prices`
    free_periods: 2                  a first phase that costs nothing, before the `phases`
    per: subscription                a fee that is flat
    billing_day: last                31, the last day of every month
    plan: prepaid                    with the terms of a prepaid plan among those of the plan
    amount: "5.00", currency: EUR    money

A name is left out if it is the code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from pydantic import BeforeValidator

from adapters.edge.faults import FaultAt
from adapters.edge.values import Kept, Length
from adapters.edge.wordings import REQUIRED, Word, Wording, attribute
from billing_core.accounts.plans import BillingPlan, Prepaid
from billing_core.catalogue.components import Component, Phase, Recurring, Usage
from billing_core.catalogue.prices import Price
from billing_core.catalogue.products import Product
from billing_core.catalogue.tariffs import Tariff
from billing_core.kernel.dates import ALWAYS
from billing_core.kernel.money import parse_amount
from billing_core.time.period_rules import PeriodRule
from billing_core.time.periods import LAST_BILLING_DAY, require_billing_day

MODELS = ("unit", "graduated", "volume", "package", "percentage", "destinations")
FREE = Decimal(0)


def _every(example: PeriodRule | None) -> Wording:
    def read(values: Mapping[str, Any]) -> dict[str, Any]:
        interval, unit = values["every"].split()
        return {"unit": unit.removesuffix("s"), "interval": int(interval)}

    default = (example or PeriodRule()).every
    return Wording({"every": Word(Length, _in_full(default))}, read, lambda rule: {"every": _in_full(rule.every)})


def _in_full(every: str) -> str:
    return every if every[0].isdigit() else f"1 {every}"


def _prices(example: Any) -> Wording:
    def read(values: Mapping[str, Any]) -> dict[str, Any]:
        price, prices = values["price"], values["prices"]
        if price is not None and prices:
            raise FaultAt(("prices",), "either price or prices, not both")
        return {"prices": prices if price is None else (Price(amount=price, valid_from=ALWAYS),)}

    def write(component: Component) -> dict[str, Any]:
        match component.prices:
            case (Price(valid_from=first, valid_to=None, customer_class="") as price,) if first == ALWAYS:
                return {"price": price.amount, "prices": ()}
            case prices:
                return {"price": None, "prices": prices}

    return Wording({"price": Word(Decimal | None, None), "prices": Word(tuple[Price, ...], ())}, read, write)


def _phases(example: Any) -> Wording:
    def read(values: Mapping[str, Any]) -> dict[str, Any]:
        free = (Phase(periods=values["free_periods"], price=FREE),) if values["free_periods"] else ()
        return {"phases": free + values["phases"]}

    words = {"free_periods": Word(int, 0), "phases": Word(tuple[Phase, ...], ())}
    return Wording(words, read, lambda fee: {"free_periods": 0, "phases": fee.phases})


def _per(example: Any) -> Wording:
    return Wording(
        {"per": Word(Literal["unit", "subscription"], "unit")},
        lambda values: {"is_flat": values["per"] == "subscription"},
        lambda fee: {"per": "subscription" if fee.is_flat else "unit"},
    )


def _last_day(written: object) -> object:
    return LAST_BILLING_DAY if written == "last" else written


DayOfMonth = Annotated[int, Kept(require_billing_day), BeforeValidator(_last_day)]


def _billing_day(example: BillingPlan | None) -> Wording:
    default = REQUIRED if example is None else example.billing_day
    return Wording(
        {"billing_day": Word(DayOfMonth, default)},
        lambda values: {"billing_day": values["billing_day"]},
        lambda plan: {"billing_day": plan.billing_day},
    )


def _prepaid(example: BillingPlan | None) -> Wording:
    terms = [attribute(Prepaid, field) for field in msgspec.structs.fields(Prepaid)]
    words = {word: value for wording in terms for word, value in wording.words.items()}

    def read(values: Mapping[str, Any]) -> dict[str, Any]:
        if values["plan"] == "prepaid":
            return {"prepaid": Prepaid(**{name: each for term in terms for name, each in term.read(values).items()})}
        if foreign := [word for word, value in words.items() if values[word] != value.default]:
            raise FaultAt((foreign[0],), "is a term of a prepaid plan; write plan: prepaid")
        return {"prepaid": None}

    def write(plan: BillingPlan) -> dict[str, Any]:
        if plan.prepaid is None:
            return {"plan": "postpaid"}
        return {"plan": "prepaid"} | {word: each for term in terms for word, each in term.write(plan.prepaid).items()}

    return Wording({"plan": Word(Literal["postpaid", "prepaid"], "postpaid"), **words}, read, write, structs=(Prepaid,))


def money(attribute: str) -> Wording:
    """An amount has the decimals of its currency, which a second field states."""
    return Wording(
        {attribute: Word(str), "currency": Word(str)},
        lambda values: {attribute: parse_amount(values[attribute], values["currency"], attribute)},
        lambda value: {
            attribute: f"{getattr(value, attribute).amount:f}", "currency": getattr(value, attribute).currency
        },
    )  # fmt: skip


def _name(example: Any) -> Wording:
    return Wording(
        {"name": Word(str, "")},
        lambda values: {"name": values["name"] or values["code"]},
        lambda named: {"name": "" if named.name == named.code else named.name},
    )


class Shorthand(NamedTuple):
    """Attributes that are written in another way; the wording may depend on an example that has the defaults."""

    attributes: frozenset[str]
    wording: Callable[[Any], Wording]


SHORTHANDS: dict[type, tuple[Shorthand, ...]] = {
    BillingPlan: (Shorthand(frozenset({"billing_day"}), _billing_day), Shorthand(frozenset({"prepaid"}), _prepaid)),
    Component: (Shorthand(frozenset({"name"}), _name), Shorthand(frozenset({"prices"}), _prices)),
    PeriodRule: (Shorthand(frozenset({"unit", "interval"}), _every),),
    Product: (Shorthand(frozenset({"name"}), _name),),
    Recurring: (Shorthand(frozenset({"is_flat"}), _per), Shorthand(frozenset({"phases"}), _phases)),
    Tariff: (Shorthand(frozenset({"name"}), _name),),
}

# --- what is put in order before it is read


def _flat(written: Any) -> Any:
    """`package: {size: 5, price: 3}` is `model: package, size: 5, price: 3`."""
    if not isinstance(written, dict):
        return written
    nested = [model for model in MODELS if isinstance(written.get(model), dict)]
    model = written.get("model", nested[0] if len(nested) == 1 else None)
    if model not in nested:
        return written
    return {**{key: value for key, value in written.items() if key != model}, **written[model], "model": model}


def _as_length(written: Any) -> Any:
    """`invoice_every: 3 months` is `invoice_every: {every: 3 months}`."""
    return {"every": written} if isinstance(written, str) else written


PUT_IN_ORDER: dict[type, Callable[[Any], Any]] = {PeriodRule: _as_length, Usage: _flat}
