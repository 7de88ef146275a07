"""Instants of written times: local ones by the clock of a zone, those since 1970, and ISO 8601.

    28.10.2026 07:00:00 in Europe/Prague    -> 06:00 UTC
    25.10.2026 02:30:00 in Europe/Prague    -> 00:30 UTC: the clock shows it twice, and the earlier one is taken
    29.03.2026 02:30:00 in Europe/Prague    -> refused: the clock skips it
    28.10.2026          in Europe/Prague    -> 11:00 UTC: a day without a time is its noon

Parts of a written time have a fixed number of digits, so all times of a column are read at once, as a table of digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from adapters.files.usage_fields import DIGITS, DIRECTIVE, EPOCHS, ISO, TimeField
from adapters.files.usage_sources.amounts import MILLION, as_millionths, as_whole
from adapters.files.usage_sources.faults import Faults
from adapters.files.usage_sources.lines import Marks, Numbers

FIELD = "started_at"
# A clock that was never set begins in 1970; nothing that is billed now began before 2000.
EARLIEST = np.datetime64("2000-01-01T00:00:00", "us")
MOST_AHEAD = timedelta(days=1)
NOON_SECONDS = 43_200
AN_EXAMPLE = datetime(2026, 3, 14, 15, 9, 26)  # noqa: DTZ001  Only its parts count.
LIMITS = {"%m": (1, 12), "%d": (1, 31), "%H": (0, 23), "%M": (0, 59), "%S": (0, 59)}
ISO_TIME = (
    r"^(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(?:[.,](?P<part>[0-9]{1,6})[0-9]*)?)?"
    r" ?(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?$"
)

Instants = npt.NDArray[np.datetime64]
Local = tuple[Instants, Marks]


def instants_of(field: TimeField, texts: pa.StringArray, now: datetime, faults: Faults) -> Instants:
    """The instants of written times, in microseconds of UTC; what is wrong with the others is noted."""
    if field.form in EPOCHS:
        instants, is_right = _since_1970(field.form, texts)
    elif field.form == ISO:
        instants, is_right = _of_iso(field, texts, faults)
    else:
        instants, is_right = _local(field.form, texts)
        instants = _in_utc(instants, is_right, field.zone, texts, faults)
    faults.note(~is_right, FIELD, texts, f"is not a time as the profile writes it; for example {_example(field)}")
    faults.note(instants < EARLIEST, FIELD, texts, "is before the year 2000: was the clock of the source set?")
    latest = np.datetime64(now.replace(tzinfo=None) + MOST_AHEAD, "us")
    faults.note(instants > latest, FIELD, texts, "is more than a day ahead: is the clock of the source right?")
    return instants


def _since_1970(form: str, texts: pa.StringArray) -> Local:
    read = as_millionths(texts, ".") if form == "epoch seconds" else as_whole(texts)
    factor = 1 if form == "epoch seconds" else EPOCHS[form]
    values = np.where(read.values > np.iinfo(np.int64).max // factor, 0, read.values) * factor
    return values.astype("datetime64[us]"), read.is_right


def _local(form: str, texts: pa.StringArray) -> Local:
    """The times that local clocks show, in a form of parts."""
    pieces = list(_pieces(form))
    table, fits = _table(texts, sum(width for _, width in pieces))
    is_right = np.ones(len(table), bool)
    parts: dict[str, Numbers] = {}
    at = 0
    for piece, width in pieces:
        columns = table[:, at : at + width]
        at += width
        if piece in DIGITS:
            digits = columns - ord("0")
            is_right &= (digits < 10).all(axis=1)
            parts[piece] = digits.astype(np.int64) @ (10 ** np.arange(width)[::-1])
        else:
            is_right &= (columns == ord(piece)).all(axis=1)
    found, is_day = _composed(parts)
    instants = np.full(len(texts), EARLIEST)
    instants[fits] = np.where(is_right & is_day, found, EARLIEST)
    fits[fits] = is_right & is_day
    return instants, fits


def _pieces(form: str) -> list[tuple[str, int]]:
    """The parts of a form with their widths: directives, and the characters between them."""
    found: list[tuple[str, int]] = []
    at = 0
    for match in DIRECTIVE.finditer(form):
        found += [(character, 1) for character in form[at : match.start()]]
        found.append((match[0], DIGITS[match[0]]))
        at = match.end()
    return found + [(character, 1) for character in form[at:]]


def _table(texts: pa.StringArray, width: int) -> tuple[npt.NDArray[np.uint8], Marks]:
    """The bytes of the texts that have this width, a row each, and which texts these are."""
    _, offsets_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    fits = np.diff(offsets) == width
    if not fits.any():
        return np.zeros((0, width), np.uint8), fits
    data = np.frombuffer(data_buffer, np.uint8)
    if fits.all():
        return data[offsets[0] : offsets[-1]].reshape(-1, width), fits
    return data[offsets[:-1][fits][:, None] + np.arange(width)], fits


def _composed(parts: Mapping[str, Numbers]) -> Local:
    """The times that parts make, and whether they exist in the calendar."""
    year = parts["%Y"] if "%Y" in parts else parts["%y"] + 2000
    is_right = year >= 1
    for name, (least, most) in LIMITS.items():
        if name in parts:
            is_right &= (parts[name] >= least) & (parts[name] <= most)
    months = np.where(is_right, (year - 1970) * 12 + parts["%m"] - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(is_right, parts["%d"] - 1, 0)
    is_right &= days.astype("datetime64[M]") == months
    seconds = np.zeros(len(year), np.int64) if "%H" in parts else np.full(len(year), NOON_SECONDS)
    for name, size in (("%H", 3_600), ("%M", 60), ("%S", 1)):
        seconds += parts.get(name, 0) * size
    return days.astype("datetime64[us]") + (seconds * MILLION).astype("timedelta64[us]"), is_right


def _in_utc(local: Instants, is_right: Marks, zone: str, texts: pa.StringArray, faults: Faults) -> Instants:
    """The instants of local times; the earlier one of two, and a fault if the clocks skip the time."""
    naive = pa.array(np.where(is_right, local, EARLIEST))
    either = [
        np.asarray(pc.assume_timezone(naive, zone, ambiguous="earliest", nonexistent=which)).astype("datetime64[us]")
        for which in ("earliest", "latest")
    ]
    faults.note(either[0] != either[1], FIELD, texts, f"does not exist in {zone}: its clocks skip this time")
    return either[0]


def _of_iso(field: TimeField, texts: pa.StringArray, faults: Faults) -> Local:
    """Times with their offset from UTC; without one, by the clock of the zone."""
    found = pc.extract_regex(texts, ISO_TIME)
    parts = (pc.fill_null(pc.struct_field(found, name), "") for name in ("day", "time", "part", "offset"))
    day, time, part, offset = parts
    whole = pc.binary_join_element_wise(day, pc.if_else(pc.equal(time, ""), "12:00:00", time), " ")
    local, is_right = _local("%Y-%m-%d %H:%M:%S", whole)
    local = local + np.asarray(pc.cast(pc.utf8_rpad(part, 6, "0"), pa.int64())).astype("timedelta64[us]")
    has_offset = np.asarray(pc.not_equal(offset, ""))
    instants = local - _offsets(offset)
    if not has_offset.all():
        lacks = is_right & ~has_offset
        if not field.zone:
            faults.note(lacks, FIELD, texts, "has no offset from UTC, such as +01:00; or name the zone of its clock")
            return instants, is_right
        instants = np.where(has_offset, instants, _in_utc(local, lacks, field.zone, texts, faults))
    return instants, is_right


def _offsets(texts: pa.StringArray) -> npt.NDArray[np.timedelta64]:
    coded = texts.dictionary_encode()
    minutes = np.array([_minutes(offset) for offset in coded.dictionary.to_pylist()] or [0], np.int64)
    return minutes[np.asarray(coded.indices)].astype("timedelta64[m]")


def _minutes(offset: str) -> int:
    """`+02:00` is 120 minutes, `-0330` is -210."""
    if offset in ("", "Z"):
        return 0
    size = int(offset[1:3]) * 60 + int(offset[-2:])
    return -size if offset[0] == "-" else size


def _example(field: TimeField) -> str:
    if field.form == ISO:
        return f"{AN_EXAMPLE:%Y-%m-%dT%H:%M:%S}+01:00"
    if field.form in EPOCHS:
        return str(int(AN_EXAMPLE.timestamp()) * MILLION // EPOCHS[field.form])
    return f"{AN_EXAMPLE:{field.form}}"
