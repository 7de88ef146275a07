"""A file of corrections is read as it is written, or refused as a whole with every fault and its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.files.corrections import read_corrections
from billing_core.kernel.errors import InvalidValue
from commands.corrections.account import Correction
from commands.corrections.payment import MovePayment
from commands.corrections.run import CorrectionList, OfPayment, OnAccount, OnTariff

ALL_KINDS = """
reason: price list of January was mistyped
corrections:
  - {kind: activation, account: 0001, subscription: main, on: 2026-03-16}
  - {kind: tariff, account: A1, subscription: main, from: 2026-01-01, to: 2026-03-16, tariff: fast,
     prices: {fee: 19.90}}
  - {kind: price, account: A1, subscription: main, from: 2026-01-01, component: fee, price: 19.90, reason: agreed so}
  # A comment between two of them.
  - kind: vat
    every_account_on: net
    from: 2026-01-01
    to: 2026-03-01
    component: fee
    vat: 10
  - {kind: payment, payment: bank:2026-17, account: A1, to_account: A2, reason: mixed up}
"""


def read(tmp_path: Path, text: str) -> CorrectionList:
    path = tmp_path / "corrections.yaml"
    path.write_text(text, encoding="utf-8")
    return read_corrections(path)


def test_every_kind_of_entry_is_read_as_it_is_written(tmp_path: Path):
    listed = read(tmp_path, ALL_KINDS)

    start, end = date(2026, 1, 1), date(2026, 3, 16)
    price = {"fee": Decimal("19.90")}
    assert listed.reason == "price list of January was mistyped"
    assert listed.entries == [
        OnAccount("entry 1 (line 4)", "0001", Correction(subscription="main", activated_on=end)),
        OnAccount(
            "entry 2 (line 5)",
            "A1",
            Correction(subscription="main", from_on=start, to_on=end, tariff="fast", agreed_prices=price),
        ),
        OnAccount(
            "entry 3 (line 7)",
            "A1",
            Correction(subscription="main", from_on=start, agreed_prices=price, reason="agreed so"),
        ),
        OnTariff(
            "entry 4 (line 9)",
            Correction(on_tariff="net", from_on=start, to_on=date(2026, 3, 1), vat_rates={"fee": Decimal(10)}),
        ),
        OfPayment(
            "entry 5 (line 15)",
            MovePayment(payment="bank:2026-17", from_account="A1", to_account="A2", reason="mixed up"),
        ),
    ]


def test_an_activation_or_a_tariff_says_what_becomes_of_usage_without_a_price(tmp_path: Path):
    text = ALL_KINDS.replace("on: 2026-03-16}", "on: 2026-03-16, unpriced_usage: waive}")
    text = text.replace("tariff: fast,", "tariff: fast, unpriced_usage: last-price,")
    first, second, *others = read(tmp_path, text).entries

    assert isinstance(first, OnAccount) and first.correction.unpriced_usage == "waive"
    assert isinstance(second, OnAccount) and second.correction.unpriced_usage == "last-price"
    assert all(other.correction.unpriced_usage is None for other in others if not isinstance(other, OfPayment))


def test_a_files_id_is_what_it_says_and_not_how_it_looks(tmp_path: Path):
    one = read(tmp_path, ALL_KINDS)

    # Written down, so that a file that was half played is recognised by every later program.
    assert str(one.correlation_id) == "3a8f8a6a-3311-5e87-8a5f-97ee19c13fb7"
    assert (
        read(tmp_path, ALL_KINDS.replace("# A comment between two of them.", "")).correlation_id == one.correlation_id
    )
    assert read(tmp_path, ALL_KINDS.replace("vat: 10", "vat: 11")).correlation_id != one.correlation_id
    assert read(tmp_path, ALL_KINDS.replace("mixed up", "mixed")).correlation_id != one.correlation_id
    chosen = "0b0e1a52-6c7f-4f43-9d0e-4c2f35b0a111"
    assert str(read(tmp_path, f"id: {chosen}\n{ALL_KINDS}").correlation_id) == chosen


def test_all_faults_are_named_at_once_with_entry_and_line(tmp_path: Path):
    text = """
reason: many faults
corrections:
  - {kind: activation, account: A1, on: 2026-02-30}
  - {kind: activation, account: A1, subscription: main, on: 2026-02-03}
  - {kind: price, account: A1, subscription: main, from: 2026-01-01, component: fee, price: cheap}

  - {kind: dance, account: A1}
  - {account: A1}
  - {kind: tariff, account: A1, from: 2026-01-01, tariff: fast}
  - {kind: tariff, account: A1, subscription: main, every_account_on: net, from: 2026-01-01, tariff: fast}
  - {kind: vat, every_account_on: net, from: 2026-03-01, to: 2026-03-01, component: fee, vat: 1, price: 2}
  - {kind: vat, every_account_on: net, from: 2026-03-01, to: 2026-03-01, component: fee, vat: 1}
  - {kind: payment, payment: "", account: A1, to_account: A2}
"""
    with pytest.raises(InvalidValue) as caught:
        read(tmp_path, text)

    assert caught.value.field == f"file '{tmp_path / 'corrections.yaml'}'"
    assert caught.value.message == "; ".join([
        "entry 1 (line 4), subscription: is missing",
        "entry 1 (line 4), on '2026-02-30': is not a date, as 2026-11-01 is",
        "entry 3 (line 6), price 'cheap': is not a number; write it as 12.50",
        "entry 4 (line 8), kind 'dance': must be one of activation, tariff, price, vat, payment",
        "entry 5 (line 9), kind: is missing",
        "entry 6 (line 10): needs either account and subscription, or every_account_on",
        "entry 7 (line 11): needs either account and subscription, or every_account_on",
        "entry 8 (line 12), price '2': is not known here "
        "(known: kind, reason, account, subscription, every_account_on, from, to, component, vat)",
        "entry 9 (line 13): to 2026-03-01 must lie after from 2026-03-01",
        "entry 10 (line 14), payment '': must not be empty",
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "must hold `reason` and `corrections`"),
        ("- a", "must hold `reason` and `corrections`"),
        ("reason: [", "is not well-formed YAML"),
        ("reason: a\nreason: b\n", "'reason' stands twice"),
        ("reason: a", "corrections: is missing"),
        ("reason: a\ncorrections: []", "corrections: holds no correction"),
        ("corrections: []", "reason: is missing"),
        ("reason: ''\ncorrections: []", "reason '': must not be empty"),
        ("reason: a\ncorrections: all", "corrections 'all': "),
        ("reason: a\ncolour: red\ncorrections: []", "colour 'red': is not known here"),
        ("reason: a\nid: seven\ncorrections: []", "id 'seven': "),
    ],
)
def test_a_file_that_is_no_list_of_corrections(tmp_path: Path, text: str, named: str):
    with pytest.raises(InvalidValue) as caught:
        read(tmp_path, text)

    assert named in caught.value.message


def test_bytes_that_are_no_text(tmp_path: Path):
    path = tmp_path / "corrections.yaml"
    path.write_bytes(b"reason: \xff")

    with pytest.raises(InvalidValue, match="is not text in UTF-8"):
        read_corrections(path)
