"""Czech collection orders: the ABO payment-order format with kind 1502, which banks also call the KPC file.

Lines end in CR LF, texts are Windows-1250. Worked example: seller Alfa collects 350.00 CZK on 25 March 2026 for its
account 2900123458/2010 from 34278-727558021/0100; the fields stand at fixed places in the first line only:

    UHL1100326Alfa                0000000000001999000000000000
    1 1502 003000 2010
    2 2900123458 35000 250326
    34278-727558021 35000 0000300001 01000000 0 AV:S1-3-1
    3 +
    5 +

The group names the account that is credited, the sum in hellers and the day; an item the account that is debited, the
sum, the variable symbol (five digits of the batch, five of the debit), the bank with the constant symbol, the specific
symbol, and the text.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from adapters.banks.collection_files import CollectionFile, FileDebit, minor_units, total_minor_units
from billing_core.kernel.errors import InvalidValue
from billing_core.kernel.transliteration import in_latin

ENCODING = "cp1250"
COLLECTION = "1502"
MOST_NUMBER = 99_999


class AboItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of an order as it is written; the account with its bank's code, the amount in hellers."""

    account: str
    hellers: int
    variable_symbol: str
    text: str


def abo_bytes(file: CollectionFile) -> bytes:
    """The order of a batch."""
    return "".join(f"{line}\r\n" for line in _lines(file)).encode(ENCODING, "replace")


def variable_symbol(batch: int, debit: int) -> str:
    """The ten digits by which the money of a debit is recognised: batch 3, debit 1 is 0000300001."""
    if batch > MOST_NUMBER or debit > MOST_NUMBER:
        raise InvalidValue(
            f"must not be above {MOST_NUMBER}", field="number of batch or debit", value=max(batch, debit)
        )
    return f"{batch:05d}{debit:05d}"


def _lines(file: CollectionFile) -> Iterator[str]:
    number, _, bank = file.terms.domestic_account.partition("/")
    name = _text(file.seller.name)[:20].ljust(20)
    client = (file.terms.client_number or "0").zfill(10)
    yield f"UHL1{file.frozen_on:%d%m%y}{name}{client}001999{'0' * 12}"
    yield f"1 {COLLECTION} {file.number % 1_000:03d}000 {bank}"
    yield f"2 {number} {total_minor_units(file)} {file.collect_on:%d%m%y}"
    for debit in file.debits:
        yield _item(file.number, debit)
    yield "3 +"
    yield "5 +"


def _item(batch: int, debit: FileDebit) -> str:
    number, _, bank = debit.payer_account.partition("/")
    symbol = variable_symbol(batch, debit.number)
    return f"{number} {minor_units(debit.amount)} {symbol} {bank}0000 0 AV:{_text(debit.text)[:35]}"


def _text(text: str) -> str:
    """On one line, in what the character set of the banks has; other letters as they are written in Latin ones."""
    line = " ".join(text.split())
    return line if line.encode(ENCODING, "replace").decode(ENCODING) == line else in_latin(line)


def read_abo(content: bytes) -> list[AboItem]:
    """The items of an order, as the bank reads it: sums and ends must fit."""
    lines = content.decode(ENCODING).split("\r\n")
    is_whole = lines[0].startswith("UHL1") and lines[-3:] == ["3 +", "5 +", ""]
    if not is_whole or not lines[1].startswith(f"1 {COLLECTION} "):
        raise InvalidValue("is no collection order: UHL1, 1 1502, 2, items, 3 +, 5 + are expected", field="order",
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
