"""What a fiscal printer said of the receipts of a desk: each is noted once, with the printer's own number."""

from __future__ import annotations

from datetime import date

import msgspec

from billing_core.kernel.claims import Claim
from billing_core.kernel.events import Event, event
from billing_core.parties.details import require_text

PRINTED_CLAIM = "cash-printed"

# --- events


@event("receipt-printed")
class ReceiptPrinted(Event, frozen=True, kw_only=True):
    """The printer of a desk has printed a receipt under a number of its own."""

    desk: str
    receipt: str
    printer: str
    fiscal_number: str

    def claims(self, stream: str) -> tuple[Claim, ...]:
        """The receipt, which is noted once."""
        return (Claim(PRINTED_CLAIM, self.receipt, stream, self.fiscal_number),)


# --- state


class Prints(msgspec.Struct, frozen=True):
    """How many receipts of a desk were printed."""

    count: int = 0


def apply_prints(state: Prints | None, fact: Event) -> Prints | None:
    """Fold one event of the prints of a desk."""
    return Prints((state.count if state else 0) + 1) if isinstance(fact, ReceiptPrinted) else state


# --- decisions


def note_printed(desk: str, receipt: str, printer: str, fiscal_number: str, on: date) -> ReceiptPrinted:
    """What the printer answered."""
    require_text(printer, "printer")
    require_text(fiscal_number, "fiscal number")
    return ReceiptPrinted(effective_on=on, desk=desk, receipt=receipt, printer=printer, fiscal_number=fiscal_number)
