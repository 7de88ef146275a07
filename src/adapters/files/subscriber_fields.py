"""The fields of a new subscriber by dotted name, as profiles and messages write them: `customer.address.city`.

Knows which fields there are and what the rules call them. Does not know columns or files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from inspect import isclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

from commands.onboarding import NewSubscriber
from commands.platform.bus import BusinessDate, ExactDecimal

FieldKind = Literal["text", "date", "price"]

CURRENCY = "account.currency"
AGREED_PRICES = "subscription.agreed_prices"

# What the rules call these fields in their messages.
RULE_FIELDS = {
    "customer number": "customer.number",
    "customer name": "customer.name",
    "account number": "account.number",
    "account opened on": "subscription.activated_on",
    "seller": "account.seller",
    "currency": CURRENCY,
    "billing day": "account.billing_day",
    "due days": "account.due_days",
    "tolerance days": "account.tolerance_days",
    "subscription": "subscription.code",
    "tariff": "subscription.tariff",
    "date": "subscription.activated_on",
    "activation date": "subscription.activated_on",
    "activate on": "subscription.activated_on",
    "terminate on": "subscription.terminated_on",
}
RULE_AGREED_PRICE = "agreed price for "


def dotted_name(rule_field: str) -> str:
    """The dotted name of a field that a rule names in its own words; other names as they are."""
    if rule_field.startswith(RULE_AGREED_PRICE):
        return f"{AGREED_PRICES}.{rule_field.removeprefix(RULE_AGREED_PRICE)}"
    return RULE_FIELDS.get(rule_field, rule_field)


def kind_of(field: str) -> FieldKind:
    """How the text of a field is read; a field that a subscriber does not have: `ValueError`."""
    annotation = annotation_of(field)
    types = {annotation, *get_args(annotation)}
    if types & {date, BusinessDate}:
        return "date"
    return "price" if types & {Decimal, ExactDecimal} else "text"


def annotation_of(field: str) -> Any:
    """The type of the field with this dotted name."""
    annotation: Any = NewSubscriber
    owner = "a subscriber"
    for name in field.split("."):
        if isclass(annotation) and issubclass(annotation, BaseModel):
            fields = annotation.model_fields
            if name not in fields:
                raise ValueError(f"{owner} has no field {name!r}; it has {', '.join(fields)}")
            annotation = fields[name].annotation
        elif _is_mapping(annotation) and name:
            annotation = get_args(annotation)[1]
        else:
            raise ValueError(f"{owner} is a single value, without a field {name!r}")
        owner = name
    if _is_mapping(annotation):
        raise ValueError(f"{owner} holds named values; add a name, as in {field}.name")
    if isclass(annotation) and issubclass(annotation, BaseModel):
        raise ValueError(f"{owner} is a group of fields; add one of {', '.join(annotation.model_fields)}")
    return annotation


def required_fields(model: type[BaseModel] = NewSubscriber, prefix: str = "") -> Iterator[str]:
    """The dotted names of the fields that every subscriber must have."""
    for name, field in model.model_fields.items():
        if not field.is_required():
            continue
        if isclass(field.annotation) and issubclass(field.annotation, BaseModel):
            yield from required_fields(field.annotation, f"{prefix}{name}.")
        else:
            yield prefix + name


def require_value(field: str, text: str) -> None:
    """A text that the field can hold, else pydantic's `ValidationError`."""
    TypeAdapter(annotation_of(field)).validate_python(text)


def _is_mapping(annotation: Any) -> bool:
    origin = get_origin(annotation)
    return isclass(origin) and issubclass(origin, Mapping)
