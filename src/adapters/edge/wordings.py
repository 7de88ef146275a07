"""A wording: some words, and which attributes of a struct their values make. Most are one word for one attribute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec.structs import FieldInfo

from adapters.edge.words import DEFAULTS, UNWRITTEN, Without, word_of

REQUIRED: Any = ...
NONE: frozenset[str] = frozenset()


class Word(NamedTuple):
    """The value of a word: its type, and the value if the word is left out."""

    kind: Any
    default: Any = REQUIRED
    is_always_written: bool = False


class Wording(NamedTuple):
    """Words; how attributes are made of the values of all words of a struct; and the words of a struct again."""

    words: Mapping[str, Word]
    read: Callable[[Mapping[str, Any]], dict[str, Any]]
    write: Callable[[Any], dict[str, Any]]
    structs: tuple[type, ...] = ()


def attribute(struct: type, field: FieldInfo, example: Any = None) -> Wording:
    """One word for one attribute."""
    word, name = word_of(struct, field.name), field.name
    unwritten = UNWRITTEN.get((struct, name), NONE)
    kind = Annotated[field.type, Without(unwritten)] if unwritten else field.type
    return Wording(
        {word: Word(kind, default_of(struct, field, example))},
        lambda values: {name: values[word]},
        lambda value: {word: getattr(value, name)},
    )


def default_of(struct: type, field: FieldInfo, example: Any = None) -> Any:
    """The value of an attribute that is left out: that of the example, of the struct, or of texts alone."""
    if example is not None:
        return getattr(example, field.name)
    if field.default is not msgspec.NODEFAULT:
        return field.default
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    owners = (owner for owner in struct.__mro__ if (owner, field.name) in DEFAULTS)
    return next((DEFAULTS[owner, field.name] for owner in owners), REQUIRED)


def tag(struct: Any) -> Wording | None:
    """The word that distinguishes a struct from others in its place; it may be left out if only this one is
    possible.
    """
    config = struct.__struct_config__
    if config.tag in (None, struct.__name__):  # The name alone is that of a struct from which others inherit.
        return None
    word = {config.tag_field: Word(Literal[config.tag], config.tag, is_always_written=True)}
    return Wording(word, lambda values: {}, lambda value: {config.tag_field: config.tag})
