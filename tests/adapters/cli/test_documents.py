"""Invoices and credit notes listed, handed on as CSV, and printed."""

from __future__ import annotations

import csv
import re
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from adapters.documents.printing import print_documents
from billing_core.invoicing.documents import DocumentParty
from tests.adapters.cli.conftest import Billing
from tests.adapters.documents.conftest import make_document, make_line  # noqa: F401

WITH_VAT = """
code: home
name: Home 250
currency: EUR
prices_include_vat: true
components:
  - {code: fee250, name: Monthly fee, kind: recurring, vat: 21, price: 399.00}
  - {code: loyal, name: Loyalty, kind: discount, vat: 21, on: [fee250], percent: 10}
"""


def numbers(billing: Billing, *options: str) -> list[str]:
    return [row["number"] for row in billing("invoices", *options, "--json").json["documents"]]


def test_the_newest_documents_come_first_and_a_list_goes_on_after_a_number(billed: Billing):
    assert numbers(billed) == [f"{1_000_000_000 + running}" for running in range(8, 0, -1)]
    assert numbers(billed, "--limit", "2") == ["1000000008", "1000000007"]
    assert numbers(billed, "--after", "1000000003") == ["1000000002", "1000000001"]
    unknown = billed("invoices", "--after", "77")
    assert unknown.code == 1 and "no invoice or credit note has this number" in unknown.complaint


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--from", "2026-02-15"], ["08", "07", "06", "05"]),
        (["--until", "2026-02-01"], ["02", "01"]),
        (["--from", "2026-02-01", "--until", "2026-02-02"], ["04", "03"]),
        (["--customer", "3"], ["08", "05"]),
        (["--account", "1"], ["06", "03", "01"]),
        (["--seller", "north", "--state", "paid"], ["01"]),
        (["--seller", "south"], []),
        (["--account", "3", "--state", "open"], ["08", "05"]),
        (["--state", "credit-note"], []),
    ],
)
def test_documents_are_found_by_date_seller_customer_account_and_state(
    billed: Billing, options: list[str], expected: list[str]
):
    assert [number[-2:] for number in numbers(billed, *options)] == expected


def test_an_invoice_is_overdue_after_its_due_date(billed: Billing):
    """Due 14 days after 1, 15 February and 1 March; on 1 March that of February is still not overdue on its due day."""
    assert billed("asof", "march", "--effective", "2026-03-01").code == 0
    assert [number[-2:] for number in numbers(billed, "--state", "overdue", "--asof", "march")] == ["04", "03", "02"]


def test_a_state_or_a_customer_that_is_not_known_is_said(billed: Billing):
    wrong = billed("invoices", "--state", "late")
    assert wrong.code == 2 and "the states are open, overdue, paid, credit-note" in wrong.complaint
    assert billed("invoices", "--customer", "77").code == 1


def test_all_documents_that_match_are_written_as_csv(billed: Billing):
    file = billed.folder / "invoices.csv"
    ended = billed("invoices", "--account", "3", "--csv", str(file), "--limit", "1")
    assert ended.code == 0 and f"2 documents written to {file}" in ended.output
    with file.open(encoding="utf-8", newline="") as opened:
        second, first = csv.DictReader(opened)
    assert (first["number"], first["net"], first["vat"], first["gross"], first["open"]) == (
        "1000000005", "20.00", "4.00", "24.00", "14.00",
    )  # fmt: skip
    assert (first["seller"], first["customer"], first["currency"], first["issued_on"], first["due_on"]) == (
        "north", "3", "EUR", "2026-02-15", "2026-03-01",
    )  # fmt: skip
    assert (second["number"], second["state"]) == ("1000000008", "overdue")


def test_all_documents_that_match_are_printed_into_a_folder(billed: Billing):
    folder = billed.folder / "out"
    ended = billed("invoices", "--customer", "1", "--pdf", str(folder))
    assert ended.code == 0 and f"3 documents written to {folder}" in ended.output
    assert sorted(path.name for path in folder.iterdir()) == ["1000000001.pdf", "1000000003.pdf", "1000000006.pdf"]
    single = billed.folder / "single.pdf"
    assert billed("invoice", "show", "1000000003", "--pdf", str(single)).code == 0
    assert single.read_bytes() == (folder / "1000000003.pdf").read_bytes()


