"""Receipts are printed once each and in order, whatever the printer does."""

from __future__ import annotations

import pytest

from adapters.bootstrap.automation import automation_of
from adapters.bootstrap.seller_clock import SellerClock
from adapters.fiscal.port import FiscalJob, PrinterNotReady, PrinterOffline
from adapters.fiscal.simulator import SimulatedPrinter, listening
from adapters.fiscal.tcp_printer import TcpPrinter
from commands.cash.desks import ChangeCashDesk
from commands.cash.takings import CancelReceipt
from projections.cash.prints import unprinted_receipts
from tests.commands.cash.tills import MONDAY, desk, open_till, register, take
from tests.operators import Operator, application, database_url, found_operator, operator

__all__ = ["application", "database_url", "found_operator", "operator"]


def job(number: int) -> FiscalJob:
    return FiscalJob(receipt=f"H1-{number:04d}", kind="taking", amount="24.00", currency="EUR", method="cash",
                     cashier="petra")  # fmt: skip


def test_a_repeated_job_is_printed_once_and_gets_its_first_number():
    printer = SimulatedPrinter()
    with listening(printer) as address:
        first = TcpPrinter(address).print(job(1))
        TcpPrinter(address).print(job(2))
        again = TcpPrinter(address).print(job(1))
    assert (first.fiscal_number, again.fiscal_number) == ("00000001", "00000001")
    assert [each.receipt for each in printer.printed] == ["H1-0001", "H1-0002"]


def test_an_answer_to_an_earlier_job_is_passed_over():
    printer = SimulatedPrinter(repeat_every=2)
    with listening(printer) as address:
        TcpPrinter(address).print(job(1))
        assert TcpPrinter(address).print(job(2)).fiscal_number == "00000002"


def test_a_lost_answer_and_missing_paper_are_told_apart():
    with listening(SimulatedPrinter(offline_every=1)) as address, pytest.raises(PrinterOffline):
        TcpPrinter(address).print(job(1))
    with listening(SimulatedPrinter(paper=0)) as address, pytest.raises(PrinterNotReady, match="out of paper"):
        TcpPrinter(address).print(job(1))
    with pytest.raises(PrinterOffline, match="does not answer"):
        TcpPrinter(address).print(job(1))


def settle(operator: Operator) -> None:
    """Let the program do what is due by itself; what failed is due again at once."""
    operator.execute("UPDATE billing.deliveries SET next_try_at = now() WHERE next_try_at IS NOT NULL")
    clock = SellerClock(operator.application.store, operator.application.tables)
    automation_of(operator.application, clock).settle()


def test_the_queue_keeps_its_order_over_a_printer_that_fails(operator: Operator):
    printer = SimulatedPrinter(paper=2, offline_every=3, repeat_every=2)
    operator.subscriber("A0001")
    register(operator)
    with listening(printer) as address:
        operator.tell(ChangeCashDesk(desk=desk(printer=address)), today=MONDAY)
        settle(operator)
        open_till(operator, float_="100")
        for _ in range(4):
            take(operator, "5.00")
        operator.tell(CancelReceipt(desk="H1", receipt="H1-0002", reason="slip"), MONDAY)
        settle(operator)
        left = operator.ask(unprinted_receipts, "H1", "", 10)
        assert left and not any(row.is_overtaken for row in left)
        printer.paper = 10
        for _ in range(12):
            settle(operator)
    assert [each.receipt for each in printer.printed] == [f"H1-{number:04d}" for number in range(1, 6)]
    assert printer.printed[-1].cancels == "H1-0002"
    assert operator.ask(unprinted_receipts, "H1", "", 10) == []
    assert operator.select("SELECT count(*) FROM live.cash_prints") == [(5,)]
    assert operator.findings() == []


def test_a_receipt_that_was_skipped_is_a_gap(operator: Operator):
    from commands.cash.printing import NoteReceiptPrinted

    operator.subscriber("A0001")
    register(operator, printer="127.0.0.1:9")
    open_till(operator, float_="100")
    take(operator, "5.00")
    take(operator, "5.00")
    operator.tell(NoteReceiptPrinted(receipt="H1-0002", printer="FP-1", fiscal_number="7"), MONDAY)
    (gap,) = operator.ask(unprinted_receipts, "H1", "", 10)
    assert (gap.receipt, gap.is_overtaken) == ("H1-0001", True)
