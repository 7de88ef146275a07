"""Direct debit on the command line: from the mandate to the bank's answer."""

from __future__ import annotations

from adapters.banks.fake_bank import Rules, answers
from tests.adapters.cli.conftest import Billing

TERMS = ("terms.creditor_id=DE98ZZZ09999999999", "terms.pain_version=pain.008.001.08", "terms.settles=answer")
PAYER = ("scheme=sepa-core", "payer=Payer", "payer_account=DE89370400440532013000")
ON = "2027-01-31"


def test_debits_are_drawn_written_and_answered(billed: Billing):
    assert billed("do", "set-debit-terms", "seller=north", *TERMS).code == 0
    for account in ("1", "2"):
        assert billed("do", "sign-mandate", f"mandate=M-{account}", f"account={account}", *PAYER).code == 0
    assert "No debits were drawn up yet." in billed("debit").output

    rehearsed = billed("debit", "draw", "--seller", "north", "--on", ON, "--dry-run").output
    assert "Batch north-1 by sepa-core: 2 debits, 156.00 EUR; nothing was written" in " ".join(rehearsed.split())
    (drawn,) = billed("debit", "draw", "--seller", "north", "--on", ON, "--json").json["batches"]
    assert (drawn["batch"], drawn["debits"], drawn["amount"], drawn["left_out"]) == ("north-1", 2, "156.00 EUR", [])
    again = billed("debit", "draw", "--seller", "north", "--on", ON).output
    assert "No batch by sepa-core: 0 debits" in again and "is in a batch already" in " ".join(again.split())

    file = billed.folder / "north-1.xml"
    assert "freeze it first" in billed("debit", "file", "north-1", str(file)).errors
    assert billed("do", "freeze-debit-batch", "batch=north-1").code == 0
    assert billed("debit", "file", "north-1", str(file)).code == 0
    assert billed("do", "note-debit-batch-sent", "batch=north-1").code == 0
    (report, *_) = answers(file.read_bytes(), Rules(0, 0, rejections={"north-1-2": "MD01"}), seed=1)
    answer = billed.folder / report.name
    answer.write_bytes(report.content)
    came = billed("debit", "answer", str(answer), "--json")
    assert (came.code, came.json["accepted"], came.json["unchanged"]) == (1, 2, 0)
    assert [row["value"] for row in came.json["rejected"]] == ["north-1-99999"]
    again = billed("debit", "answer", str(answer), "--json").json
    assert (again["accepted"], again["unchanged"]) == (0, 2)

    (listed,) = billed("debit", "--json").json["batches"]
    assert (listed["stage"], listed["debits"], listed["awaited"], listed["refused"]) == ("sent", 2, 1, 1)
    assert "north-1" in billed("debit").output
    told = " ".join(billed("audit", "--customer", "2").output.split())
    assert "mandate ended: MD01" in told
    assert billed("check").code == 0


def test_what_the_bank_cannot_have_sent_is_refused(billed: Billing):
    file = billed.folder / "answer.xml"
    file.write_text("<a/>")
    refused = billed("debit", "answer", str(file))
    assert refused.code == 1 and "is no pain.002" in refused.errors
    assert "no terms of direct debit" in billed("do", "sign-mandate", "mandate=M-1", "account=1", *PAYER).errors
