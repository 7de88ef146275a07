"""Parses a file of statements once, though an import walks through it twice: checked first, booked then.

What was parsed is kept in a temporary file, from which a movement is read again in a twentieth of the time that parsing
it takes. So the memory is that of some hundred movements, and both walks see the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, NamedTuple, Self

import msgspec

from billing_core.bank_statements.statement import Movement, StatementEnd, StatementPart, StatementStart

PARTS_AT_ONCE = 500

_encode = msgspec.msgpack.Encoder().encode
_decoders: dict[type[StatementPart], msgspec.msgpack.Decoder[Any]] = {
    kind: msgspec.msgpack.Decoder(list[kind])  # type: ignore[valid-type]
    for kind in (StatementStart, Movement, StatementEnd)
}


class _Block(NamedTuple):
    """Some parts of one kind that follow each other, and where they stand in the temporary file."""

    kind: type[StatementPart]
    begin: int
    length: int


class ReadOnce:
    """The parts of a file, each time `read` is called; parsed again only if nobody has walked to the end yet."""

    def __init__(self, parse: Callable[[], Iterable[StatementPart]]) -> None:
        self._parse = parse
        self._file = TemporaryFile()  # noqa: SIM115  (closed with this)
        self._blocks: list[_Block] = []
        self._is_begun = self._is_whole = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def read(self) -> Iterable[StatementPart]:
        """All parts from the beginning."""
        if self._is_whole:
            return self._again()
        if self._is_begun:
            return self._parse()
        self._is_begun = True
        return self._first()

    def _first(self) -> Iterator[StatementPart]:
        kept: list[StatementPart] = []
        for part in self._parse():
            if kept and (type(part) is not type(kept[0]) or len(kept) == PARTS_AT_ONCE):
                self._keep(kept)
                kept = []
            kept.append(part)
            yield part
        if kept:
            self._keep(kept)
        self._is_whole = True

    def _keep(self, parts: Sequence[StatementPart]) -> None:
        begin = self._blocks[-1].begin + self._blocks[-1].length if self._blocks else 0
        content = _encode(parts)
        self._file.write(content)
        self._blocks.append(_Block(type(parts[0]), begin, len(content)))

    def _again(self) -> Iterator[StatementPart]:
        for block in self._blocks:
            self._file.seek(block.begin)  # Several may walk at the same time.
            yield from _decoders[block.kind].decode(self._file.read(block.length))
