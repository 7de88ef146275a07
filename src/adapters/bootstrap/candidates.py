"""The accounts to which the signs of payments lead, for thousands of payments in one look-up.

The read models answer, which an import has brought up to date before it begins. What was issued or opened meanwhile is
found by what never lags: invoices by their claims, accounts by their streams.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from adapters.postgres.store import PostgresStore
from adapters.postgres.tables import PostgresTables
from billing_core.invoicing.invoices import INVOICE_CLAIM
from billing_core.payments.matching import Candidate, Found, Key
from commands.accounts import KnownAccount, account_stream
from projections.platform.runner import LIVE_SCHEMA
from projections.remittances.candidates import candidates

States = Callable[[Collection[str]], Mapping[str, KnownAccount]]


class Candidates(NamedTuple):
    """Looks up keys; `states` reads accounts as they are now."""

    tables: PostgresTables
    store: PostgresStore
    states: States

    def found(self, keys: Collection[Key], *, with_open_items: bool) -> Found:
        """The candidates of each key that leads to any."""
        with self.tables.transaction(LIVE_SCHEMA) as cursor:
            found = dict(candidates(cursor, keys, with_open_items=with_open_items))
        missing = [key for key in keys if key.kind in ("invoice", "account") and key not in found]
        return {**found, **self._new(missing)} if missing else found

    def _new(self, keys: Collection[Key]) -> Found:
        """What the read models do not show yet."""
        numbers = {key.value for key in keys if key.kind == "invoice"}
        streams = {account_stream(key.value): key for key in keys if key.kind == "account"}
        with self.store.transaction() as transaction:
            claims = transaction.claimed(INVOICE_CLAIM, numbers)
        led = {Key("invoice", number): claim.stream.partition("/")[2] for number, claim in claims.items()}
        led |= {streams[stream]: streams[stream].value for stream in self.store.versions(list(streams))}
        known = self.states(set(led.values())) if led else {}
        return {key: [_candidate(known[number])] for key, number in led.items() if number in known}


def _candidate(known: KnownAccount) -> Candidate:
    account = known.account
    return Candidate(account.number, account.seller, account.currency)
