"""Answers as JSON, and their schemas: the forms are those of `commands.platform.answers`."""

from __future__ import annotations

from typing import Any, get_type_hints

import msgspec
from msgspec import inspect

from billing_core.kernel.money import Money
from commands.platform.answers import plain

MONEY = {
    "type": "object",
    "properties": {"amount": {"type": "string", "examples": ["19.90"]}, "currency": {"type": "string"}},
    "required": ["amount", "currency"],
    "description": "An amount of a currency, exact: a text, which is never a binary fraction.",
}
PLAIN: dict[type, dict[str, Any]] = {
    inspect.AnyType: {},
    inspect.NoneType: {"type": "null"},
    inspect.BoolType: {"type": "boolean"},
    inspect.IntType: {"type": "integer"},
    inspect.StrType: {"type": "string"},
    inspect.DecimalType: {"type": "string", "format": "decimal"},
    inspect.DateType: {"type": "string", "format": "date"},
    inspect.DateTimeType: {"type": "string", "format": "date-time"},
    inspect.UUIDType: {"type": "string", "format": "uuid"},
}
REFERENCE = "#/components/schemas/"

encoded = msgspec.json.encode


def as_body(answer: Any) -> bytes:
    """The answer of a query or command, as JSON."""
    return encoded(plain(answer))


def schema_of(function: Any, into: dict[str, Any]) -> dict[str, Any]:
    """The schema of what a function answers; those of its structs are put into the named ones."""
    return schema_of_type(get_type_hints(function)["return"], into)


def schema_of_type(kind: Any, into: dict[str, Any]) -> dict[str, Any]:
    """The schema of the plain form of a type's values; those of its structs are put into the named ones."""
    return _schema(inspect.type_info(kind), into)


def _schema(node: inspect.Type, into: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any]
    match node:
        case inspect.Metadata(type=inner):
            found = _schema(inner, into)
        case inspect.LiteralType(values=values):
            found = {"enum": list(values)}
        case inspect.UnionType(types=types):
            found = {"anyOf": [_schema(each, into) for each in types]}
        case inspect.DictType(value_type=value):
            found = {"type": "object", "additionalProperties": _schema(value, into)}
        case inspect.ListType(item_type=item) | inspect.VarTupleType(item_type=item):
            found = {"type": "array", "items": _schema(item, into)}
        case inspect.TupleType(item_types=items):
            found = {"type": "array", "prefixItems": [_schema(each, into) for each in items]}
        case inspect.StructType():
            found = _money(into) if node.cls is Money else _struct(node, into)
        case _:
            found = PLAIN[type(node)]
    return found


def _money(into: dict[str, Any]) -> dict[str, Any]:
    into["Money"] = MONEY
    return {"$ref": f"{REFERENCE}Money"}


def _struct(node: inspect.StructType, into: dict[str, Any]) -> dict[str, Any]:
    """A struct by its name; a page is named by what it lists, or not at all if that is no struct."""
    name = _name_of_page(node) if node.cls.__name__ == "Page" else node.cls.__name__
    properties: dict[str, Any] = {}
    found: dict[str, Any] = {"type": "object", "properties": properties}
    if name and name in into:
        return {"$ref": f"{REFERENCE}{name}"}
    if name:
        into[name] = found  # Named before its fields are looked at: one may hold others of its kind.
    properties |= {field.name: _schema(field.type, into) for field in node.fields}
    found["required"] = list(properties)
    if node.cls.__name__ == name and node.cls.__doc__:
        found["description"] = " ".join(node.cls.__doc__.split())
    return {"$ref": f"{REFERENCE}{name}"} if name else found


def _name_of_page(node: inspect.StructType) -> str:
    items = next(field.type for field in node.fields if field.name == "items")
    item = items.item_type if isinstance(items, inspect.ListType) else items
    return f"PageOf{item.cls.__name__}" if isinstance(item, inspect.StructType) else ""
