"""Reads a file of subscribers by a mapping profile, one row at a time; bad rows are reported, and the others continue.

Decides only whether a row is well formed. Whether the subscriber can be brought in is decided by the rules, whose
messages `name_columns` translates to the file's column names afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError

from adapters.edge.faults import reason
from adapters.edge.models import read_struct
from adapters.files.cells import parse_agreed_price, parse_date
from adapters.files.csv_profile import Cells, meaning, text_of
from adapters.files.csv_table import CsvRow, CsvTable
from adapters.files.profile import ComputedDate, Profile
from adapters.files.subscriber_fields import CURRENCY, dotted_name
from billing_core.kernel.errors import InvalidValue
from billing_core.time.periods import boundary
from commands.onboarding import NewSubscriber, SubscriberRow
from commands.platform.batch import BatchReport

MOST_MONTHS = 1_200
WHOLE_NUMBER = re.compile(r"[0-9]{1,4}")


def read_subscribers(path: Path, profile: Profile, report: BatchReport) -> Iterator[SubscriberRow]:
    """The subscribers of a file. The columns are checked at once, the rows as they are walked."""
    table = CsvTable(path, profile.delimiter, profile.encoding)
    table.require_columns(profile.known_columns, f"the profile {profile.name}")
    return table.read(partial(_row, profile), report)


def column_of(profile: Profile, field: str) -> str:
    """The column that filled a field, be the field a dotted name or a rule's own word; a constant's dotted name."""
    if field in profile.known_columns:
        return field
    dotted = dotted_name(field)
    return profile.column_by_field.get(dotted, dotted)


def name_columns(profile: Profile, report: BatchReport) -> None:
    """Name columns instead of fields in the report, and sort its rejections in the order of the file."""
    named = [msgspec.structs.replace(row, field=column_of(profile, row.field)) for row in report.rejected]
    report.rejected = sorted(named, key=lambda row: row.line)


def _row(profile: Profile, row: CsvRow) -> SubscriberRow:
    return SubscriberRow(row.line, _subscriber(profile, row.cells))


def _subscriber(profile: Profile, cells: Cells) -> NewSubscriber:
    texts = _texts(profile, cells)
    values: dict[str, Any] = {}
    for field, text in texts.items():
        if text or profile.kind_by_field[field] == "price":
            _put(values, field, _value(profile, field, text, texts[CURRENCY]))
    for field, computed in profile.dates.items():
        if (on := _computed(computed, cells)) is not None:
            _put(values, field, on)
    try:
        return read_struct(NewSubscriber, values)
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(str(part) for part in fault["loc"])
        missing = fault["type"] == "missing"
        raise InvalidValue(
            "must not be empty" if missing else reason(fault),
            field=column_of(profile, field),
            value="" if missing else fault["input"],
        ) from None


def _texts(profile: Profile, cells: Cells) -> dict[str, str]:
    """The text of every field that is not computed."""
    texts = dict(profile.constants)
    for name, column in profile.columns.items():
        text = meaning(column.values, name, cells[name])
        texts.update((field, text) for field in column.to)
    for field, text in profile.texts.items():
        texts[field] = text_of(text, cells)
    return texts


def _value(profile: Profile, field: str, text: str, currency: str) -> Any:
    match profile.kind_by_field[field]:
        case "date":
            return parse_date(text, column_of(profile, field))
        case "price":
            try:
                return parse_agreed_price(text, currency, column_of(profile, field))
            except InvalidValue as error:  # It may be the currency that is wrong.
                named = column_of(profile, error.field or field)
                raise InvalidValue(error.message, field=named, value=error.value) from None
    return text


def _computed(computed: ComputedDate, cells: Cells) -> date | None:
    if computed.months_before is not None and computed.column is not None:
        return _months_before(computed.months_before, cells[computed.column], computed.column)
    if _fits(computed.when, cells):
        return computed.on
    for name, expected in computed.otherwise.items():
        if cells[name] != expected:
            known = ", ".join(dict.fromkeys([*_values(computed.when, name), expected]))
            raise InvalidValue(f"is none of the values that the profile knows: {known}", field=name, value=cells[name])
    return None


def _months_before(reference: date, text: str, column: str) -> date:
    """The same day of the month, n months earlier; in a shorter month, its last day."""
    if not WHOLE_NUMBER.fullmatch(text) or int(text) > MOST_MONTHS:
        raise InvalidValue(f"must be a whole number of months, 0 to {MOST_MONTHS}", field=column, value=text)
    return boundary(reference.year, reference.month - int(text), reference.day)


def _fits(expected: Mapping[str, str], cells: Cells) -> bool:
    return all(cells[name] == value for name, value in expected.items())


def _values(expected: Mapping[str, str], name: str) -> list[str]:
    return [expected[name]] if name in expected else []


def _put(values: dict[str, Any], field: str, value: Any) -> None:
    """Put a value at its dotted name."""
    *groups, name = field.split(".")
    for group in groups:
        values = values.setdefault(group, {})
    values[name] = value
