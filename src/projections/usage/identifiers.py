"""To which subscription does a number, user name or card belong on a day?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.services.events import (
    SubscriptionChangeCancelled,
    SubscriptionMovedAway,
    SubscriptionTerminated,
)
from billing_core.usage.mediation.identifiers import IdentifierAssigned, IdentifierReleased
from projections.platform.projection import Cursor, LoggedEvent, insert_rows

COLUMNS = {
    "key": "text", "identifier": "text", "customer": "text", "account": "text", "subscription": "text",
    "from_on": "date", "to_on": "date", "ended_by": "text",
}  # fmt: skip
SELECT = f"SELECT {', '.join(COLUMNS)} FROM usage_identifiers"
# Those of the keys, and all that a subscription named here has or had.
CONCERNED = f"""
    {SELECT} WHERE key = ANY(%s) OR key IN (
        SELECT key FROM usage_identifiers JOIN unnest(%s::text[], %s::text[]) AS named (account, subscription)
        USING (account, subscription))
    ORDER BY key, from_on
"""


class IdentifierRow(msgspec.Struct):
    """An identifier on the days on which it belongs to a subscription.

    `ended_by` says what ended that: it was released, or the subscription terminated or moved to another account.
    """

    key: str
    identifier: str
    customer: str
    account: str
    subscription: str
    from_on: date
    to_on: date | None = None
    ended_by: str = ""


class Identifiers:
    """Every identifier with the subscriptions to which it belongs, on the accounts that have them on each day."""

    name = "usage_identifiers"
    version = 2
    tables = ("usage_identifiers",)
    by_stream = False
    streams = ("identifier", "account", "customer")
    definition = """
        CREATE TABLE usage_identifiers (
            key text COLLATE "C" NOT NULL, identifier text COLLATE "C" NOT NULL, customer text COLLATE "C" NOT NULL,
            account text COLLATE "C" NOT NULL, subscription text COLLATE "C" NOT NULL, from_on date NOT NULL,
            to_on date, ended_by text NOT NULL
        );
        CREATE INDEX ON usage_identifiers (key);
        CREATE INDEX ON usage_identifiers (account, subscription);
        CREATE INDEX ON usage_identifiers (customer);
    """
    indexes = """
        CREATE INDEX ON usage_identifiers (identifier);
        CREATE INDEX ON usage_identifiers (reverse(identifier));
    """
    folds: tuple[type[Event], ...] = (
        IdentifierAssigned, IdentifierReleased, SubscriptionTerminated, SubscriptionMovedAway,
        SubscriptionChangeCancelled, CustomerForgotten,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        forgotten = [entry.event for entry in page if isinstance(entry.event, CustomerForgotten)]
        changed = [entry for entry in page if not isinstance(entry.event, CustomerForgotten)]
        if changed:
            self._change(cursor, changed)
        if forgotten:
            self.forget(cursor, forgotten)

    def _change(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        keys = [entry.number for entry in page if entry.stream.startswith("identifier/")]
        of_accounts = [(e.number, e.event.subscription) for e in page if isinstance(e.event, ENDS)]
        accounts, codes = [number for number, _ in of_accounts], [code for _, code in of_accounts]
        rows = [IdentifierRow(*row) for row in cursor.execute(CONCERNED, (keys, accounts, codes))]
        touched = {row.key for row in rows} | set(keys)
        for entry in page:
            rows = list(_folded(rows, entry))
        cursor.execute("DELETE FROM usage_identifiers WHERE key = ANY(%s)", (sorted(touched),))
        if rows:
            insert_rows(cursor, "usage_identifiers", COLUMNS, map(msgspec.structs.astuple, rows))

    def forget(self, cursor: Cursor, forgotten: Sequence[CustomerForgotten]) -> None:
        """Usage that comes for somebody who was forgotten finds nobody."""
        customers = [fact.customer for fact in forgotten]
        cursor.execute("DELETE FROM usage_identifiers WHERE customer = ANY(%s)", (customers,))


ENDS = SubscriptionTerminated | SubscriptionMovedAway | SubscriptionChangeCancelled


def _folded(rows: Iterable[IdentifierRow], entry: LoggedEvent) -> Iterable[IdentifierRow]:
    """The rows after one event."""
    fact = entry.event
    match fact:
        case IdentifierAssigned():
            yield from rows
            yield IdentifierRow(
                entry.number, fact.identifier, fact.customer, fact.account, fact.subscription, fact.effective_on
            )
        case IdentifierReleased():
            for row in rows:
                is_it = row.key == entry.number and _is_last(row, fact.account, fact.subscription, fact.effective_on)
                yield _ended(row, fact.effective_on, "released") if is_it else row
        case SubscriptionTerminated() | SubscriptionMovedAway():
            for row in rows:
                yield from _after_end(row, entry.number, fact)
        case SubscriptionChangeCancelled():
            yield from _after_cancellation(rows, entry.number, fact)


def _is_last(row: IdentifierRow, account: str, subscription: str, on: date) -> bool:
    """Whether a row is what a release is about: it goes on, or ended on that day with its subscription."""
    same = (row.account, row.subscription) == (account, subscription)
    return same and (row.to_on is None or (row.to_on == on and row.ended_by != "released"))


def _ended(row: IdentifierRow, on: date, by: str) -> IdentifierRow:
    return msgspec.structs.replace(row, to_on=on, ended_by=by)


def _after_end(
    row: IdentifierRow, account: str, fact: SubscriptionTerminated | SubscriptionMovedAway
) -> Iterable[IdentifierRow]:
    """A row ends with its subscription; if that moves, the other account has the identifier from that day on."""
    if (row.account, row.subscription, row.to_on) != (account, fact.subscription, None):
        yield row
    elif isinstance(fact, SubscriptionTerminated):
        yield _ended(row, fact.effective_on, "terminate")
    else:
        yield _ended(row, fact.effective_on, "move-away")
        yield msgspec.structs.replace(row, account=fact.to_account, from_on=max(row.from_on, fact.effective_on))


def _after_cancellation(
    rows: Iterable[IdentifierRow], account: str, fact: SubscriptionChangeCancelled
) -> Iterable[IdentifierRow]:
    """What a termination or move ended goes on; what another account had by the move is gone."""
    rows = list(rows)
    undone = [
        row for row in rows
        if (row.account, row.subscription, row.to_on, row.ended_by)
        == (account, fact.subscription, fact.effective_on, fact.kind)
    ]  # fmt: skip
    moved = {row.key for row in undone if row.ended_by == "move-away"}
    for row in rows:
        if row in undone:
            yield msgspec.structs.replace(row, to_on=None, ended_by="")
        elif not (row.key in moved and row.account != account and row.from_on == fact.effective_on):
            yield row


def identifiers_of(cursor: Cursor, account: str, subscription: str = "") -> list[IdentifierRow]:
    """The identifiers that an account, or one subscription of it, has or had, in order."""
    rows = cursor.execute(
        f"{SELECT} WHERE account = %s AND (%s = '' OR subscription = %s) ORDER BY identifier, from_on",
        (account, subscription, subscription),
    )
    return [IdentifierRow(*row) for row in rows]


def holders_of(cursor: Cursor, identifiers: Collection[str]) -> list[IdentifierRow]:
    """Who has or had any of some identifiers, in the order of identifiers and days."""
    rows = cursor.execute(f"{SELECT} WHERE identifier = ANY(%s) ORDER BY identifier, from_on", (list(identifiers),))
    return [IdentifierRow(*row) for row in rows]


# --- what must hold

INVARIANTS: dict[str, str] = {
    "an identifier belongs to one subscription on a day": """
        SELECT earlier.key || ' on ' || later.from_on FROM usage_identifiers AS earlier
        JOIN usage_identifiers AS later ON later.key = earlier.key AND later.ctid <> earlier.ctid
        AND later.from_on >= earlier.from_on AND (earlier.to_on IS NULL OR later.from_on < earlier.to_on)
        WHERE earlier.from_on < coalesce(earlier.to_on, 'infinity')
        AND later.from_on < coalesce(later.to_on, 'infinity')
    """,
}


def streams_of_customer(cursor: Cursor, customer: str) -> Sequence[str]:
    """The streams of the identifiers that a customer has or had."""
    rows: Iterable[Any] = cursor.execute(
        "SELECT DISTINCT 'identifier/' || key FROM usage_identifiers WHERE customer = %s ORDER BY 1", (customer,)
    )
    return [stream for (stream,) in rows]
