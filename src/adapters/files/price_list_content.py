"""The canonical form of the rows of a price list, and of a table of ported numbers: the bytes that are hashed and kept.

CSV in UTF-8 with line feeds; rows by prefix, amounts without zeros at their end, so the same rows are the same bytes
however they were sent.

    prefix,destination,group,connection,minimum,maximum,first,next,is_special,price 1,price 2
    49,Germany,eu,0.01,0,,60,1,,0.05,0.02

The prices are in the order of the bands, which the terms name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from billing_core.kernel.errors import InvalidValue
from billing_core.usage.price_lists.lists import DestinationPrice

COLUMNS = ("prefix", "destination", "group", "connection", "minimum", "maximum", "first", "next", "is_special")
YES = "yes"


def content_of(rows: Iterable[DestinationPrice]) -> bytes:
    """The canonical bytes of rows, at least one."""
    ordered = sorted(rows, key=lambda row: (row.prefix, row.is_special))
    into = io.StringIO()
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow((*COLUMNS, *(f"price {number}" for number in range(1, len(ordered[0].prices) + 1))))
    writer.writerows(map(cells_of, ordered))
    return into.getvalue().encode()


def cells_of(row: DestinationPrice) -> tuple[object, ...]:
    """The cells of a row in the order of the canonical columns."""
    return (
        row.prefix, row.destination, row.group, amount_text(row.connection), amount_text(row.minimum),
        amount_text(row.maximum), row.first, row.next, YES if row.is_special else "", *map(amount_text, row.prices),
    )  # fmt: skip


def amount_text(amount: Decimal | None) -> str:
    """`0.0500` is 0.05; no amount is an empty text."""
    return "" if amount is None else f"{amount.normalize():f}"


def rows_in(path: Path) -> tuple[DestinationPrice, ...]:
    """The rows of a file in canonical form. It was written by this program: anything else is damage."""
    amounts: dict[str, Decimal | None] = {"": None}

    def amount(text: str) -> Decimal | None:
        """Many rows have few amounts, which are made once."""
        if text not in amounts:
            amounts[text] = Decimal(text)
        return amounts[text]

    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        header: Sequence[str] = next(reader, ())
        if tuple(header[: len(COLUMNS)]) != COLUMNS:
            raise InvalidValue("is no price list in canonical form", field="file", value=path.name)
        return tuple(
            DestinationPrice(
                prefix=prefix,
                destination=destination,
                prices=tuple(map(amount, prices)),
                group=group,
                connection=amount(connection) or Decimal(0),
                minimum=amount(minimum) or Decimal(0),
                maximum=amount(maximum),
                first=int(first),
                next=int(following),
                is_special=special == YES,
            )
            for prefix, destination, group, connection, minimum, maximum, first, following, special, *prices in reader
        )
