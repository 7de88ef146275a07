"""Customers."""

from __future__ import annotations

from adapters.pages.forms import Field
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_, Entry
from adapters.pages.parties import card, notes
from adapters.pages.parties.forms import DETAILS
from adapters.pages.parties.people import PEOPLE
from adapters.views.parties import ListCustomers
from commands.parties import RegisterCustomer

PAGES = (*card.PAGES, *notes.PAGES)
FORMS = (*DETAILS, *PEOPLE, *notes.NOTES)
LISTS = (
    List(
        "/customers", ListCustomers, N_("Customers"),
        (
            Column(N_("Customer"), lambda row: row.customer.name, link=lambda row: f"/customers/{row.customer.number}",
                   below=lambda row: row.customer.number, sorts=("name", "-name")),
            Column(N_("Address"), lambda row: ", ".join(row.customer.address.lines())),
            Column(N_("Phone"), lambda row: row.customer.phone),
            Column(N_("E-mail"), lambda row: row.customer.email),
            Column(N_("Since"), lambda row: row.registered_on, "day",
                   sorts=("registered_on", "-registered_on")),
        ),
        filters=(Field("search", N_("Search")), Field("tag", N_("Tag")), Field("source", N_("Came by"))),
        actions=(Act(N_("New customer"), "/customers/new", RegisterCustomer, "n"),),
        empty=N_("A customer is who receives invoices. The first one is registered here, or many from a file."),
    ),
)  # fmt: skip
MENU = (Entry(N_("Customers"), "/customers", "people", ListCustomers, (1, 2), "c"),)
