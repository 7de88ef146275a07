"""The fields of a command as they are written on the command line: dotted names, and what each one takes.

    account=1 on=2026-03-01 address.city=Riga prices.monthly=19.90

Derived from the command's own struct, so that a new command needs nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from inspect import isclass
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec

from adapters.edge.models import written
from adapters.edge.shapes import Shape, bare, shapes_of
from adapters.edge.wordings import REQUIRED, Word
from adapters.edge.words import VALUES
from billing_core.kernel.errors import InvalidValue

KINDS: dict[Any, str] = {str: "text", int: "whole number", Decimal: "number", date: "date", bool: "true or false"}


class FieldHelp(NamedTuple):
    """A field by its dotted name, what it takes, and whether or not it may be left out."""

    name: str
    takes: str
    required: bool
    default: str


def fields_of(struct: Any, prefix: str = "") -> Iterator[FieldHelp]:
    """The fields that can be given, nested ones by their dotted names, in the order of the struct."""
    shapes = shapes_of(struct)
    listed: dict[str, Word] = {}
    for shape in shapes:
        listed = {**listed, **{word: value for word, value in shape.words.items() if word not in listed}}
    for name, word in listed.items():
        kind = word.kind if name != shapes[0].variant else Literal[tuple(_tag(shape) for shape in shapes)]
        is_everywhere = all(name in shape.words for shape in shapes)
        is_required = word.default is REQUIRED and is_everywhere
        yield from _described(prefix + name, kind, is_required, _short(word.default))


def _tag(shape: Shape) -> str:
    tag: str = get_args(shape.words[shape.variant].kind)[0]
    return tag


def _described(name: str, kind: Any, required: bool, default: str) -> Iterator[FieldHelp]:
    kind = _without_none(kind)
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        yield from _either(name, get_args(kind), required)
    elif hasattr(kind, "__struct_fields__"):
        for field in fields_of(kind, f"{name}."):
            yield field._replace(required=required and field.required)
    elif isclass(origin) and issubclass(origin, Mapping):
        yield from _described(f"{name}.NAME", get_args(kind)[1], False, "")
    elif origin is tuple and get_args(kind)[0] is str:
        yield FieldHelp(name, "names with commas between them", required, default)
    elif origin is tuple:
        yield FieldHelp(name, "list; give it in a file with --json", required, default)
        for field in _described(f"{name}[]", get_args(kind)[0], required, ""):
            yield field._replace(name=f"  {field.name}")
    elif origin is Literal:
        yield FieldHelp(name, " or ".join(VALUES.get(value, value) for value in get_args(kind)), required, default)
    else:
        yield FieldHelp(name, KINDS.get(kind, "text"), required, default)


def _either(name: str, structs: Sequence[Any], required: bool) -> Iterator[FieldHelp]:
    """One of several groups of fields: first the word that chooses, then the fields of all of them."""
    tag = structs[0].__struct_config__.tag_field
    choice = " or ".join(str(struct.__struct_config__.tag) for struct in structs)
    yield FieldHelp(f"{name}.{tag}", choice, required, "")
    listed = {field.name: field for struct in structs for field in fields_of(struct, f"{name}.")}
    for field in listed.values():
        if field.name != f"{name}.{tag}":
            yield field._replace(required=False)


def _without_none(kind: Any) -> Any:
    """A type without its marks, and without `None` beside it."""
    kind = bare(kind)
    if get_origin(kind) in (Union, UnionType):
        parts = tuple(part for part in get_args(kind) if part is not NoneType)
        return _without_none(parts[0]) if len(parts) == 1 else Union[parts]  # noqa: UP007
    return kind


def _short(default: Any) -> str:
    is_single = default not in (REQUIRED, None, "", ()) and not isinstance(default, msgspec.Struct | Mapping)
    return str(written(default)) if is_single else ""


def merged(values: Mapping[str, Any], assignments: Sequence[str]) -> dict[str, Any]:
    """Values from a file, with those of the command line put over them: `field=value`, dotted where nested."""
    result = _copied(values)
    given: set[str] = set()
    for assignment in assignments:
        field, sign, text = assignment.partition("=")
        if not sign or not field:
            raise InvalidValue("is not of the form field=value", field="argument", value=assignment)
        if field in given:
            raise InvalidValue("is given twice", field="field", value=field)
        given.add(field)
        _put(result, field, text)
    return result


def _put(values: dict[str, Any], field: str, text: str) -> None:
    *groups, name = field.split(".")
    for group in groups:
        inner = values.setdefault(group, {})
        if not isinstance(inner, dict):
            raise InvalidValue(f"{group} holds a single value, so nothing can stand in it", field="field", value=field)
        values = inner
    values[name] = text


def _copied(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _copied(value) if isinstance(value, Mapping) else value for name, value in values.items()}
