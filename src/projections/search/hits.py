"""What does one text find: customers, accounts, documents, payments, services and tickets?

A hit says what of it the text matched, and how well: what is the text itself comes first, then what has words that
begin like it, then names in which a slip was forgiven. Numbers and codes are found by their beginnings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import get_args

import msgspec

from billing_core.kernel.money import Money
from projections.dealers import accounts_of
from projections.platform.projection import Cursor
from projections.search.customers import customers_found, names_of
from projections.search.hit import Hit, HitKind, Sought, beginning_like
from projections.search.payments import payments_found, remittances_found
from projections.search.services import services_found
from projections.search.tickets import tickets_found

LEAST_LETTERS = 2

ACCOUNTS = """
    SELECT accounts.number, accounts.customer, accounts.balance, accounts.currency, accounts.parked FROM {found}
"""
DOCUMENTS = """
    SELECT documents.number, documents.kind, documents.account, accounts.customer, documents.gross, documents.currency,
        documents.issued_on,
        CASE WHEN documents.kind = 'credit-note' THEN '' WHEN documents.open_amount <= 0 THEN 'paid'
             WHEN documents.due_on < %(today)s THEN 'overdue' ELSE 'open' END
    FROM {found} JOIN accounts ON accounts.number = documents.account
"""


def find(cursor: Cursor, sought: Sought, kinds: Collection[HitKind]) -> list[Hit]:
    """The hits of some kinds, the best first; of equal ones customers, then accounts. A single letter finds none."""
    if len(sought.text) < LEAST_LETTERS:
        return []
    found = [hit for kind in get_args(HitKind) if kind in kinds for hit in FINDERS[kind](cursor, sought)[: sought.most]]
    names = names_of(cursor, [hit.customer for hit in found])
    named = [msgspec.structs.replace(hit, customer_name=names.get(hit.customer, "")) for hit in found]
    return sorted(named, key=lambda hit: hit.rank)


def _accounts_found(cursor: Cursor, sought: Sought) -> list[Hit]:
    found = beginning_like("accounts", "number", accounts_of("number", sought.dealer))
    rows = cursor.execute(ACCOUNTS.format(found=found), sought.parameters())
    return [
        Hit(kind="account", number=number, account=number, matched="number", value=number, rank=sought.rank(number),
            customer=customer, amount=Money(balance, currency), state="parked" if parked else "")
        for number, customer, balance, currency, parked in rows.fetchall()
    ]  # fmt: skip


def _documents_found(cursor: Cursor, sought: Sought) -> list[Hit]:
    found = beginning_like("documents", "number", accounts_of("account", sought.dealer))
    rows = cursor.execute(DOCUMENTS.format(found=found), sought.parameters())
    return [
        Hit(kind="document", number=number, title=kind, matched="number", value=number, rank=sought.rank(number),
            account=account, customer=customer, amount=Money(gross, currency), state=state, on=on)
        for number, kind, account, customer, gross, currency, on, state in rows.fetchall()
    ]  # fmt: skip


FINDERS: Mapping[HitKind, Callable[[Cursor, Sought], list[Hit]]] = {
    "customer": customers_found,
    "account": _accounts_found,
    "document": _documents_found,
    "payment": payments_found,
    "remittance": remittances_found,
    "service": services_found,
    "ticket": tickets_found,
}
