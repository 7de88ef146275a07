"""Which customers and sellers exist, and in which version?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.personal import erased
from billing_core.parties import (
    Customer,
    CustomerChanged,
    CustomerForgotten,
    CustomerRegistered,
    NumberSeriesOpened,
    Seller,
    SellerChanged,
    SellerRegistered,
    apply_seller,
)
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT_CUSTOMERS = """
    INSERT INTO customers (number, version, name, kind, registered_on, details)
    SELECT * FROM unnest(%b::text[], %b::int8[], %b::text[], %b::text[], %b::date[], %b::text[])
    ON CONFLICT (number) DO UPDATE
    SET version = excluded.version, name = excluded.name, kind = excluded.kind, details = excluded.details
"""
UPDATE_FORGOTTEN = """
    UPDATE customers SET name = change.name, details = change.details, forgotten_on = change.forgotten_on,
           documents_kept_until = change.documents_kept_until
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::date[], %b::date[])
        AS change (number, name, details, forgotten_on, documents_kept_until)
    WHERE customers.number = change.number
"""
UPDATE_VERSIONS = """
    UPDATE customers SET version = change.version FROM unnest(%b::text[], %b::int8[]) AS change (number, version)
    WHERE customers.number = change.number
"""
UPSERT_SELLERS = """
    INSERT INTO sellers (code, version, details) SELECT * FROM unnest(%b::text[], %b::int8[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET version = excluded.version, details = excluded.details
"""


class Customers:
    """Every customer and seller as now known. A change keeps the date of registration.

    Of several changes the one recorded last counts, even if it is effective on an earlier day. Of a forgotten customer
    it keeps the number, the day, and the day until which documents still name the customer.
    """

    name = "customers"
    version = 4
    tables = ("customers", "sellers")
    by_stream = True
    definition = """
        CREATE TABLE customers (
            number text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, name text NOT NULL, kind text NOT NULL,
            registered_on date NOT NULL, details text NOT NULL, forgotten_on date, documents_kept_until date);
        CREATE TABLE sellers (code text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, details text NOT NULL);
    """
    indexes = ""
    streams = ("customer", "seller")
    folds = (
        CustomerRegistered, CustomerChanged, CustomerForgotten, SellerRegistered, SellerChanged, NumberSeriesOpened,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        customers: dict[str, tuple[Any, ...]] = {}
        sellers = _sellers_before(cursor, page)
        forgotten: dict[str, tuple[CustomerForgotten, int]] = {}
        for entry in page:
            fact = entry.event
            if isinstance(fact, CustomerRegistered | CustomerChanged):
                known = customers.get(fact.customer.number)
                since = known[4] if known else fact.effective_on
                customers[fact.customer.number] = _customer_row(fact.customer, entry.version, since)
            elif isinstance(fact, SellerRegistered | SellerChanged | NumberSeriesOpened):
                seller = apply_seller(sellers[entry.number][0] if entry.number in sellers else None, fact)
                if seller is not None:
                    sellers[entry.number] = (seller, entry.version)
            elif isinstance(fact, CustomerForgotten):
                forgotten[fact.customer] = (fact, entry.version)
        if customers:
            cursor.execute(UPSERT_CUSTOMERS, as_columns(customers.values(), 6))
        if sellers:
            cursor.execute(UPSERT_SELLERS, as_columns((_seller_row(*known) for known in sellers.values()), 3))
        if forgotten:
            self.forget(cursor, [fact for fact, _ in forgotten.values()])
            versions = ((number, version) for number, (_, version) in forgotten.items())
            cursor.execute(UPDATE_VERSIONS, as_columns(versions, 2))

    def forget(self, cursor: Cursor, forgotten: Sequence[CustomerForgotten]) -> None:
        facts = {fact.customer: fact for fact in forgotten}
        cursor.execute("SELECT details FROM customers WHERE number = ANY(%s)", (list(facts),))
        left = [erased(msgspec.json.decode(details, type=Customer)) for (details,) in cursor.fetchall()]
        cursor.execute(UPDATE_FORGOTTEN, as_columns((_forgotten_row(each, facts[each.number]) for each in left), 5))


def _sellers_before(cursor: Cursor, page: Sequence[LoggedEvent]) -> dict[str, tuple[Seller, int]]:
    """The sellers that change in a page, as they are known before it, with their versions."""
    codes = [entry.number for entry in page if isinstance(entry.event, SellerChanged | NumberSeriesOpened)]
    if not codes:
        return {}
    rows = cursor.execute("SELECT code, details, version FROM sellers WHERE code = ANY(%s)", (codes,)).fetchall()
    return {code: (msgspec.json.decode(details, type=Seller), version) for code, details, version in rows}


def _seller_row(seller: Seller, version: int) -> tuple[Any, ...]:
    return seller.code, version, msgspec.json.encode(seller).decode()


def _customer_row(customer: Customer, version: int, registered_on: date) -> tuple[Any, ...]:
    details = msgspec.json.encode(customer).decode()
    return customer.number, version, customer.name, customer.kind, registered_on, details


def _forgotten_row(customer: Customer, fact: CustomerForgotten) -> tuple[Any, ...]:
    details = msgspec.json.encode(customer).decode()
    return customer.number, customer.name, details, fact.effective_on, fact.kept_until


# --- queries


class CustomerRow(msgspec.Struct):
    """A customer as listed. A forgotten customer is named on some documents until `documents_kept_until`."""

    customer: Customer
    version: int
    registered_on: date
    forgotten_on: date | None
    documents_kept_until: date | None


def list_sellers(cursor: Cursor) -> list[Seller]:
    """All sellers, in order of code."""
    rows = cursor.execute("SELECT details FROM sellers ORDER BY code")
    return [msgspec.json.decode(details, type=Seller) for (details,) in rows]


MATCHES = "number > %(after)s AND (number ILIKE ANY(%(patterns)s) OR name ILIKE ANY(%(patterns)s))"


def list_customers(cursor: Cursor, search: str, limit: int, after: str = "") -> list[CustomerRow]:
    """Customers whose number or name contains the text, in order of number, after a number."""
    cursor.execute(
        f"""SELECT details, version, registered_on, forgotten_on, documents_kept_until FROM customers
            WHERE {MATCHES} ORDER BY number LIMIT %(limit)s""",
        {"after": after, "patterns": _patterns(search), "limit": limit},
    )
    return [CustomerRow(msgspec.json.decode(details, type=Customer), *rest) for details, *rest in cursor.fetchall()]


def customer_named(cursor: Cursor, number: str) -> CustomerRow | None:
    """The customer of a number."""
    row = cursor.execute(
        """SELECT details, version, registered_on, forgotten_on, documents_kept_until FROM customers
           WHERE number = %s""",
        (number,),
    ).fetchone()
    return None if row is None else CustomerRow(msgspec.json.decode(row[0], type=Customer), *row[1:])


def count_customers(cursor: Cursor, search: str = "", after: str = "") -> int:
    """The number of customers whose number or name contains the text, after a number."""
    found = {"after": after, "patterns": _patterns(search)}
    return int(cursor.execute(f"SELECT count(*) FROM customers WHERE {MATCHES}", found).fetchone()[0])


def _patterns(search: str) -> list[str]:
    """The text in several spellings: in byte order ILIKE ignores case only for a to z."""
    written = sorted({search, search.lower(), search.upper(), search.title()})
    return ["%" + re.sub(r"([%_\\])", r"\\\1", text) + "%" for text in written]


# --- what must hold

INVARIANTS = {
    # Keys come back if their table is restored from an older backup; forgetting again destroys them again.
    "the keys of a customer who was forgotten are destroyed": """
        SELECT customer FROM billing.person_keys AS keys JOIN customers ON customers.number = keys.customer
        WHERE forgotten_on IS NOT NULL AND (personal_key IS NOT NULL
            OR document_key IS NOT NULL AND (customers.documents_kept_until IS NULL
                OR keys.documents_kept_until IS DISTINCT FROM customers.documents_kept_until))
    """,
}


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The stream of the customer itself."""
    return [f"customer/{customer}"]


AREA = Area(true_by_date=(Customers(),), invariants=INVARIANTS, streams_of_customer=streams_of_customer)
