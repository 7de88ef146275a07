"""What may be written of a struct, for help and reference: each word with the kind of its value and its default."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from inspect import isclass
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from adapters.edge.models import written
from adapters.edge.shapes import bare, left_out, shapes_of
from adapters.edge.wordings import NONE, REQUIRED, Word
from adapters.edge.words import VALUES
from billing_core.kernel.dates import ALWAYS

PLAIN: dict[Any, str] = {
    str: "text", int: "whole number", Decimal: "number", date: "date", datetime: "instant", bool: "true or false",
    UUID: "UUID",
}  # fmt: skip


class Described(NamedTuple):
    """A word, the type of its value, whether it must be written, and what holds if it is not."""

    word: str
    kind: Any
    is_required: bool
    default: str
    without: frozenset[str] = NONE  # Attributes of its structs that are not written here.

    @property
    def takes(self) -> str:
        """The kind of its value in words."""
        return takes(self.kind)

    @property
    def structs(self) -> tuple[Any, ...]:
        """The structs of which its value is made; none for a plain value."""
        return structs_in(self.kind)


def described(struct: Any, without: frozenset[str] = NONE) -> Iterator[Described]:
    """The words of a struct in their order; of one with several shapes, those of all of them."""
    shapes = shapes_of(struct, without)
    listed: dict[str, Word] = {}
    for shape in shapes:
        listed |= {word: value for word, value in shape.words.items() if word not in listed}
    for word, value in listed.items():
        kind = value.kind
        if word == shapes[0].variant:
            kind = Literal[tuple(get_args(shape.words[word].kind)[0] for shape in shapes)]
        is_required = value.default is REQUIRED and all(word in shape.words for shape in shapes)
        is_required |= word == shapes[0].variant
        yield Described(word, without_none(kind), is_required, _default(value), left_out(kind))


def takes(kind: Any) -> str:
    """The kind of a value in words: `date`, `own or account`, `list of text`, `number by name`."""
    kind = without_none(kind)
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType) or hasattr(kind, "__struct_fields__"):
        return "fields"
    if origin is Literal:
        return " or ".join(VALUES.get(value, value) for value in inside)
    if isclass(origin) and issubclass(origin, Mapping):
        return f"{takes(inside[1])} by name"
    if origin is tuple:
        return "list" if structs_in(kind) else f"list of {takes(inside[0])}"
    return PLAIN.get(kind, "text")


def structs_in(kind: Any) -> tuple[Any, ...]:
    """The structs of which a value is made."""
    kind = without_none(kind)
    if hasattr(kind, "__struct_fields__"):
        return (kind,)
    if get_origin(kind) is Literal:
        return ()
    return tuple(struct for inside in get_args(kind) for struct in structs_in(inside))


def without_none(kind: Any) -> Any:
    """A type without its marks, and without `None` and `UNSET` as others of its values."""
    kind = bare(kind)
    if get_origin(kind) in (Union, UnionType):
        parts = tuple(part for part in get_args(kind) if part not in (NoneType, UnsetType))
        return without_none(parts[0]) if len(parts) == 1 else Union[parts]  # noqa: UP007
    return kind


def _default(word: Word) -> str:
    """A default as it would be written; empty if leaving the word out says nothing."""
    default = word.default
    if word.is_always_written or default in (REQUIRED, None, UNSET, "", (), ALWAYS):
        return ""
    if isinstance(default, msgspec.Struct | Mapping):
        return ""
    return str(default).lower() if isinstance(default, bool) else str(written(default))
