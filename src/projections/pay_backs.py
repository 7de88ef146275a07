"""Which batches of pay-backs are there, in which state, and what do they list?

Payees and their bank accounts are personal, so they stay in the batch's stream.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.pay_backs.events import (
    PayBackBatchCancelled,
    PayBackBatchClosed,
    PayBackBatchDrawnUp,
    PayBackBatchFrozen,
    PayBackBatchSent,
    PayBackLeftOut,
    PayBackListed,
    PayBackReturned,
    PayBackTakenOff,
)
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

STATES: Mapping[type[Event], str] = {
    PayBackBatchSent: "sent", PayBackBatchClosed: "closed", PayBackBatchCancelled: "cancelled",
}  # fmt: skip
BATCH_COLUMNS = {
    "batch": "text", "seller": "text", "number": "int8", "drawn_up_on": "date", "currency": "text", "state": "text",
}  # fmt: skip
ITEM_COLUMNS = {
    "batch": "text", "account": "text", "place": "int8", "customer": "text", "amount": "numeric", "state": "text",
    "reason": "text",
}  # fmt: skip
UPDATE_ITEMS = """
    UPDATE pay_back_items AS items SET state = change.state, reason = change.reason
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[]) AS change (batch, account, state, reason)
    WHERE items.batch = change.batch AND items.account = change.account
"""
UPDATE_BATCHES = """
    UPDATE pay_back_batches AS batches SET state = change.state, pay_on = coalesce(change.pay_on, batches.pay_on)
    FROM unnest(%b::text[], %b::text[], %b::date[]) AS change (batch, state, pay_on)
    WHERE batches.batch = change.batch
"""


class PayBackBatches:
    """Every batch with its accounts: those listed, left out, taken off and returned."""

    name = "pay-back-batches"
    version = 1
    tables = ("pay_back_batches", "pay_back_items")
    streams = ("pay-back-batch",)
    by_stream = True
    definition = """
        CREATE TABLE pay_back_batches (
            batch text COLLATE "C" PRIMARY KEY, seller text COLLATE "C" NOT NULL, number bigint NOT NULL,
            drawn_up_on date NOT NULL, currency text NOT NULL, state text NOT NULL, pay_on date
        );
        CREATE TABLE pay_back_items (
            batch text COLLATE "C", account text COLLATE "C", place bigint NOT NULL, customer text NOT NULL,
            amount numeric NOT NULL, state text NOT NULL, reason text NOT NULL, PRIMARY KEY (batch, account)
        );
    """
    indexes = "CREATE INDEX ON pay_back_items (account);"
    folds: tuple[type[Event], ...] = (
        PayBackBatchDrawnUp, PayBackListed, PayBackLeftOut, PayBackTakenOff, PayBackBatchFrozen, PayBackBatchSent,
        PayBackReturned, PayBackBatchClosed, PayBackBatchCancelled,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        drawn_up: list[tuple[Any, ...]] = []
        listed: list[tuple[Any, ...]] = []
        items: dict[tuple[str, str], tuple[str, str]] = {}
        batches: dict[str, tuple[str, date | None]] = {}
        for entry in page:
            batch, fact = entry.number, entry.event
            match fact:
                case PayBackBatchDrawnUp():
                    drawn_up.append((batch, fact.seller, fact.number, fact.effective_on, fact.currency, "drawn up"))
                case PayBackListed():
                    listed.append((batch, fact.account, entry.version, fact.customer, fact.amount.amount, "listed", ""))
                case PayBackLeftOut():
                    listed.append((batch, fact.account, entry.version, "", fact.amount.amount, "left out", fact.reason))
                case PayBackTakenOff() | PayBackReturned():
                    state = "taken off" if isinstance(fact, PayBackTakenOff) else "returned"
                    items[batch, fact.account] = (state, fact.reason)
                case PayBackBatchFrozen():
                    batches[batch] = ("frozen", fact.pay_on)
                case _:
                    batches[batch] = (STATES[type(fact)], batches.get(batch, ("", None))[1])
        if drawn_up:
            insert_rows(cursor, "pay_back_batches", BATCH_COLUMNS, drawn_up)
        if listed:
            insert_rows(cursor, "pay_back_items", ITEM_COLUMNS, listed)
        if items:
            cursor.execute(UPDATE_ITEMS, as_columns(((*key, *each) for key, each in items.items()), 4))
        if batches:
            cursor.execute(UPDATE_BATCHES, as_columns(((batch, *each) for batch, each in batches.items()), 3))


# --- queries


class PayBackBatchRow(msgspec.Struct):
    """A batch as listed: what it pays back, to how many accounts, and how many were left out or came back."""

    batch: str
    seller: str
    drawn_up_on: date
    state: str
    pay_on: date | None
    accounts: int
    amount: Money
    left_out: int
    returned: int


class PayBackItemRow(msgspec.Struct):
    """An account of a batch: listed, left out, taken off or returned, and why."""

    batch: str
    account: str
    customer: str
    amount: Money
    state: str
    reason: str


SELECT_BATCHES = """
    SELECT batches.batch, seller, drawn_up_on, batches.state, pay_on,
        count(*) FILTER (WHERE items.state IN ('listed', 'returned')),
        coalesce(sum(amount) FILTER (WHERE items.state IN ('listed', 'returned')), 0), currency,
        count(*) FILTER (WHERE items.state IN ('left out', 'taken off')),
        count(*) FILTER (WHERE items.state = 'returned')
    FROM pay_back_batches AS batches LEFT JOIN pay_back_items AS items USING (batch)
