"""Orders of a list from an allow-list, each by a column and then by the key, so that a page begins after the last one.

by due date     ORDER BY due_on, number              after T: (due_on, number) > (%(at)s, %(after)s)
largest first   ORDER BY amount DESC, payment DESC   after P: (amount, payment) < (%(at)s, %(after)s)
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from billing_core.kernel.errors import InvalidValue

MOST_DIGITS = 18


class Order(NamedTuple):
    """The column by which a list is sorted before the key; without one by the key alone.

    What has nothing in the column is not in the list.
    """

    key: str
    column: str = ""
    is_descending: bool = False

    @property
    def by(self) -> str:
        way = " DESC" if self.is_descending else ""
        return f"{self.column}{way}, {self.key}{way}" if self.column else f"{self.key}{way}"

    def beyond(self, *, is_first: bool, at: str = "%(at)s") -> str:
        """The condition that an entry comes after the last one of a page, which has `at` in the column, and the key
        `after`.
        """
        has_one = f"{self.column} IS NOT NULL" if self.column else "true"
        if is_first:
            return has_one
        comes = "<" if self.is_descending else ">"
        if not self.column:
            return f"{self.key} {comes} %(after)s"
        return f"({self.column}, {self.key}) {comes} ({at}, %(after)s)"


def number_in(written: str, after: str) -> int:
    """The whole number in the place after which a list goes on; 0 if it has none."""
    if written and not (written.isascii() and written.isdecimal() and len(written) <= MOST_DIGITS):
        raise _no_place(after)
    return int(written or 0)


def day_in(written: str, after: str) -> date | None:
    """The day in the place after which a list goes on; None if it has none."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        raise _no_place(after) from None


def _no_place(after: str) -> InvalidValue:
    return InvalidValue("is no place in this list; it must be the `next` of a page before", field="after", value=after)
