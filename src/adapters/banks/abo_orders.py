"""Czech orders to the bank: the ABO payment-order format, which banks also call the KPC file.

Kind 1501 pays, kind 1502 collects. Lines end in CR LF, texts are Windows-1250. Worked example: seller Alfa collects
350.00 CZK on 25 March 2026 for its account 2900123458/2010 from 34278-727558021/0100; the fields stand at fixed places
in the first line only:

    UHL1100326Alfa                0000000000001999000000000000
    1 1502 003000 2010
    2 2900123458 35000 250326
    34278-727558021 35000 0000300001 01000000 0 AV:S1-3-1
    3 +
    5 +

The group names the seller's account, the sum in hellers and the day; an item the other account, the sum, the variable
symbol (five digits of the batch, five of the place in it), the bank with the constant symbol, the specific symbol, and
the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

import msgspec

from adapters.banks.collection_files import CollectionFile, minor_units
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.transliteration import in_latin

ENCODING = "cp1250"
MOST_NUMBER = 99_999
OrderKind = Literal["1501", "1502"]


class AboOrder(NamedTuple):
    """Who orders what: the kind, the number of the batch, the seller with its account, the days."""

    kind: OrderKind
    number: int
    name: str
    account: str
    made_on: date
    due_on: date
    client_number: str = ""


class AboItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of an order as it is written; the account with its bank's code, the amount in hellers."""

    account: str
    hellers: int
    variable_symbol: str
    text: str


def abo_bytes(file: CollectionFile) -> bytes:
    """The order of a batch of debits."""
    order = AboOrder("1502", file.number, file.seller.name, file.terms.domestic_account, file.frozen_on,
                     file.collect_on, file.terms.client_number)  # fmt: skip
    items = [
        AboItem(
            account=debit.payer_account, hellers=minor_units(debit.amount), text=debit.text,
            variable_symbol=variable_symbol(file.number, debit.number),
        ) for debit in file.debits
    ]  # fmt: skip
    return order_bytes(order, items)


def order_bytes(order: AboOrder, items: Sequence[AboItem]) -> bytes:
    """An order with its items."""
    return "".join(f"{line}\r\n" for line in _lines(order, items)).encode(ENCODING, "replace")


def variable_symbol(batch: int, place: int) -> str:
    """The ten digits by which the money of an item is recognised: batch 3, debit 1 is 0000300001."""
    if batch > MOST_NUMBER or place > MOST_NUMBER:
        raise InvalidValue(
            f"must not be above {MOST_NUMBER}", field="number of batch or debit", value=max(batch, place)
        )
    return f"{batch:05d}{place:05d}"


def _lines(order: AboOrder, items: Sequence[AboItem]) -> Iterator[str]:
    number, _, bank = order.account.partition("/")
    name = _text(order.name)[:20].ljust(20)
    client = (order.client_number or "0").zfill(10)
    yield f"UHL1{order.made_on:%d%m%y}{name}{client}001999{'0' * 12}"
    yield f"1 {order.kind} {order.number % 1_000:03d}000 {bank}"
    yield f"2 {number} {sum(item.hellers for item in items)} {order.due_on:%d%m%y}"
    for item in items:
        yield _item(item)
    yield "3 +"
    yield "5 +"


def _item(item: AboItem) -> str:
    number, _, bank = item.account.partition("/")
    return f"{number} {item.hellers} {item.variable_symbol} {bank}0000 0 AV:{_text(item.text)[:35]}"


def _text(text: str) -> str:
    """On one line, in what the character set of the banks has; other letters as they are written in Latin ones."""
    line = " ".join(text.split())
    return line if line.encode(ENCODING, "replace").decode(ENCODING) == line else in_latin(line)


def read_abo(content: bytes, kind: OrderKind = "1502") -> list[AboItem]:
    """The items of an order of the kind, as the bank reads it: sums and ends must fit."""
    lines = content.decode(ENCODING).split("\r\n")
    is_whole = lines[0].startswith("UHL1") and lines[-3:] == ["3 +", "5 +", ""]
    if not is_whole or not lines[1].startswith(f"1 {kind} "):
        raise InvalidValue(f"is no order of this kind: UHL1, 1 {kind}, 2, items, 3 +, 5 + are expected", field="order",
                           value=lines[0][:40])  # fmt: skip
    items = [_read_item(line) for line in lines[3:-3]]
    total = int(lines[2].split(" ")[2])
    if total != sum(item.hellers for item in items):
        raise InvalidValue(f"is not the sum of the items, {sum(item.hellers for item in items)}", field="sum",
                           value=total)  # fmt: skip
    return items


def _read_item(line: str) -> AboItem:
    account, hellers, symbol, bank, _, text = line.split(" ", 5)
    return AboItem(account=f"{account}/{bank[:4]}", hellers=int(hellers), variable_symbol=symbol,
                   text=text.removeprefix("AV:"))  # fmt: skip
