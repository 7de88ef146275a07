"""The fields of a command on the command line: dotted names, and the kind of value of each.

    account=1 on=2026-03-01 address.city=Riga agreed_prices.monthly=19.90

They are derived from the command's own model, so a new command needs no code here.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from inspect import isclass
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from billing_core.kernel.errors import InvalidValue

KINDS: dict[Any, str] = {str: "text", int: "whole number", Decimal: "number", date: "date", bool: "true or false"}


class FieldHelp(NamedTuple):
    """A field by its dotted name, the kind of its value, and whether it is required."""

    name: str
    takes: str
    required: bool
    default: str


def fields_of(model: type[BaseModel], prefix: str = "") -> Iterator[FieldHelp]:
    """The fields of a command, nested ones by their dotted names, in the order of the model."""
    for name, field in model.model_fields.items():
        default = "" if field.is_required() or field.default in (None, "", {}, ()) else _short(field.default)
        yield from _described(prefix + name, field.annotation, field.is_required(), default)


def _described(name: str, annotation: Any, required: bool, default: str) -> Iterator[FieldHelp]:
    annotation = _bare(annotation)
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        yield FieldHelp(name, "one of several forms; supply it in a file with --json", required, default)
    elif isclass(annotation) and issubclass(annotation, BaseModel):
        for field in fields_of(annotation, f"{name}."):
            yield field._replace(required=required and field.required)
    elif isclass(origin) and issubclass(origin, Mapping):
        yield from _described(f"{name}.NAME", get_args(annotation)[1], False, "")
    elif isclass(origin) and issubclass(origin, Sequence) and get_args(annotation)[0] is str:
        yield FieldHelp(name, "names with commas between them", required, default)
    elif isclass(origin) and issubclass(origin, Sequence):
        yield FieldHelp(name, "list; supply it in a file with --json", required, default)
        for field in _described(f"{name}[]", get_args(annotation)[0], required, ""):
            yield field._replace(name=f"  {field.name}")
    elif origin is Literal:
        yield FieldHelp(name, " or ".join(map(str, get_args(annotation))), required, default)
    else:
        yield FieldHelp(name, KINDS.get(annotation, "text"), required, default)


def _bare(annotation: Any) -> Any:
    """A type without its validators and without `None`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _bare(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        parts = [part for part in get_args(annotation) if part is not type(None)]
        return _bare(parts[0]) if len(parts) == 1 else annotation
    return annotation


def _short(default: Any) -> str:
    return "" if isinstance(default, BaseModel | Mapping) else str(default)


def merged(values: Mapping[str, Any], assignments: Sequence[str]) -> dict[str, Any]:
    """Values from a file, overridden by those of the command line: `field=value`, dotted where nested."""
    result = _copied(values)
    given: set[str] = set()
    for assignment in assignments:
        field, sign, text = assignment.partition("=")
        if not sign or not field:
            raise InvalidValue("is not of the form field=value", field="argument", value=assignment)
        if field in given:
            raise InvalidValue("is supplied twice", field="field", value=field)
        given.add(field)
        _put(result, field, text)
    return result


def _put(values: dict[str, Any], field: str, text: str) -> None:
    *groups, name = field.split(".")
    for group in groups:
        inner = values.setdefault(group, {})
        if not isinstance(inner, dict):
            raise InvalidValue(f"{group} is a single value, so it has no fields", field="field", value=field)
        values = inner
    values[name] = text


def _copied(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copied(value) if isinstance(value, Mapping) else value for name, value in values.items()}
