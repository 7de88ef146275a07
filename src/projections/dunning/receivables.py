"""How old are the receivables, as of any day?

What was open of an invoice on a day is its total without what was settled by then; its age is counted from the due
date. An invoice that is due on the day itself is not overdue. An amount is never added to one in another currency.

    due on 31 March, asked for 31 March   not due     1 April   1 to 30 days     1 May   31 to 60 days
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

import msgspec

from billing_core.kernel.money import Money, rounded
from projections.dealers import accounts_of
from projections.platform.projection import Cursor
from projections.settlements import SETTLED_BY

# The last day of each age; older ones are in the last bucket.
LAST_DAYS = (0, 30, 60, 90, 180)
CONDITIONS = (
    "age <= 0",
    *(f"age > {earlier} AND age <= {later}" for earlier, later in pairwise(LAST_DAYS)),
    f"age > {LAST_DAYS[-1]}",
)
BUCKETS = ", ".join(
    f"coalesce(sum(open) FILTER (WHERE {condition}), 0) AS bucket_{place}" for place, condition in enumerate(CONDITIONS)
)
AGED = ", ".join(f"aged.bucket_{place}" for place in range(len(CONDITIONS)))
OPEN_THEN = f"""
    SELECT account, seller, currency, %(on)s::date - due_on AS age, open_then AS open FROM (
        SELECT documents.*, gross - {SETTLED_BY} AS open_then FROM documents
        WHERE kind = 'invoice' AND issued_on <= %(on)s AND (%(seller)s = '' OR seller = %(seller)s)
        AND {{among}} AND {{of_dealer}}
    ) AS dated WHERE open_then > 0
"""
# Of all accounts: what is open now, which an index holds alone, and what was settled since is what was open then.
# An account has one seller and one currency.
SELECT_TOTALS = f"""
    WITH since AS (SELECT invoice, sum(amount) AS amount FROM settlements WHERE settled_on > %(on)s GROUP BY invoice),
    still_open AS NOT MATERIALIZED (
        SELECT account, seller, currency, due_on, open_amount AS open FROM documents
        WHERE open_amount > 0 AND NOT EXISTS (SELECT FROM since WHERE invoice = documents.number) AND {{chosen}}
    ), settled_since AS (
        SELECT account, seller, currency, due_on, open_amount + since.amount AS open
        FROM since JOIN documents ON number = invoice WHERE open_amount + since.amount > 0 AND {{chosen}}
    ), aged AS (
        SELECT seller, currency, %(on)s::date - due_on AS age, sum(open) AS open
        FROM (TABLE still_open UNION ALL TABLE settled_since) AS opened GROUP BY seller, currency, due_on
    ), owing AS (
        SELECT seller, currency, count(*) AS accounts FROM (
            (SELECT DISTINCT ON (account) account, seller, currency FROM still_open ORDER BY account)
            UNION ALL
            SELECT DISTINCT account, seller, currency FROM settled_since
            WHERE NOT EXISTS (SELECT FROM still_open WHERE still_open.account = settled_since.account)
        ) AS each GROUP BY seller, currency
    )
    SELECT seller, currency, accounts, sum(open), {BUCKETS} FROM aged JOIN owing USING (seller, currency)
    GROUP BY seller, currency, accounts ORDER BY seller, currency
"""
SELECT_ACCOUNTS = f"""
    SELECT aged.account, accounts.customer, customers.name, aged.currency, aged.total, {AGED} FROM (
        SELECT account, currency, sum(open) AS total, {BUCKETS} FROM ({OPEN_THEN}) AS opened GROUP BY account, currency
    ) AS aged
    JOIN accounts ON accounts.number = aged.account JOIN customers ON customers.number = accounts.customer
    ORDER BY aged.account
"""
# The accounts of a page: those with an invoice by then of which something may have been open.
OWING = f"""
    account IN (SELECT number FROM accounts WHERE number > %(after)s AND {{of_dealer}} AND EXISTS (
        SELECT FROM documents WHERE documents.account = accounts.number AND kind = 'invoice' AND issued_on <= %(on)s
        AND (%(seller)s = '' OR seller = %(seller)s) AND gross > {SETTLED_BY}
    ) ORDER BY number LIMIT %(limit)s)
"""


class Ages(msgspec.Struct, frozen=True):
    """Amounts by their age in days after the due date."""

    not_due: Money
    days_1_to_30: Money
    days_31_to_60: Money
    days_61_to_90: Money
    days_91_to_180: Money
    older: Money


class ReceivablesTotal(msgspec.Struct):
    """The receivables of a seller in one currency."""

    seller: str
    currency: str
    accounts: int
    total: Money
    ages: Ages


class ReceivablesRow(msgspec.Struct):
    """The receivables of an account."""

    account: str
    customer: str
    name: str
    total: Money
    ages: Ages


def receivables_totals(cursor: Cursor, on: date, seller: str = "", dealer: str = "") -> list[ReceivablesTotal]:
    """The receivables of each seller and currency on a day; those of a dealer's customers if one is named."""
    statement = SELECT_TOTALS.format(chosen=f"issued_on <= %(on)s AND (%(seller)s = '' OR seller = %(seller)s)"
                                     f" AND {accounts_of('account', dealer)}")  # fmt: skip
    rows = cursor.execute(statement, {"on": on, "seller": seller, "dealer": dealer})
    return [
        ReceivablesTotal(of, currency, accounts, Money(total, currency), _ages(amounts, currency))
        for of, currency, accounts, total, *amounts in rows
    ]


def of_all_sellers(totals: Sequence[ReceivablesTotal]) -> list[ReceivablesTotal]:
    """The totals of each currency; the sellers are summed up."""
    found: dict[str, ReceivablesTotal] = {}
    for each in totals:
        known = found.get(each.currency)
        if known is None:
            found[each.currency] = msgspec.structs.replace(each, seller="")
        else:
            found[each.currency] = ReceivablesTotal(
                "", each.currency, known.accounts + each.accounts, known.total + each.total,
                Ages(*(a + b for a, b in zip(_in_order(known.ages), _in_order(each.ages), strict=True))),
            )  # fmt: skip
    return list(found.values())


def _in_order(ages: Ages) -> tuple[Money, ...]:
    return msgspec.structs.astuple(ages)


def receivables_of_accounts(
    cursor: Cursor, on: date, limit: int, after: str = "", seller: str = "", dealer: str = ""
) -> list[ReceivablesRow]:
    """The receivables of each account on a day, in order of number."""
    among = OWING.format(of_dealer=accounts_of("number", dealer))
    statement = SELECT_ACCOUNTS.format(among=among, of_dealer="true")
    asked = {"on": on, "seller": seller, "dealer": dealer, "after": after, "limit": limit}
    return [_aged(*row) for row in cursor.execute(statement, asked)]


def _aged(account: str, customer: str, name: str, currency: str, total: Decimal, *amounts: Decimal) -> ReceivablesRow:
    return ReceivablesRow(account, customer, name, Money(total, currency), _ages(amounts, currency))


def _ages(amounts: Iterable[Decimal], currency: str) -> Ages:
    return Ages(*(rounded(amount, currency) for amount in amounts))
