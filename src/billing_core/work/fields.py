"""Fields of a form: what is asked at a step, and which answers are accepted.

An answer is kept as text in one form for each kind, so that it reads the same in the log, on a page and in a file:

    text     "Key is with the neighbour"      as typed, without space around it
    number   "-19.5"                          a decimal within `least` and `most`
    date     "2026-06-11"                     ISO 8601
    yes-no   "yes" or "no"
    choice   one of `choices`

A fact is the answer as a value of expressions: a decimal, a date, true or false, a text; without an answer, None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from billing_core.kernel.errors import InvalidValue
from billing_core.work.expressions import Facts, Value

FieldKind = Literal["text", "number", "date", "yes-no", "choice"]
MOST_LETTERS = 4_000
YES, NO = "yes", "no"
Values = Mapping[str, str]


class Field(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A field of a form. What is not optional must be answered before its step is completed."""

    code: str
    title: str = ""
    kind: FieldKind = "text"
    choices: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    is_optional: bool = False
    hint: str = ""


def accepted(field: Field, text: str) -> str:
    """The answer in the form in which it is kept, or an `InvalidValue` that says what is expected.

    >>> accepted(Field(code="power", kind="number", least=Decimal(-27), most=Decimal(-8)), " -19.50 ")
    '-19.50'
    """
    text = text.strip()
    if len(text) > MOST_LETTERS:
        raise InvalidValue(f"is longer than {MOST_LETTERS:,} letters", field=field.code, value=f"{text[:40]}...")
    match field.kind:
        case "number":
            _require_number(field, text)
        case "date":
            _date(field, text)
        case "yes-no":
            _require_one_of(field, text, (YES, NO))
        case "choice":
            _require_one_of(field, text, field.choices)
    return text


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


def _require_number(field: Field, text: str) -> None:
    try:
        number = Decimal(text)
    except ArithmeticError:
        number = Decimal("nan")
    if not text.isascii() or not number.is_finite() or "e" in text.lower():
        raise InvalidValue("must be a number such as 12.5", field=field.code, value=text)
    if (field.least is not None and number < field.least) or (field.most is not None and number > field.most):
        raise InvalidValue(f"must be {_range(field)}", field=field.code, value=text)


def _range(field: Field) -> str:
    if field.most is None:
        return f"at least {field.least:f}"
    return f"at most {field.most:f}" if field.least is None else f"{field.least:f} to {field.most:f}"


def _date(field: Field, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or text != found.isoformat():
        raise InvalidValue("must be a date such as 2026-06-11", field=field.code, value=text)
    return found


def _require_one_of(field: Field, text: str, allowed: tuple[str, ...]) -> None:
    if text not in allowed:
        raise InvalidValue(f"must be one of: {', '.join(allowed)}", field=field.code, value=text)
