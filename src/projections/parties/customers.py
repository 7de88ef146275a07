"""Which customers and sellers exist, and in which version?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from billing_core.kernel.events import Event
from billing_core.parties import customers as rules
from billing_core.parties.consents import Consents
from billing_core.parties.customers import (
    CustomerChanged,
    CustomerRegistered,
    CustomerState,
    apply_customer,
)
from billing_core.parties.forgotten import CustomerForgotten
from billing_core.parties.number_series import NumberSeriesOpened
from billing_core.parties.places import place_of
from billing_core.parties.sellers import Seller, SellerChanged, SellerRegistered, apply_seller
from projections.customer_search import as_terms, sorted_by, terms_of, words_of
from projections.platform.projection import Cursor, LoggedEvent, as_array, as_columns

COLUMNS = {
    "number": "text", "version": "int8", "name": "text", "state": "text",
    "words": "text", "terms": "text", "forgotten_on": "date", "documents_kept_until": "date", "dealer": "text",
    "source": "text", "parent": "text", "merged_into": "text", "kind": "text", "language": "text",
    "registered_on": "date", "registered_by": "text", "city": "text", "district": "text", "street": "text",
    "building": "text", "consents": "text", "sorted_name": "text",
}  # fmt: skip
# Columns that are arrays are handed in as texts.
ARRAYS = {"terms": "int4[]", "consents": "text[]"}
UPSERT_CUSTOMERS = f"""
    INSERT INTO customers ({", ".join(COLUMNS)})
    SELECT {", ".join(f"{name}::{ARRAYS[name]}" if name in ARRAYS else name for name in COLUMNS)}
    FROM unnest({", ".join(f"%b::{kind}[]" for kind in COLUMNS.values())}) AS change ({", ".join(COLUMNS)})
    ON CONFLICT (number) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "number")}
"""
UPSERT_SELLERS = """
    INSERT INTO sellers (code, version, details) SELECT * FROM unnest(%b::text[], %b::int8[], %b::text[])
    ON CONFLICT (code) DO UPDATE SET version = excluded.version, details = excluded.details
