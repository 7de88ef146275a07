"""The accounts to which the signs of payments lead, for thousands of payments in a few look-ups.

Invoices and accounts are found by what never lags, claims and streams; customers and payers by the read models, which
an import has brought up to date before it begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from adapters.postgres.store import PostgresStore
from adapters.postgres.tables import PostgresTables
from billing_core.invoicing.invoices import INVOICE_CLAIM
from billing_core.payments.matching import Candidate, Found, Key, KeyKind, OpenItem
from commands.accounts import KnownAccount, account_stream
from projections.accounts.balances import numbers_of_customers, sellers_of_accounts
from projections.platform.runner import LIVE_SCHEMA

# The accounts to which values of a kind of key lead, each with its value.
Lookup = Callable[[Collection[str]], Iterable[tuple[str, str]]]
States = Callable[[Collection[str]], Mapping[str, KnownAccount]]


class Candidates(NamedTuple):
    """Looks up keys; `states` reads accounts as they are now."""

    tables: PostgresTables
    store: PostgresStore
    states: States

    def found(self, keys: Collection[Key], *, with_open_items: bool) -> Found:
        """The candidates of each key that leads to any."""
        values: dict[KeyKind, list[str]] = defaultdict(list)
        for key in keys:
            values[key.kind].append(key.value)
        accounts: dict[Key, list[str]] = defaultdict(list)
        for kind, find in (
            ("invoice", self._of_invoices),
            ("account", self._existing),
            ("customer", self._of_customers),
        ):
            for value, account in find(values[kind]) if values[kind] else ():  # type: ignore[index]
                accounts[Key(kind, value)].append(account)  # type: ignore[arg-type]
        known = self._described({number for numbers in accounts.values() for number in numbers}, with_open_items)
        return {key: [known[number] for number in numbers if number in known] for key, numbers in accounts.items()}

    def _of_invoices(self, numbers: Collection[str]) -> Iterable[tuple[str, str]]:
        with self.store.transaction() as transaction:
            claims = transaction.claimed(INVOICE_CLAIM, numbers)
        return [(number, claim.stream.partition("/")[2]) for number, claim in claims.items()]

    def _existing(self, numbers: Collection[str]) -> Iterable[tuple[str, str]]:
        streams = self.store.versions([account_stream(number) for number in numbers])
        return [(number, number) for number in numbers if account_stream(number) in streams]

    def _of_customers(self, numbers: Collection[str]) -> Iterable[tuple[str, str]]:
        with self.tables.transaction(LIVE_SCHEMA) as cursor:
            return numbers_of_customers(cursor, numbers)

    def _described(self, numbers: Collection[str], with_open_items: bool) -> Mapping[str, Candidate]:
        if with_open_items:
            return {number: _candidate(each) for number, each in self.states(numbers).items()}
        with self.tables.transaction(LIVE_SCHEMA) as cursor:
            shown = sellers_of_accounts(cursor, numbers)
        known = {number: Candidate(number, seller, currency) for number, seller, currency in shown}
        if missing := [number for number in numbers if number not in known]:
            known |= {number: _candidate(each) for number, each in self.states(missing).items()}
        return known


def _candidate(known: KnownAccount) -> Candidate:
    account = known.account
    items = (OpenItem(number, item.amount.amount) for number, item in account.ledger.open_items.items())
    return Candidate(account.number, account.seller, account.currency, tuple(items))
