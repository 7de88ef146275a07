"""The demo: a year of made-up subscribers in a folder of its own, ending with a clean check."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.bootstrap.application import open_application
from adapters.bootstrap.settings import Settings, open_database
from tests.adapters.cli.conftest import START
from tests.counterparts.chromium import chromium
from tests.page_addresses import addresses
from tests.page_faults import faults_of_pages
from tests.screenshots import register, serving, sign_in

SUBSCRIBERS = 60


class Demo:
    """A demo that was run in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = ""

    def run(self) -> None:
        ended = self.billing("demo", "--folder", str(self.folder), "--subscribers", str(SUBSCRIBERS))
        assert ended.returncode == 0 and "Traceback" not in ended.stderr, ended
        self.said = ended.stdout

    def ask(self, *arguments: str) -> Any:
        ended = self.billing("--data", str(self.folder / "database"), *arguments, "--json")
        assert ended.returncode == 0, ended
        return json.loads(ended.stdout)

    def billing(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A database of the user's own is named, and must not be touched."""
        environment = os.environ | {"BILLING_DATABASE_URL": "postgresql://127.0.0.1:1/none", "COLUMNS": "160"}
        return subprocess.run(
            [sys.executable, "-c", START, *arguments], env=environment, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    folder = Path(tempfile.mkdtemp(prefix="billing-demo-"))
    demo = Demo(folder / "output")
    demo.run()
    yield demo
    shutil.rmtree(folder, ignore_errors=True)


def test_it_tells_a_story_that_ends_well(demo: Demo):
    headings = re.findall(r"^(\d+)\. ", demo.said, re.MULTILINE)

    assert headings == [str(number) for number in range(1, 25)]
    assert re.search(r"customer-changed: email none \(before: .*\), phone \+371 67000000 \(before: none\)", demo.said)
    assert re.search(r"^find 7 blue:\n  customer \d+  .+, by door_code 7 blue$", demo.said, re.MULTILINE)
    assert f"{SUBSCRIBERS} subscribers imported" in demo.said
    assert "Nothing was due before 2026-01-01." in demo.said
    assert re.search(r"^\d+ messages, 5 payments taken, 0 wrong answers$", demo.said, re.MULTILINE)
    assert re.search(r"^redeemed again: refused, voucher .*GIFT-000002", demo.said, re.MULTILINE)
    assert re.search(r"own-income-by-quarter: Number of rows and sum of amount by", demo.said)
    assert re.search(r"^  balances-by-month: paid was [\d.]+, is [\d.]+ EUR$", demo.said, re.MULTILINE)
    assert re.search(r"^  signals-2-\d, mandate M-A\d+, before: an account at another bank$", demo.said, re.MULTILINE)
    assert re.search(r"^  signals-2-\d, mandate signals-A\d+, before: reference M-A\d+$", demo.said, re.MULTILINE)
    assert re.search(r"takes 15\.00 EUR of the dealer's own customer, hands\s+them over by S1-0002", demo.said)
    assert "BROKEN" not in demo.said
    assert re.search(r"^All \d+ hold\.$", demo.said, re.MULTILINE)
    assert max(map(len, demo.said.splitlines())) <= 160


def test_its_figures_are_those_of_the_database(demo: Demo):
    totals = {entry["kind"]: entry for entry in demo.ask("invoices", "--limit", "1")["totals"]}
    months = re.findall(r"^(202[56]-\d\d-01) +([\d,]+) +([\d,]+) +([\d,]+) +([\d,.]+) EUR", demo.said, re.MULTILINE)
    corrected = re.search(r"^  invoices, with VAT +1 +([\d.]+) EUR", demo.said, re.MULTILINE)

    assert len(months) == 13
    ordered = re.search(r"first bill of the service is invoice \S+, ([\d.]+) EUR", demo.said)

    called = re.search(r"bill of the calls is invoice \S+, ([\d.]+) EUR", demo.said)

    owed = re.search(r"Invoices of the three: (\d), ([\d.]+) EUR", demo.said)

    later = re.findall(r"Invoices of (?:those who pay by debit|the household): (\d), ([\d.]+) EUR", demo.said)

    assert corrected is not None and ordered is not None and called is not None and owed is not None and len(later) == 2
    assert totals["invoice"]["documents"] == sum(
        (int(month[3].replace(",", "")) for month in months), 3 + int(owed[1]) + sum(int(each) for each, _ in later)
    )
    assert Decimal(totals["invoice"]["gross"]["amount"]) == sum(
        (Decimal(month[4].replace(",", "")) for month in months),
        sum(map(Decimal, (corrected[1], ordered[1], called[1], owed[2], *(gross for _, gross in later)))),
    )
    assert totals["credit-note"]["documents"] == 1
    tickets = {ticket["kind"]: ticket for ticket in demo.ask("work", "--state", "any")["tickets"]}
    assert (tickets["new-connection"]["state"], tickets["new-connection"]["subscription"]) == ("completed", "TV2")
    assert (tickets["fault"]["state"], tickets["fault"]["steps"]) == ("open", ["visit"])
    assert len(demo.ask("customers", "--limit", "100")["customers"]) == SUBSCRIBERS + 4
    assert demo.ask("check")["clean"]


def test_it_signs_a_contract_and_writes_it_with_its_annex(demo: Demo):
    (contract,) = demo.ask("contracts")["contracts"]
    number = contract["number"]

    assert (contract["status"], contract["services"]) == ("signed", [f"A{contract['customer']}/TV2"])
    for name in (f"contract-{number}.pdf", f"contract-{number}-annex-1.pdf"):
        assert (demo.folder / "documents" / name).read_bytes().startswith(b"%PDF")
    assert demo.ask("tags")["tags"] == [{"tag": "television", "customers": 1}]


def test_most_pay_and_some_are_to_be_suspended(demo: Demo):
    invoices = demo.ask("invoices", "--limit", "1")["totals"][0]
    unpaid = Decimal(invoices["open_amount"]["amount"]) / Decimal(invoices["gross"]["amount"])
    suspended = demo.ask("suspensions", "--on", "2026-01-01", "--limit", "100")["suspensions"]

    assert Decimal("0.02") < unpaid < Decimal("0.25")
    assert 0 < len(suspended) < SUBSCRIBERS / 2
    told = re.search(r"^\d+\. Suspension list$(.*?)^\d+\. ", demo.said, re.MULTILINE | re.DOTALL)
    assert told is not None
    listed = [row for row in suspended if row["account"] in told[1]]
    assert len(listed) >= 3, "those who paid at the desk or by debit since are not on it any more"
    assert all(row["name"] in told[1] for row in listed)


def test_debtors_go_to_the_end_and_back(demo: Demo):
    """Due on 15 January: 3 days before it, 7, 14, 21 and 35 days after it, and 5 days later for a promise of 5 days."""
    story = re.findall(r"^(2026-\d\d-\d\d)  (A20000\d)  (?:step )?([\w-]+)", demo.said, re.MULTILINE)
    ways = {account: [f"{on[5:]} {what}" for on, whose, what in story if whose == account] for _, account, _ in story}

    assert ways["A200001"] == [
        "01-01 invoice-issued", "01-12 due-soon", "01-22 reminder", "01-29 last-reminder", "01-29 promise-opened",
        "02-03 promise-broken", "02-10 suspend", "02-10 subscription-suspended", "02-11 payment-received",
        "02-11 subscription-resumed", "03-01 invoice-issued",
    ]  # fmt: skip
    assert ways["A200002"] == [
        "01-01 invoice-issued", "01-12 due-soon", "01-22 reminder", "01-29 last-reminder", "02-05 suspend",
        "02-05 subscription-suspended", "02-19 agency", "02-19 subscription-terminated", "02-19 handed-to-collection",
        "03-20 payment-received", "04-30 taken-back-from-collection", "04-30 invoice-written-off",
    ]  # fmt: skip
    assert ways["A200003"] == [
        "01-01 invoice-issued", "01-12 due-soon", "01-20 item-disputed", "02-11 item-dispute-ended",
        "02-11 payment-received",
    ]  # fmt: skip
    # Two months of 19.90, the fee of 5.00 and the promise of 0.50, with 21 % VAT.
    assert re.search(r"^2026-03-01  A200001  invoice-issued: \d+ of 54\.81 EUR", demo.said, re.MULTILINE)


def test_a_household_pays_television_before_and_the_rest_afterwards(demo: Demo):
    """20.00 came: television took 13.52 of them, and what was left settled a part of what fell due on the 15th."""
    told = demo.said.partition("21. Where the money is")[2].partition("Invoices of the household")[0]
    story = re.findall(r"^2026-(\d\d-\d\d)  ([\w-]+)(?:: subscription (\w+))?", told, re.MULTILINE)

    assert [step for step in story if step[1] != "invoice-issued"] == [
        ("06-01", "subscription-activated", "tv"), ("06-01", "subscription-activated", "net"),
        ("06-01", "subscription-activated", "phone"), ("06-01", "subscription-suspended", "tv"),
        ("06-03", "payment-received", ""), ("06-03", "subscription-resumed", "tv"), ("06-15", "items-fell-due", ""),
        ("07-01", "subscription-suspended", "tv"), ("07-04", "payment-received", ""),
        ("07-04", "subscription-resumed", "tv"), ("07-15", "items-fell-due", ""),
    ]  # fmt: skip
    assert re.findall(r"of ([\d.]+) EUR, due", told) == ["61.83", "13.52", "31.58", "13.09"]


def test_messages_to_the_debtors_wait(demo: Demo):
    """A promise is opened and broken; two services are suspended, and one of them returns."""
    waiting = demo.ask("ask", "list-messages", "state=queued", "limit=100")["items"]
    kinds = Counter(row["kind"] for row in waiting if row["customer"] in ("200001", "200002", "200003"))

    assert kinds == {"due-soon": 3, "overdue": 4, "promise": 2, "suspended": 2, "returned": 1}


def test_it_explains_the_account_whose_past_was_changed(demo: Demo):
    account = re.search(r"account show (A\d+)", demo.said)
    assert account is not None
    shown = demo.ask("account", "show", account[1])

    kinds = [posting["kind"] for posting in shown["postings"]]
    assert kinds[:3] == ["payment-reversal", "invoice", "credit-note"]
    balance = shown["balance"]["amount"]
    assert f"balance {balance} EUR" in demo.said


def test_it_names_the_documents_it_has_written(demo: Demo):
    named = [Path(path) for path in re.findall(r"^(/\S+\.pdf) ", demo.said, re.MULTILINE)]

    assert len(named) >= 3
    assert sorted(named) == sorted((demo.folder / "documents").iterdir())
    assert all(path.read_bytes().startswith(b"%PDF-") for path in named)


def test_a_second_demo_in_the_same_folder_starts_afresh(demo: Demo):
    def story() -> str:
        return re.sub(r"[\d.,]+ s\b|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00", "", demo.said)

    first = story()
    demo.run()

    assert story() == first


def test_a_demo_that_is_ended_leaves_no_server_behind(tmp_path: Path):
    folder = Path(tempfile.mkdtemp(prefix="billing-demo-"))
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", START, "demo", "--folder", str(folder / "output")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    while "subscribers imported" not in process.stdout.readline():
        assert process.poll() is None
    lock_file = folder / "output" / "database" / "postgres" / "postmaster.pid"
    assert lock_file.exists()

    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)

    assert process.returncode == 143
    assert "Traceback" not in errors
    assert not lock_file.exists()
    shutil.rmtree(folder, ignore_errors=True)


def test_every_page_of_its_books_is_usable_by_everybody(demo: Demo):
    with (
        open_database(Settings(data=demo.folder / "database")) as url,
        open_application(Settings(database_url=url)) as app,
        serving(app) as address,
        chromium() as browser,
    ):
        register(app)
        page = browser.new_context(base_url=address).new_page()
        page.set_default_timeout(60_000)
        sign_in(page)
        paths = addresses(app)
        assert len(paths) > 400, "most pages have something to be about"
        assert list(faults_of_pages(page, paths, 380)) == []