"""


def pay_back_batches(cursor: Cursor, seller: str, before: str, limit: int) -> list[PayBackBatchRow]:
    """The batches, the newest first, of a seller if it is named; those before another one."""
    rows = cursor.execute(
        f"""{SELECT_BATCHES} WHERE (%(seller)s = '' OR seller = %(seller)s)
                AND (%(before)s = '' OR (drawn_up_on, batches.batch) < (
                    SELECT drawn_up_on, batch FROM pay_back_batches WHERE batch = %(before)s))
            GROUP BY batches.batch ORDER BY drawn_up_on DESC, batches.batch DESC LIMIT %(limit)s""",
        {"seller": seller, "before": before, "limit": limit},
    )
    return [_listed(row) for row in rows]


def pay_back_batch(cursor: Cursor, batch: str) -> PayBackBatchRow | None:
    """The batch of a name."""
    row = cursor.execute(f"{SELECT_BATCHES} WHERE batches.batch = %s GROUP BY batches.batch", (batch,)).fetchone()
    return None if row is None else _listed(row)


def _listed(row: Sequence[Any]) -> PayBackBatchRow:
    batch, seller, drawn_up_on, state, pay_on, accounts, amount, currency, *others = row
    return PayBackBatchRow(batch, seller, drawn_up_on, state, pay_on, accounts, Money(amount, currency), *others)


def pay_back_items(cursor: Cursor, batch: str) -> list[PayBackItemRow]:
    """The accounts of a batch, in the order of its list."""
    rows = cursor.execute(
        """SELECT batch, account, customer, amount, currency, items.state, reason
           FROM pay_back_items AS items JOIN pay_back_batches AS batches USING (batch)
           WHERE batch = %s ORDER BY place""",
        (batch,),
    )
    return [PayBackItemRow(name, account, customer, Money(amount, currency), *rest)
            for name, account, customer, amount, currency, *rest in rows]  # fmt: skip


def sellers_of_streams(cursor: Cursor, streams: Collection[str]) -> Mapping[str, str]:
    """The sellers of batches."""
    names = [stream.removeprefix("pay-back-batch/") for stream in streams if stream.startswith("pay-back-batch/")]
    rows = cursor.execute("SELECT batch, seller FROM pay_back_batches WHERE batch = ANY(%s)", (names,))
    return {f"pay-back-batch/{batch}": seller for batch, seller in rows}


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The batches that paid the customer back."""
    rows = cursor.execute("SELECT DISTINCT batch FROM pay_back_items WHERE customer = %s ORDER BY batch", (customer,))
    return [f"pay-back-batch/{batch}" for (batch,) in rows]


# --- what must hold

INVARIANTS = {
    "a frozen batch of pay-backs was paid out on every account that it lists": """
        SELECT batch || ' ' || account FROM pay_back_items AS items JOIN pay_back_batches AS batches USING (batch)
        WHERE batches.state IN ('frozen', 'sent', 'closed') AND items.state IN ('listed', 'returned')
            AND amount > coalesce((SELECT -sum(adjusted.amount) FROM credit_adjustments AS adjusted
                WHERE adjusted.account = items.account AND kind = 'pay-out'), 0)
    """,
}


AREA = Area(
    true_by_date=(PayBackBatches(),),
    invariants=INVARIANTS,
    sellers_of_streams=sellers_of_streams,
    streams_of_customer=streams_of_customer,
)
