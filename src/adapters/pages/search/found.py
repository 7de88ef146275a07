"""What a search finds, kind by kind, for who may ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from adapters.pages.lists import State
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.parties import CustomerEntry, ListCustomers
from adapters.views.parties.customers import OwnedAccount
from adapters.views.work.tickets import ListTickets
from billing_core.kernel.money import Money

MOST_OF_KIND, MOST_OF_ONE_KIND = 8, 50


class Found(NamedTuple):
    """A thing that was found: `key` names it in the address of its preview, `address` is its own page."""

    key: str
    address: str
    title: str
    number: str
    hint: str
    state: State | None = None
    amounts: tuple[Money, ...] = ()


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
    if visit.may(ListCustomers):
        page = visit.ask(ListCustomers, search=sought, limit=limit)
        yield Kind("customers", N_("Customers"), [_customer(each) for each in page.items], page.next is not None)
    if visit.may(ListTickets):
        page = visit.ask(ListTickets, search=sought, state="any", limit=limit)
        found = [
            Found(
                f"ticket-{each.number}", f"/tickets/{each.number}", each.subject, each.number, each.customer,
                State(N_("Open"), "info") if each.state == "open" else State(N_("Closed"), "calm"),
            )
            for each in page.items
        ]  # fmt: skip
        yield Kind("tickets", N_("Tickets"), found, page.next is not None)


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
