"""Walks through an XML file and hands over the wanted texts of its elements, group by group.

No tree is built: the parser (expat, of Python's library) calls a step at the begin and end of each element, and the
step goes along a tree of the wanted places, which is made once. What is not wanted is passed over. So a file of a
million entries is read with the memory of one.

A document type declaration is refused: nothing in such a message needs one, and it can grow to gigabytes or read files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import BinaryIO, NamedTuple
from xml.parsers import expat

from adapters.banks.refusals import Unreadable

CHUNK_BYTES = 1 << 16
# A message of a bank is at most 20 deep, and no field of it has more than some thousand letters.
MOST_DEEP = 200
MOST_TEXT = 1 << 20

Texts = Mapping[str, str]


class Group(NamedTuple):
    """An element that is handed over as a whole: its name, the line at which it begins, and its texts by their paths.

    A repeated text is joined by line ends. The currency of an amount, its attribute `Ccy`, stands at `PATH@`.
    """

    name: str
    line: int
    texts: dict[str, str]


class Place:
    """Where an element stands: the places within it; its path if its text is wanted; its name if it is a group."""

    __slots__ = ("group", "path", "within")

    def __init__(self, group: str = "") -> None:
        self.group, self.path = group, ""
        self.within: dict[str, Place] = {}


NOWHERE = Place()
NO_GROUPS: Mapping[str, Place] = MappingProxyType({})


def group_at(namespace: str, name: str, wanted: Iterable[str], groups: Mapping[str, Place] = NO_GROUPS) -> Place:
    """The place of a group with texts at some paths within it, and with other groups at some."""
    top = Place(name)
    for path in wanted:
        _at(top, namespace, path.split("/")).path = path
    for path, inner in groups.items():
        *above, last = path.split("/")
        _at(top, namespace, above).within[f"{namespace} {last}"] = inner
    return top


def _at(place: Place, namespace: str, names: list[str]) -> Place:
    for name in names:
        place = place.within.setdefault(f"{namespace} {name}", Place())
    return place


class Walk:
    """Goes through one file. `root` gives the place of its outermost element by name, `NAMESPACE NAME`, and line."""

    def __init__(self, root: Callable[[str, int], Place]) -> None:
        self._root = root
        self._place, self._above = NOWHERE, list[Place]()
        self._group, self._around = Group("", 0, {}), list[Group]()
        self._pieces: list[str] = []
        self._ended: list[tuple[Group, Group]] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._first
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def groups(self, file: BinaryIO) -> Iterator[tuple[Group, Group]]:
        """Each group of the file when it has ended, with the group around it."""
        is_at_end = False
        while not is_at_end:
            chunk = file.read(CHUNK_BYTES)
            is_at_end = not chunk
            self._parser.Parse(chunk, is_at_end)  # It may keep what it was not sure of until it knows the end.
            if sum(map(len, self._pieces)) > MOST_TEXT:
                raise Unreadable(self._line, f"has a text of more than {MOST_TEXT:,} letters")
            yield from self._ended
            self._ended = []

    @property
    def _line(self) -> int:
        return int(self._parser.CurrentLineNumber)

    def _refuse(self, *_: object) -> None:
        raise Unreadable(self._line, "declares a document type or entities: leave the DOCTYPE out")

    def _first(self, name: str, _: Mapping[str, str]) -> None:
        self._above.append(self._place)
        self._place = self._root(name, self._line)
        self._parser.StartElementHandler = self._start

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._above.append(self._place)
        place = self._place = self._place.within.get(name, NOWHERE)
        if self._pieces:
            self._pieces = []
        if attributes:
            self._group.texts[f"{place.path}@"] = attributes.get("Ccy", "")
        if place.group:
            self._around.append(self._group)
            self._group = Group(place.group, self._parser.CurrentLineNumber, {})
        elif place is NOWHERE and len(self._above) > MOST_DEEP:
            raise Unreadable(self._line, f"is no well-formed message: its elements stand more than {MOST_DEEP} deep")

    def _text(self, text: str) -> None:
        if self._place.path:
            self._pieces.append(text)

    def _end(self, _: str) -> None:
        place, self._place = self._place, self._above.pop()
        if self._pieces:
            self._keep(place.path)
        if place.group:
            ended, self._group = self._group, self._around.pop()
            self._ended.append((ended, self._group))

    def _keep(self, path: str) -> None:
        text, self._pieces = "".join(self._pieces).strip(), []
        if text:
            texts = self._group.texts
            texts[path] = text if path not in texts else f"{texts[path]}\n{text}"
