"""Cells of CSV: a record is a line, cut by pyarrow; what pyarrow cannot cut line by line is cut by Python's csv.

A line break within quotes would make a record of several lines. No switch writes that, and one quote that is not closed
would swallow the rest of the file: so a line with such a quote is refused, and the next line is a record again.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from adapters.files.usage_profile import UsageProfile
from adapters.files.usage_rows import RefusedRow
from adapters.files.usage_sources.cells import Cells, text_column
from adapters.files.usage_sources.lines import MOST_LINE_BYTES, Block, Lines, Marks, refused_line
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.repetitions import first_repeated

MOST_LINES_OF_HEADING = 100
# A block that stays in the cache of the processor; the longest line fits in it.
BLOCK_BYTES = MOST_LINE_BYTES + 1
NOT_CLOSED = "has a quote that is not closed, or a line break within quotes, which no record may have"


class _Cut(NamedTuple):
    """The table of the lines that could be cut, which ones these are, and the others."""

    table: pa.Table
    is_cut: Marks
    refused: Sequence[RefusedRow]


class _Header(NamedTuple):
    """The names of the columns, and the line that names them, if one does."""

    names: Sequence[str]
    line: str = ""


def csv_cells(blocks: Iterator[Block], profile: UsageProfile) -> Iterator[Cells]:
    """The cells of each block of lines; the header is found first.

    What is refused is kept below the line that names its columns, so that it can be read again.
    """
    header = _Header(profile.columns)
    for block in blocks:
        lines = block.lines
        if not header.names:
            header, lines = _below_header(lines, profile)
        cells = _cells(Block(lines, block.refused), header.names, profile)
        yield _with_header(cells, header.line) if header.line else cells
    if not header.names:
        raise _no_header(profile, profile.used_columns)


def _with_header(cells: Cells, header: str) -> Cells:
    return cells._replace(
        raw=lambda place: f"{header}\n{cells.raw(place)}",
        refused=[row._replace(raw=f"{header}\n{row.raw}") for row in cells.refused],
    )


def _below_header(lines: Lines, profile: UsageProfile) -> tuple[_Header, Lines]:
    """The first line near the top that has every column that is used, and the lines below it."""
    nearest: Sequence[str] = ()
    for place in range(min(lines.size, MOST_LINES_OF_HEADING)):
        names = [name.strip() for name in _cells_of(lines.text(place), profile) or ()]
        if set(profile.used_columns) <= set(names):
            if twice := first_repeated(name for name in names if name in profile.used_columns):
                raise InvalidValue("stands twice in the header; rename one of the two", field="column", value=twice[1])
            header = _Header(_with_different_names(names), lines.text(place))
            return header, lines.only(np.arange(lines.size) > place)
        nearest = max(nearest, names, key=lambda each: len(set(each) & set(profile.used_columns)))
    raise _no_header(profile, [name for name in profile.used_columns if name not in nearest])


def _no_header(profile: UsageProfile, missing: Iterable[str]) -> InvalidValue:
    return InvalidValue(
        f"the profile {profile.name} names a column that the file does not have; check that it is the right file, and "
        "the profile with its separator and encoding",
        field="missing column", value=", ".join(missing),
    )  # fmt: skip


def _with_different_names(names: Sequence[str]) -> list[str]:
    """The names; one that stands before gets its place, since only columns that are not used may do so."""
    return [name if name not in names[:place] else f"{name}#{place}" for place, name in enumerate(names)]


def _cells(block: Block, header: Sequence[str], profile: UsageProfile) -> Cells:
    lines, refused = block.lines, list(block.refused)
    if profile.quote:
        is_open = _is_open(lines, profile.quote)
        refused += lines.refused(is_open, NOT_CLOSED)
        lines = lines.only(~is_open)
    cut = _cut_at_once(lines, header, profile) or _cut_one_by_one(lines, header, profile)
    kept = lines.only(cut.is_cut)
    columns = {name: cut.table.column(name).combine_chunks() for name in profile.used_columns}
    return Cells(columns, kept.numbers, kept.text, [*refused, *cut.refused])


def _is_open(lines: Lines, quote: str) -> Marks:
    """Whether a line has an odd number of quotes."""
    if not lines.size:
        return np.zeros(0, bool)
    first, last = int(lines.starts[0]), int(lines.ends[-1])
    quotes = (np.frombuffer(lines.data, np.uint8)[first : last + 1] == ord(quote)).view(np.uint8)
    bounds = np.stack([lines.starts, lines.ends], axis=1).ravel() - first
    odd: Marks = np.bitwise_xor.reduceat(quotes, bounds)[::2].astype(bool)
    return odd


def _cut_at_once(lines: Lines, header: Sequence[str], profile: UsageProfile) -> _Cut | None:
    """What pyarrow cuts; nothing if it takes several lines for one record, so that their numbers would not be sure."""
    found: dict[int, int] = {}

    def refuse(row: arrow_csv.InvalidRow) -> str:
        found[row.number - 1] = row.actual_columns
        return "skip"

    if not lines.size:
        return _Cut(_empty(profile), np.ones(0, bool), ())
    data = lines.joined()
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(data),
            arrow_csv.ReadOptions(use_threads=False, column_names=header, block_size=BLOCK_BYTES),
            arrow_csv.ParseOptions(
                delimiter=profile.separator, quote_char=profile.quote or False, invalid_row_handler=refuse
            ),
            arrow_csv.ConvertOptions(
                check_utf8=False, column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False,
                include_columns=list(profile.used_columns),
            ),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None
    if table.num_rows + len(found) != lines.size:
        return None
    is_cut = np.ones(lines.size, bool)
    is_cut[list(found)] = False
    refused = [_refused(lines, place, _wrong_number_of_cells(cells, len(header))) for place, cells in found.items()]
    return _Cut(table, is_cut, refused)


def _refused(lines: Lines, place: int, reason: str) -> RefusedRow:
    return refused_line(int(lines.numbers[place]), lines.text(place), reason)


def _empty(profile: UsageProfile) -> pa.Table:
    return pa.table({name: text_column([]) for name in profile.used_columns})


def _cut_one_by_one(lines: Lines, header: Sequence[str], profile: UsageProfile) -> _Cut:
    is_cut = np.zeros(lines.size, bool)
    rows: list[list[str]] = []
    refused: list[RefusedRow] = []
    for place in range(lines.size):
        cells = _cells_of(lines.text(place), profile)
        if cells is not None and len(cells) == len(header):
            is_cut[place] = True
            rows.append(cells)
            continue
        reason = NOT_CLOSED if cells is None else _wrong_number_of_cells(len(cells), len(header))
        refused.append(_refused(lines, place, reason))
    places = {name: place for place, name in enumerate(header)}
    columns = {name: text_column([row[places[name]] for row in rows]) for name in profile.used_columns}
    return _Cut(pa.table(columns), is_cut, refused)


def _cells_of(line: str, profile: UsageProfile) -> list[str] | None:
    """The cells of a line; none if it cannot be cut."""
    if not profile.quote:
        return line.split(profile.separator)
    try:
        return next(csv.reader([line], delimiter=profile.separator, quotechar=profile.quote), None)
    except csv.Error:
        return None


def _wrong_number_of_cells(found: int, expected: int) -> str:
    return f"has {found} cells, but {expected} columns are expected"
