"""A price list as a file for people: CSV or XLSX with the names of the bands, read back as it is written.

    prefix,destination,group,peak,off-peak,connection,minimum,maximum,first,next,special
    49,Germany,eu,0.05,0.02,0.01,0,,60,1,

In XLSX every cell is a text, so that a sheet changes neither a prefix nor an amount.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from adapters.files.price_list import EVERY_OTHER
from adapters.files.price_list_content import cells_of
from billing_core.usage.price_lists.lists import PriceList

ONE_PRICE = "price"


def csv_of(price_list: PriceList) -> bytes:
    """The list as CSV."""
    into = io.StringIO()
    csv.writer(into, lineterminator="\n").writerows(_lines(price_list))
    return into.getvalue().encode()


def xlsx_of(price_list: PriceList) -> bytes:
    """The list as a workbook with one sheet."""
    from xlsxwriter import Workbook

    into = io.BytesIO()
    with Workbook(into, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}) as workbook:
        sheet = workbook.add_worksheet("prices")
        for number, cells in enumerate(_lines(price_list)):
            for column, cell in enumerate(cells):
                if cell != "":
                    sheet.write_string(number, column, str(cell))
        sheet.freeze_panes(1, 0)
    return into.getvalue()


def _lines(price_list: PriceList) -> Iterator[tuple[object, ...]]:
    """The header and the rows, the prices after the group."""
    bands = price_list.terms.bands
    prices = [ONE_PRICE] if len(bands) == 1 else [band.code for band in bands]
    yield ("prefix", "destination", "group", *prices, "connection", "minimum", "maximum", "first", "next", "special")
    for row in price_list.rows:
        prefix, destination, group, *rest = cells_of(row)
        amounts, written = rest[: -len(prices)], rest[-len(prices) :]
        yield (prefix or EVERY_OTHER, destination, group, *written, *amounts)
