"""Receipts are printed by the fiscal printer of their desk, as a follower of the log: an offline queue.

A printer that is away or has no paper gets the receipt again later, and the next receipts of its session wait behind
it. What was printed is noted with the printer's own number; a receipt that was printed and whose answer was lost is
sent again under the same number, and printed once.
"""

from __future__ import annotations

import socket
from datetime import UTC, datetime

from adapters.bootstrap.application import Application
from adapters.fiscal.port import FiscalJob, FiscalPrinter
from adapters.fiscal.tcp_printer import TcpPrinter
from billing_core.cash.events import CashPaidOut, CashTaken, Movement, ReceiptCancelled
from commands.cash.printing import NoteReceiptPrinted
from commands.cash.streams import load_desk, load_session
from commands.platform.bus import SYSTEM
from commands.platform.followers import Delivery, Follower
from commands.platform.ports import Origin

NAME = "fiscal-printing"


def printing_followers(application: Application) -> list[Follower]:
    """The one that prints; a desk without a printer prints nothing."""

    def deliver(delivery: Delivery) -> None:
        fact = delivery.entry.event
        assert isinstance(fact, Movement)
        with application.store.transaction() as transaction:
            session, _ = load_session(transaction, fact.session)
            desk = load_desk(transaction, session.desk)[0].desk
        if desk.printer:
            _print(application, TcpPrinter(desk.printer), fact, delivery)

    return [Follower(NAME, (CashTaken, CashPaidOut, ReceiptCancelled), deliver)]


def _print(application: Application, printer: FiscalPrinter, fact: Movement, delivery: Delivery) -> None:
    printed = printer.print(_job(fact))
    noted = NoteReceiptPrinted(receipt=fact.receipt, printer=printed.printer, fiscal_number=printed.fiscal_number)
    application.execute(noted, _origin(delivery))


def _job(fact: Movement) -> FiscalJob:
    kinds = {CashTaken: "taking", CashPaidOut: "pay-out", ReceiptCancelled: "cancellation"}
    return FiscalJob(
        receipt=fact.receipt, kind=kinds[type(fact)], amount=f"{fact.amount.amount:f}", currency=fact.amount.currency,
        method=getattr(fact, "method", "cash"), cashier=fact.cashier, cancels=getattr(fact, "cancelled", ""),
    )  # fmt: skip


def _origin(delivery: Delivery) -> Origin:
    """The program itself; the key of the delivery is the command's id, so a repetition notes nothing anew."""
    return Origin(
        actor=NAME, role=SYSTEM, channel=NAME, source=socket.gethostname(), command_id=delivery.key,
        correlation_id=delivery.key, recorded_at=datetime.now(UTC), today=delivery.entry.event.effective_on,
    )  # fmt: skip
