"""Vouchers on the command line: the file of a batch is the only place that has its codes."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.adapters.cli.conftest import Billing

OPEN = ("do", "open-voucher-series", "series=SPRING", "seller=north", "amount=30.00", "currency=EUR")


def test_a_batch_is_issued_into_a_new_file_and_a_code_redeemed(billed: Billing, tmp_path: Path):
    file = tmp_path / "codes.csv"
    assert billed(*OPEN).code == 0
    issued = billed("vouchers", "issue", "SPRING", "2", str(file))
    assert "Batch 1 of 2 vouchers, SPRING-000001 to SPRING-000002, is issued" in " ".join(issued.output.split())
    with file.open(encoding="utf-8") as written:
        rows = list(csv.DictReader(written))
    assert [row["voucher"] for row in rows] == ["SPRING-000001", "SPRING-000002"]

    redeemed = billed("do", "redeem-voucher", "account=1", f"code={rows[1]['code']}", "--json").json["result"]
    assert redeemed == {"redeemed": True, "payment": "voucher:SPRING-000002", "amount": "30.00 EUR"}
    (batch,) = billed("vouchers", "--json").json["batches"]
    assert (batch["issued"], batch["redeemed"]) == (2, 1)
    assert billed("check").code == 0


def test_a_batch_that_is_refused_leaves_no_file_and_a_file_is_not_overwritten(billed: Billing, tmp_path: Path):
    file = tmp_path / "codes.csv"

    with billed.nothing_written():
        assert "no such series" in billed("vouchers", "issue", "NONE", "2", str(file)).complaint
    assert not file.exists()
    file.write_text("other codes")
    assert billed(*OPEN).code == 0
    with billed.nothing_written():
        assert billed("vouchers", "issue", "SPRING", "2", str(file)).code != 0
    assert file.read_text() == "other codes"
