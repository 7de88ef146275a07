"""Whose personal data an answer shows: what is kept if reads of personal data are.

An area names its queries that show some as `PERSONS`, each with the function that says whose they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from typing import Any, Protocol

from adapters.areas import exported
from adapters.views.query import Query, Reading
from projections.accounts.balances import customers_of_accounts

# The numbers of the customers: of the query, its answer, and what that came from.
Persons = Mapping[type[Query], Callable[[Any, Any, Reading], Iterable[str]]]


class ShownEvent(Protocol):
    """An event as the LOG and the feed show it."""

    @property
    def stream(self) -> str: ...
    @property
    def content(self) -> dict[str, Any]: ...


@cache
def persons() -> Persons:
    """The queries of all areas that show personal data."""
    found: dict[type[Query], Callable[[Any, Any, Reading], Iterable[str]]] = {}
    for of_area in exported("adapters.views", "PERSONS"):
        found |= of_area
    return found


def owners(accounts: Collection[str], reading: Reading) -> list[str]:
    """The customers to whom accounts belong."""
    with reading.source.cursor() as cursor:
        return customers_of_accounts(cursor, accounts)


def customers_in(events: Iterable[ShownEvent], reading: Reading) -> set[str]:
    """The customers whom events are about: named by the stream or the content, or as the owner of the account."""
    found, accounts = set[str](), set[str]()
    for event in events:
        kind, _, number = event.stream.partition("/")
        if named := number if kind == "customer" else event.content.get("customer"):
            found.add(str(named))
        elif kind == "account":
            accounts.add(number)
    return found.union(owners(accounts, reading)) if accounts else found
