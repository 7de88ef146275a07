"""Values as plain ones, for an answer to a program: what JSON has, and no float.

An amount is `{"amount": "19.90", "currency": "EUR"}`, a number with decimals a text, a date `2026-03-01`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from billing_core.kernel.money import Money


def plain(value: object) -> Any:
    """A value as JSON has it; a value without an exact form is an error."""
    match value:
        case None | bool() | int() | str():
            form: Any = value
        case Money(amount=amount, currency=currency):
            form = {"amount": f"{amount:f}", "currency": currency}
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
