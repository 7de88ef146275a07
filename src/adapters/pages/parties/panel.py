"""A panel of the customer's card, and what several of them ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from adapters.pages.visit import Visit
from adapters.views.accounts import AccountStatement, ShowAccount
from adapters.views.billing import ListInvoices
from adapters.views.parties import CustomerCard, ShowCustomer
from adapters.views.parties.customers import OwnedAccount
from projections.billing import DocumentRow

MOST_ITEMS = 20


class Card:
    """The card while it is made: each answer that several panels need is asked once."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.entry: CustomerCard = visit.ask(ShowCustomer, number=visit.path["number"])
        self.number = self.entry.customer.number
        self.today = visit.today

    @cached_property
    def chosen(self) -> OwnedAccount | None:
        """The account that is explained: the one of the address, else the one that owes most, else the first."""
        accounts = self.entry.accounts
        named = self.visit.query.get("account", "")
        asked = next((each for each in accounts if each.number == named), None)
        owing = min((each for each in accounts if each.balance and each.balance.amount < 0),
                    key=lambda each: each.balance.amount if each.balance else 0, default=None)  # fmt: skip
        return asked or owing or next(iter(accounts), None)

    @cached_property
    def statement(self) -> AccountStatement | None:
        """The statement of the chosen account."""
        if self.chosen is None or not self.visit.may(ShowAccount):
            return None
        found: AccountStatement = self.visit.ask(ShowAccount, account=self.chosen.number)
        return found

    @cached_property
    def open_items(self) -> list[DocumentRow]:
        """The invoices of all accounts that are not fully paid, those due first before the rest."""
        if not self.entry.accounts or not self.visit.may(ListInvoices):
            return []
        found = self.visit.ask(ListInvoices, customer=self.number, state="open", limit=MOST_ITEMS).items
        return sorted(found, key=lambda row: (row.due_on, row.number))


class Panel(NamedTuple):
    """A panel: its name is that of its template, of its anchor, and of the part of the page that htmx replaces.

    `values` are those of its template, with a `count` if its tab shows one, or None if there is nothing to show.
    """

    name: str
    title: str
    asks: tuple[type, ...]
    values: Callable[[Card], Mapping[str, Any] | None]
