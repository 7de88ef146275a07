"""Which accounts do the numbers and bank accounts lead to that money names? Thousands of them in one look-up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import get_args

from billing_core.payments.matching import Candidate, Found, Key, KeyKind, OpenItem
from projections.platform.projection import Cursor, as_array

# Someone else's bank account may pay for many accounts; more are no clue to whose money it is.
MOST_OF_ONE_KEY = 50
KINDS: tuple[KeyKind, ...] = get_args(KeyKind)
SELECT_CANDIDATES = """
    SELECT 'invoice', documents.number, accounts.number, accounts.seller, accounts.currency
    FROM unnest(%(invoice)s::text[]) AS sought (value)
    JOIN documents ON documents.number = sought.value AND kind = 'invoice'
    JOIN accounts ON accounts.number = documents.account
    UNION ALL SELECT 'account', accounts.number, accounts.number, seller, currency
    FROM unnest(%(account)s::text[]) AS sought (value) JOIN accounts ON accounts.number = sought.value
    UNION ALL SELECT 'customer', sought.value, own.number, own.seller, own.currency
    FROM unnest(%(customer)s::text[]) AS sought (value) CROSS JOIN LATERAL (
        SELECT accounts.number, accounts.seller, accounts.currency FROM customers JOIN accounts
            ON accounts.customer = coalesce(nullif(customers.merged_into, ''), customers.number)
        WHERE customers.number = sought.value LIMIT %(most)s) AS own
    UNION ALL SELECT 'payer-account', sought.value, paid.number, paid.seller, paid.currency
    FROM unnest(%(payer-account)s::text[]) AS sought (value) CROSS JOIN LATERAL (
        SELECT own.number, own.seller, own.currency FROM payer_accounts
        JOIN customers ON customers.number = payer_accounts.customer
        JOIN accounts AS own ON own.number = payer_accounts.account
            AND own.customer IN (payer_accounts.customer, customers.merged_into)
        WHERE payer_account = sought.value LIMIT %(most)s) AS paid
"""
SELECT_OPEN = """
    SELECT account, number, open_amount FROM documents
    WHERE account = ANY(%s) AND kind = 'invoice' AND open_amount > 0 ORDER BY number
"""


def candidates(cursor: Cursor, keys: Collection[Key], *, with_open_items: bool = False) -> Found:
    """The accounts to which each key leads.

    Open items are looked up only for keys that lead to several accounts: between those alone they decide.
    """
    values: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for kind, value in keys:
        values[kind].append(value)
    parameters = {kind: as_array(sought) for kind, sought in values.items()} | {"most": MOST_OF_ONE_KEY}
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
