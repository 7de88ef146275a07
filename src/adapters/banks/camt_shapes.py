"""Reads the wanted fields of an XML element quickly: by the shape that its tags have, found once for each shape.

A statement repeats few shapes of entries a million times. So the tree is walked by its parents once for each sequence
of tags, and every other element of the same sequence is read by the places found then. The order of tags that the
standard prescribes leaves no two trees with one sequence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lxml import etree

MOST_SHAPES = 4_096

Texts = Mapping[str, str]
# For each wanted path, where its elements stand; the places of amounts, which have a currency.
Places = tuple[list[tuple[str, int]], list[tuple[str, int]]]


class ShapeReader:
    """Reads the elements at `wanted` paths, relative to the element; a repeated one is joined by line ends.

    `amounts` are paths with the attribute `Ccy`, which is read as `PATH@`. A part of the tree in `others` is passed
    over.
    """

    def __init__(self, namespace: str, wanted: Collection[str], amounts: Collection[str], others: str = "") -> None:
        self._before = len(namespace)
        self._wanted, self._amounts, self._others = frozenset(wanted), frozenset(amounts), namespace + others
        self._has_others = bool(others)
        self._places: dict[tuple[str, ...], Places] = {}

    def read(self, element: etree._Element) -> dict[str, str]:
        """The texts of what is there by their paths."""
        parts = self._parts(element)
        places = self._places_of(element, parts)
        texts: dict[str, str] = {}
        for path, place in places[0]:
            if text := parts[place].text:
                texts[path] = text.strip() if path not in texts else f"{texts[path]}\n{text.strip()}"
        for path, place in places[1]:
            texts[path] = parts[place].get("Ccy", "")
        return texts

    def _parts(self, element: etree._Element) -> list[etree._Element]:
        if not self._has_others:
            return list(element.iter())
        return [part for child in element if child.tag != self._others for part in child.iter()]

    def _places_of(self, element: etree._Element, parts: list[etree._Element]) -> Places:
        shape = tuple([part.tag for part in parts])
        places = self._places.get(shape)
        if places is None:
            places = self._found(element, parts)
            if len(self._places) < MOST_SHAPES:
                self._places[shape] = places
        return places

    def _found(self, element: etree._Element, parts: list[etree._Element]) -> Places:
        paths = [self._path(element, part) for part in parts]
        wanted = [(path, place) for place, path in enumerate(paths) if path in self._wanted]
        return wanted, [(f"{path}@", place) for path, place in wanted if path in self._amounts]

    def _path(self, element: etree._Element, part: etree._Element) -> str:
        names: list[str] = []
        while part is not element:
            names.append(str(part.tag)[self._before :])
            above = part.getparent()
            assert above is not None
            part = above
        return "/".join(reversed(names))
