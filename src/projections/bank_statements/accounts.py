"""Which bank accounts do the sellers have?"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from billing_core.bank_statements.accounts import BankAccountRegistered
from billing_core.kernel.events import Event
from billing_core.parties.sellers import SellerChanged, SellerRegistered
from projections.platform.projection import Cursor, LoggedEvent

UPSERT = """
    INSERT INTO bank_accounts (iban, seller, source, currency, name, payouts_from, is_registered)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (iban) DO UPDATE SET seller = excluded.seller, source = excluded.source,
        currency = excluded.currency, name = excluded.name, payouts_from = excluded.payouts_from,
        is_registered = excluded.is_registered
    WHERE excluded.is_registered OR NOT bank_accounts.is_registered
"""


class BankAccounts:
    """Every bank account that was registered, or is printed on a seller's documents."""

    name = "bank-accounts"
    version = 2
    tables = ("bank_accounts",)
    streams = ("bank-account", "seller")
    by_stream = False
    definition = """
        CREATE TABLE bank_accounts (
            iban text COLLATE "C" PRIMARY KEY, seller text NOT NULL, source text NOT NULL, currency text NOT NULL,
            name text NOT NULL, payouts_from text[] NOT NULL, is_registered boolean NOT NULL
        );
    """
    indexes = ""
    folds: tuple[type[Event], ...] = (BankAccountRegistered, SellerRegistered, SellerChanged)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        for entry in page:
            match entry.event:
                case BankAccountRegistered(account=account):
                    row = (account.iban, account.seller, account.source, account.currency, account.name,
                           list(account.payouts_from), True)  # fmt: skip
                    cursor.execute(UPSERT, row)
                case SellerRegistered(seller=seller) | SellerChanged(seller=seller):
                    # One that is no longer printed is no account any longer, unless it was registered.
                    cursor.execute(
                        "DELETE FROM bank_accounts WHERE seller = %s AND NOT is_registered AND iban <> %s",
                        (seller.code, seller.iban or ""),
                    )
                    if seller.iban is not None:
                        cursor.execute(UPSERT, (seller.iban, seller.code, seller.iban, "", "", [], False))


# --- queries


class BankAccountRow(msgspec.Struct):
    """A bank account as listed; `source` is what its payments are known by.

    What comes in from the bank accounts of `payouts_from` is a payout, and no customer's money.
    """

    iban: str
    seller: str
    source: str
    currency: str
    name: str
    payouts_from: list[str]


def bank_accounts(cursor: Cursor) -> list[BankAccountRow]:
    """All bank accounts, by seller and IBAN."""
    rows = cursor.execute(
        "SELECT iban, seller, source, currency, name, payouts_from FROM bank_accounts ORDER BY seller, iban"
    )
    return [BankAccountRow(*row) for row in rows.fetchall()]
