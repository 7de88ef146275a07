"""A bank file: every row booked once or reported, nothing guessed, whoever else is at work."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from typing import Any

import pytest

import commands.bank_statements.booking
from adapters.bootstrap.live import LiveModels
from adapters.bootstrap.origins import origin_of_process
from adapters.postgres.store import PostgresStore
from billing_core.payments.remittances import RemittanceReceived
from commands.accounts import KnownAccount
from commands.bank_statements.booking import BankFileImport, BankRow
from commands.payments.account import ReceivePayment
from commands.platform.batch import BatchReport
from commands.services import SuspendSubscription
from projections.billing import document_numbered
from projections.payments import payment_totals, payments_of
from projections.remittances import remittances_after
from tests.commands.conftest import SomebodyFirst
from tests.operators import Operator, application_on, bank_row, eur, silent


@pytest.fixture(autouse=True)
def billed(operator: Operator) -> None:
    """Three accounts, one invoice of 24.00 each: 1000000001 to 1000000003."""
    operator.subscribers(3)
    operator.bill(date(2026, 1, 2))


def rejected(report: BatchReport) -> list[tuple[int, str, str]]:
    return [(row.line, row.field, row.value) for row in report.rejected]


def waiting(operator: Operator) -> list[tuple[str, Any]]:
    rows = operator.ask(partial(remittances_after, waiting_only=True), "", 100)
    return [(row.remittance, row.amount) for row in rows]


def open_amount(operator: Operator, invoice: str) -> Any:
    return operator.ask(document_numbered, invoice).open_amount


def test_a_row_is_matched_by_invoice_number_or_by_account_number(operator: Operator):
    report = operator.take_in([bank_row(2, "24.00", "1000000001"), bank_row(3, "20.00", "a0002 ")])

    assert (report.accepted, report.unchanged, report.rejected) == (2, 0, [])
    assert open_amount(operator, "1000000001") == eur("0.00")
    assert open_amount(operator, "1000000002") == eur("4.00")
    assert operator.ask(payment_totals) == {"EUR": (2, eur("44.00"))}
    assert operator.findings() == []


def test_the_named_invoice_is_settled_before_older_ones(operator: Operator):
    operator.bill_each_due_date(date(2026, 2, 2))  # 1000000004 for A0001
    operator.take_in([bank_row(2, "30.00", "1000000004")])
    assert (open_amount(operator, "1000000001"), open_amount(operator, "1000000004")) == (eur("18.00"), eur("0.00"))


def test_several_rows_of_one_account_are_booked_one_after_the_other(operator: Operator):
    operator.take_in([bank_row(2, "10.00", "A0001"), bank_row(3, "10.00", "1000000001"), bank_row(4, "10.00", "A0001")])
    assert open_amount(operator, "1000000001") == eur("0.00")
    assert operator.account("A0001").ledger.credits == {"bank:R00004": eur("6.00")}
    assert operator.findings() == []


@pytest.mark.parametrize("reference", ["", "1000000009", "Customer A0001", "A00011"])
def test_a_row_that_matches_nothing_waits_as_a_remittance_and_is_not_guessed(operator: Operator, reference: str):
    report = operator.take_in([bank_row(2, "24.00", reference), bank_row(3, "24.00", "A0001")])
    assert (report.accepted, report.waiting, report.rejected) == (1, 1, [])
    assert waiting(operator) == [("bank:R00002", eur("24.00"))]
    (received,) = operator.facts("remittance/bank:R00002")
    assert isinstance(received, RemittanceReceived) and received.payment_reference == reference
    assert operator.findings() == []


@pytest.mark.parametrize(("amount", "details"), [("0.00", {}), ("-5.00", {})])
def test_a_row_that_a_rule_refuses_is_reported_and_the_others_are_booked(
    operator: Operator, amount: str, details: dict[str, Any]
):
    report = operator.take_in([bank_row(2, amount, "A0001", **details), bank_row(3, "24.00", "A0002")])
    assert [line for line, _, _ in rejected(report)] == [2]
    assert report.accepted == 1
    assert operator.account("A0001").ledger.balance == eur("-24.00")


def test_money_in_another_currency_than_the_account_waits(operator: Operator):
    report = operator.take_in([bank_row(2, "5.00", "A0001", currency="USD"), bank_row(3, "24.00", "A0002")])
    assert (report.accepted, report.waiting, report.rejected) == (1, 1, [])


def test_a_row_dated_after_today_is_reported_and_the_others_are_booked(operator: Operator):
    today = date(2026, 1, 20)
    rows = [bank_row(2, "24.00", "A0001", received_on=date(2026, 1, 21)), bank_row(3, "24.00", "A0002")]

    report = operator.take_in(rows, today=today)

    assert (report.accepted, rejected(report)) == (1, [(2, "received on", "2026-01-21")])
    assert operator.take_in(rows, today=date(2026, 1, 21)).accepted == 1
    assert operator.findings() == []


def test_the_same_row_twice_in_a_file_is_booked_once(operator: Operator):
    row = bank_row(2, "10.00", "A0001")
    report = operator.take_in([row, row._replace(line=3), bank_row(4, "1.00", "A0001")])
    assert (report.accepted, report.unchanged, report.rejected) == (2, 1, [])
    assert operator.account("A0001").ledger.balance == eur("-13.00")


def test_the_same_file_again_changes_nothing(operator: Operator):
    rows = [bank_row(2, "10.00", "A0001"), bank_row(3, "24.00", "1000000002"), bank_row(4, "1.00", "nobody")]
    operator.take_in(rows)
    before = operator.store_contents()

    report = operator.take_in(rows)

    assert (report.accepted, report.waiting, report.unchanged, report.rejected) == (0, 0, 3, [])
    assert operator.store_contents() == before


@pytest.mark.parametrize(
    "other", [{"amount": "10.01"}, {"received_on": date(2026, 1, 21)}, {"payment_reference": "A0002"}]
)
@pytest.mark.parametrize("in_one_file", [True, False])
def test_a_known_reference_with_another_content_is_a_conflict_that_is_shown(
    operator: Operator, other: dict[str, Any], in_one_file: bool
):
    first = bank_row(2, "10.00", "A0001", reference="T1")
    second = bank_row(3, **({"amount": "10.00", "payment_reference": "A0001"} | other), reference="T1")
    if in_one_file:
        report = operator.take_in([first, second])
    else:
        operator.take_in([first])
        report = operator.take_in([second])

    assert rejected(report) == [(3, "payment", "bank:T1")]
    assert "10.00 EUR on 2026-01-20 for account A0001" in report.rejected[0].reason
    assert [row.amount for row in operator.ask(payments_of, "A0001")] == [eur("10.00")]
    assert operator.ask(payments_of, "A0002") == []


def test_a_payment_booked_by_hand_before_is_recognised_in_the_file(operator: Operator):
    operator.tell(
        ReceivePayment(
            account="A0001", source="bank", reference="T1", amount=eur("10.00"),
            received_on=date(2026, 1, 20), payment_reference="A0001",
        )
    )  # fmt: skip
    report = operator.take_in([bank_row(2, "10.00", "A0001", reference="T1")])
    assert (report.accepted, report.unchanged) == (0, 1)


class Interrupted(LiveModels):
    """Read models behind whose back somebody writes, once, after the states of a chunk were read."""

    def __init__(self, operator: Operator, meanwhile: Callable[[], Any]) -> None:
        application = operator.application
        super().__init__(application.tables, application.store, lambda position: None)
        self._meanwhile = [meanwhile]

    def accounts(self, numbers: Any) -> Any:
        found: dict[str, KnownAccount] = dict(super().accounts(numbers))
        if self._meanwhile:
            self._meanwhile.pop()()
        return found


def take_in_through(store: PostgresStore, models: LiveModels, rows: list[BankRow], operator: Operator) -> BatchReport:
    report = BatchReport()
    operator.application.runner.catch_up()
    bank_file = BankFileImport(store, operator.application.bus, models)
    bank_file.take_in(rows, origin_of_process("clerk"), report, silent)
    return report


ROWS = [
    bank_row(2, "24.00", "1000000001"),
    bank_row(3, "24.00", "1000000002"),
    bank_row(4, "1.00", "1000000002"),
    bank_row(5, "-1.00", "A0003"),
    bank_row(6, "9.00", "nobody"),
    bank_row(3, "24.00", "1000000002"),
]


def test_a_chunk_in_which_somebody_moved_an_account_is_booked_row_by_row(operator: Operator):
    suspend = SuspendSubscription(account="A0002", subscription="main", reason="abuse")

    models = Interrupted(operator, lambda: operator.tell(suspend))
    report = take_in_through(operator.application.store, models, ROWS, operator)

    assert (report.accepted, report.waiting, report.unchanged) == (3, 1, 1)
    assert rejected(report) == [(5, "payment", "-1.00 EUR")]
    assert open_amount(operator, "1000000001") == eur("0.00")
    assert operator.account("A0002").ledger.credits == {"bank:R00004": eur("1.00")}
    assert operator.findings() == []


def test_only_a_few_rows_are_booked_one_by_one_after_a_conflict(operator: Operator):
    suspend = SuspendSubscription(account="A0002", subscription="main", reason="abuse")
    rows = [bank_row(line, "0.10", "A0002" if line == 30 else "A0001") for line in range(2, 62)]
    models = Interrupted(operator, lambda: operator.tell(suspend))

    report = take_in_through(operator.application.store, models, rows, operator)

    assert (report.accepted, report.rejected) == (60, [])
    payments = "SELECT count(*) FROM billing.commands WHERE name = 'ReceivePayment'"
    assert operator.select(payments) == [(0,)]  # In three parts, none of which met anybody.
    assert operator.findings() == []


@pytest.mark.parametrize("when", ["before the references are looked up", "before the rows are written"])
def test_a_file_taken_in_twice_at_once_is_booked_once(operator: Operator, when: str):
    others: list[BatchReport] = []

    def meanwhile() -> None:
        others.append(operator.take_in(ROWS))

    application = operator.application
    if when == "before the rows are written":
        report = take_in_through(SomebodyFirst(operator, meanwhile), application.models(), ROWS, operator)
    else:
        report = take_in_through(application.store, Interrupted(operator, meanwhile), ROWS, operator)

    assert (others[0].accepted, others[0].waiting, others[0].unchanged) == (3, 1, 1)
    assert (report.accepted, report.waiting, report.unchanged) == (0, 0, 5)
    assert waiting(operator) == [("bank:R00006", eur("9.00"))]
    assert operator.ask(payment_totals) == {"EUR": (3, eur("49.00"))}
    assert operator.findings() == []


WRITE_SLOWLY = """
    CREATE FUNCTION write_slowly() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN new; END $$;
    CREATE TRIGGER write_slowly BEFORE INSERT ON billing.events FOR EACH ROW
        WHEN (new.topic = 'payment-received/1') EXECUTE FUNCTION public.write_slowly();
