"""Which customers and sellers exist, and in which version?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.personal import erased
from billing_core.parties.customers import (
    Customer,
    CustomerAssigned,
    CustomerChanged,
    CustomerRegistered,
    CustomerRegistrationCorrected,
)
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.parties.number_series import NumberSeriesOpened
from billing_core.parties.sellers import Seller, SellerChanged, SellerRegistered, apply_seller
from projections.customer_search import EXACT, Wanted, terms_of, wanted, words_of
from projections.dealers import customers_of
from projections.platform.area import Area
from projections.platform.projection import Cursor, LoggedEvent, as_columns

UPSERT_CUSTOMERS = """
    INSERT INTO customers (number, version, name, kind, registered_on, details, words, terms)
    SELECT number, version, name, kind, registered_on, details, words, terms::int4[]
    FROM unnest(%b::text[], %b::int8[], %b::text[], %b::text[], %b::date[], %b::text[], %b::text[], %b::text[])
        AS change (number, version, name, kind, registered_on, details, words, terms)
    ON CONFLICT (number) DO UPDATE
    SET version = excluded.version, name = excluded.name, kind = excluded.kind, details = excluded.details,
        words = excluded.words, terms = excluded.terms
"""
UPDATE_FORGOTTEN = """
    UPDATE customers SET name = change.name, details = change.details, words = change.words,
           terms = change.terms::int4[], forgotten_on = change.forgotten_on,
           documents_kept_until = change.documents_kept_until
    FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::date[], %b::date[])
        AS change (number, name, details, words, terms, forgotten_on, documents_kept_until)
    WHERE customers.number = change.number
"""
UPDATE_REGISTERED = """
    UPDATE customers SET registered_on = change.registered_on, version = greatest(customers.version, change.version)
    FROM unnest(%b::text[], %b::date[], %b::int8[]) AS change (number, registered_on, version)
    WHERE customers.number = change.number
"""
UPDATE_VERSIONS = """
    UPDATE customers SET version = greatest(customers.version, change.version)
    FROM unnest(%b::text[], %b::int8[]) AS change (number, version)
    WHERE customers.number = change.number
"""
UPDATE_DEALERS = """
    UPDATE customers SET version = greatest(customers.version, change.version), dealer = change.dealer
    FROM unnest(%b::text[], %b::int8[], %b::text[]) AS change (number, version, dealer)
    WHERE customers.number = change.number