"""
# Numbers that a program could have counted up; of two of these the longer one is the greater one.
OF_DIGITS = "number ~ '^[1-9][0-9]{0,17}$'"


class Customers:
    """Every customer and seller as now known. A change of details keeps the date of registration.

    Of several changes the one recorded last counts, even if it is effective on an earlier day. Of a forgotten customer
    it keeps the number, the day, and the day until which documents still name the customer. What reports count stands
    in columns of its own: `registered_by` is who registered the customer, `city` to `building` are where it is served,
    `consents` are the purposes to which it agrees, and by `sorted_name` a list is sorted.
    """

    name = "customers"
    version = 11
    tables = ("customers", "sellers")
    by_stream = True
    definition = """
        CREATE TABLE customers (
            number text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, name text NOT NULL,
            state text NOT NULL, words text COLLATE "C" NOT NULL,
            terms integer[] NOT NULL, forgotten_on date, documents_kept_until date,
            dealer text COLLATE "C" NOT NULL, source text COLLATE "C" NOT NULL, parent text COLLATE "C" NOT NULL,
            merged_into text COLLATE "C" NOT NULL, kind text NOT NULL, language text NOT NULL,
            registered_on date NOT NULL, registered_by text NOT NULL, city text NOT NULL, district text NOT NULL,
            street text NOT NULL, building text NOT NULL, consents text[] NOT NULL,
            sorted_name text COLLATE "C" NOT NULL);
        CREATE TABLE sellers (code text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, details text NOT NULL);
    """
    # Its list of pending entries, which a search reads through, is short: with the usual 4 MB no plan takes the index,
    # and without a list it takes three times as long to bring in many customers.
    indexes = f"""
        ALTER TABLE customers ALTER terms SET STATISTICS 1000;
        CREATE INDEX ON customers USING gin (terms) WITH (gin_pending_list_limit = 256);
        CREATE INDEX ON customers (dealer, number) WHERE dealer <> '';
        CREATE INDEX ON customers (sorted_name, number);
        CREATE INDEX ON customers (registered_on, number);
        CREATE INDEX ON customers (source, number) WHERE source <> '';
        CREATE INDEX ON customers (merged_into, number) WHERE merged_into <> '';
        CREATE INDEX ON customers (length(number), number) WHERE {OF_DIGITS};
    """
    streams = ("customer", "seller")
    folds: tuple[type[Event], ...] = (
        CustomerRegistered, *rules.FOLDS, SellerRegistered, SellerChanged, NumberSeriesOpened
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        customers = _customers_before(cursor, page)
        sellers = _sellers_before(cursor, page)
        for entry in page:
            fact = entry.event
            if isinstance(fact, SellerRegistered | SellerChanged | NumberSeriesOpened):
                seller = apply_seller(sellers[entry.number][0] if entry.number in sellers else None, fact)
                if seller is not None:
                    sellers[entry.number] = (seller, entry.version)
                continue
            known = customers.get(entry.number)
            state = apply_customer(known.state if known else None, _opening(fact, known))
            if state is not None:
                customers[entry.number] = Known(state, entry.version, known.by if known else entry.origin.actor)
        if customers:
            cursor.execute(UPSERT_CUSTOMERS, as_columns(map(_customer_row, customers.values()), len(COLUMNS)))
        if sellers:
            cursor.execute(UPSERT_SELLERS, as_columns((_seller_row(*known) for known in sellers.values()), 3))

    def forget(self, cursor: Cursor, forgotten: Sequence[CustomerForgotten]) -> None:
        facts = {fact.customer: fact for fact in forgotten}
        known = _known(cursor, list(facts))
        left = [
            Known(state, version, by)
            for number, (before, version, by) in known.items()
            if (state := apply_customer(before, facts[number])) is not None
        ]
        if left:
            cursor.execute(UPSERT_CUSTOMERS, as_columns(map(_customer_row, left), len(COLUMNS)))


class Known(NamedTuple):
    """A customer as known after the event of a version, and who registered it."""

    state: CustomerState
    version: int
    by: str


def _customers_before(cursor: Cursor, page: Sequence[LoggedEvent]) -> dict[str, Known]:
    """The customers that change in a page, as they are known before it."""
    registered = {entry.number for entry in page if isinstance(entry.event, CustomerRegistered)}
    of_customers = {entry.number for entry in page if entry.stream.startswith("customer/")}
    return _known(cursor, sorted(of_customers - registered)) if of_customers - registered else {}


def _known(cursor: Cursor, numbers: list[str]) -> dict[str, Known]:
    rows = cursor.execute(
        "SELECT number, state, version, registered_by FROM customers WHERE number = ANY(%s)", (numbers,)
    ).fetchall()
    return {number: Known(decode_customer(state), version, by) for number, state, version, by in rows}


def _opening(fact: Event, known: Known | None) -> Event:
    """A change of details before the registration that is known, by an effective date, tells of the customer too."""
    if known is None and isinstance(fact, CustomerChanged):
        return CustomerRegistered(effective_on=fact.effective_on, customer=fact.customer)
    return fact


def _sellers_before(cursor: Cursor, page: Sequence[LoggedEvent]) -> dict[str, tuple[Seller, int]]:
    """The sellers that change in a page, as they are known before it, with their versions."""
    codes = [entry.number for entry in page if isinstance(entry.event, SellerChanged | NumberSeriesOpened)]
    if not codes:
        return {}
    rows = cursor.execute("SELECT code, details, version FROM sellers WHERE code = ANY(%s)", (codes,)).fetchall()
    return {code: (msgspec.json.decode(details, type=Seller), version) for code, details, version in rows}


def _seller_row(seller: Seller, version: int) -> tuple[Any, ...]:
    return seller.code, version, msgspec.json.encode(seller).decode()


def _customer_row(known: Known) -> tuple[Any, ...]:
    state, version, by = known
    customer = state.customer
    terms = as_terms(terms_of(customer, state.contacts))
    return (
        customer.number, version, customer.name, encode_customer(state).decode(),
        words_of(customer, state.contacts), terms, state.forgotten_on, state.documents_kept_until,
        state.dealer, customer.source, state.parent.number if state.parent else "", state.merged_into,
        customer.kind, customer.language, state.registered_on, by, *place_of(customer),
        as_array(_agreed(state.consents)), sorted_by(customer.name),
    )  # fmt: skip


def _agreed(consents: Consents) -> list[str]:
    """The purposes to which a customer agrees, by the last word on each."""
    return sorted(code for code, history in consents.items() if history and history[-1].wording_version is not None)


encode_customer = msgspec.json.Encoder(decimal_format="string").encode
decode_customer = msgspec.json.Decoder(CustomerState).decode


# --- queries


def list_sellers(cursor: Cursor) -> list[Seller]:
    """All sellers, in order of code."""
    rows = cursor.execute("SELECT details FROM sellers ORDER BY code")
    return [msgspec.json.decode(details, type=Seller) for (details,) in rows]
