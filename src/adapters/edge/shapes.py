"""Which words a struct is written with: its shape, from which it is read and by which it is written.

Most attributes are one word with one value. A group of fields may be written among the others (`INLINED`), and some
attributes in another way (`adapters.edge.shorthand`). If a group may be one of several structs, as the price of usage
is by its model, what has it has a shape for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo, replace

from adapters.edge.shorthand import SHORTHANDS, money
from adapters.edge.wordings import NONE, Word, Wording, attribute, default_of, tag
from adapters.edge.words import INLINED, NESTED, UNWRITTEN, Without
from billing_core.kernel.money import Money


class Shape(NamedTuple):
    """All words of a struct; `variant` is the one that distinguishes its shapes, if it has several.

    What is not written at all is as in the `example`, if there is one.
    """

    struct: Any
    wordings: Sequence[Wording]
    variant: str = ""
    example: Any = None

    @property
    def words(self) -> dict[str, Word]:
        return {word: value for wording in self.wordings for word, value in wording.words.items()}

    @property
    def structs(self) -> tuple[type, ...]:
        """The struct, and those that are written among its fields."""
        return (self.struct, *(struct for wording in self.wordings for struct in wording.structs))

    def read(self, values: Mapping[str, Any]) -> Any:
        """The struct that the values of its words make."""
        attributes: dict[str, Any] = {}
        for wording in self.wordings:
            attributes |= wording.read(values)
        return self.struct(**attributes) if self.example is None else replace(self.example, **attributes)

    def write(self, value: Any) -> dict[str, Any]:
        """The words of a struct with their values, without those that may be left out."""
        written = {word: found for wording in self.wordings for word, found in wording.write(value).items()}
        known = self.words
        return {
            word: found
            for word, found in written.items()
            if known[word].is_always_written or known[word].default != found
        }


def shapes_of(struct: Any, without: frozenset[str] = NONE, example: Any = None) -> list[Shape]:
    """The shapes of a struct; `example` has the defaults, if they are not those of the struct itself."""
    left_out = without | UNWRITTEN.get((struct, ""), NONE)
    fields = [field for field in msgspec.structs.fields(struct) if field.name not in left_out]
    shapes: list[list[Wording]] = [[]]
    variant = ""
    for field, options in _options(struct, fields, example):
        shapes = [[*wordings, option] for wordings in shapes for option in options]
        if len(options) > 1:
            variant = _members(bare(field.type))[0].__struct_config__.tag_field
    tagged = tag(struct)
    if tagged is not None:
        place = 1 if fields and fields[0].name == "code" else 0
        shapes = [[*wordings[:place], tagged, *wordings[place:]] for wordings in shapes]
    return [Shape(struct, wordings, variant, example) for wordings in shapes]


def _options(struct: Any, fields: Sequence[FieldInfo], example: Any) -> Iterator[tuple[FieldInfo, list[Wording]]]:
    """How each field may be worded; fields of one shorthand are worded once, together."""
    shorthands = [shorthand for owner in struct.__mro__ for shorthand in SHORTHANDS.get(owner, ())]
    done: frozenset[str] = NONE
    for field in fields:
        if field.name in done:
            continue
        shorthand = next((each for each in shorthands if field.name in each.attributes), None)
        if shorthand is not None:
            done |= shorthand.attributes
            yield field, [shorthand.wording(example)]
        elif field.type is Money:
            yield field, [money(field.name)]
        elif (struct, field.name) not in NESTED and all(member in INLINED for member in _members(bare(field.type))):
            yield field, list(_inlined(struct, field, example))
        else:
            yield field, [attribute(struct, field, example)]


def _inlined(struct: Any, field: FieldInfo, example: Any) -> Iterator[Wording]:
    """The words of a group of fields, for each struct that it may be."""
    default = default_of(struct, field, example)
    without = left_out(field.type) | UNWRITTEN.get((struct, field.name), NONE)
    for member in _members(bare(field.type)):
        for shape in shapes_of(member, without, default if isinstance(default, member) else None):
            yield _group(field.name, shape)


def _group(name: str, shape: Shape) -> Wording:
    def write(value: Any) -> dict[str, Any]:
        group = getattr(value, name)
        return {word: found for wording in shape.wordings for word, found in wording.write(group).items()}

    return Wording(shape.words, lambda values: {name: shape.read(values)}, write, shape.structs)


def _members(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


def left_out(kind: Any) -> frozenset[str]:
    """The attributes of a struct that are not written where a field is marked so."""
    marks = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    return NONE.union(*(mark.attributes for mark in marks if isinstance(mark, Without)))


def bare(kind: Any) -> Any:
    """A type without its marks."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind
