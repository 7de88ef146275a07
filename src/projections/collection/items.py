"""Which items were handed to which agency, which of them does it still have, and what did its fees sum to?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.dunning.collection import AgencyFeeNoted, HandedToCollection, TakenBackFromCollection
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from projections.platform.ordering import number_in
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {
    "account": "text", "invoice": "text", "version": "int8", "agency": "text", "handed_on": "date", "due_on": "date",
    "amount": "numeric", "currency": "text", "fees": "numeric",
}  # fmt: skip
NEWEST = """
    account = %(account)s AND invoice = %(invoice)s AND version = (
        SELECT max(version) FROM collected_items AS newest
        WHERE newest.account = %(account)s AND newest.invoice = %(invoice)s
    )
"""
SELECT_ITEMS = """
    SELECT items.account, accounts.customer, items.invoice, items.agency, items.handed_on, items.due_on, items.amount,
           documents.open_amount, items.fees, items.currency, items.taken_back_on, items.reason,
           items.version
    FROM collected_items AS items JOIN accounts ON accounts.number = items.account
    JOIN documents ON documents.number = items.invoice
    WHERE (%(agency)s = '' OR items.agency = %(agency)s) AND (%(account)s = '' OR items.account = %(account)s)
      AND (NOT %(open_only)s OR items.taken_back_on IS NULL AND documents.open_amount > 0)
      AND (items.account, items.invoice, items.version) > (%(after_account)s, %(after_invoice)s, %(after_version)s)
"""


class CollectedItems:
    """Every hand-over of an item to an agency, and whether the item was taken back."""

    name = "collected-items"
    version = 2
    tables = ("collected_items",)
    streams = ("account",)
    by_stream = True
    definition = """
        CREATE TABLE collected_items (
            account text COLLATE "C", invoice text COLLATE "C", version bigint, agency text COLLATE "C" NOT NULL,
            handed_on date NOT NULL, due_on date NOT NULL, amount numeric NOT NULL, currency text NOT NULL,
            fees numeric NOT NULL, taken_back_on date, reason text, PRIMARY KEY (account, invoice, version)
        );
    """
    indexes = "CREATE INDEX ON collected_items (agency, account, invoice) WHERE taken_back_on IS NULL;"
    folds: tuple[type[Event], ...] = (HandedToCollection, TakenBackFromCollection, AgencyFeeNoted)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        handed: list[tuple[Any, ...]] = []
        for entry in page:
            if isinstance(entry.event, HandedToCollection):
                handed += _rows(entry, entry.event)
            else:
                _insert(cursor, handed)
                handed = []
                _update(cursor, entry)
        _insert(cursor, handed)


def _rows(entry: LoggedEvent, fact: HandedToCollection) -> list[tuple[Any, ...]]:
    return [
        (
            entry.number, item.invoice, entry.version, fact.agency, fact.effective_on, item.due_on,
            item.open.amount, item.open.currency, 0,
        )
        for item in fact.items
    ]  # fmt: skip


def _insert(cursor: Cursor, handed: Sequence[tuple[Any, ...]]) -> None:
    if handed:
        insert_rows(cursor, "collected_items", COLUMNS, handed)


def _update(cursor: Cursor, entry: LoggedEvent) -> None:
    match entry.event:
        case TakenBackFromCollection(effective_on=on, invoices=invoices, reason=reason):
            for invoice in invoices:
                cursor.execute(
                    f"UPDATE collected_items SET taken_back_on = %(on)s, reason = %(reason)s WHERE {NEWEST}",
                    {"on": on, "reason": reason, "account": entry.number, "invoice": invoice},
                )
        case AgencyFeeNoted(invoice=invoice, fee=fee, before=before):
            cursor.execute(
                f"UPDATE collected_items SET fees = fees + %(fee)s WHERE {NEWEST}",
                {"fee": (fee if before is None else fee - before).amount, "account": entry.number, "invoice": invoice},
            )


# --- queries


class CollectedRow(msgspec.Struct):
    """An item that was handed to an agency: what was open of it then and now, and the agency's fees for it."""

    account: str
    customer: str
    invoice: str
    agency: str
    handed_on: date
    due_on: date
    handed: Money
    open: Money
    fees: Money
    taken_back_on: date | None
    reason: str | None
    version: int = 0

    @property
    def key(self) -> str:
        """What names it in a list that is continued."""
        return f"{self.account}/{self.invoice}/{self.version}"


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """Which items: of an agency, of an account; those that it still has, or all that it ever had."""

    agency: str = ""
    account: str = ""
    open_only: bool = True


def collected_after(cursor: Cursor, asked: Collected, after: str, limit: int) -> list[CollectedRow]:
    """The items after a key, in order of account and invoice."""
    account, _, rest = after.partition("/")
    invoice, _, version = rest.partition("/")
    wanted = msgspec.structs.asdict(asked) | {
        "after_account": account, "after_invoice": invoice, "after_version": number_in(version, after), "limit": limit,
    }  # fmt: skip
    rows = cursor.execute(
        f"{SELECT_ITEMS} ORDER BY items.account, items.invoice, items.version LIMIT %(limit)s", wanted
    ).fetchall()
    return [_listed(row) for row in rows]


def _listed(row: Sequence[Any]) -> CollectedRow:
    account, customer, invoice, agency, handed_on, due_on, amount, left, fees, currency = row[:10]
    return CollectedRow(
        account, customer, invoice, agency, handed_on, due_on, Money(amount, currency), Money(left, currency),
        Money(fees, currency), *row[10:],
    )  # fmt: skip