"""
UPSERT_SELLERS = """
    INSERT INTO sellers (code, version, details) SELECT * FROM unnest(%b::text[], %b::int8[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET version = excluded.version, details = excluded.details
"""


class Customers:
    """Every customer and seller as now known. A change of details keeps the date of registration.

    Of several changes the one recorded last counts, even if it is effective on an earlier day. Of a forgotten customer
    it keeps the number, the day, and the day until which documents still name the customer.
    """

    name = "customers"
    version = 6
    tables = ("customers", "sellers")
    by_stream = True
    definition = """
        CREATE TABLE customers (
            number text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, name text NOT NULL, kind text NOT NULL,
            registered_on date NOT NULL, details text NOT NULL, words text COLLATE "C" NOT NULL,
            terms integer[] NOT NULL, forgotten_on date, documents_kept_until date,
            dealer text COLLATE "C" NOT NULL DEFAULT '');
        CREATE TABLE sellers (code text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, details text NOT NULL);
    """
    # Its list of pending entries, which a search reads through, is short: with the usual 4 MB no plan takes the index,
    # and without a list it takes three times as long to bring in many customers.
    indexes = """
        ALTER TABLE customers ALTER terms SET STATISTICS 1000;
        CREATE INDEX ON customers USING gin (terms) WITH (gin_pending_list_limit = 256);
        CREATE INDEX ON customers (dealer, number) WHERE dealer <> '';
    """
    streams = ("customer", "seller")
    folds = (
        CustomerRegistered, CustomerChanged, CustomerRegistrationCorrected, CustomerAssigned, CustomerForgotten,
        SellerRegistered, SellerChanged, NumberSeriesOpened,
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        customers: dict[str, tuple[Any, ...]] = {}
        sellers = _sellers_before(cursor, page)
        corrected: dict[str, tuple[date, int]] = {}
        assigned: dict[str, tuple[int, str]] = {}
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
            elif isinstance(fact, CustomerRegistrationCorrected):
                corrected[fact.customer] = (fact.effective_on, entry.version)
            elif isinstance(fact, CustomerAssigned):
                assigned[fact.customer] = (entry.version, fact.dealer)
            elif isinstance(fact, CustomerForgotten):
                forgotten[fact.customer] = (fact, entry.version)
        if customers:
            cursor.execute(UPSERT_CUSTOMERS, as_columns(customers.values(), 8))
        if corrected:
            cursor.execute(UPDATE_REGISTERED, as_columns(((n, *known) for n, known in corrected.items()), 3))
        if assigned:
            cursor.execute(UPDATE_DEALERS, as_columns(((n, *known) for n, known in assigned.items()), 3))
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
        cursor.execute(UPDATE_FORGOTTEN, as_columns((_forgotten_row(each, facts[each.number]) for each in left), 7))


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
    return customer.number, version, customer.name, customer.kind, registered_on, *_searched(customer)


def _searched(customer: Customer) -> tuple[str, str, str]:
    """The details of a customer, and by what it is found."""
    terms = ",".join(map(str, terms_of(customer)))
    return msgspec.json.encode(customer).decode(), words_of(customer), f"{{{terms}}}"


def _forgotten_row(customer: Customer, fact: CustomerForgotten) -> tuple[Any, ...]:
    return customer.number, customer.name, *_searched(customer), fact.effective_on, fact.kept_until


# --- queries


class CustomerRow(msgspec.Struct):
    """A customer as listed. A forgotten customer is named on some documents until `documents_kept_until`."""

    customer: Customer
    version: int
    registered_on: date
    forgotten_on: date | None
    documents_kept_until: date | None
    dealer: str


SELECT_CUSTOMERS = """
    SELECT details, version, registered_on, forgotten_on, documents_kept_until, dealer FROM customers
"""


def list_sellers(cursor: Cursor) -> list[Seller]:
    """All sellers, in order of code."""
    rows = cursor.execute("SELECT details FROM sellers ORDER BY code")
    return [msgspec.json.decode(details, type=Seller) for (details,) in rows]


# A text may also be the number of an account or document, or the code of a service, of the customer.
SELECT_NAMED = """
    SELECT customer FROM accounts WHERE number = %(text)s
    UNION SELECT customer FROM accounts JOIN documents ON documents.account = accounts.number
        WHERE documents.number = %(text)s
    UNION SELECT customer FROM accounts JOIN subscriptions ON subscriptions.account = accounts.number
        WHERE subscription = %(text)s
"""
NAMED = "number = ANY(%(named)s)"


def list_customers(cursor: Cursor, search: str, limit: int, after: str = "", dealer: str = "") -> list[CustomerRow]:
    """The customers that a text finds, those without a slip first, then in order of number, after a number.

    Without a text it is all of them, and with a `dealer` only the dealer's. The text is words of name, address, e-mail
    or ids (`customer_search`), a phone number, the number of a document or account, or the code of a service.
    """
    of_dealer = customers_of("number", dealer)
    if not search:
        cursor.execute(
            f"{SELECT_CUSTOMERS} WHERE number > %(after)s AND {of_dealer} ORDER BY number LIMIT %(limit)s",
            {"after": after, "limit": limit, "dealer": dealer},
        )
        return [_listed(row) for row in cursor.fetchall()]
    found = _found(cursor, search, after)
    cursor.execute(
        f"{SELECT_CUSTOMERS} WHERE {found.condition} AND {of_dealer} ORDER BY {found.slips}, number LIMIT %(limit)s",
        found.parameters | {"limit": limit, "dealer": dealer},
    )
    return [_listed(row) for row in cursor.fetchall()]


def count_customers(cursor: Cursor, search: str = "", after: str = "") -> int:
    """The number of customers that a text finds, after a number."""
    if not search:
        return int(cursor.execute("SELECT count(*) FROM customers WHERE number > %s", (after,)).fetchone()[0])
    found = _found(cursor, search, after)
    statement = f"SELECT count(*) FROM customers WHERE {found.condition}"
    return int(cursor.execute(statement, found.parameters).fetchone()[0])


def _found(cursor: Cursor, search: str, after: str) -> Wanted:
    """The condition by which a text finds customers, in the order of the list after a number."""
    named = [number for (number,) in cursor.execute(SELECT_NAMED, {"text": search.strip()}).fetchall()]
    found = wanted(search) or Wanted("false", EXACT, {})
    parameters = found.parameters | {"named": named, "after": after}
    condition = f"({found.condition} OR {NAMED})" if named else f"({found.condition})"
    slips = f"CASE WHEN {NAMED} THEN 0 ELSE {found.slips} END" if named else f"({found.slips})"
    if after:
        before = f"coalesce((SELECT {slips} FROM customers WHERE number = %(after)s), 0)"
        condition = f"{condition} AND ({slips}, number) > ({before}, %(after)s)"
    return Wanted(condition, slips, parameters)


def customer_named(cursor: Cursor, number: str) -> CustomerRow | None:
    """The customer of a number."""
    row = cursor.execute(f"{SELECT_CUSTOMERS} WHERE number = %s", (number,)).fetchone()
    return None if row is None else _listed(row)


def _listed(row: Sequence[Any]) -> CustomerRow:
    details, *shown = row
    return CustomerRow(msgspec.json.decode(details, type=Customer), *shown)


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
