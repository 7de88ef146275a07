"""Which customers and sellers are there, and in which version?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.parties import Customer, CustomerChanged, CustomerRegistered, Seller, SellerRegistered
from projections.projection import Cursor, LoggedEvent, as_columns

UPSERT_CUSTOMERS = """
    INSERT INTO customers (number, version, name, kind, registered_on, details)
    SELECT * FROM unnest(%b::text[], %b::int8[], %b::text[], %b::text[], %b::date[], %b::text[])
    ON CONFLICT (number) DO UPDATE
    SET version = excluded.version, name = excluded.name, kind = excluded.kind, details = excluded.details
"""
UPSERT_SELLERS = """
    INSERT INTO sellers (code, version, details) SELECT * FROM unnest(%b::text[], %b::int8[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET version = excluded.version, details = excluded.details
"""


class Customers:
    """Every customer and seller as now known. A change keeps the date of registration.

    Of several changes the one learnt last counts, also where it is effective on an earlier day.
    """

    name = "customers"
    version = 1
    tables = ("customers", "sellers")
    by_stream = True
    definition = """
        CREATE TABLE customers (
            number text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, name text NOT NULL, kind text NOT NULL,
            registered_on date NOT NULL, details text NOT NULL);
        CREATE TABLE sellers (code text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, details text NOT NULL);
    """
    indexes = ""

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        customers: dict[str, tuple[Any, ...]] = {}
        sellers: dict[str, tuple[Any, ...]] = {}
        for entry in page:
            match entry.event:
                case (
                    CustomerRegistered(customer=customer, effective_on=on)
                    | CustomerChanged(customer=customer, effective_on=on)
                ):
                    known = customers.get(customer.number)
                    since = known[4] if known else on
                    customers[customer.number] = _customer_row(customer, entry.version, since)
                case SellerRegistered(seller=seller):
                    details = msgspec.json.encode(seller).decode()
                    sellers[seller.code] = (seller.code, entry.version, details)
        if customers:
            cursor.execute(UPSERT_CUSTOMERS, as_columns(customers.values(), 6))
        if sellers:
            cursor.execute(UPSERT_SELLERS, as_columns(sellers.values(), 3))


def _customer_row(customer: Customer, version: int, registered_on: date) -> tuple[Any, ...]:
    details = msgspec.json.encode(customer).decode()
    return customer.number, version, customer.name, customer.kind, registered_on, details


# --- queries


class CustomerRow(msgspec.Struct):
    """A customer as listed."""

    customer: Customer
    version: int
    registered_on: date


MATCHES = "number > %(after)s AND (number ILIKE ANY(%(patterns)s) OR name ILIKE ANY(%(patterns)s))"


def list_customers(cursor: Cursor, search: str, limit: int, after: str = "") -> list[CustomerRow]:
    """Customers whose number or name contains the text, in order of number, after a number."""
    cursor.execute(
        f"SELECT details, version, registered_on FROM customers WHERE {MATCHES} ORDER BY number LIMIT %(limit)s",
        {"after": after, "patterns": _patterns(search), "limit": limit},
    )
    return [CustomerRow(msgspec.json.decode(row[0], type=Customer), row[1], row[2]) for row in cursor.fetchall()]


def count_customers(cursor: Cursor, search: str = "", after: str = "") -> int:
    """How many customers there are whose number or name contains the text, after a number."""
    found = {"after": after, "patterns": _patterns(search)}
    return int(cursor.execute(f"SELECT count(*) FROM customers WHERE {MATCHES}", found).fetchone()[0])


def _patterns(search: str) -> list[str]:
    """The text as a name may have it: in byte order ILIKE takes only a to z and A to Z for the same letters."""
    written = sorted({search, search.lower(), search.upper(), search.title()})
    return ["%" + re.sub(r"([%_\\])", r"\\\1", text) + "%" for text in written]


def list_sellers(cursor: Cursor) -> dict[str, tuple[Seller, int]]:
    """All sellers with their versions, by code."""
    rows = cursor.execute("SELECT code, version, details FROM sellers ORDER BY code").fetchall()
    return {code: (msgspec.json.decode(details, type=Seller), version) for code, version, details in rows}
