"""Statements of a bank from the file to the book, at the command line; and Fio, asked by the worker."""

from __future__ import annotations

from tests.adapters.cli.conftest import Billing

IBAN = "CZ6508000000192000145399"
MT940 = """:20:STARTUMS
:25:{account}
:28C:1/1
:60F:C260219EUR100,00
:61:2602200220C36,00NTRFNONREF//{reference}
:86:051?00Ueberweisung?20EREF+1000000002?32Nowak
:62F:C260220EUR{closing}
"""


def statement(billing: Billing, closing: str = "136,00", reference: str = "B1") -> str:
    return billing.file("bank.sta", MT940.format(account=IBAN, closing=closing, reference=reference))


def test_a_statement_is_imported_once_and_shown(billed: Billing):
    file = statement(billed)
    refused = billed("payments", "import", file)
    assert refused.code == 1 and "register-bank-account" in refused.complaint
    assert billed("do", "register-bank-account", f"iban={IBAN}", "seller=north", "currency=EUR").code == 0
    with billed.nothing_written():
        assert billed("payments", "import", file, "--dry-run", "--json").json["accepted"] == 1

    ended = billed("payments", "import", file, "--json")

    assert (ended.code, ended.json["accepted"], ended.json["statements"][0]["state"]) == (0, 1, "booked")
    with billed.nothing_written():
        assert billed("payments", "import", file, "--json").json["unchanged"] == 1
    (row,) = billed("payments", "statements", "--json").json["statements"]
    assert (row["account"], row["matched"]) == (IBAN, 1)
    shown = billed("payments", "statement", row["statement"], "--json").json
    assert [each["use"] for each in shown["movements"]] == ["income"]
    (balance,) = billed("payments", "balances", "--from", "2026-02-01", "--to", "2026-03-01", "--json").json["balances"]
    assert balance["on"] == "2026-02-20"


def test_a_statement_that_waits_is_overruled_and_booked(billed: Billing):
    billed("do", "register-bank-account", f"iban={IBAN}", "seller=north")
    ended = billed("payments", "import", statement(billed, closing="140,00"))
    assert "0 payments imported" in ended.output and "4.00 EUR differ" in ended.output
    (row,) = billed("payments", "statements", "--waiting", "--json").json["statements"]
    overruled = billed("do", "overrule-statement", f"statement={row['statement']}", "reason=the bank confirms it")
    assert overruled.code == 0

    assert billed("payments", "book", "--json").json["accepted"] == 1
    assert "No statement waits." in billed("payments", "statements", "--waiting").output
