"""The words of a file: each key that may stand in one of its parts, with what it takes and its default.

The only module that knows how a file's models are written: a file that is read by other models needs another
`words_of` and nothing else.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from inspect import isclass
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

PLAIN: dict[Any, str] = {
    str: "text", int: "whole number", Decimal: "number", date: "date", bool: "true or false", UUID: "UUID"
}  # fmt: skip
REQUIRED = "required"


class Word(NamedTuple):
    """A key of a part of a file; `parts` are the models of which its value is made, none for a plain value."""

    name: str
    takes: str
    default: str
    parts: tuple[type[BaseModel], ...] = ()


def words_of(part: type[BaseModel]) -> Iterator[Word]:
    """The keys that may stand in a part of a file, in the order of its model."""
    for name, field in part.model_fields.items():
        takes, parts = _takes(field.annotation)
        default = REQUIRED if field.is_required() else _written(field.get_default(call_default_factory=True))
        yield Word(field.alias or name, takes, default, parts)


def _takes(annotation: Any) -> tuple[str, tuple[type[BaseModel], ...]]:
    """The kind of a value, and the parts that it is made of."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _takes(inside[0])
    if origin in (Union, types.UnionType):
        found = [_takes(each) for each in inside if each is not type(None)]
        return " or ".join(dict.fromkeys(takes for takes, _ in found)), tuple(
            part for _, parts in found for part in parts
        )
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inside), ()
    if isclass(origin) and issubclass(origin, Mapping):
        takes, parts = _takes(inside[1])
        return f"{takes} by name", parts
    if isclass(origin) and issubclass(origin, Sequence):
        takes, parts = _takes(inside[0])
        return ("list" if parts else f"list of {takes}"), parts
    return ("keys", (annotation,)) if issubclass(annotation, BaseModel) else (PLAIN[annotation], ())


def _written(default: Any) -> str:
    """A default as a file would say it; empty if a missing word says nothing."""
    match default:
        case None | "" | () | BaseModel():
            return ""
        case bool():
            return str(default).lower()
        case Mapping() | Sequence() if not default:
            return ""
        case Decimal():
            return f"{default:f}"
        case _:
            return "" if default == date.min else str(default)
