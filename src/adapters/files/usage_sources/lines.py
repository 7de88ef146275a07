"""The lines of a file, in blocks: each with its number, whatever stands in it, in memory that does not grow.

Decides which lines cannot be part of any record: with characters that no text has, or longer than any record. Does not
know what the lines mean.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from adapters.files.usage_rows import RefusedRow
from billing_core.kernel.errors import InvalidValue

BLOCK_BYTES = 16 * 2**20
MOST_LINES = 100_000
# A call of FreeSWITCH takes 20 to 60 kB.
MOST_LINE_BYTES = 2**20
# What is refused is kept as it came, to be read again, unless it is longer than any honest record.
MOST_KEPT = 2**16
MOST_SHOWN = 80
NEWLINE, RETURN, TAB, SPACE, DELETE = 10, 13, 9, 32, b"\x7f"
REPLACED = "\N{REPLACEMENT CHARACTER}"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

Numbers = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


class Lines(NamedTuple):
    """Some lines of a file in UTF-8: where each starts and ends in `data`, without its line end, and its number."""

    data: bytes
    starts: Numbers
    ends: Numbers
    numbers: Numbers

    @property
    def size(self) -> int:
        return len(self.starts)

    def text(self, place: int) -> str:
        """The line at a place."""
        return self.data[self.starts[place] : self.ends[place]].decode(errors="replace")

    def only(self, marks: Marks) -> Lines:
        """The lines that are marked."""
        if marks.all():
            return self
        return Lines(self.data, self.starts[marks], self.ends[marks], self.numbers[marks])

    def joined(self) -> bytes:
        """The lines with line ends between them and after the last one."""
        if not self.size:
            return b""
        gaps = np.flatnonzero(np.diff(self.numbers) != 1) + 1
        firsts, lasts = [0, *gaps.tolist()], [*(gaps - 1).tolist(), self.size - 1]
        runs = [self.data[self.starts[first] : self.ends[last]] for first, last in zip(firsts, lasts, strict=True)]
        return b"\n".join([*runs, b""])

    def array(self) -> pa.StringArray:
        """The lines as texts of a column."""
        data = self.joined()
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == NEWLINE) + 1
        offsets = np.concatenate([[0], ends]).astype(np.int32)
        texts = pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(data))
        return pc.ascii_rtrim(texts, "\r\n")

    def refused(self, marks: Marks, reason: str) -> list[RefusedRow]:
        """The marked lines, refused for a reason."""
        return [refused_line(int(self.numbers[at]), self.text(at), reason) for at in np.flatnonzero(marks).tolist()]


class Block(NamedTuple):
    """Lines of a file that may be records, and those that cannot be any."""

    lines: Lines
    refused: Sequence[RefusedRow]


def refused_line(number: int, text: str, reason: str) -> RefusedRow:
    """A whole line that is refused."""
    return RefusedRow(number, "", "row", shown(text), reason, kept(text))


def shown(text: str) -> str:
    """A text as a report shows it: not long, and without control characters."""
    readable = CONTROL.sub(REPLACED, text[: MOST_SHOWN + 1])
    return readable if len(readable) <= MOST_SHOWN else f"{readable[:MOST_SHOWN]}..."


def kept(text: str) -> str:
    """A record as it is kept: without control characters, which the database cannot keep, and cut off if absurd."""
    return CONTROL.sub(REPLACED, text[:MOST_KEPT])


def read_lines(file: BinaryIO, encoding: str, *, takes_unended: bool) -> Iterator[Block]:
    """The lines of a file that are not empty, without those that a record cannot hold."""
    if file.read(2) in UTF_16 and not encoding.lower().startswith(("utf-16", "utf16")):
        raise InvalidValue("is written in UTF-16; name it as encoding in the profile", field="file")
    file.seek(0)
    number, rest = 1, b""
    for part in _decoded(file, encoding):
        data = rest + part
        end = data.rfind(b"\n") + 1
        rest = data[end : end + MOST_LINE_BYTES + 1]
        if end:
            lines, is_marked = _lines(data[:end], number)
            yield from _blocks(lines, is_marked)
            number += lines.size
    if rest:
        yield from _last(rest, number, takes_unended=takes_unended)


def _decoded(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """The file in UTF-8, part by part; bytes that are no text become replacement characters."""
    name = codecs.lookup(encoding).name
    decoder = codecs.getincrementaldecoder("utf-8-sig" if name == "utf-8" else name)(errors="replace")
    while part := file.read(BLOCK_BYTES):
        yield decoder.decode(part).encode(errors="replace")
    yield decoder.decode(b"", final=True).encode(errors="replace")


def _lines(data: bytes, number: int) -> tuple[Lines, Marks]:
    """The lines of data that ends with a line end, the first one with the number; and which have control characters."""
    every = np.frombuffer(data, np.uint8)
    controls = np.flatnonzero(every < SPACE)
    codes = every[controls]
    newlines = controls[codes == NEWLINE]
    starts = np.concatenate([[0], newlines[:-1] + 1])
    before = every[np.maximum(newlines - 1, 0)]
    ends = newlines - ((before == RETURN) & (newlines > starts))
    lines = Lines(data, starts, ends, number + np.arange(len(starts)))
    others = controls[(codes != NEWLINE) & (codes != TAB)]
    if DELETE in data:
        others = np.concatenate([others, np.flatnonzero(every == ord(DELETE))])
    of_lines = np.searchsorted(ends, others)
    is_marked = np.zeros(lines.size, bool)
    # A return just before the line end belongs to it.
    is_marked[of_lines[others != ends[of_lines]]] = True
    return lines, is_marked


def _last(rest: bytes, number: int, *, takes_unended: bool) -> Iterator[Block]:
    """What stands after the last line end: it may be half a line."""
    lines, is_marked = _lines(rest + b"\n", number)
    if takes_unended or len(rest) > MOST_LINE_BYTES:
        yield from _blocks(lines, is_marked)
        return
    reason = "has no line end, so it may be half a line; send the file again, or end the line if it is whole"
    yield Block(lines.only(np.zeros(1, bool)), lines.refused(np.ones(1, bool), reason))


def _blocks(lines: Lines, is_marked: Marks) -> Iterator[Block]:
    """The lines, some at a time; empty ones do not count."""
    for first in range(0, lines.size, MOST_LINES):
        some = slice(first, first + MOST_LINES)
        part = Lines(lines.data, lines.starts[some], lines.ends[some], lines.numbers[some])
        yield _checked(part, is_marked[some])


def _checked(lines: Lines, has_controls: Marks) -> Block:
    lengths = lines.ends - lines.starts
    is_long = lengths > MOST_LINE_BYTES
    refused = lines.refused(is_long, f"is longer than {MOST_LINE_BYTES:,} bytes, as no record is")
    refused += lines.refused(has_controls & ~is_long, "has a control character, such as NUL, which no text has")
    kept = ~(is_long | has_controls)
    return Block(lines.only(kept & (lengths > 0)), refused)
