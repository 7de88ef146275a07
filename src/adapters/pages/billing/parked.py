"""Accounts that could not be billed: why, and the one action that cures each reason."""

from __future__ import annotations

import re
from typing import NamedTuple

from adapters.actions.billing import RetryParkedAccount
from adapters.door.door import Done
from adapters.jobs.billing import RetryParkedAccounts
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.billing import ListInvoices, ListParkedAccounts
from adapters.views.parties import ShowCustomer
from billing_core.catalogue.tariffs import PriceMissing
from projections.accounts.balances import AccountRow

TARIFF = re.compile(r"tariff (\S+) has no price")
OUTCOMES = {
    "billed": N_("Account {account} is billed."),
    "nothing-left": N_("Nothing was left to bill on account {account}; it is no longer parked."),
    "parked": N_("Account {account} is still parked: {reason}"),
    "not-parked": N_("Account {account} is not parked."),
}


class Cure(NamedTuple):
    """What is done about a reason, and where."""

    label: str
    path: str


def cure_of(row: AccountRow) -> Cure:
    """What mends the reason for which an account is parked: its tariff if a price is missing, else its customer."""
    code, _, reason = (row.parked or "").partition(": ")
    tariff = TARIFF.search(reason)
    if code == PriceMissing.code and tariff:
        return Cure(N_("Add the price"), f"/catalogue/tariffs/{tariff[1]}")
    return Cure(N_("Open the customer"), f"/customers/{row.customer}")


def reason_of(row: AccountRow) -> str:
    """The reason in words, without its code."""
    return (row.parked or "").partition(": ")[2] or row.parked or ""


def outcome(visit: Visit, done: Done) -> str:
    """What came of a retry."""
    result = done.result
    return visit.translated(OUTCOMES[result["outcome"]]).format(account=result["account"], reason=result["reason"])


LISTS = (
    List(
        "/billing/parked", ListParkedAccounts, N_("Parked accounts"),
        (
            Column(N_("Account"), lambda row: row.number, link=lambda row: f"/customers/{row.customer}"),
            Column(N_("Since"), lambda row: row.parked_on, "day"),
            Column(N_("Service"), lambda row: row.parked_subscription),
            Column(N_("Why it could not be billed"), reason_of),
        ),
        actions=(
            Act(N_("Retry all"), "/billing/parked/retry-all", RetryParkedAccounts, "r"),
            Act(N_("Billing"), "/billing", ListInvoices),
        ),
        row_actions=(
            Act(N_("Add the price"), lambda row: cure_of(row).path, ShowCustomer,
                when=lambda row: cure_of(row).label == "Add the price"),
            Act(N_("Open the customer"), lambda row: cure_of(row).path, ShowCustomer,
                when=lambda row: cure_of(row).label == "Open the customer"),
            Act(N_("Retry"), lambda row: f"/billing/parked/{row.number}/retry", RetryParkedAccount),
        ),
        empty=N_("All accounts could be billed."),
    ),
)  # fmt: skip
