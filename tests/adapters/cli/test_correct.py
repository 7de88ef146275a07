"""`billing correct`: what a clerk sees before, during and after a list of corrections is played."""

from __future__ import annotations

import pytest

from tests.adapters.cli.conftest import Billing

# Customer 1 pays 20.00 plus 20 % VAT, 2 pays 30.00, 3 pays 40.00 since 15 February; billed until April.
CORRECTIONS = """
reason: spring cleaning
corrections:
  - {kind: activation, account: 1, subscription: main, on: 2026-01-16, reason: technician was late}
  - {kind: price, account: 2, subscription: main, from: 2026-02-01, to: 2026-03-01, component: fee, price: 25.00}
  - {kind: payment, payment: bank:P2, account: 3, to_account: 2}
  - {kind: tariff, account: 9, subscription: main, from: 2026-02-01, tariff: net}
"""


@pytest.fixture
def file(billed: Billing) -> str:
    return billed.file("corrections.yaml", CORRECTIONS)


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def test_the_dry_run_shows_what_would_be_credited_and_charged_and_writes_nothing(billed: Billing, file: str):
    """Customer 1: 20.00 x 15/31 = 9.68, with VAT 11.62. Customer 2: 36.00 back for February, 30.00 instead."""
    with billed.nothing_written():
        ended = billed("correct", file, "--dry-run")

    assert ended.code == 1
    assert lines(ended.output) == [
        "Would be corrected; nothing was written: spring cleaning",
        "account credited charged moved documents",
        "1 -11.62 EUR credit note of -11.62 EUR for invoice 1000000001",
        "2 -36.00 EUR 30.00 EUR 10.00 EUR invoice 1000000002 is settled by 10.00 EUR",
        "credit note of -36.00 EUR for invoice 1000000004",
        "invoice of 30.00 EUR",
        "3 -10.00 EUR invoice 1000000005 is open again by 10.00 EUR",
        "total of 3 -47.62 EUR 30.00 EUR 10.00 EUR",
        "Refused and unchanged",
        "entry 4 (line 7): account '9': no such account; `billing customers` lists them",
    ]
    assert "audit" not in ended.errors


def test_the_real_run_does_what_the_dry_run_showed_once(billed: Billing, file: str):
    shown = billed("correct", file, "--dry-run", "--json").json
    played = billed("correct", file, "--json")
    assert played.code == 1
    done = played.json

    assert (shown["dry_run"], done["dry_run"]) == (True, False)
    assert (
        shown["totals"]
        == done["totals"]
        == {
            "EUR": {
                "accounts": 3,
                "credited": {"amount": "-47.62", "currency": "EUR"},
                "charged": {"amount": "30.00", "currency": "EUR"},
                "moved": {"amount": "10.00", "currency": "EUR"},
            }
        }
    )
    documents = [
        [(entry["what"], entry["number"], entry["corrects"]) for entry in account["documents"]]
        for account in done["accounts"]
    ]
    assert documents == [
        [("credit-note", "5000000001", "1000000001")],
        [("settled", "1000000002", ""), ("credit-note", "5000000002", "1000000004"), ("invoice", "1000000009", "")],
        [("opened", "1000000005", "")],
    ]
    for account in done["accounts"]:
        for document in account["documents"]:
            if document["what"] in ("credit-note", "invoice"):
                document["number"] = ""
    assert shown["accounts"] == done["accounts"]
    done = played.json
    with billed.nothing_written():
        again = billed("correct", file, "--json")
    assert again.json == done
    assert "credit note 5000000002 of -36.00 EUR for invoice 1000000004" in billed("correct", file).output
    assert billed("check").code == 0


def test_the_whole_set_is_in_the_audit_under_one_id(billed: Billing, file: str):
    correlation = billed("correct", file, "--json").json["correlation_id"]
    assert f"billing audit --correlation {correlation}" in billed("correct", file).errors

    found = billed("audit", "--correlation", correlation, "--json").json
    assert found["next"] is None
    assert {entry["correlation_id"] for entry in found["changes"]} == {correlation}
    assert {entry["actor"] for entry in found["changes"]} == {"clerk"}
    names = [entry["event"] for entry in reversed(found["changes"])]
    assert names == [
        "credit-released", "payment-moved-away", "payment-moved-in", "credit-allocated",
        "subscription-activation-corrected", "charges-posted", "credit-note-issued", "credit-allocated",
        "subscription-terms-corrected", "charges-posted", "credit-note-issued", "credit-allocated", "invoice-issued",
    ]  # fmt: skip
    told = " ".join(billed("audit", "--correlation", correlation).output.split())
    for text in (
        "bank:P2 of 10.00 EUR to account 2, because: spring cleaning",
        "bank:P2 of 10.00 EUR from account 3, because: spring cleaning",
        "subscription main: was activated on this day, because: technician was late",
        "subscription main: corrected from 2026-02-01 up to 2026-03-01, exclusive, fee agreed at 25.00, because: "
        "spring cleaning",
    ):
        assert text in told
    newest = billed("audit", "--correlation", correlation, "--limit", "1", "--json").json
    assert newest["next"] == str(found["changes"][0]["position"])
    of_customer = billed("audit", "--correlation", correlation, "--customer", "1", "--json").json["changes"]
    assert of_customer == [entry for entry in found["changes"] if entry["stream"] == "account/1"]
    assert billed("audit", "--correlation", "seven").code == 2
    nobody = billed("audit", "--correlation", "0b0e1a52-6c7f-4f43-9d0e-4c2f35b0a111")
    assert nobody.output == "No changes found.\n"


def test_an_account_shows_what_was_corrected_on_it(billed: Billing, file: str):
    billed("correct", file)

    shown = " ".join(billed("account", "show", "2").output.split())
    assert "corrected from 2026-02-01 up to 2026-03-01, exclusive, fee agreed at 25.00" in shown
    assert "Moved in, payment bank:P2" in shown
    assert "from account 3 settles 10.00 EUR of invoice 1000000002 because: spring cleaning" in shown
    assert "because: spring cleaning" in shown
    shown = " ".join(billed("account", "show", "3").output.split())
    assert "Moved away, payment bank:P2 -10.00 EUR" in shown
    assert "to account 2 invoice 1000000005 is open again by 10.00 EUR because: spring cleaning" in shown
    assert "2026-01-16  activated on tariff net" in billed("account", "show", "1").output


def test_nothing_refused_ends_well(billed: Billing):
    only = "".join(CORRECTIONS.splitlines(keepends=True)[:4])

    assert billed("correct", billed.file("one.yaml", only)).code == 0


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("reason: a\ncorrections: [{kind: activation}]", ["entry 1 (line 2), account: is missing", "one.yaml"]),
        ("reason: [", ["not well-formed YAML"]),
    ],
)
def test_a_faulty_file_is_refused_before_anything_is_written(billed: Billing, text: str, named: list[str]):
    with billed.nothing_written():
        ended = billed("correct", billed.file("one.yaml", text))

    assert ended.code == 1
    for each in named:
        assert each in ended.complaint


def test_a_file_that_is_not_there(billed: Billing):
    assert billed("correct", "no-such-file.yaml").code == 2
