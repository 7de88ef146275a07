"""Which bank accounts are known to pay for which accounts? They are personal, and go with the customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.payments.payer_accounts import PayerAccountLearnt, PayerAccountUnlearnt
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT = """
    INSERT INTO payer_accounts (account, payer_account, customer, learnt_on)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[])
    ON CONFLICT (account, payer_account) DO UPDATE SET customer = excluded.customer, learnt_on = excluded.learnt_on
"""
DELETE = """
    DELETE FROM payer_accounts USING unnest(%b::text[], %b::text[]) AS gone (account, payer_account)
    WHERE payer_accounts.account = gone.account AND payer_accounts.payer_account = gone.payer_account
"""


class PayersOfAccounts:
    """The bank accounts that are known to pay for each account, in their one form."""

    name = "payer_accounts"
    version = 1
    tables = ("payer_accounts",)
    streams = ("payer-accounts", "customer")
    by_stream = True
    definition = """
        CREATE TABLE payer_accounts (
            account text COLLATE "C" NOT NULL, payer_account text COLLATE "C" NOT NULL,
            customer text COLLATE "C" NOT NULL, learnt_on date NOT NULL, PRIMARY KEY (account, payer_account)
        );
        CREATE INDEX ON payer_accounts (customer);
    """
    indexes = "CREATE INDEX ON payer_accounts (payer_account);"
    folds: tuple[type[Event], ...] = (PayerAccountLearnt, PayerAccountUnlearnt, CustomerForgotten)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        known: dict[tuple[str, str], tuple[Any, ...] | None] = {}
        forgotten: list[CustomerForgotten] = []
        for entry in page:
            match entry.event:
                case PayerAccountLearnt(payer_account=payer, customer=customer, effective_on=on) if payer:
                    known[entry.number, payer] = (entry.number, payer, customer, on)
                case PayerAccountUnlearnt(payer_account=payer) if payer:
                    known[entry.number, payer] = None
                case CustomerForgotten() as fact:
                    forgotten.append(fact)
        if gone := [key for key, row in known.items() if row is None]:
            cursor.execute(DELETE, as_columns(gone, 2))
        if rows := [row for row in known.values() if row is not None]:
            cursor.execute(UPSERT, as_columns(rows, 4))
        if forgotten:
            self.forget(cursor, forgotten)

    def forget(self, cursor: Cursor, forgotten: Sequence[CustomerForgotten]) -> None:
        cursor.execute("DELETE FROM payer_accounts WHERE customer = ANY(%s)", ([each.customer for each in forgotten],))


class PayerAccountRow(msgspec.Struct):
    """A bank account that is known to pay for an account."""

    account: str
    payer_account: str
    learnt_on: date


def payer_accounts_of(cursor: Cursor, account: str) -> list[PayerAccountRow]:
    """The bank accounts that are known to pay for an account."""
    rows = cursor.execute(
        "SELECT account, payer_account, learnt_on FROM payer_accounts WHERE account = %s ORDER BY payer_account",
        (account,),
    )
    return [PayerAccountRow(*row) for row in rows]
