"""The list of the months of views of reports that are kept in files.

months.json                          what each file holds, and up to which day a view is archived
view=income/month=2026-05.parquet    the rows of the view `income` of May 2026
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from billing_core.kernel.errors import InvalidValue

LIST = "months.json"


class ArchivedMonth(msgspec.Struct, frozen=True):
    """What the file of a month holds."""

    rows: int
    sums: dict[str, dict[str, Decimal]]
    digest: str


class ArchivedView(msgspec.Struct, frozen=True):
    """The months of a view before a day, with the types of its columns; `position` is that of the log then."""

    before: date
    types: dict[str, str]
    position: int
    written_at: datetime
    months: dict[str, ArchivedMonth]


def read_list(folder: Path) -> dict[str, ArchivedView]:
    """The archived views; none if nothing was archived yet."""
    path = folder / LIST
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, ArchivedView])
    except msgspec.MsgspecError as error:
        raise InvalidValue(
            f"is not understood ({error}); remove it, and archive again", field="archive", value=str(path)
        ) from error  # fmt: skip


def write_list(folder: Path, views: Mapping[str, ArchivedView]) -> None:
    """Write the list anew, whole or not at all."""
    being_written = folder / f"{LIST}.being-written"
    with being_written.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(views)))
        file.flush()
        os.fsync(file.fileno())
    being_written.replace(folder / LIST)


def path_of(folder: Path, view: str, month: str) -> Path:
    """The file of a month of a view."""
    return folder / f"view={view}" / f"month={month}.parquet"
