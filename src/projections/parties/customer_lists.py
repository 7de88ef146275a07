"""Which customers are there, and which of them does a text find?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

import msgspec

from billing_core.parties.consents import Consents
from billing_core.parties.contacts import Contacts
from billing_core.parties.customers import Customer
from billing_core.parties.families import Parent
from projections.custom_fields import values_found
from projections.customer_search import EXACT, Wanted, wanted
from projections.dealers import customers_of
from projections.parties.customers import OF_DIGITS, decode_customer
from projections.platform.ordering import Order
from projections.platform.projection import Cursor


class CustomerRow(msgspec.Struct):
    """A customer as listed. A forgotten customer is named on some documents until `documents_kept_until`."""

    customer: Customer
    version: int
    registered_on: date
    forgotten_on: date | None
    documents_kept_until: date | None
    dealer: str
    contacts: Contacts
    consents: Consents
    parent: Parent | None
    children: tuple[str, ...]
    merged_into: str
    merged: tuple[str, ...]


SELECT_CUSTOMERS = "SELECT state, version FROM customers"


# A text may also be the number of an account or document, or the code of a service, of the customer.
SELECT_NAMED = """
    SELECT customer FROM accounts WHERE number = %(text)s
    UNION SELECT accounts.customer FROM accounts JOIN documents ON documents.account = accounts.number
        WHERE documents.number = %(text)s
    UNION SELECT customer FROM accounts JOIN subscriptions ON subscriptions.account = accounts.number
        WHERE subscription = %(text)s
"""
NAMED = "number = ANY(%(named)s)"
MOST_BY_FIELDS = 1_000
# A tag of a record that was merged into another customer finds that customer.
TAGGED = """number IN (
    WITH RECURSIVE tagged (number) AS (
        SELECT customer FROM customer_tags WHERE tag = %(tag)s
        UNION SELECT merged_into FROM customers JOIN tagged USING (number) WHERE merged_into <> '')
    SELECT number FROM tagged)"""


class Chosen(NamedTuple):
    """Which customers are listed in addition to what a text finds: those of a dealer, of a source, and with a tag."""

    dealer: str = ""
    source: str = ""
    tag: str = ""

    @property
    def condition(self) -> str:
        """Records that were merged into another one are found by that one only."""
        of_source = "source = %(source)s" if self.source else "true"
        tagged = TAGGED if self.tag else "true"
        return f"merged_into = '' AND {customers_of('number', self.dealer)} AND {of_source} AND {tagged}"


EVERYONE = Chosen()
CustomerSort = Literal["number", "-number", "name", "-name", "registered_on", "-registered_on"]
ORDERS: Mapping[CustomerSort, Order] = {
    "number": Order("number"),
    "-number": Order("number", is_descending=True),
    "name": Order("number", "sorted_name"),
    "-name": Order("number", "sorted_name", is_descending=True),
    "registered_on": Order("number", "registered_on"),
    "-registered_on": Order("number", "registered_on", is_descending=True),
}


def list_customers(
    cursor: Cursor, search: str, limit: int, after: str = "", chosen: Chosen = EVERYONE
) -> list[CustomerRow]:
    """The customers that a text finds, those without a slip first, then in order of number, after a number.

    Without a text it is all of them, and with a dealer, source or tag only those. The text is words of name, address,
    e-mail, ids or contacts (`customer_search`), a phone number, the number of a document or account, the code of a
    service, or words of a custom field that is searchable. What finds a record that was merged into another customer
    finds that customer.
    """
    if not search:
        cursor.execute(
            f"{SELECT_CUSTOMERS} WHERE number > %(after)s AND {chosen.condition} ORDER BY number LIMIT %(limit)s",
            {"after": after, "limit": limit, **chosen._asdict()},
        )
        return [_listed(row) for row in cursor.fetchall()]
    found = _found(cursor, search, after)
    cursor.execute(
        f"{SELECT_CUSTOMERS} WHERE {found.condition} AND {chosen.condition} ORDER BY {found.slips}, number "
        "LIMIT %(limit)s",
        found.parameters | {"limit": limit, **chosen._asdict()},
    )
    return [_listed(row) for row in cursor.fetchall()]


def sorted_customers(
    cursor: Cursor, search: str, limit: int, sort: CustomerSort, after: str = "", chosen: Chosen = EVERYONE
) -> list[CustomerRow]:
    """The customers that a text finds, or all of them, in an order, after a number."""
    order = ORDERS[sort]
    found = _found(cursor, search, "") if search else Wanted("true", EXACT, {}, "true")
    at = f"(SELECT {order.column} FROM customers WHERE number = %(after)s)"
    cursor.execute(
        f"{SELECT_CUSTOMERS} WHERE {found.condition} AND {chosen.condition} "
        f"AND {order.beyond(is_first=not after, at=at)} ORDER BY {order.by} LIMIT %(limit)s",
        {**found.parameters, "after": after, "limit": limit, **chosen._asdict()},
    )
    return [_listed(row) for row in cursor.fetchall()]


def count_customers(cursor: Cursor, search: str = "", after: str = "", chosen: Chosen = EVERYONE) -> int:
    """The number of customers that a text finds, after a number."""
    later = "number > %(after)s"
    found = _found(cursor, search, after) if search else Wanted(later, EXACT, {"after": after}, later)
    statement = f"SELECT count(*) FROM customers WHERE {found.condition} AND {chosen.condition}"
    return int(cursor.execute(statement, found.parameters | chosen._asdict()).fetchone()[0])


def _found(cursor: Cursor, search: str, after: str) -> Wanted:
    """The condition by which a text finds customers, in the order of the list after a number."""
    named = [number for (number,) in cursor.execute(SELECT_NAMED, {"text": search.strip()}).fetchall()]
    named += [value.number for value in values_found(cursor, "customer", search, MOST_BY_FIELDS)]
    found = wanted(search) or Wanted("false", EXACT, {}, "false")
    named += _kept_of(cursor, found, named)
    parameters = found.parameters | {"named": named, "after": after}
    condition = f"({found.condition} OR {NAMED})" if named else f"({found.condition})"
    slips = f"CASE WHEN {NAMED} THEN 0 ELSE {found.slips} END" if named else f"({found.slips})"
    if after:
        before = f"coalesce((SELECT {slips} FROM customers WHERE number = %(after)s), 0)"
        condition = f"{condition} AND ({slips}, number) > ({before}, %(after)s)"
    return found._replace(condition=condition, slips=slips, parameters=parameters)


def customer_named(cursor: Cursor, number: str) -> CustomerRow | None:
    """The customer of a number."""
    row = cursor.execute(f"{SELECT_CUSTOMERS} WHERE number = %s", (number,)).fetchone()
    return None if row is None else _listed(row)


def _kept_of(cursor: Cursor, found: Wanted, named: Sequence[str]) -> list[str]:
    """The customers into which those that a text finds or names were merged, directly or through others."""
    statement = f"""
        WITH RECURSIVE kept (number) AS (
            SELECT merged_into FROM customers WHERE merged_into <> '' AND ({found.condition} OR {NAMED})
            UNION SELECT merged_into FROM customers JOIN kept USING (number) WHERE merged_into <> '')
        SELECT number FROM kept"""
    return [number for (number,) in cursor.execute(statement, found.parameters | {"named": list(named)}).fetchall()]


# The number of a customer, the parameter `customer`, and of all records that were merged into it.
SELECT_RECORDS = """
    WITH RECURSIVE records (number) AS (
        SELECT %(customer)s::text COLLATE "C"
        UNION SELECT customers.number FROM customers JOIN records ON merged_into = records.number
        WHERE merged_into <> '')
    SELECT number FROM records
