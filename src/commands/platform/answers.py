"""The answer to a command as plain values of JSON, the same at every door and for a repetition.

    Money 24.50 EUR      {"amount": "24.50", "currency": "EUR"}
    Decimal 19.90        "19.90"
    2026-03-01           "2026-03-01"

`plain` writes it, and `read_plain` makes values of the core of it again. There is never a float.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from billing_core.kernel.money import Money

Value = TypeVar("Value")

AMOUNT, CURRENCY = "amount", "currency"


def plain(value: object) -> Any:
    """A value as JSON has it; a value without an exact form is an error."""
    match value:
        case None | bool() | int() | str():
            form: Any = value
        case Money(amount=amount, currency=currency):
            form = {AMOUNT: f"{amount:f}", CURRENCY: currency}
        case Decimal():
            form = f"{value:f}"
        case datetime() | date():
            form = value.isoformat()
        case UUID():
            form = str(value)
        case msgspec.Struct():
            form = {name: plain(getattr(value, name)) for name in value.__struct_fields__}
        case Mapping():
            form = {str(key): plain(item) for key, item in value.items()}
        case Sequence():
            form = [plain(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no form in JSON")
    return form


def read_plain(form: object, kind: type[Value]) -> Value:
    """The value of which `plain` made this form."""
    return msgspec.convert(_as_stored(form), kind)


def _as_stored(form: Any) -> Any:
    """With money in the form in which msgspec reads it: `["24.50", "EUR"]`."""
    match form:
        case {"amount": str(), "currency": str()} if len(form) == 2:
            return [form[AMOUNT], form[CURRENCY]]
        case dict():
            return {key: _as_stored(item) for key, item in form.items()}
        case list():
            return [_as_stored(item) for item in form]
    return form
