"""Orders of a list from an allow-list, each by a column and then by the key, so that a page begins after the last one.

by due date     ORDER BY due_on, number              after T: (due_on, number) > (%(at)s, %(after)s)
largest first   ORDER BY amount DESC, payment DESC   after P: (amount, payment) < (%(at)s, %(after)s)
"""

from __future__ import annotations

from typing import NamedTuple


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
