"""What a search finds, kind by kind, for who may ask for it.

Customers are listed with address and balance; one of an account or document that is named exactly is among them. All
else is what `FindAnything` hits; an account is left out if its customer stands above.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from adapters.pages.lists import State
from adapters.pages.page import N_
from adapters.pages.search.hits import LABELS, Found, shown
from adapters.pages.visit import Visit
from adapters.views.parties import CustomerEntry, ListCustomers
from adapters.views.parties.customers import OwnedAccount
from adapters.views.search import FindAnything
from billing_core.kernel.money import Money

MOST_OF_KIND, MOST_OF_ONE_KIND = 8, 50


class Kind(NamedTuple):
    """The things of one kind that were found; `has_more` if not all of them are shown."""

    name: str
    label: str
    found: list[Found]
    has_more: bool


def search(visit: Visit, sought: str, only: str = "") -> list[Kind]:
    """Everything that fits, by kind; of one kind alone more of it."""
    limit = MOST_OF_ONE_KIND if only else MOST_OF_KIND
    kinds = [kind for kind in _kinds(visit, sought, limit) if kind.found]
    return [kind for kind in kinds if only in ("", kind.name)]


def _kinds(visit: Visit, sought: str, limit: int) -> Iterator[Kind]:
    customers: set[str] = set()
    if visit.may(ListCustomers):
        page = visit.ask(ListCustomers, search=sought, limit=limit)
        customers = {each.customer.number for each in page.items}
        yield Kind("customers", N_("Customers"), [_customer(each) for each in page.items], page.next is not None)
    if visit.may(FindAnything):
        hits = visit.ask(FindAnything, text=sought, limit=limit + 1).items
        for kind, label in LABELS.items():
            of_kind = [
                hit for hit in hits if hit.kind == kind and not (kind == "account" and hit.customer in customers)
            ]
            yield Kind(f"{kind}s", label, [shown(visit, hit) for hit in of_kind[:limit]], len(of_kind) > limit)


def _customer(entry: CustomerEntry) -> Found:
    customer = entry.customer
    details = [", ".join(customer.address.lines()), customer.phone, customer.email, *customer.legal_ids.values()]
    return Found(
        f"customer-{customer.number}", f"/customers/{customer.number}", customer.name, customer.number,
        " · ".join(each for each in details if each), _standing(entry), tuple(sums_of(entry.accounts)),
    )  # fmt: skip


def _standing(entry: CustomerEntry) -> State | None:
    if entry.forgotten_on:
        return State(N_("Forgotten"), "calm")
    return State(N_("Not billed"), "bad") if any(each.parked for each in entry.accounts) else None


def sums_of(accounts: Iterable[OwnedAccount]) -> list[Money]:
    """The balances of accounts, added up currency by currency."""
    sums: dict[str, Decimal] = {}
    for account in accounts:
        if account.balance is not None:
            sums[account.balance.currency] = sums.get(account.balance.currency, Decimal(0)) + account.balance.amount
    return [Money(amount, currency) for currency, amount in sums.items()]
