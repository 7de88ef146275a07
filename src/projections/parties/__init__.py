"""Sellers and customers: as they are now (`customers`), listed and found (`customer_lists`), and asked for consents."""

from __future__ import annotations

from projections.parties.consents import ConsentPurposeRow, ConsentPurposes, list_purposes
from projections.parties.customer_lists import (
    SELECT_RECORDS,
    Chosen,
    CustomerRow,
    CustomerSort,
    CustomerSourceRow,
    count_customers,
    customer_named,
    list_customers,
    list_sources,
    names_of,
    records_of,
    sorted_customers,
)
from projections.parties.customers import Customers, list_sellers
from projections.platform.area import Area
from projections.platform.projection import Cursor

__all__ = [
    "AREA",
    "SELECT_RECORDS",
    "Chosen",
    "ConsentPurposeRow",
    "CustomerRow",
    "CustomerSort",
    "CustomerSourceRow",
    "Customers",
    "count_customers",
    "customer_named",
    "list_customers",
    "list_purposes",
    "list_sellers",
    "list_sources",
    "names_of",
    "records_of",
    "sorted_customers",
]

# --- what must hold

INVARIANTS = {
    # Keys come back if their table is restored from an older backup; forgetting again destroys them again.
    "the keys of a customer who was forgotten are destroyed": """
        SELECT customer FROM billing.person_keys AS keys JOIN customers ON customers.number = keys.customer
        WHERE forgotten_on IS NOT NULL AND (personal_key IS NOT NULL
            OR document_key IS NOT NULL AND (customers.documents_kept_until IS NULL
                OR keys.documents_kept_until IS DISTINCT FROM customers.documents_kept_until))
    """,
    "a parent is a customer who knows the child": """
        SELECT number FROM customers WHERE parent <> '' AND NOT EXISTS (
            SELECT FROM customers AS parents WHERE parents.number = customers.parent
            AND parents.state::jsonb -> 'children' ? customers.number)
    """,
    "a customer is merged into one who knows it": """
        SELECT number FROM customers WHERE merged_into <> '' AND NOT EXISTS (
            SELECT FROM customers AS kept WHERE kept.number = customers.merged_into
            AND kept.state::jsonb -> 'merged' ? customers.number)
    """,
    "a customer who was merged into another one has no account": """
        SELECT number FROM customers WHERE merged_into <> ''
            AND EXISTS (SELECT FROM accounts WHERE accounts.customer = customers.number)
    """,
}


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The stream of the customer itself."""
    return [f"customer/{customer}"]


AREA = Area(
    true_by_date=(Customers(), ConsentPurposes()), invariants=INVARIANTS, streams_of_customer=streams_of_customer
)
