"""The text of an OFX file as opened, closed and filled elements: SGML of version 1 and XML of version 2 alike.

SGML leaves the end of an element with a value out (`<TRNAMT>12.50`), so only elements without a value are nested. A
declaration (`<!DOCTYPE`, `<!ENTITY`) is refused: no OFX file needs one.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html import unescape
from typing import BinaryIO, Literal, NamedTuple

from adapters.banks.refusals import Unreadable, shown

CHUNK_BYTES = 1 << 16
HEADER_BYTES = 2_048
LONGEST_PIECE = 100_000
NAME = re.compile(r"(/?)([A-Za-z][A-Za-z0-9.]*)\s*(/?)>")
CHARSET = re.compile(rb"CHARSET:\s*([A-Za-z0-9-]+)")
XML_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)[\"']")
IS_UNICODE = re.compile(rb"ENCODING:\s*(UTF-8|UNICODE)")


class Token(NamedTuple):
    """An element that begins or ends, or one with its value."""

    line: int
    kind: Literal["begin", "end", "value"]
    name: str
    value: str = ""


def tokens_in(file: BinaryIO) -> Iterator[Token]:
    """The elements of a file in order, or `Unreadable`. What stands before the first one is the header."""
    first = file.read(HEADER_BYTES)
    file.seek(0)
    has_begun = False
    for line, piece in _pieces(file, _encoding(first)):
        if piece.startswith("?"):
            continue
        if piece.startswith("!"):
            raise Unreadable(line, f"declares {shown('<' + piece.strip())}: leave it out")
        found = NAME.match(piece)
        if found is None:
            raise Unreadable(line, f"is no element of OFX: {shown('<' + piece)}")
        name, value = found[2].upper(), unescape(piece[found.end() :]).strip()
        has_begun = has_begun or name == "OFX"
        if found[1]:
            yield Token(line, "end", name)
        elif value or found[3]:
            yield Token(line, "value", name, value)
        else:
            yield Token(line, "begin", name)
    if not has_begun:
        raise Unreadable(0, "has no element OFX")


def _pieces(file: BinaryIO, encoding: str) -> Iterator[tuple[int, str]]:
    """What follows each `<` up to the next one, with its line."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    line, rest, is_first = 1, "", True
    while True:
        read = file.read(CHUNK_BYTES)
        parts = (rest + decoder.decode(read, final=not read)).split("<")
        rest = parts.pop()
        for part in parts:
            if not is_first:
                yield line, part
            is_first = False
            line += part.count("\n")
        if len(rest) > LONGEST_PIECE:
            raise Unreadable(line, "has an element with too long a text")
        if not read:
            break
    if not is_first:
        yield line, rest


def _encoding(first: bytes) -> str:
    """The encoding that the header names; that of Windows for Western Europe if it names none that is known."""
    if first.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if IS_UNICODE.search(first):
        return "utf-8"
    found = XML_ENCODING.search(first) or CHARSET.search(first)
    if found is None:
        return "utf-8" if first.lstrip().startswith(b"<") else "cp1252"
    named = found[1].decode().lower()
    try:
        return codecs.lookup(f"cp{named}" if named.isdigit() else named).name
    except LookupError:
        return "cp1252"
