"""The fields of a command on the command line: dotted names, and the kind of value of each.

    account=1 on=2026-03-01 address.city=Riga prices.monthly=19.90

Derived from the command's own struct, so that a new command needs nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from inspect import isclass
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from adapters.edge.described import described, takes, without_none
from adapters.edge.wordings import NONE
from billing_core.kernel.errors import InvalidValue


class FieldHelp(NamedTuple):
    """A field by its dotted name, the kind of its value, and whether it is required."""

    name: str
    takes: str
    required: bool
    default: str


def fields_of(struct: Any, prefix: str = "", without: frozenset[str] = NONE) -> Iterator[FieldHelp]:
    """The fields that can be given, nested ones by their dotted names, in the order of the struct."""
    for word in described(struct, without):
        yield from _described(prefix + word.word, word.kind, word.is_required, word.default, word.without)


def _described(
    name: str, kind: Any, required: bool, default: str, without: frozenset[str] = NONE
) -> Iterator[FieldHelp]:
    kind = without_none(kind)
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        yield from _either(name, get_args(kind), required)
    elif hasattr(kind, "__struct_fields__"):
        for field in fields_of(kind, f"{name}.", without):
            yield field._replace(required=required and field.required)
    elif isclass(origin) and issubclass(origin, Mapping):
        yield from _described(f"{name}.NAME", get_args(kind)[1], False, "")
    elif origin is tuple and (get_args(kind)[0] is str or get_origin(get_args(kind)[0]) is Literal):
        yield FieldHelp(name, "names with commas between them", required, default)
    elif origin is tuple and get_args(kind)[0] in (date, Decimal, int):
        yield FieldHelp(name, f"{takes(get_args(kind)[0])}, several with commas between them", required, default)
    elif origin is tuple:
        yield FieldHelp(name, "list; supply it in a file with --file", required, default)
        for field in _described(f"{name}[]", get_args(kind)[0], required, ""):
            yield field._replace(name=f"  {field.name}")
    else:
        yield FieldHelp(name, takes(kind), required, default)


def _either(name: str, structs: Sequence[Any], required: bool) -> Iterator[FieldHelp]:
    """One of several groups of fields: first the word that chooses, then the fields of all of them."""
    tag = f"{name}.{structs[0].__struct_config__.tag_field}"
    yield FieldHelp(tag, " or ".join(str(struct.__struct_config__.tag) for struct in structs), required, "")
    listed: dict[str, list[FieldHelp]] = {}
    for struct in structs:
        for field in fields_of(struct, f"{name}."):
            listed.setdefault(field.name, []).append(field)
    listed.pop(tag)
    for alike in listed.values():
        is_required = required and len(alike) == len(structs) and all(field.required for field in alike)
        default = alike[0].default if len({field.default for field in alike}) == 1 else ""
        yield alike[0]._replace(required=is_required, default=default)


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
