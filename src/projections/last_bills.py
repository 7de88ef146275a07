"""What was each account billed the last time?

Asks the tables of `projections.billing` and of the accounts' states; it has none of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from billing_core.kernel.money import Money
from projections.platform.projection import Cursor

LAST_BILLS = """
    SELECT account, currency, sum(gross) FROM documents JOIN (
        SELECT account, max(issued_on) AS issued_on FROM documents WHERE account = ANY(%(accounts)s) GROUP BY account
    ) AS newest USING (account, issued_on) GROUP BY account, currency
"""
ENDED_BILLS = """
    SELECT account, currency, sum(gross) FROM documents JOIN (
        SELECT account, max(issued_on) AS issued_on FROM documents GROUP BY account
        HAVING max(issued_on) >= %(from_on)s AND max(issued_on) < %(to_on)s
    ) AS newest USING (account, issued_on)
    JOIN account_states ON account_states.number = account
    WHERE next_due_on IS NULL OR next_due_on < %(until)s GROUP BY account, currency
"""


def last_bills(cursor: Cursor, accounts: Collection[str]) -> dict[str, Money]:
    """The sum of the newest documents of each account that has any, with VAT."""
    return _sums(cursor, LAST_BILLS, {"accounts": list(accounts)})


def ended_bills(cursor: Cursor, from_on: date, to_on: date, until: date) -> dict[str, Money]:
    """The same of accounts that were billed last in `[from_on, to_on)`, unless they are due on `until` or later."""
    return _sums(cursor, ENDED_BILLS, {"from_on": from_on, "to_on": to_on, "until": until})


def _sums(cursor: Cursor, statement: str, values: dict[str, object]) -> dict[str, Money]:
    return {account: Money(gross, currency) for account, currency, gross in cursor.execute(statement, values)}
