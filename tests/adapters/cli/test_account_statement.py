"""The statement of an account on the command line: on the screen, as a PDF and as CSV; income asked like any query."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.adapters.cli.conftest import Billing

MARCH = ("--from", "2026-02-01", "--to", "2026-03-31")


def test_a_statement_agrees_on_screen_in_json_and_as_a_table(billed: Billing, tmp_path: Path):
    file = tmp_path / "march.csv"
    told = billed("account", "statement", "1", *MARCH, "--json").json

    assert (told["opening"]["amount"], told["closing"]["amount"]) == ("0.00", "-48.00")
    assert [(row["on"], row["kind"], row["amount"]["amount"], row["balance"]["amount"]) for row in told["rows"]] == [
        ("2026-02-01", "invoice", "-24.00", "-24.00"),
        ("2026-03-01", "invoice", "-24.00", "-48.00"),
    ]
    shown = billed("account", "statement", "1", *MARCH, "--csv", str(file)).output
    assert "opening balance" in shown and "-48.00 EUR" in shown
    with file.open(encoding="utf-8") as written:
        rows = list(csv.DictReader(written))
    assert [(row["kind"], row["balance"]) for row in rows] == [
        ("opening", "0.00"), ("invoice", "-24.00"), ("invoice", "-48.00"), ("closing", "-48.00"),
    ]  # fmt: skip


def test_a_statement_is_printed(billed: Billing, tmp_path: Path):
    file = tmp_path / "march.pdf"

    assert billed("account", "statement", "1", *MARCH, "--pdf", str(file)).code == 0
    assert file.read_bytes().startswith(b"%PDF-")


def test_a_statement_of_no_days_or_of_no_account_is_refused(billed: Billing):
    assert (
        "must not lie before"
        in billed("account", "statement", "1", "--from", "2026-03-02", "--to", "2026-03-01").complaint
    )
    assert "no such account" in billed("account", "statement", "99").complaint


def test_income_and_payers_are_asked_like_any_query(billed: Billing):
    (by_method,) = billed("ask", "list-income", "by=method", "--json").json["items"]
    assert (by_method["key"], by_method["payments"], by_method["income"]["amount"]) == ("transfer", 2, "34.00")
    days = billed("ask", "list-income", "from=2026-02-01", "--json").json["items"]
    assert [(row["key"], row["income"]["amount"]) for row in days] == [("2026-02-20", "10.00")]
    (payer,) = billed("ask", "list-payers", "customer=1", "--json").json["items"]
    assert (payer["payer"], payer["payments"], payer["amount"]["amount"]) == ("Anna Kalniņa", 1, "24.00")