"""


def test_two_files_that_name_the_same_accounts_in_another_order_do_not_block_each_other(operator: Operator):
    operator.execute(WRITE_SLOWLY)
    one = [bank_row(2, "24.00", "A0001"), bank_row(3, "24.00", "A0002")]
    other = [bank_row(4, "1.00", "A0002"), bank_row(5, "1.00", "A0001")]
    with application_on(operator.database_url) as second, ThreadPoolExecutor(2) as threads:
        files = [
            threads.submit(operator.take_in, one),
            threads.submit(Operator(second, operator.database_url).take_in, other),
        ]
        reports = [file.result(60) for file in files]

    assert [report.accepted for report in reports] == [2, 2]
    assert operator.ask(payment_totals) == {"EUR": (4, eur("50.00"))}
    assert operator.findings() == []


def test_chunks_build_on_one_another_and_a_file_that_broke_off_is_taken_up_again(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(commands.bank_statements.booking, "CHUNK_ROWS", 4)
    rows = [bank_row(line, "1.00", "A0001") for line in range(2, 12)]
    told: list[int] = []

    def break_off(count: int) -> None:
        told.append(count)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), operator.application.bank_file_import() as bank_file:
        bank_file.take_in(rows, origin_of_process(), BatchReport(), break_off)
    report = operator.take_in(rows)

    assert told == [4, 4]
    assert (report.accepted, report.unchanged) == (2, 8)
    assert operator.account("A0001").ledger.balance == eur("-14.00")
    assert operator.findings() == []


def test_a_rehearsal_says_what_an_import_would_and_writes_nothing(operator: Operator, monkeypatch: pytest.MonkeyPatch):
    """The second row is known from the first one, although another chunk has it."""
    monkeypatch.setattr(commands.bank_statements.booking, "CHUNK_ROWS", 1)
    first = bank_row(2, "24.00", "1000000001")
    rows = [first, first._replace(line=3), bank_row(4, "5.00", "nobody"), first._replace(line=5, amount=eur("9.00"))]
    before, report = operator.store_contents(), BatchReport()

    with operator.application.bank_file_import(1) as bank_file:
        bank_file.rehearse(rows, origin_of_process(), report, silent)

    assert operator.store_contents() == before
    assert (report.accepted, report.unchanged, report.waiting) == (1, 1, 1)
    assert [line for line, _, _ in rejected(report)] == [5]
    assert report == operator.take_in(rows)
