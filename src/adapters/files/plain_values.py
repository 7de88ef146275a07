"""The plain values of a YAML or JSON text, each as it is written: 19.90 stays 19.90, 01 stays 01 and Yes stays Yes.

Every file that people write is read here, within limits that no honest file meets: a text that is short may otherwise
fill the memory by aliases of aliases, or the stack by lists in lists. Time and memory grow with the text alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import yaml

MOST_BYTES = 32 * 2**20
MOST_VALUES = 2_000_000
MOST_REPEATED_VALUES = 100_000
MOST_DEPTH = 40

# Line breaks to YAML, and characters as any other within a text to JSON.
LINE_BREAKS = ("\x85", "\u2028", "\u2029")
NO_VALUE = ("", "~", "null")
# The parser of the library in C is ten times as fast; a build of the library without it has the other one.
PARSER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# By the id of a list or mapping: the line on which each entry begins.
Lines = dict[int, "list[int] | dict[str, int]"]


class Unreadable(ValueError):
    """Why a text cannot be read, with its place."""


class PlainValues(NamedTuple):
    """The values of a text, and where they stand; the lines of a JSON text that is no YAML are not known."""

    value: Any
    first_line: int
    lines: Lines


def plain_values(text: str, *, null_is_none: bool = False) -> PlainValues:
    """The values of a text; `Unreadable` if it is not well-formed or beyond the limits.

    With `null_is_none` a bare `null` and an empty value mean no value; otherwise they are texts as any other.
    """
    if any(each in text for each in LINE_BREAKS) and (found := _json_if_it_is(text)) is not None:
        return found
    builder = _Builder(null_is_none)
    try:
        for event in yaml.parse(text, Loader=PARSER):
            builder.take(event)
    except yaml.YAMLError as error:
        found = _json_if_it_is(text)
        if found is None:
            raise Unreadable(_reason(error)) from None
        return found
    return PlainValues(builder.value, builder.first_line, builder.lines)


def _json_if_it_is(text: str) -> PlainValues | None:
    try:
        return PlainValues(_json(text), 1, {})
    except json.JSONDecodeError:
        return None


class _Open(NamedTuple):
    """A list or mapping whose end has not come yet, and how many values came before it."""

    values: Any
    lines: Any
    anchor: str | None
    values_before: int


class _Builder:
    """Builds values from the events of the parser, without recursion."""

    def __init__(self, null_is_none: bool) -> None:
        self.value: Any = None
        self.first_line = 1
        self.lines: Lines = {}
        self._null_is_none = null_is_none
        self._documents = 0
        self._count = 0
        self._repeated = 0
        self._open: list[_Open] = []
        self._key: tuple[str, int] | None = None
        self._keys: list[tuple[str, int] | None] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._takes: dict[type, Callable[[Any], None]] = {
            yaml.DocumentStartEvent: self._document,
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
        }

    def take(self, event: Any) -> None:
        """Take the next event."""
        take = self._takes.get(type(event))
        if take is not None:
            take(event)

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _at(event, "begins a second document; write one document in a file")

    def _mapping(self, event: Any) -> None:
        self._begin(event, {}, {})

    def _sequence(self, event: Any) -> None:
        self._begin(event, [], [])

    def _scalar(self, event: Any) -> None:
        if self._awaits_key():
            self._begin_entry(event)
            return
        is_none = self._null_is_none and event.implicit[0] and event.value in NO_VALUE
        value = None if is_none else event.value
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._add(event, value, 1)

    def _begin_entry(self, event: Any) -> None:
        if event.value in self._open[-1].values:
            raise _at(event, f"{event.value!r} stands twice")
        if event.anchor:
            self._anchors[event.anchor] = (event.value, 1)
        self._key = (event.value, event.start_mark.line + 1)

    def _begin(self, event: Any, values: Any, lines: Any) -> None:
        self._require_no_key(event)
        if len(self._open) >= MOST_DEPTH:
            raise _at(event, f"is nested deeper than {MOST_DEPTH} levels")
        before = self._count
        self._add(event, values, 1)
        self._open.append(_Open(values, lines, event.anchor, before))
        self._keys.append(self._key)
        self.lines[id(values)] = lines
        self._key = None

    def _end(self, event: Any) -> None:
        ended = self._open.pop()
        self._key = self._keys.pop()
        if ended.anchor:
            self._anchors[ended.anchor] = (ended.values, self._count - ended.values_before)

    def _alias(self, event: Any) -> None:
        self._require_no_key(event)
        if event.anchor not in self._anchors:
            raise _at(event, f"*{event.anchor} repeats a value that does not stand complete above it")
        value, count = self._anchors[event.anchor]
        self._repeated += count
        if self._repeated > MOST_REPEATED_VALUES:
            raise _at(event, f"the aliases up to here repeat more than {MOST_REPEATED_VALUES:,} values")
        self._add(event, value, count)

    def _add(self, event: Any, value: Any, count: int) -> None:
        self._count += count
        if self._count > MOST_VALUES:
            raise _at(event, f"the file holds more than {MOST_VALUES:,} values; split it")
        if not self._open:
            self.value, self.first_line = value, event.start_mark.line + 1
            return
        parent = self._open[-1]
        if self._key is None:
            parent.values.append(value)
            parent.lines.append(event.start_mark.line + 1)
        else:
            key, line = self._key
            parent.values[key] = value
            parent.lines[key] = line
            self._key = None

    def _awaits_key(self) -> bool:
        return bool(self._open) and self._key is None and isinstance(self._open[-1].values, dict)

    def _require_no_key(self, event: Any) -> None:
        if self._awaits_key():
            raise _at(event, "a key must be a single text, not a list, mapping or alias")


def _at(event: Any, message: str) -> Unreadable:
    mark = event.start_mark
    return Unreadable(f"line {mark.line + 1}, column {mark.column + 1}: {message}")


def _reason(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = "" if mark is None else f"line {mark.line + 1}, column {mark.column + 1}: "
    problem = getattr(error, "problem", None) or " ".join(str(error).split())
    return f"{place}is not well-formed YAML or JSON: {problem}"


def _json(text: str) -> Any:
    """What programs write that is no YAML: indented by tabs, with letters as pairs of escapes or as its line breaks."""
    try:
        value = json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_once_each)
    except RecursionError:
        raise Unreadable(f"is nested deeper than {MOST_DEPTH} levels") from None
    layer, depth = [value], 0
    while layer := [inner for outer in layer for inner in _values_in(outer)]:
        depth += 1
        if depth > MOST_DEPTH:
            raise Unreadable(f"is nested deeper than {MOST_DEPTH} levels")
    return value


def _values_in(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Unreadable(f"{twice!r} stands twice")
    return found
