"""Which bases of customers are saved, and who is in one?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import msgspec

from billing_core.kernel.events import Event
from billing_core.outreach.bases import CustomerBaseRemoved, CustomerBaseSaved, CustomerChoice
from billing_core.parties.customers import CustomerState
from projections.parties.customers import decode_customer
from projections.platform.projection import Cursor, LoggedEvent, as_columns
from projections.platform.runner import LIVE_SCHEMA

PAGE = 2_000
UPSERT_BASES = """
    INSERT INTO customer_bases (code, name, seller, choice, saved_on)
    SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::date[])
    ON CONFLICT (code) DO UPDATE SET name = excluded.name, seller = excluded.seller, choice = excluded.choice,
        saved_on = excluded.saved_on
"""
DELETE_BASES = "DELETE FROM customer_bases WHERE code = ANY(%b::text[])"


class CustomerBases:
    """Every base that is saved and not removed."""

    name = "customer_bases"
    version = 1
    tables = ("customer_bases",)
    by_stream = True
    definition = """
        CREATE TABLE customer_bases (
            code text COLLATE "C" PRIMARY KEY, name text NOT NULL, seller text COLLATE "C" NOT NULL,
            choice text NOT NULL, saved_on date NOT NULL);
    """
    indexes = ""
    streams = ("customer-base",)
    folds: tuple[type[Event], ...] = (CustomerBaseSaved, CustomerBaseRemoved)

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        last = {entry.number: entry.event for entry in page}
        saved = [fact for fact in last.values() if isinstance(fact, CustomerBaseSaved)]
        rows = (
            (fact.base, fact.name, fact.seller, msgspec.json.encode(fact.choice).decode(), fact.effective_on)
            for fact in saved
        )
        cursor.execute(UPSERT_BASES, as_columns(rows, 5))
        gone = [code for code, fact in last.items() if isinstance(fact, CustomerBaseRemoved)]
        cursor.execute(DELETE_BASES, (gone,))


# --- queries


class CustomerBaseRow(msgspec.Struct):
    """A base as listed."""

    base: str
    name: str
    seller: str
    choice: CustomerChoice
    saved_on: date


def list_bases(cursor: Cursor) -> list[CustomerBaseRow]:
    """All bases, in order of code."""
    rows = cursor.execute("SELECT code, name, seller, choice, saved_on FROM customer_bases ORDER BY code")
    return [
        CustomerBaseRow(code, name, seller, msgspec.json.decode(choice, type=CustomerChoice), saved_on)
        for code, name, seller, choice, saved_on in rows.fetchall()
    ]


# --- who is in a base

# Who is written to is asked of the live tables, wherever the question comes from.
ACCOUNTS = f"{LIVE_SCHEMA}.accounts AS accounts WHERE accounts.customer = customers.number AND seller = %(seller)s"
# The address of the services if it is another one, else that of the documents.
ADDRESS = (
    "coalesce(details.state #> '{customer,installation_address}', details.state #> '{customer,address}', '{}'::jsonb)"
)
CONDITIONS = {
    "tags": f"EXISTS (SELECT FROM {LIVE_SCHEMA}.customer_tags AS tags "
            "WHERE tags.customer = customers.number AND tag = ANY(%(tags)s))",
    "tariffs": f"EXISTS (SELECT FROM {ACCOUNTS} AND EXISTS ("
               f"SELECT FROM {LIVE_SCHEMA}.subscriptions AS used WHERE used.account = accounts.number "
               "AND status <> 'terminated' AND tariff = ANY(%(tariffs)s)))",
    "cities": f"lower({ADDRESS} ->> 'city') = ANY(%(cities)s)",
    "streets": f"lower({ADDRESS} ->> 'street') LIKE ANY(%(streets)s)",
    "dealers": "customers.dealer = ANY(%(dealers)s)",
    "languages": "coalesce(nullif(details.state #>> '{customer,language}', ''), ("
                 f"SELECT sellers.details::jsonb ->> 'language' FROM {LIVE_SCHEMA}.sellers AS sellers "
                 "WHERE code = %(seller)s), '') = ANY(%(languages)s)",
    "owes_at_least": f"(SELECT -sum(balance) FROM {ACCOUNTS} AND currency = %(currency)s) >= %(owes_at_least)s",
    "consent": "(details.state #> ARRAY['consents', %(consent)s::text] -> -1 ->> 'wording_version') IS NOT NULL",
}  # fmt: skip
SELECT_OF_BASE = """
    SELECT {columns} FROM {schema}.customers AS customers
    CROSS JOIN LATERAL (SELECT customers.state::jsonb AS state) AS details
    WHERE customers.number > %(after)s AND customers.merged_into = '' AND customers.forgotten_on IS NULL
    AND EXISTS (SELECT FROM {accounts}) AND {conditions}
"""


def customers_of_base(cursor: Cursor, seller: str, choice: CustomerChoice, after: str, limit: int) -> list[str]:
    """The numbers of the customers of a base, after a number and in order of number.

    They have an account of the seller, were not merged into another record, and are not forgotten.
    """
    statement, wanted = _selected("customers.number", seller, choice, after)
    rows = cursor.execute(f"{statement} ORDER BY customers.number LIMIT %(limit)s", {**wanted, "limit": limit})
    return [number for (number,) in rows.fetchall()]


def count_of_base(cursor: Cursor, seller: str, choice: CustomerChoice) -> int:
    """How many customers a base has."""
    statement, wanted = _selected("count(*)", seller, choice, "")
    return int(cursor.execute(statement, wanted).fetchone()[0])


def states_of_base(cursor: Cursor, seller: str, choice: CustomerChoice) -> Iterator[CustomerState]:
    """The customers of a base as now known, in order of number, read by pages."""
    after = ""
    while True:
        statement, wanted = _selected("customers.state", seller, choice, after)
        rows = cursor.execute(f"{statement} ORDER BY customers.number LIMIT %(limit)s", {**wanted, "limit": PAGE})
        found = [decode_customer(state) for (state,) in rows.fetchall()]
        yield from found
        if len(found) < PAGE:
            return
        after = found[-1].customer.number


def _selected(columns: str, seller: str, choice: CustomerChoice, after: str) -> tuple[str, dict[str, Any]]:
    """The statement with the conditions that a choice names; its values are parameters alone."""
    wanted: dict[str, Any] = {"seller": seller, "after": after}
    named = ["true"]
    for field, condition in CONDITIONS.items():
        value = getattr(choice, field)
        if value:
            named.append(f"({condition})")
            wanted[field] = list(value) if isinstance(value, tuple) else value
    if choice.owes_at_least is not None:
        wanted |= {"owes_at_least": choice.owes_at_least.amount, "currency": choice.owes_at_least.currency}
    if choice.cities:
        wanted["cities"] = [each.lower() for each in choice.cities]
    if choice.streets:
        wanted["streets"] = [f"{_literal(each.lower())}%" for each in choice.streets]
    statement = SELECT_OF_BASE.format(
        columns=columns, schema=LIVE_SCHEMA, accounts=ACCOUNTS, conditions=" AND ".join(named)
    )
    return statement, wanted


def _literal(text: str) -> str:
    """A text without the signs that LIKE understands."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