"""


def next_number(cursor: Cursor) -> str:
    """The number after the greatest one of digits alone: after 104217, K-5 and 99 it is 104218; without any it is 1."""
    row = cursor.execute(
        f"SELECT number FROM customers WHERE {OF_DIGITS} ORDER BY length(number) DESC, number DESC LIMIT 1"
    ).fetchone()
    return "1" if row is None else str(int(row[0]) + 1)


def records_of(cursor: Cursor, number: str) -> list[str]:
    """The number of a customer, and of all records that were merged into it, directly or through others."""
    others = {other for (other,) in cursor.execute(SELECT_RECORDS, {"customer": number}).fetchall()} - {number}
    return [number, *sorted(others)]


def names_of(cursor: Cursor, numbers: Sequence[str], dealer: str = "") -> dict[str, str]:
    """The names of some customers by their numbers; with a dealer, of the dealer's own alone."""
    statement = (
        f"SELECT number, name FROM customers WHERE number = ANY(%(numbers)s) AND {customers_of('number', dealer)}"
    )
    return dict(cursor.execute(statement, {"numbers": list(numbers), "dealer": dealer}).fetchall())


class CustomerSourceRow(msgspec.Struct):
    """How so many customers came."""

    source: str
    customers: int


def list_sources(cursor: Cursor, limit: int, after: str = "", dealer: str = "") -> list[CustomerSourceRow]:
    """The sources of customers, in order."""
    statement = f"""SELECT source, count(*) FROM customers WHERE source > %(after)s AND source <> ''
        AND {Chosen(dealer).condition} GROUP BY source ORDER BY source LIMIT %(limit)s"""
    rows = cursor.execute(statement, {"after": after, "limit": limit, "dealer": dealer}).fetchall()
    return [CustomerSourceRow(*row) for row in rows]


def _listed(row: Sequence[Any]) -> CustomerRow:
    encoded, version = row
    state = decode_customer(encoded)
    return CustomerRow(
        state.customer, version, state.registered_on, state.forgotten_on, state.documents_kept_until, state.dealer,
        state.contacts, state.consents, state.parent, state.children,
        state.merged_into, state.merged,
    )  # fmt: skip
