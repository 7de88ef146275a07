"""Contracts, tags, notes and files on the command line, as the page about them has it."""

from __future__ import annotations

import hashlib

from tests.adapters.attachments.files import PDF
from tests.adapters.cli.conftest import Billing

HASH = hashlib.sha256(PDF).hexdigest()
NUMBER = "7000000001"
DRAFT = """
customer: 1
seller: north
kind: internet
language: cs
begins_on: 2026-06-01
services: [{account: 1, subscription: main}]
"""


def do(billing: Billing, *words: str) -> str:
    ended = billing("do", *words, "--yes")
    assert ended.code == 0, ended
    return ended.output


def prepare(billing: Billing) -> None:
    """A series, a kind, and a template that was printed and published from its file."""
    do(billing, "open-number-series", "seller=north", "kind=contract", "prefix=7", "width=9")
    do(billing, "define-contract-kind", "code=internet", "name=Internet", "term.fixed_months=24", "term.goes_on=true")
    file = billing.file("contract.yaml", billing("contracts", "ready-templates", "internet.cs").output)
    do(billing, "publish-contract-template", "--file", file)


def test_a_contract_goes_from_its_template_to_its_notice(opened: Billing):
    prepare(opened)
    assert "internet.cs" in opened("contracts", "ready-templates").output.splitlines()
    assert "24 months, then indefinite" in opened("contracts", "kinds").output
    assert "No contract was drafted yet." in opened("contracts").output

    assert NUMBER in do(opened, "draft-contract", "--file", opened.file("draft.yaml", DRAFT))
    do(opened, "issue-contract", f"contract={NUMBER}")
    paths = [opened.folder / name for name in ("first.pdf", "second.pdf")]
    assert opened("contracts", "print", NUMBER, str(paths[0])).code == 0
    (opened.folder / "scan.pdf").write_bytes(PDF)
    assert opened("keep-attachment", str(opened.folder / "scan.pdf")).code == 0
    do(opened, "sign-contract", f"contract={NUMBER}", "signed_by=Anna Kalniņa", f"content_hash={HASH}")
    do(opened, "draft-annex", f"contract={NUMBER}", "begins_on=2026-09-01", "text=The speed is doubled.")
    do(opened, "sign-annex", f"contract={NUMBER}", "annex=1", "signed_by=Anna Kalniņa")
    do(opened, "give-contract-notice", f"contract={NUMBER}", "by=customer")
    assert opened("contracts", "print", NUMBER, str(paths[1])).code == 0
    assert opened("contracts", "print", NUMBER, str(opened.folder / "annex.pdf"), "--annex", "1").code == 0

    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert (opened.folder / "annex.pdf").read_bytes().startswith(b"%PDF")
    shown = opened("contracts", "show", NUMBER).output
    assert "from 2026-06-01 until 2028-06-01" in shown
    assert "annex 1 from 2026-09-01, signed" in shown
    assert "contract-notice-given: ends on 2028-06-01 by notice of the customer" in " ".join(shown.split())
    (listed,) = opened("contracts", "--customer", "1", "--ends-before", "2028-06-02", "--json").json["contracts"]
    assert (listed["number"], listed["status"], listed["services"]) == (NUMBER, "signed", ["1/main"])
    assert opened("contracts", "--ends-before", "2028-06-01", "--json").json["contracts"] == []


def test_a_template_with_an_unknown_placeholder_is_refused_and_named(opened: Billing):
    prepare(opened)
    text = opened("contracts", "ready-templates", "internet.cs").output.replace("customer.number", "x")
    file = opened.file("wrong.yaml", text.replace("{{ seller.iban }}", "{{ seller.bank }}"))

    assert "'seller.bank': is no placeholder; these are: contract.number" in opened(
        "do", "publish-contract-template", "--file", file
    ).complaint  # fmt: skip


def test_what_is_noted_of_a_customer_is_listed(opened: Billing):
    do(opened, "tag-customers", "customers=1,2", "add=fibre")
    do(opened, "tag-customer", "customer=1", "add=vip")
    do(opened, "add-note", "customer=1", "text=The dog [bold] bites", "is_pinned=true")
    (opened.folder / "id.pdf").write_bytes(PDF)
    assert opened("keep-attachment", str(opened.folder / "id.pdf")).code == 0
    do(opened, "attach-customer-file", "customer=1", f"content_hash={HASH}", "name=id.pdf")

    assert opened("tags", "--json").json["tags"] == [{"tag": "fibre", "customers": 2}, {"tag": "vip", "customers": 1}]
    listed = opened("customers", "--tag", "vip", "--json").json
    assert ([row["customer"]["number"] for row in listed["customers"]], listed["more"]) == (["1"], 0)
    assert opened("customers", "--tag", "fibre", "--limit", "1", "--json").json["more"] == 1
    assert "The dog [bold] bites" in opened("customer", "notes", "1").output
    assert "id.pdf" in opened("customer", "files", "1").output
    assert "tags fibre, vip" in opened("customer", "show", "1").output
    do(opened, "withdraw-note", "customer=1", "note=1")
    assert "Nothing is noted of this customer." in opened("customer", "notes", "1").output
    assert "withdrawn" in opened("customer", "notes", "1", "--all").output
