"""Contracts: the paper, who signed it, its annexes, and how it ends."""

from __future__ import annotations

from adapters.pages.contracts.contract import PAGES as PAGES
from adapters.pages.contracts.forms import FORMS as OF_CONTRACTS
from adapters.pages.contracts.kinds import FORMS as OF_KINDS
from adapters.pages.contracts.kinds import LISTS as KINDS
from adapters.pages.contracts.kinds import SET_UP as SET_UP
from adapters.pages.contracts.states import state_of
from adapters.pages.forms import Choice, Field
from adapters.pages.lists import Column, List
from adapters.pages.page import N_
from adapters.views.contracts import ListContracts

STATES = (
    Choice("draft", N_("Draft")), Choice("issued", N_("Issued")), Choice("signed", N_("Signed")),
    Choice("ended", N_("Ended")), Choice("voided", N_("Voided")),
)  # fmt: skip

FORMS = (*OF_CONTRACTS, *OF_KINDS)
# fmt: off
LISTS = (
    *KINDS,
    List(
        "/contracts", ListContracts, N_("Contracts"),
        (
            Column(N_("Contract"), lambda row: row.number, link=lambda row: f"/contracts/{row.number}",
                   below=lambda row: row.kind),
            Column(N_("Customer"), lambda row: row.customer, link=lambda row: f"/customers/{row.customer}"),
            Column(N_("State"), lambda row: state_of(row.status), "state"),
            Column(N_("Begins"), lambda row: row.begins_on, "day"), Column(N_("Ends"), lambda row: row.ends_on, "day"),
            Column(N_("Services"), lambda row: row.services, "names"),
        ),
        filters=(Field("customer", N_("Customer number")), Field("status", N_("State"), "choice", choices=STATES)),
        empty=N_("A contract is drafted on the card of a customer."),
    ),
)
# fmt: on
