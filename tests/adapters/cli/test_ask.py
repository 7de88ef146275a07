"""Every query on the command line: as a table, as JSON, and as a file."""

from __future__ import annotations

import json
from pathlib import Path

from adapters.cli.ask import queries_by_name
from adapters.views.query import queries
from tests.adapters.cli.conftest import Billing


def test_every_query_of_the_program_can_be_asked():
    assert set(queries_by_name().values()) == set(queries())


def test_a_list_is_a_table_and_the_same_in_json(billed: Billing):
    shown = billed("ask", "list-receivables", "on=2026-04-01")
    rows = json.loads(billed("ask", "list-receivables", "on=2026-04-01", "--json").output)["items"]
    assert shown.code == 0 and len(rows) > 1
    heads, *lines = shown.output.splitlines()
    assert heads.split()[:3] == ["account", "customer", "name"]
    assert [line.split()[0] for line in lines] == [row["account"] for row in rows]


def test_a_list_goes_on_behind_the_last_row_that_was_shown(billed: Billing):
    first = billed("ask", "list-receivables", "on=2026-04-01", "limit=1")
    account = first.output.splitlines()[-1].split()[0]
    assert f"after={account}" in first.errors
    rest = billed("ask", "list-receivables", "on=2026-04-01", f"after={account}").output.splitlines()[1:]
    assert rest and all(line.split()[0] > account for line in rest)


def test_a_file_is_written_where_it_is_said(billed: Billing, tmp_path: Path):
    number = json.loads(billed("ask", "list-invoices", "--json").output)["items"][0]["number"]
    file = tmp_path / "invoice.pdf"
    assert billed("ask", "print-invoice", f"number={number}").code == 2
    assert billed("ask", "print-invoice", f"number={number}", "--output", str(file)).code == 0
    assert file.read_bytes().startswith(b"%PDF")


def test_a_query_or_field_that_does_not_exist_is_answered_with_what_may_be_meant(billed: Billing):
    wrong = billed("ask", "list-receivable")
    assert wrong.code == 2 and "list-receivables" in wrong.errors
    assert billed("ask", "list-receivables", "colour=red").code == 2
