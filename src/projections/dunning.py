"""Who is overdue beyond tolerance on a date: since when, how much, and why?

Time alone puts an account on the suspension list, without any event. So the list is a query over the open invoices,
exact for its date, and not a table that would have to be updated every midnight.

An invoice is overdue beyond tolerance once `due date + tolerance days` has passed: due 15 March with 7 days' tolerance
is still tolerated on 22 March and on the list from 23 March on. Amounts are those open now: for a date in the past the
list shows which of today's debtors were late by then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import msgspec

from billing_core.kernel.money import Money
from projections.platform.projection import Cursor

SELECT_SUSPENSIONS = """
    SELECT accounts.number, accounts.customer, customers.name, overdue.since_on, overdue.invoices, overdue.amount,
           accounts.currency, accounts.tolerance_days
    FROM (
        SELECT documents.account, min(documents.due_on) AS since_on, count(*) AS invoices,
               sum(documents.open_amount) AS amount
        FROM documents JOIN accounts ON accounts.number = documents.account
        WHERE documents.open_amount > 0 AND documents.due_on + accounts.tolerance_days < %(on)s
        GROUP BY documents.account
    ) AS overdue
    JOIN accounts ON accounts.number = overdue.account
    JOIN customers ON customers.number = accounts.customer
    WHERE accounts.number > %(after)s
    ORDER BY accounts.number LIMIT %(limit)s
"""


Exemptions = Callable[[Cursor, Sequence[str], date], Mapping[str, str]]


class SuspensionRow(msgspec.Struct):
    """An account to be suspended, with the reason. `exempt` is the reason for which it is not to be suspended, if
    any.
    """

    account: str
    customer: str
    name: str
    overdue_since_on: date
    invoices: int
    overdue: Money
    reason: str
    exempt: str = ""


def suspension_list(
    cursor: Cursor, on: date, limit: int, after: str = "", exemptions: Exemptions | None = None
) -> list[SuspensionRow]:
    """The accounts overdue beyond their tolerance on a date, in order of number; exempt ones with the reason."""
    rows = cursor.execute(SELECT_SUSPENSIONS, {"on": on, "after": after, "limit": limit}).fetchall()
    found = [_listed(*row) for row in rows]
    exempt = exemptions(cursor, [row.account for row in found], on) if exemptions and found else {}
    for row in found:
        row.exempt = exempt.get(row.account, "")
    return found


def suspension_totals(cursor: Cursor, on: date, after: str = "") -> dict[str, tuple[int, Money]]:
    """The number of accounts on the list after a number, and their debts beyond tolerance, per currency."""
    listed = SELECT_SUSPENSIONS.partition("ORDER BY accounts.number LIMIT")[0]
    rows = cursor.execute(
        f"SELECT currency, count(*), sum(amount) FROM ({listed}) AS listed GROUP BY currency ORDER BY currency",
        {"on": on, "after": after},
    )
    return {currency: (number, Money(amount, currency)) for currency, number, amount in rows}


def _listed(
    account: str, customer: str, name: str, since_on: date, invoices: int, amount: object, currency: str, tolerance: int
) -> SuspensionRow:
    overdue = Money(amount, currency)  # type: ignore[arg-type]
    documents = "1 invoice" if invoices == 1 else f"{invoices} invoices"
    reason = f"non-payment: {documents} overdue more than {tolerance} days, the oldest since {since_on}"
    return SuspensionRow(account, customer, name, since_on, invoices, overdue, reason)
