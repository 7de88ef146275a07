"""The port: what is printed, what the printer answers, and how it fails.

A printer prints each job once, however often it is sent: the job's number is the receipt's own, by which it recognises
a repetition and answers as it did the first time.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from billing_core.kernel.errors import BillingError


class FiscalJob(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt to be printed. The amount has the decimals of its currency; `cancels` is the receipt it takes back."""

    receipt: str
    kind: str
    amount: str
    currency: str
    method: str
    cashier: str
    cancels: str = ""


class Printed(msgspec.Struct, frozen=True, kw_only=True):
    """The printer has printed a receipt: its own serial number, and the number under which it printed."""

    receipt: str
    printer: str
    fiscal_number: str


class PrinterOffline(BillingError):
    """The printer does not answer; whether it printed is unknown, so the job is sent again."""

    code = "printer-offline"


class PrinterNotReady(BillingError):
    """The printer answers that it cannot print now, for example because it has no paper."""

    code = "printer-not-ready"


class FiscalPrinter(Protocol):
    """A printer that keeps the rules of its country."""

    def print(self, job: FiscalJob) -> Printed:
        """Print a receipt once; `PrinterOffline` or `PrinterNotReady` if it is to be tried again."""
