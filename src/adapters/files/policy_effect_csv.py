"""The effect of a dunning policy on each account as a CSV file, for a spreadsheet.

Days are those on which something happens if nothing is paid; fees and what comes in are expected sums. `now` is the
policy in force, `then` the other one.
"""

from __future__ import annotations

import csv
from typing import TextIO

import msgspec

from commands.policy_simulation.effect import AccountForeseen, Foreseen

FIELDS = [field.name for field in msgspec.structs.fields(Foreseen)]
COLUMNS = ("account", "debt", "currency", *(f"{when}_{field}" for when in ("now", "then") for field in FIELDS))


class AccountsForeseenFile:
    """Writes a heading, and then a row for each account that it is handed."""

    def __init__(self, into: TextIO) -> None:
        self._writer = csv.writer(into, lineterminator="\n")
        self._writer.writerow(COLUMNS)

    def write(self, row: AccountForeseen) -> None:
        """Write the row of an account."""
        cells = (cell for each in (row.now, row.then) for cell in _cells(each))
        self._writer.writerow((row.account, f"{row.debt.amount:f}", row.debt.currency, *cells))


def _cells(foreseen: Foreseen) -> list[object]:
    days = [getattr(foreseen, field) or "" for field in FIELDS if field.endswith("_on")]
    return [*days, f"{foreseen.fees.amount:f}", f"{foreseen.comes_in.amount:f}"]
