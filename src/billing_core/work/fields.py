"""Fields of a form: what is asked at a step. Which answers are accepted is decided in `kernel.field_rules`.

A fact is the answer as a value of expressions: a decimal, a date, true or false, a text; without an answer, None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from billing_core.kernel.field_rules import YES, FieldRule
from billing_core.work.expressions import Facts, Value

Values = Mapping[str, str]


class Field(FieldRule, frozen=True, kw_only=True, omit_defaults=True):
    """A field of a form. What is not optional must be answered before its step is completed."""

    title: str = ""
    is_optional: bool = False
    hint: str = ""


def value_of(field: Field, text: str) -> Value:
    """The answer as a value of expressions."""
    match field.kind:
        case "number":
            return Decimal(text)
        case "date":
            return date.fromisoformat(text)
        case "yes-no":
            return text == YES
    return text


def facts_of(fields: Iterable[Field], values: Values) -> Facts:
    """The facts of all fields, as far as they are answered."""
    return {field.code: value_of(field, values[field.code]) if field.code in values else None for field in fields}
