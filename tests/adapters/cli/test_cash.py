"""A day at a cash desk on the command line."""

from __future__ import annotations

from pathlib import Path

from tests.adapters.cli.conftest import Billing

FLOAT = """
desk: H1
count:
  - {value: 20, count: 4}
  - {value: 10, count: 2}
reason: from the safe
"""
COUNT = """
desk: H1
count:
  - {value: 100, count: 1}
  - {value: 20, count: 1}
reason: miscounted change
"""


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_day_at_a_desk_and_its_sheet(billed: Billing, tmp_path: Path):
    assert "No cash desk is registered." in billed("cash").output
    desk = ("code=H1", "branch=Centre", "seller=north", "currency=EUR", "series=H1", "staff.petra=write")
    assert billed("do", "register-cash-desk", *desk).code == 0
    for name, content in (("float.yaml", FLOAT), ("count.yaml", COUNT)):
        (tmp_path / name).write_text(content)
    assert billed("do", "open-cash-session", "--file", str(tmp_path / "float.yaml")).code == 0
    taken = billed("do", "take-payment", "desk=H1", "account=1", "amount=24", "given=50", "--json").json["result"]
    assert (taken["receipt"], taken["change"]) == ("H1-0001", {"amount": "26.00", "currency": "EUR"})
    assert "124.00" in words(billed("cash").output)
    assert billed("do", "close-cash-session", "--file", str(tmp_path / "count.yaml")).code == 0

    pdf, table = tmp_path / "sheet.pdf", tmp_path / "sheet.csv"
    shown = words(billed("cash", "sheet", "H1", "--pdf", str(pdf), "--csv", str(table)).output)

    assert "Counted 120.00 EUR, variance -4.00 EUR, because: miscounted change." in shown
    assert pdf.read_bytes().startswith(b"%PDF")
    assert [line.split(",")[3] for line in table.read_text().splitlines()] == [
        "kind", "float", "taking", "count", "variance"
    ]  # fmt: skip
    assert billed("cash", "sheet", "H1", "--json").json["sessions"][0]["till"]["amount"] == "124.00"
    assert "cash-taken" in {row["event"] for row in billed("audit", "--customer", "1", "--json").json["changes"]}
    assert billed("check").code == 0


def test_what_a_dealer_took_and_handed_over(billed: Billing, tmp_path: Path):
    assert "No dealer has taken cash" in billed("cash", "dealers").output
    billed("do", "register-dealer", "code=east", "name=East Sales")
    billed("do", "assign-customer", "customer=1", "dealer=east")
    for code, more in (("H1", ()), ("E1", ("dealer=east", "settles_at=H1"))):
        desk = (f"code={code}", "branch=Centre", "seller=north", "currency=EUR", f"series={code}", *more)
        assert billed("do", "register-cash-desk", *desk).code == 0
    (tmp_path / "float.yaml").write_text(FLOAT.replace("H1", "E1"))
    assert billed("do", "open-cash-session", "--file", str(tmp_path / "float.yaml")).code == 0
    assert billed("do", "take-payment", "desk=E1", "account=1", "amount=24").code == 0
    assert billed("do", "hand-over-cash", "desk=E1", "to_desk=H1", "amount=30").code == 0

    shown = words(billed("cash", "dealers").output)

    assert "east 0.00 24.00 0.00 -30.00 100.00 94.00 30.00" in shown.replace(" EUR", "")
    assert billed("cash", "dealers", "--from", "2020-01-01", "--to", "2020-02-01", "--json").json["dealers"] == []
