"""Which receipts has a fiscal printer printed, and which has it not?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from billing_core.cash.printing import ReceiptPrinted
from billing_core.kernel.events import Event
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {"receipt": "text", "desk": "text", "printer": "text", "fiscal_number": "text", "printed_at": "timestamptz"}
# What is printed; cash that moves within the house is not.
PRINTED_KINDS = ("taking", "pay-out", "cancellation")


class CashPrints:
    """Every receipt that a printer has confirmed, with the printer's own number."""

    name = "cash-prints"
    version = 1
    tables = ("cash_prints",)
    streams = ("cash-prints",)
    by_stream = True
    definition = """
        CREATE TABLE cash_prints (
            receipt text COLLATE "C" PRIMARY KEY, desk text NOT NULL, printer text NOT NULL,
            fiscal_number text NOT NULL, printed_at timestamptz NOT NULL
        );
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (ReceiptPrinted,)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        rows = [
            (fact.receipt, fact.desk, fact.printer, fact.fiscal_number, entry.recorded_at)
            for entry in page if isinstance(fact := entry.event, ReceiptPrinted)
        ]  # fmt: skip
        insert_rows(cursor, "cash_prints", COLUMNS, rows)


# --- queries


class UnprintedReceipt(msgspec.Struct):
    """A receipt that no printer has confirmed; `is_overtaken` if a later one of its desk was printed."""

    receipt: str
    desk: str
    at: datetime
    kind: str
    is_overtaken: bool


def unprinted_receipts(cursor: Cursor, desk: str, after: str, limit: int) -> list[UnprintedReceipt]:
    """The gaps: receipts of desks with a printer that are not printed, in order of number."""
    rows = cursor.execute(
        """SELECT receipt, desk, at, kind, running < coalesce(printed.upto, 0)
           FROM cash_receipts JOIN cash_sessions USING (session) JOIN cash_desks USING (desk)
           LEFT JOIN (SELECT cash_prints.desk, max(running) AS upto FROM cash_prints JOIN cash_receipts USING (receipt)
                      GROUP BY cash_prints.desk) AS printed USING (desk)
           WHERE %s IN ('', desk) AND kind = ANY(%s) AND details LIKE '%%"printer":%%' AND receipt > %s
             AND NOT EXISTS (SELECT FROM cash_prints WHERE cash_prints.receipt = cash_receipts.receipt)
           ORDER BY receipt LIMIT %s""",
        (desk, list(PRINTED_KINDS), after, limit),
    )
    return [UnprintedReceipt(*row) for row in rows]