def test_one_that_cannot_be_printed_is_refused_with_its_letter_and_the_others_are_printed(billed: Billing):
    assert billed("do", "change-customer", "number=2", "name=漢字").code == 0
    assert billed("run", "--on", "2026-04-01").code == 0
    folder = billed.folder / "out"
    ended = billed("invoices", "--from", "2026-04-01", "--pdf", str(folder))
    assert ended.code == 1
    assert "1000000010 was not printed: text '漢字': cannot be printed: no installed font draws 漢" in ended.output
    assert sorted(path.name for path in folder.iterdir()) == ["1000000009.pdf", "1000000011.pdf"]


def test_many_documents_are_printed_by_several_processes(make_document, tmp_path: Path):  # noqa: F811
    documents = [make_document(number=f"{number}") for number in range(45)]
    documents[30] = make_document(number="30", buyer=DocumentParty(name="漢字"))
    batches = list(print_documents(documents, tmp_path, processes=2))
    assert sum(batch.written for batch in batches) == 44
    assert [each.number for batch in batches for each in batch.refused] == ["30"]
    assert {path.name for path in tmp_path.iterdir()} == {f"{number}.pdf" for number in range(45) if number != 30}


def printed(billing: Billing, number: str) -> str:
    path = billing.folder / f"{number}.pdf"
    assert billing("invoice", "show", number, "--pdf", str(path)).code == 0
    pages = PdfReader(BytesIO(path.read_bytes())).pages
    return "\n".join(page.extract_text().replace("\u00a0", " ") for page in pages)


@pytest.fixture
def with_vat(billing: Billing) -> Billing:
    """A subscriber at home and one abroad, on a price list with VAT: 399.00 a month less 10 %."""
    assert billing.bring_in().code == 0
    assert billing("do", "publish-tariff", "--file", "-", given=WITH_VAT).code == 0
    for number, country in (("8", "LV"), ("9", "CZ")):
        details = [f"number={number}", "name=Eva", "address.city=Ves", f"address.country={country}"]
        assert billing("do", "register-customer", *details, "registered_on=2026-01-01").code == 0
        account = [f"account={number}", f"customer={number}", "seller=north", "currency=EUR", "opened_on=2026-01-01"]
        assert billing("do", "open-account", *account).code == 0
        service = [f"account={number}", "subscription=s", "tariff=home", "on=2026-01-01", "quantity=2"]
        assert billing("do", "activate-subscription", *service).code == 0
    assert billing("run", "--on", "2026-01-01").code == 0
    return billing


def test_the_paper_shows_the_advertised_price_and_no_codes(with_vat: Billing):
    """2 x 399.00 = 798.00 with VAT, less 79.80; without VAT 659.50 - 65.95 = 593.55."""
    (number,) = numbers(with_vat, "--account", "8")
    page = printed(with_vat, number)
    assert re.search(r"1–31 Jan 2026\s+2\s+399.00\s+21%\s+659.50\s+798.00", page)
    assert re.search(r"21%\s+−65.95\s+−79.80", page)
    for code in ("fee250", "loyal", "price list"):
        assert code not in page, code


def test_the_country_is_a_line_of_the_address_abroad_only(with_vat: Billing):
    at_home, abroad = (printed(with_vat, numbers(with_vat, "--account", number)[0]) for number in ("8", "9"))
    assert "LV" not in at_home.replace("LV80 BANK", "") and "LATVIA" not in at_home
    assert "LATVIA" in abroad and "CZECHIA" in abroad


def test_what_a_clerk_wrote_on_a_credit_is_not_printed_and_a_paid_reprint_asks_for_no_money(billed: Billing):
    fee = "main/fee/2026-02-15/2026-03-01/0"
    waived = billed("do", "waive-charge", "account=3", f"charge={fee}", "reason=he shouted at us")
    assert waived.code == 0, waived
    (number,) = numbers(billed, "--state", "credit-note")
    page = " ".join(printed(billed, number).split())
    assert "shouted" not in page and "The amounts of the invoice are corrected." in page
    assert "nothing to pay" not in page

    paid = printed(billed, "1000000001")
    assert "This invoice is settled." in paid and "Please pay" not in paid and "IBAN" not in paid
    partly = printed(billed, "1000000004")
    assert "Please pay 36.00 EUR" in partly
