"""Rows of usage, made of the cells of records by a profile: those that can be taken, and the others with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from adapters.files.usage_fields import AmountField, TextField, TimeField
from adapters.files.usage_profile import BATCH, LINE, UsageProfile
from adapters.files.usage_rows import USAGE_ROWS, RefusedRow, UsageChunk
from adapters.files.usage_sources.amounts import bytes_of, quantity_of, seconds_of
from adapters.files.usage_sources.cells import Cells
from adapters.files.usage_sources.faults import Faults
from adapters.files.usage_sources.lines import REPLACED, Marks, Numbers
from adapters.files.usage_sources.texts import Columns, are_as, text_of, texts_of
from adapters.files.usage_sources.times import Instants, instants_of

REPLACED_BYTES = re.compile(re.escape(REPLACED.encode()))
KINDS = ("call", "data", "item")
DIRECTIONS = ("out", "in", "")
REQUIRED = ("key", "kind", "subscriber", "component")
TEXTS = (*REQUIRED, "number", "network", "session", "direction")
# Longer texts have no place in an index, and no number, name or title is that long.
MOST_BYTES_OF_TEXT = 250


class Reading(NamedTuple):
    """By which profile a batch is read, what the batch is called, and when: a record of tomorrow is wrong."""

    profile: UsageProfile
    batch: str
    now: datetime


def chunk_of(reading: Reading, cells: Cells) -> UsageChunk:
    """The rows of some records; records that the profile does not take are passed over."""
    every = _columns(reading, cells)
    taken = are_as(reading.profile.take, every, cells.size)
    columns = {name: column.filter(pa.array(taken)) for name, column in every.items()} if not taken.all() else every
    numbers, places = cells.numbers[taken], np.flatnonzero(taken)
    faults = Faults(len(places))
    _note_broken(columns, faults)
    made = _made(reading, columns, numbers, faults)
    refused = [
        RefusedRow(int(numbers[at]), made["key"][at].as_py() or "", *faults.found[at], cells.raw(int(places[at])))
        for at in sorted(faults.found)
    ]
    arrays = [pc.cast(made[name], USAGE_ROWS.field(name).type) for name in USAGE_ROWS.names]
    rows = pa.Table.from_arrays([array.filter(pa.array(~faults.marks)) for array in arrays], schema=USAGE_ROWS)
    passed_over = cells.size - len(places)
    return UsageChunk(rows, sorted([*cells.refused, *refused], key=lambda row: row.line), passed_over)


def _columns(reading: Reading, cells: Cells) -> Columns:
    """The texts of the columns without the spaces around them, and the two that every profile has."""
    columns = {name: pc.utf8_trim_whitespace(column) for name, column in cells.columns.items()}
    lines = pa.array(cells.numbers).cast(pa.string())
    batch = pa.array([reading.batch]).take(pa.array(np.zeros(cells.size, np.int8)))
    return {**columns, LINE: lines, BATCH: batch}


def _note_broken(columns: Columns, faults: Faults) -> None:
    for name, texts in columns.items():
        data = texts.buffers()[2]
        if data is not None and REPLACED_BYTES.search(data):
            is_broken = np.asarray(pc.match_substring(texts, REPLACED))
            faults.note(is_broken, name, texts, "holds bytes that are no text; check the encoding of the profile")


def _made(reading: Reading, columns: Columns, numbers: Numbers, faults: Faults) -> dict[str, pa.Array]:
    """The values of every field; what is wrong with them is noted."""
    fields, count = reading.profile.fields, len(numbers)
    made: dict[str, pa.Array] = {"line": pa.array(numbers)}
    for name in TEXTS:
        made[name] = _text(name, getattr(fields, name), columns, faults)
    _note_unknown("kind", made["kind"], KINDS, faults)
    _note_unknown("direction", made["direction"], DIRECTIONS, faults)
    made["started_at"] = pa.array(_instants(fields.started_at, reading.now, columns, faults))
    made["seconds"] = pa.array(
        np.zeros(count, np.int64) if fields.seconds is None
        else seconds_of(fields.seconds, columns[fields.seconds.column], faults)
    )  # fmt: skip
    for name in ("quantity", "bytes_in", "bytes_out"):
        made[name] = pa.array(_amount(name, getattr(fields, name), columns, faults))
    return made


def _text(name: str, field: TextField | None, columns: Columns, faults: Faults) -> pa.StringArray:
    count = len(faults.marks)
    if field is None:
        return pa.array([""]).take(pa.array(np.zeros(count, np.int8)))
    texts = text_of(field, columns, count)
    faults.note(np.asarray(pc.is_null(texts)), name, None, "fits none of the rules of the profile; add one")
    texts = pc.fill_null(texts, "")
    if name in REQUIRED:
        faults.note(np.asarray(pc.equal(texts, "")), name, texts, "is empty")
    is_long = np.asarray(pc.greater(pc.binary_length(texts), MOST_BYTES_OF_TEXT))
    faults.note(is_long, name, texts, f"is longer than {MOST_BYTES_OF_TEXT} bytes")
    return texts


def _note_unknown(name: str, texts: pa.StringArray, known: Iterable[str], faults: Faults) -> None:
    words = ", ".join(word or "empty" for word in known)
    is_unknown: Marks = ~np.asarray(pc.is_in(texts, pa.array(list(known))))
    faults.note(is_unknown, name, texts, f"must be one of {words}; add a rule for it to the profile")


def _instants(field: TimeField, now: datetime, columns: Columns, faults: Faults) -> Instants:
    texts = texts_of(field, columns, len(faults.marks))
    return instants_of(field, texts, now, faults)


def _amount(name: str, field: AmountField | None, columns: Columns, faults: Faults) -> Numbers:
    count = len(faults.marks)
    if field is None:
        return np.zeros(count, np.int64)
    read = quantity_of if name == "quantity" else bytes_of
    if field.column:
        return read(field, name, columns[field.column], faults)
    fixed = read(field, name, pa.array([f"{field.value:f}".replace(".", field.decimal)]), faults)
    return np.full(count, fixed[0])
