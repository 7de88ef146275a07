"""A bank's file is shown without a database, and a file is fetched from a simulated bank."""

from __future__ import annotations

import json
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

from typer.testing import CliRunner

from adapters.banks.fio_simulator import TOKEN, FioAccount, FioMovement, serve
from adapters.cli.program import program
from tests.adapters.banks.camt_text import Entry, balance, message, payment, statement


def test_a_preview_tells_statements_balances_and_movements(tmp_path: Path):
    file = tmp_path / "march.xml"
    balances = balance("OPBD", "10.00") + balance("CLBD", "17.50")
    entry = Entry(amount="7.50", parts=payment("Anna Ozola", "VS 17", "E2E-1", account="LV80BANK0000435195001"))
    file.write_bytes(message(statement([entry], balances)))

    shown = CliRunner().invoke(program, ["payments", "preview", str(file), "--json"])
    (told,) = json.loads(shown.output)["statements"]
    (movement,) = told["movements"]

    assert (told["account"], told["number"], told["agrees"]) == ("CZ6508000000192000145399", "17", True)
    assert told["opening"] == {"amount": "10.00", "currency": "EUR"}
    assert movement["amount"] == {"amount": "7.50", "currency": "EUR"}
    assert (movement["booked_on"], movement["symbols"]["variable"], movement["counterparty"]) == (
        "2026-03-02", "17", "Anna Ozola",
    )  # fmt: skip
    table = CliRunner().invoke(program, ["payments", "preview", str(file)]).output
    assert "opening + movements = closing" in table and "7.50 EUR" in table and "VS 17" in table


def test_a_preview_says_by_how_much_the_balances_differ(tmp_path: Path):
    file = tmp_path / "march.xml"
    file.write_bytes(message(statement([Entry(amount="7.50")], balance("OPBD", "10.00") + balance("CLBD", "17.51"))))

    shown = CliRunner().invoke(program, ["payments", "preview", str(file)])

    assert "opening + movements differ from closing by 0.01 EUR" in shown.output


def test_a_file_that_cannot_be_read_is_refused_with_its_line(tmp_path: Path):
    file = tmp_path / "march.sta"
    file.write_text(":20:X\n:25:1\n:60F:C260301EUR1,00\n:61:2603020302Q1,\n:62F:C260301EUR1,00\n")

    shown = CliRunner().invoke(program, ["payments", "preview", str(file)])

    assert shown.exit_code == 1 and "line 4: is no movement (field 61)" in shown.output


def test_movements_are_fetched_into_a_file_that_is_not_overwritten(tmp_path: Path):
    token, file = tmp_path / "token", tmp_path / "fio.json"
    token.write_text(f"{TOKEN}\n")
    account = FioAccount([FioMovement(id=1, on=date(2026, 3, 2), amount=Decimal("5.00"))], seconds_between_calls=0)
    with serve(account) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        asked = ["payments", "fetch", str(file), "--token-file", str(token), "--url", url]
        fetched = CliRunner().invoke(program, [*asked, "--from", "2026-03-01", "--to", "2026-03-31"])
        again = CliRunner().invoke(program, asked)
        server.shutdown()

    assert (fetched.exit_code, again.exit_code) == (0, 1)
    assert "already exists" in again.output
    shown = CliRunner().invoke(program, ["payments", "preview", str(file)])
    assert "CZ1420100000002900000001: 1 movements, credits 5.00 CZK" in shown.output
