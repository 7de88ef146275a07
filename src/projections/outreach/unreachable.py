"""Which addresses of customers are not written to, since a message to them came back for good?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.outreach.reachability import AddressReachable, AddressUnreachable
from billing_core.parties.forgotten import CustomerForgotten
from projections.dealers import customers_of
from projections.platform.projection import Cursor, LoggedEvent, as_columns
from projections.platform.runner import LIVE_SCHEMA

UPSERT = """
    INSERT INTO unreachable_addresses (customer, address, channel, reason, since_on)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::date[])
    ON CONFLICT (customer, address) DO UPDATE SET channel = excluded.channel, reason = excluded.reason,
        since_on = excluded.since_on
"""
DELETE = """
    DELETE FROM unreachable_addresses USING unnest(%b::text[], %b::text[]) AS gone (customer, address)
    WHERE (unreachable_addresses.customer, unreachable_addresses.address) = (gone.customer, gone.address)
"""


class UnreachableAddresses:
    """Every address that is passed over."""

    name = "unreachable_addresses"
    version = 1
    tables = ("unreachable_addresses",)
    by_stream = False
    definition = """
        CREATE TABLE unreachable_addresses (
            customer text COLLATE "C" NOT NULL, address text NOT NULL, channel text NOT NULL, reason text NOT NULL,
            since_on date NOT NULL, PRIMARY KEY (customer, address));
    """
    indexes = ""
    streams = ("reachability", "customer")
    folds: tuple[type[Event], ...] = (AddressUnreachable, AddressReachable, CustomerForgotten)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        last: dict[tuple[str, str], AddressUnreachable | None] = {}
        for entry in page:
            match entry.event:
                case AddressUnreachable() as fact:
                    last[fact.customer, fact.address] = fact
                case AddressReachable() as fact:
                    last[fact.customer, fact.address] = None
        rows: list[tuple[Any, ...]] = [
            (customer, address, fact.channel, fact.reason, fact.effective_on)
            for (customer, address), fact in last.items()
            if fact is not None and address
        ]
        cursor.execute(UPSERT, as_columns(rows, 5))
        cursor.execute(DELETE, as_columns([key for key, fact in last.items() if fact is None], 2))
        if forgotten := [entry.event for entry in page if isinstance(entry.event, CustomerForgotten)]:
            self.forget(cursor, forgotten)

    def forget(self, cursor: Cursor, forgotten: Sequence[CustomerForgotten]) -> None:
        gone = [fact.customer for fact in forgotten]
        cursor.execute("DELETE FROM unreachable_addresses WHERE customer = ANY(%s)", (gone,))


# --- queries


class UnreachableRow(msgspec.Struct):
    """An address that is passed over, and why."""

    customer: str
    channel: str
    address: str
    reason: str
    since_on: date


def list_unreachable(cursor: Cursor, limit: int, after: str, dealer: str = "") -> list[UnreachableRow]:
    """Addresses in order of customer, after one: `C-1 anna@x.test`."""
    customer, _, address = after.partition(" ")
    rows = cursor.execute(
        f"""SELECT customer, channel, address, reason, since_on FROM unreachable_addresses
            WHERE (customer, address) > (%(customer)s, %(address)s) AND {customers_of("customer", dealer)}
            ORDER BY customer, address LIMIT %(limit)s""",
        {"customer": customer, "address": address, "limit": limit, "dealer": dealer},
    )
    return [UnreachableRow(*row) for row in rows.fetchall()]


def unreachable_by_customer(cursor: Cursor) -> Mapping[str, frozenset[str]]:
    """All of them by customer."""
    found: dict[str, set[str]] = defaultdict(set)
    for customer, address in cursor.execute(
        f"SELECT customer, address FROM {LIVE_SCHEMA}.unreachable_addresses"
    ).fetchall():
        found[customer].add(address)
    return {customer: frozenset(addresses) for customer, addresses in found.items()}
