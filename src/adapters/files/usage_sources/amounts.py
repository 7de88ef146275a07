"""Durations, quantities and volumes: exact whole numbers of written ones.

21.3 seconds, rounded up        -> 22 seconds
20600 milliseconds, rounded up  -> 21 seconds
1:02:03                         -> 3,723 seconds
1.5 of a quantity               -> 1,500,000 millionths
1.5 MiB                         -> 1,572,864 bytes
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from adapters.files.usage_fields import UNITS, AmountField, DurationField
from adapters.files.usage_sources.faults import Faults
from adapters.files.usage_sources.lines import Marks, Numbers

MILLION = 1_000_000
# A call or session of more than a year, and a petabyte in one record, are faults of a counter.
MOST_SECONDS = 366 * 86_400
MOST_BYTES = 10**15
WHOLE = "^[0-9]{1,18}$"
CLOCK = r"^(?P<hours>[0-9]{1,5}):(?P<minutes>[0-5][0-9]):(?P<seconds>[0-5][0-9])(?:[.,](?P<part>[0-9]{1,6})[0-9]*)?$"


class Read(NamedTuple):
    """Whole numbers of some texts; where a text is none, the number is 0."""

    values: Numbers
    is_right: Marks


def seconds_of(field: DurationField, texts: pa.StringArray, faults: Faults) -> Numbers:
    """Whole seconds of written durations."""
    read = _microseconds(field, texts)
    example = "0:01:30" if field.form == "hh:mm:ss" else "90"
    _note_wrong(read, "seconds", texts, f"is not a duration as the profile writes it; for example {example}", faults)
    seconds = _rounded(read.values, field.rounding)
    faults.note(seconds > MOST_SECONDS, "seconds", texts, "is longer than a year")
    return seconds


def quantity_of(field: AmountField, name: str, texts: pa.StringArray, faults: Faults) -> Numbers:
    """Millionths of written quantities."""
    read = as_millionths(texts, field.decimal)
    example = f"is not a number of at most 12 digits and 6 decimals; write it as 1{field.decimal}5"
    _note_wrong(read, name, texts, example, faults)
    return read.values


def bytes_of(field: AmountField, name: str, texts: pa.StringArray, faults: Faults) -> Numbers:
    """Whole bytes of written volumes; a part of a byte counts as one."""
    factor = UNITS[field.unit]
    read = as_millionths(texts, field.decimal) if factor > 1 else as_whole(texts)
    _note_wrong(read, name, texts, f"is not a volume in {field.unit}", faults)
    whole, part = np.divmod(read.values, MILLION) if factor > 1 else (read.values, np.zeros(1, np.int64))
    is_large = whole > MOST_BYTES // factor
    faults.note(is_large, name, texts, f"is more than {MOST_BYTES // 10**12:,} TB, as no record counts")
    found: Numbers = np.where(is_large, 0, whole) * factor + -(-part * factor // MILLION)
    return found


def as_whole(texts: pa.StringArray) -> Read:
    """Whole numbers of at most 18 digits."""
    is_right = pc.match_substring_regex(texts, WHOLE)
    values = pc.cast(pc.if_else(is_right, texts, "0"), pa.int64())
    return Read(np.asarray(values), np.asarray(is_right))


def as_millionths(texts: pa.StringArray, decimal: str) -> Read:
    """Numbers in millionths: at most 12 digits before the decimal mark and 6 that count after it."""
    whole = as_whole(texts)
    if whole.is_right.all() and (not len(texts) or whole.values.max() < 10**12):
        return Read(whole.values * MILLION, whole.is_right)
    is_small = whole.is_right & (whole.values < 10**12)
    mark = "[.]" if decimal == "." else ","
    others = texts.filter(pa.array(~is_small))
    found = pc.extract_regex(others, f"^(?P<whole>[0-9]{{1,12}})(?:{mark}(?P<part>[0-9]{{1,6}})0*)?$")
    parts = pc.utf8_rpad(_part(found, "part"), 6, "0")
    values, is_right = np.where(is_small, whole.values, 0) * MILLION, is_small.copy()
    values[~is_small] = _cast(_part(found, "whole")) * MILLION + _cast(parts)
    is_right[~is_small] = np.asarray(pc.is_valid(found))
    return Read(values, is_right)


def _microseconds(field: DurationField, texts: pa.StringArray) -> Read:
    if field.form == "hh:mm:ss":
        found = pc.extract_regex(texts, CLOCK)
        hours, minutes, seconds = (_cast(_part(found, name)) for name in ("hours", "minutes", "seconds"))
        part = _cast(pc.utf8_rpad(_part(found, "part"), 6, "0"))
        values = ((hours * 60 + minutes) * 60 + seconds) * MILLION + part
        return Read(values, np.asarray(pc.is_valid(found)))
    if field.form == "microseconds":
        return as_whole(texts)
    read = as_millionths(texts, ".")
    return read if field.form == "seconds" else Read(-(-read.values // 1_000), read.is_right)


def _rounded(microseconds: Numbers, rounding: str) -> Numbers:
    match rounding:
        case "up":
            return -(-microseconds // MILLION)
        case "down":
            return microseconds // MILLION
        case _:
            return (microseconds + MILLION // 2) // MILLION


def _part(found: pa.StructArray, name: str) -> pa.StringArray:
    """A named part of what a pattern found; empty if it found nothing."""
    return pc.fill_null(pc.struct_field(found, name), "")


def _cast(digits: pa.StringArray) -> npt.NDArray[np.int64]:
    """Digits as numbers; no digits are 0."""
    return np.asarray(pc.cast(pc.if_else(pc.equal(digits, ""), "0", digits), pa.int64()))


def _note_wrong(read: Read, field: str, texts: pa.StringArray, reason: str, faults: Faults) -> None:
    faults.note(
        ~read.is_right, field, texts,
        lambda text: "is empty" if not text else "is negative" if text.startswith("-") else reason,
    )  # fmt: skip
