"""What the API of Fio answers as JSON."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.banks.fio_json import read_fio_json
from adapters.banks.refusals import Unreadable
from billing_core.bank_statements.statement import Movement, StatementEnd, StatementStart
from billing_core.kernel.money import Money

INFO = {
    "accountId": "2900000001", "bankId": "2010", "currency": "CZK", "iban": "CZ1420100000002900000001",
    "openingBalance": 100.10, "closingBalance": 499.1, "dateStart": "2026-03-01+0100", "dateEnd": "2026-03-31+0200",
}  # fmt: skip
ROW = {22: 26714150488, 0: "2026-03-02+0100", 1: 399.00, 14: "CZK", 2: "1000000005", 3: "0800", 10: "Nováková, Jana",
       4: "0308", 5: "2026000017", 16: "internet", 8: "Bezhotovostní příjem", 17: 39914150488}  # fmt: skip


def answer(rows: list[dict[int, Any]], info: dict[str, Any] = INFO) -> bytes:
    listed = [
        {f"column{number}": {"value": value, "name": "x", "id": number} for number, value in row.items()}
        | {"column7": None}
        for row in rows
    ]
    return json.dumps({"accountStatement": {"info": info, "transactionList": {"transaction": listed}}}).encode()


def read(content: bytes) -> list[StatementStart | Movement | StatementEnd]:
    return list(read_fio_json(io.BytesIO(content)))


def test_a_statement_is_read_with_its_numbered_columns():
    start, found, end = read(answer([ROW]))

    assert isinstance(start, StatementStart) and isinstance(found, Movement)
    assert (start.account, start.from_on, start.to_on) == (INFO["iban"], date(2026, 3, 1), date(2026, 3, 31))
    assert (start.opening, start.closing) == (Money(Decimal("100.10"), "CZK"), Money(Decimal("499.10"), "CZK"))
    assert (found.amount, found.booked_on, found.kind) == (Money(Decimal("399.00"), "CZK"), date(2026, 3, 2), "payment")
    assert (found.reference, found.symbols.variable, found.symbols.constant) == ("26714150488", "2026000017", "308")
    assert (found.counterparty, found.counterparty_account, found.message) == (
        "Nováková, Jana", "1000000005/0800", "internet",
    )  # fmt: skip
    assert end == StatementEnd(closing=Money(Decimal("499.10"), "CZK"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "is no JSON"),
        (b"\xff\xfe\xfa", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"[]", "no accountStatement"),
        (answer([ROW])[:-30], "is no JSON"),
        (answer([ROW | {1: 1.005}]), "movement 1: column1 '1.005': has more decimals than CZK"),
        (answer([ROW | {1: float("nan")}]), "movement 1: column1"),
        (answer([ROW, ROW | {22: None}]), "movement 2: column22"),
        (answer([ROW | {14: "EUR"}]), "another currency"),
        (answer([ROW | {0: "2026-02-31"}]), "is not a date"),
        (answer([], INFO | {"currency": "XXQ"}), "info: "),
        (answer([], INFO | {"openingBalance": "many"}), "openingBalance 'many': is not a number"),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, reason: str):
    with pytest.raises(Unreadable) as caught:
        read(content)

    assert reason in caught.value.reason


@given(st.lists(st.tuples(st.integers(-(10**13), 10**13), st.text(max_size=30)), max_size=5))
def test_what_is_written_is_read(rows: list[tuple[int, str]]):
    content = answer([ROW | {1: f"{Decimal(hellers) / 100:.2f}", 16: text or None} for hellers, text in rows])

    assert [
        each.amount.amount for each in read(content) if isinstance(each, Movement)
    ] == [Decimal(hellers) / 100 for hellers, _ in rows]  # fmt: skip
