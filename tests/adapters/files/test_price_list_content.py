"""The canonical form of a price list, and what is written for people."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.files.price_list_content import content_of, rows_in
from adapters.files.price_list_export import csv_of, xlsx_of
from billing_core.kernel.errors import InvalidValue
from billing_core.usage.price_lists.lists import DestinationPrice
from tests.adapters.files.price_lists import BANDS, TERMS, read, read_text
from tests.billing_core.usage.lists import OFF_PEAK, PEAK, price_list, row

ROWS = (
    row("49", "Germany, fixed", "0.0500", None, group="eu", connection="0.010", maximum="2.00", first=60, next=1),
    row("112", 'Emergency "now"', "0", "0", is_special=True),
    row("", "Elsewhere", "10", "1", minimum="0.05"),
)
CANONICAL = """prefix,destination,group,connection,minimum,maximum,first,next,is_special,price 1,price 2
,Elsewhere,,0,0.05,,0,0,,10,1
112,"Emergency ""now""\",,0,0,,0,0,yes,0,0
49,"Germany, fixed",eu,0.01,0,2,60,1,,0.05,
"""


def test_the_canonical_form_does_not_depend_on_order_and_zeros():
    assert content_of(ROWS).decode() == CANONICAL
    assert content_of(reversed(ROWS)) == content_of(ROWS)
    digest = hashlib.sha256(CANONICAL.encode()).hexdigest()
    assert digest == "25e402f5f5d3e437d21f336874f3919ba6ffe1fc9fcc87cff968da27519e8eaa"


def test_what_is_read_of_it_is_what_was_written(tmp_path: Path):
    path = tmp_path / "rows"
    path.write_bytes(content_of(ROWS))

    assert rows_in(path) == tuple(sorted(ROWS, key=lambda each: each.prefix))


def test_another_file_is_no_list_in_canonical_form(tmp_path: Path):
    path = tmp_path / "rows"
    path.write_text("prefix,destination\n")

    with pytest.raises(InvalidValue, match="canonical form"):
        rows_in(path)


AMOUNTS = st.decimals(min_value=0, max_value=1000, places=6)
ANY_ROW = st.builds(
    DestinationPrice,
    prefix=st.text("0123456789", max_size=6),
    destination=st.text(min_size=1, max_size=5).filter(str.isprintable),
    prices=st.tuples(AMOUNTS, st.none() | AMOUNTS),
    connection=AMOUNTS,
    maximum=st.none() | AMOUNTS,
    first=st.integers(0, 100),
    is_special=st.booleans(),
)


@given(st.lists(ANY_ROW, min_size=1, max_size=8, unique_by=lambda each: (each.prefix, each.is_special)))
def test_any_rows_come_back(tmp_path_factory: pytest.TempPathFactory, rows: list[DestinationPrice]):
    path = tmp_path_factory.mktemp("rows") / "rows"
    path.write_bytes(content_of(rows))

    assert rows_in(path) == tuple(sorted(rows, key=lambda each: (each.prefix, each.is_special)))


@pytest.mark.parametrize("is_sheet", [False, True])
def test_what_is_written_for_people_is_read_back(tmp_path: Path, is_sheet: bool):
    listed = price_list(*sorted(ROWS, key=lambda each: each.prefix), bands=(PEAK, OFF_PEAK))
    path = tmp_path / "list"
    path.write_bytes((xlsx_of if is_sheet else csv_of)(listed))

    found = read(path, TERMS + BANDS)

    assert found.report.rejected == []
    assert found.price_list is not None
    assert content_of(found.price_list.rows) == content_of(ROWS)


def test_a_list_with_one_price_has_a_column_price(tmp_path: Path):
    text = csv_of(price_list(row("49", "Germany", "0.05"))).decode()

    assert text.splitlines()[0] == "prefix,destination,group,price,connection,minimum,maximum,first,next,special"
    found = read_text(tmp_path, text)
    assert found.price_list is not None
    assert found.price_list.rows[0].prices == (Decimal("0.05"),)
