"""The fields of a new subscriber by dotted name, as profiles and messages write them: `customer.address.city`.

Knows which fields there are and what the rules call them. Does not know columns or files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from inspect import isclass
from typing import Any, Literal, get_args, get_origin

from adapters.edge.models import read_value
from adapters.edge.shapes import bare, shapes_of
from adapters.edge.wordings import REQUIRED, Word
from commands.onboarding import NewSubscriber

FieldKind = Literal["text", "date", "price"]

CURRENCY = "account.currency"
AGREED_PRICES = "subscription.prices"

# The names of these fields in the messages of the rules.
RULE_FIELDS = {
    "customer number": "customer.number",
    "customer name": "customer.name",
    "customer country": "customer.address.country",
    "customer postal address country": "customer.postal_address.country",
    "customer installation address country": "customer.installation_address.country",
    "customer IBAN": "customer.iban",
    "customer language": "customer.language",
    "customer source": "customer.source",
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
    kind = type_of(field)
    types = {kind, *get_args(kind)}
    if date in types:
        return "date"
    return "price" if Decimal in types else "text"


def require_field(field: str) -> None:
    """A field that a subscriber has, else `ValueError`."""
    type_of(field)


def type_of(field: str) -> Any:
    """The type of the field with this dotted name."""
    kind: Any = NewSubscriber
    owner = "a subscriber"
    for name in field.split("."):
        words = _words_of(kind)
        if words:
            if name not in words:
                raise ValueError(f"{owner} has no field {name!r}; it has {', '.join(words)}")
            kind = bare(words[name].kind)
        elif _is_mapping(kind) and name:
            kind = get_args(kind)[1]
        else:
            raise ValueError(f"{owner} is a single value, without a field {name!r}")
        owner = name
    if _is_mapping(kind):
        raise ValueError(f"{owner} holds named values; add a name, as in {field}.name")
    if words := _words_of(kind):
        raise ValueError(f"{owner} is a group of fields; add one of {', '.join(words)}")
    return kind


def required_fields(kind: Any = NewSubscriber, prefix: str = "") -> Iterator[str]:
    """The dotted names of the fields that every subscriber must have."""
    for name, word in _words_of(kind).items():
        if word.default is not REQUIRED:
            continue
        if _words_of(bare(word.kind)):
            yield from required_fields(bare(word.kind), f"{prefix}{name}.")
        else:
            yield prefix + name


def require_value(field: str, text: str) -> None:
    """A text that the field can hold, else pydantic's `ValidationError`."""
    read_value(type_of(field), text)


def _words_of(kind: Any) -> Mapping[str, Word]:
    """The words of a group of fields; none of a single value."""
    return shapes_of(kind)[0].words if hasattr(kind, "__struct_fields__") else {}


def _is_mapping(kind: Any) -> bool:
    origin = get_origin(kind)
    return isclass(origin) and issubclass(origin, Mapping)
