"""Reads the entries of a CAMT file by their text where that says the same as the XML parser, and several times faster.

A statement repeats few shapes of entries a million times. The parser reads the first entry of a statement, and every
entry that is not plain. One that follows an entry immediately, apart from white space, is read by its tags alone if
they are plain, balanced and of a shape that is known; its texts stand between them. It never reaches the parser, which
gets its line ends, so that lines are counted right.

Not plain is an entry with a comment, an entity, a CDATA section, a prefix, an attribute other than a currency, or a
character that XML does not permit: that is left to the parser, which reads or refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import BinaryIO, NamedTuple

from adapters.banks.camt_shapes import Texts

BEGIN, END = b"<Ntry>", b"</Ntry>"
CHUNK = 1 << 18
# An entry that is longer goes to the parser, piece by piece.
LONGEST_ENTRY = 1 << 20
MOST_SHAPES = 4_096
PLAIN_TAG = re.compile(r'(/?)([A-Za-z0-9]+)(?: Ccy="([A-Z]{3})")?(/?)')
BRACKETS = b"<>"
ALL_BUT_BRACKETS = bytes(byte for byte in range(256) if byte not in BRACKETS)
# Control characters, which XML does not permit, and the beginning of an entity.
NEVER_PLAIN = bytes(byte for byte in range(32) if byte not in b"\t\n\r") + b"&"
END_OF_CDATA = b"]]>"
# The two characters beyond those that XML permits.
BEYOND = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
ENCODING = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
PART, PARTS = "NtryDtls/TxDtls", "NtryDtls"


class Paths(NamedTuple):
    """The wanted paths of an entry, or of a payment of one, and those of them with a currency."""

    wanted: frozenset[str]
    amounts: frozenset[str]


class Places(NamedTuple):
    """Where the texts of the wanted paths stand among all texts, and the currencies."""

    texts: list[tuple[str, int]]
    currencies: dict[str, str]

    def read(self, texts: list[str]) -> dict[str, str]:
        """The texts by their paths; a repeated one is joined by line ends."""
        found: dict[str, str] = {}
        for path, place in self.texts:
            if text := texts[place]:
                found[path] = text.strip() if path not in found else f"{found[path]}\n{text.strip()}"
        return found | self.currencies if self.currencies else found


class Shape(NamedTuple):
    """The places of an entry, and those of each of its payments."""

    entry: Places
    parts: list[Places]


class PlainEntry(NamedTuple):
    """An entry as it was read, the payments in it, the line on which it begins, and the line ends up to its end."""

    entry: Texts
    parts: list[Texts]
    line: int
    line_ends: int = 0


class EntryTexts:
    """Reads plain entries by the shapes of their tags."""

    def __init__(self, entry: Paths, part: Paths) -> None:
        self._of_entry, self._of_part = entry, part
        self._shapes: dict[str, Shape | None] = {}

    def read(self, content: bytes) -> tuple[Texts, list[Texts]] | None:
        """The texts of an entry and of its payments; None if it is not plain."""
        if not _is_plain(content):
            return None
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return None
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        tokens = text.replace(">", "<").split("<")  # Nothing, a tag, what is after it, a tag, ...
        tags, texts = tokens[1::2], tokens[2::2]
        key = "<".join(tags)
        shape = self._shapes.get(key)
        if shape is None:
            if key not in self._shapes and len(self._shapes) < MOST_SHAPES:
                shape = self._shapes[key] = self._shape_of(tags)
            if shape is None:
                return None
        return shape.entry.read(texts), [places.read(texts) for places in shape.parts]

    def _shape_of(self, tags: list[str]) -> Shape | None:
        """The places of the wanted texts; None if a tag is not plain, or one is not closed by its own."""
        shape, path = Shape(Places([], {}), []), list[str]()
        for place, tag in enumerate(tags):
            found = PLAIN_TAG.fullmatch(tag)
            if found is None or (place and not path):
                return None
            closes, name, currency, is_empty = found.groups()
            if closes:
                if currency or is_empty or path.pop() != name:
                    return None
                continue
            path.append(name)
            if not self._note(shape, "/".join(path[1:]), place, currency or "", bool(is_empty)):
                return None
            if is_empty:
                path.pop()
        return None if path else shape

    def _note(self, shape: Shape, path: str, place: int, currency: str, is_empty: bool) -> bool:
        """Note an element; False if a payment is not where the standard has it."""
        if path == PART:
            shape.parts.append(Places([], {}))
            return True
        if path.startswith(f"{PART}/"):
            _put(shape.parts[-1], self._of_part, path.removeprefix(f"{PART}/"), (place, currency, is_empty))
        elif path.endswith("TxDtls"):
            return False
        elif path and path != PARTS and not path.startswith(f"{PARTS}/"):
            _put(shape.entry, self._of_entry, path, (place, currency, is_empty))
        return True


def _is_plain(content: bytes) -> bool:
    """Whether brackets stand around tags alone, and every character means itself."""
    brackets = content.translate(None, ALL_BUT_BRACKETS)
    return (
        brackets == BRACKETS * (len(brackets) // 2)
        and len(content.translate(None, NEVER_PLAIN)) == len(content)
        and END_OF_CDATA not in content
        and BEYOND[0] not in content
        and BEYOND[1] not in content
    )


def _put(places: Places, paths: Paths, path: str, found: tuple[int, str, bool]) -> None:
    place, currency, is_empty = found
    if path not in paths.wanted:
        return
    if not is_empty:
        places.texts.append((path, place))
    if path in paths.amounts:
        places.currencies[f"{path}@"] = currency


class Cut:
    """Cuts a file into what the parser gets and the entries that are read by their texts.

    `follows_entry` is set by the reader when the parser has read an entry to its end: only then the next one may be
    cut out. `cut_out` counts them.
    """

    def __init__(self, file: BinaryIO, reader: EntryTexts) -> None:
        self._file, self._reader = file, reader
        self._line = 1
        self.follows_entry = False
        self.cut_out = 0

    def pieces(self) -> Iterator[bytes | PlainEntry]:
        """Bytes for the parser, each up to the end of an entry at most, and entries, in their order."""
        rest, is_cut = b"", True
        is_first = True
        while chunk := self._file.read(CHUNK):
            rest += chunk
            if is_first:
                is_cut, is_first = _is_utf8(rest), False
            if not is_cut:
                yield rest
                rest = b""
                continue
            at = 0
            while (piece := self._next(rest, at)) is not None:
                at, found = piece
                yield found
            rest = rest[at:]
        if rest:
            yield rest

    def _next(self, rest: bytes, at: int) -> tuple[int, bytes | PlainEntry] | None:
        """The next piece from a place on, and where it ends; None if more must be read."""
        begin = rest.find(BEGIN, at)
        end = rest.find(END, begin) if begin >= 0 else -1
        if end < 0:
            return self._long(rest, at)
        end += len(END)
        if self.follows_entry and not rest[at:begin].strip():
            read = self._reader.read(rest[begin:end])
            if read is not None:
                begins_on = self._line + rest.count(b"\n", at, begin)
                line_ends = rest.count(b"\n", at, end)
                self._line += line_ends
                self.cut_out += 1
                return end, PlainEntry(*read, begins_on, line_ends)
        self.follows_entry = False
        self._line += rest.count(b"\n", at, end)
        return end, rest[at:end]

    def _long(self, rest: bytes, at: int) -> tuple[int, bytes] | None:
        """What is too long to be kept until an entry ends goes to the parser."""
        if len(rest) - at < LONGEST_ENTRY:
            return None
        self.follows_entry = False
        self._line += rest.count(b"\n", at)
        return len(rest), rest[at:]


def _is_utf8(head: bytes) -> bool:
    """Whether a file is in UTF-8, as far as its first bytes say."""
    said = ENCODING.match(head.removeprefix(b"\xef\xbb\xbf"))
    return said is None or said[1].lower() == b"utf-8"


def as_paths(wanted: Collection[str], amounts: Collection[str]) -> Paths:
    return Paths(frozenset(wanted), frozenset(amounts))
