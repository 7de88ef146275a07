"""Which accounts do the numbers and bank accounts lead to that money names? Thousands of them in one look-up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from billing_core.payments.matching import Candidate, Found, Key, OpenItem
from projections.platform.projection import Cursor

# Someone else's bank account may pay for many accounts; more are no clue to whose money it is.
MOST_OF_ONE_KEY = 50
SELECT_CANDIDATES = """
    SELECT sought.kind, sought.value, accounts.number, accounts.seller, accounts.currency
    FROM unnest(%(kinds)s::text[], %(values)s::text[]) AS sought (kind, value)
    CROSS JOIN LATERAL (
        SELECT documents.account FROM documents
            WHERE sought.kind = 'invoice' AND documents.number = sought.value AND documents.kind = 'invoice'
        UNION ALL SELECT number FROM accounts WHERE sought.kind = 'account' AND number = sought.value
        UNION ALL (
            SELECT number FROM accounts WHERE sought.kind = 'customer' AND customer = sought.value LIMIT %(most)s)
        UNION ALL (
            SELECT payer_accounts.account FROM payer_accounts
            JOIN customers ON customers.number = payer_accounts.customer
            JOIN accounts AS own ON own.number = payer_accounts.account
                AND own.customer IN (payer_accounts.customer, customers.merged_into)
            WHERE sought.kind = 'payer-account' AND payer_account = sought.value LIMIT %(most)s)
    ) AS led JOIN accounts ON accounts.number = led.account
"""
SELECT_OPEN = """
    SELECT account, number, open_amount FROM documents
    WHERE account = ANY(%s) AND kind = 'invoice' AND open_amount > 0 ORDER BY number
"""


def candidates(cursor: Cursor, keys: Collection[Key], *, with_open_items: bool = False) -> Found:
    """The accounts to which each key leads.

    Open items are looked up only for keys that lead to several accounts: between those alone they decide.
    """
    parameters = {
        "kinds": [key.kind for key in keys], "values": [key.value for key in keys], "most": MOST_OF_ONE_KEY,
    }  # fmt: skip
    found: dict[Key, list[Candidate]] = defaultdict(list)
    for kind, value, account, seller, currency in cursor.execute(SELECT_CANDIDATES, parameters):
        found[Key(kind, value)].append(Candidate(account, seller, currency))
    if not with_open_items:
        return found
    several = {each.account for candidates in found.values() if len(candidates) > 1 for each in candidates}
    items = open_items(cursor, several)
    return {
        key: [each._replace(open_items=items.get(each.account, ())) for each in candidates]
        for key, candidates in found.items()
    }


def open_items(cursor: Cursor, accounts: Iterable[str]) -> dict[str, tuple[OpenItem, ...]]:
    """What is open on the invoices of some accounts."""
    found: dict[str, list[OpenItem]] = defaultdict(list)
    for account, invoice, amount in cursor.execute(SELECT_OPEN, (list(accounts),)):
        found[account].append(OpenItem(invoice, amount))
    return {account: tuple(items) for account, items in found.items()}
