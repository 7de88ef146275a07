"""The words of a file: each key that may stand in one of its parts, with what it takes and its default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, get_args, get_origin

from adapters.edge.described import described
from adapters.edge.words import VALUES

REQUIRED = "required"


class Word(NamedTuple):
    """A key of a part of a file; `parts` are the structs of which its value is made, none for a plain value."""

    name: str
    takes: str
    default: str
    parts: tuple[Any, ...] = ()


def words_of(part: Any) -> Iterator[Word]:
    """The keys that may stand in a part of a file, in the order of its struct."""
    for word in described(part):
        takes = word.takes
        if get_origin(word.kind) is Literal:
            takes = " or ".join(f"`{VALUES.get(value, value)}`" for value in get_args(word.kind))
        yield Word(word.word, takes, REQUIRED if word.is_required else word.default, word.structs)
