"""Who is overdue beyond tolerance on a date: since when, how much, and why? And who has paid and is to be resumed?

Time alone puts an account on the suspension list, without any event. So the list is a query over the open invoices,
exact for its date, and not a table that would have to be updated every midnight.

An invoice is overdue beyond tolerance once `due date + tolerance days` has passed: due 15 March with 7 days' tolerance
is still tolerated on 22 March and on the list from 23 March on. Amounts are those open now: for a date in the past the
list shows which of today's debtors were late by then.

An account is on the list for the services that are not suspended on the date; once all are suspended, or have ended, it
leaves. With a service suspended for non-payment it is to be resumed as soon as nothing is overdue beyond tolerance any
more, or if it is exempt, as by a promise. So it is never on both lists for one service, and a service that is suspended
for another reason is on neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice

import msgspec

from billing_core.kernel.money import Money
from projections.dealers import accounts_of
from projections.platform.projection import Cursor

# The overdue documents of one account. A page of accounts reads the documents of its accounts alone.
OVERDUE = """
    SELECT min(documents.due_on) AS since_on, count(*) AS invoices, sum(documents.open_amount) AS amount FROM documents
    WHERE documents.account = accounts.number AND documents.open_amount > 0
        AND documents.due_on + accounts.tolerance_days < %(on)s
"""
SELECT_SUSPENSIONS = f"""
    SELECT accounts.number, accounts.customer, customers.name, overdue.since_on, overdue.invoices, overdue.amount,
           accounts.currency, accounts.tolerance_days, running.services
    FROM accounts CROSS JOIN LATERAL ({OVERDUE}) AS overdue
    JOIN customers ON customers.number = accounts.customer
    CROSS JOIN LATERAL (
        SELECT array_agg(subscription ORDER BY subscription) AS services FROM subscriptions
        WHERE subscriptions.account = accounts.number AND active @> %(on)s::date AND NOT suspended @> %(on)s::date
    ) AS running
    WHERE accounts.number > %(after)s AND overdue.invoices > 0 AND running.services IS NOT NULL AND {{of_dealer}}
    ORDER BY accounts.number LIMIT %(limit)s
"""
SELECT_SUSPENDED = f"""
    SELECT accounts.number, accounts.customer, customers.name, suspended.services, suspended.since_on, overdue.amount
    FROM (
        SELECT account, array_agg(subscription ORDER BY subscription) AS services, min(lower(part.days)) AS since_on
        FROM subscriptions, unnest(unpaid) AS part (days)
        WHERE unpaid <> '{{{{}}}}' AND part.days @> %(on)s::date AND account > %(after)s AND {{of_dealer}}
        GROUP BY account
    ) AS suspended
    JOIN accounts ON accounts.number = suspended.account
    JOIN customers ON customers.number = accounts.customer
    CROSS JOIN LATERAL ({OVERDUE}) AS overdue
    ORDER BY accounts.number LIMIT %(limit)s
"""


Exemptions = Callable[[Cursor, Sequence[str], date], Mapping[str, str]]


class SuspensionRow(msgspec.Struct):
    """An account of which some services are to be suspended, with the reason. `exempt` is the reason for which it is
    not to be suspended, if any.
    """

    account: str
    customer: str
    name: str
    overdue_since_on: date
    invoices: int
    overdue: Money
    reason: str
    services: list[str]
    exempt: str = ""


class ResumptionRow(msgspec.Struct):
    """An account of which some services are suspended for non-payment since a day and are to be resumed, and why."""

    account: str
    customer: str
    name: str
    services: list[str]
    suspended_since_on: date
    reason: str


# --- who is to be suspended


def suspension_list(
    cursor: Cursor, on: date, limit: int, after: str = "", exemptions: Exemptions | None = None, dealer: str = ""
) -> list[SuspensionRow]:
    """The accounts overdue beyond their tolerance on a date, in order of number; exempt ones with the reason.

    Those of a dealer's customers if one is named.
    """
    statement = SELECT_SUSPENSIONS.format(of_dealer=accounts_of("accounts.number", dealer))
    rows = cursor.execute(statement, {"on": on, "after": after, "limit": limit, "dealer": dealer}).fetchall()
    found = [_listed(*row) for row in rows]
    exempt = exemptions(cursor, [row.account for row in found], on) if exemptions and found else {}
    for row in found:
        row.exempt = exempt.get(row.account, "")
    return found


def suspension_totals(cursor: Cursor, on: date, after: str = "") -> dict[str, tuple[int, Money]]:
    """The number of accounts on the list after a number, and their debts beyond tolerance, per currency."""
    listed = SELECT_SUSPENSIONS.format(of_dealer="true").partition("ORDER BY accounts.number LIMIT")[0]
    rows = cursor.execute(
        f"SELECT currency, count(*), sum(amount) FROM ({listed}) AS listed GROUP BY currency ORDER BY currency",
        {"on": on, "after": after},
    )
    return {currency: (number, Money(amount, currency)) for currency, number, amount in rows}


def _listed(
    account: str, customer: str, name: str, since_on: date, invoices: int, amount: object, currency: str,
    tolerance: int, services: list[str],
) -> SuspensionRow:  # fmt: skip
    overdue = Money(amount, currency)  # type: ignore[arg-type]
    documents = "1 invoice" if invoices == 1 else f"{invoices} invoices"
    reason = f"non-payment: {documents} overdue more than {tolerance} days, the oldest since {since_on}"
    return SuspensionRow(account, customer, name, since_on, invoices, overdue, reason, services)


# --- who is to be resumed

PAGE_ACCOUNTS = 1_000


def resumption_list(
    cursor: Cursor, on: date, limit: int, after: str = "", exemptions: Exemptions | None = None, dealer: str = ""
) -> list[ResumptionRow]:
    """The accounts with services suspended for non-payment that are to be resumed, in order of number.

    Those of a dealer's customers if one is named.
    """
    return list(islice(_to_resume(cursor, on, after, exemptions, dealer), limit))


def count_resumptions(cursor: Cursor, on: date, after: str = "", exemptions: Exemptions | None = None) -> int:
    """The number of accounts to be resumed after a number."""
    return sum(1 for _ in _to_resume(cursor, on, after, exemptions))


def _to_resume(
    cursor: Cursor, on: date, after: str, exemptions: Exemptions | None, dealer: str = ""
) -> Iterator[ResumptionRow]:
    statement = SELECT_SUSPENDED.format(of_dealer=accounts_of("account", dealer))
    asked: dict[str, object] = {"on": on, "limit": PAGE_ACCOUNTS, "dealer": dealer}
    while rows := cursor.execute(statement, asked | {"after": after}).fetchall():
        after = rows[-1][0]
        owing = [account for account, *_, amount in rows if amount is not None]
        exempt = exemptions(cursor, owing, on) if exemptions and owing else {}
        for account, customer, name, services, since_on, amount in rows:
            reason = "nothing is overdue beyond tolerance" if amount is None else exempt.get(account)
            if reason is not None:
                yield ResumptionRow(account, customer, name, services, since_on, reason)
