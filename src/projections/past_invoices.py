"""When were the invoices of some accounts issued, due, and paid in whole?

An invoice is paid in whole when the last of the money that settles it came in. One that was settled otherwise, as by a
credit note, says nothing of how soon its customer pays.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from projections.platform.projection import Cursor

SELECT_PAST = """
    SELECT account, number, issued_on, due_on, CASE WHEN open_amount = 0 THEN paid_on END FROM (
        SELECT documents.*, (
            SELECT max(payments.received_on) FROM allocations
            JOIN payments ON payments.account = allocations.account AND payments.payment = allocations.credit
            WHERE allocations.account = documents.account AND allocations.invoice = documents.number
            AND allocations.amount <> 0
        ) AS paid_on
        FROM documents WHERE kind = 'invoice' AND account = ANY(%(accounts)s) AND due_on >= %(due_from)s AND gross > 0
    ) AS past WHERE open_amount > 0 OR paid_on IS NOT NULL
"""


class PastInvoice(NamedTuple):
    """An invoice of an account; `paid_on` is None as long as something of it is open."""

    account: str
    number: str
    issued_on: date
    due_on: date
    paid_on: date | None


def past_invoices(cursor: Cursor, accounts: Collection[str], due_from: date) -> list[PastInvoice]:
    """The invoices of some accounts that were due on a day or later, without those that no money settled."""
    rows = cursor.execute(SELECT_PAST, {"accounts": list(accounts), "due_from": due_from})
    return [PastInvoice(*row) for row in rows]
