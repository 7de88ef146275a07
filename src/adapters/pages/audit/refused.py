"""What was refused, and who looked at whose personal data."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.pages.forms import Field
from adapters.pages.lists import Column, List
from adapters.pages.page import N_
from adapters.views.audit import ListPersonalReads, ListRefusedAttempts


def in_words(permission: str) -> str:
    """`payments.change.receive-payment` is "Receive payment"."""
    return permission.rpartition(".")[2].replace("-", " ").capitalize()


def _customer(row: Any) -> str:
    return f"/customers/{quote(row.customers[0])}" if len(row.customers) == 1 else ""


LISTS = (
    List(
        "/log/refused", ListRefusedAttempts, N_("Refused attempts"),
        (
            Column(N_("When"), lambda row: row.refused_at, "instant"),
            Column(N_("Who"), lambda row: row.actor, link=lambda row: f"/log/refused?actor={quote(row.actor)}"),
            Column(N_("What"), lambda row: in_words(row.attempt), below=lambda row: row.attempt),
            Column(N_("Why"), lambda row: row.reason),
            Column(N_("From where"), lambda row: row.source, below=lambda row: row.channel),
        ),
        filters=(Field("actor", N_("Who")),), after="before", empty=N_("Nothing was refused yet."),
        hint=N_("Who tried what the roles do not permit or the rules forbid. Nothing was changed."),
    ),
    List(
        "/log/reads", ListPersonalReads, N_("Views of personal data"),
        (
            Column(N_("When"), lambda row: row.read_at, "instant"),
            Column(N_("Who"), lambda row: row.actor, link=lambda row: f"/log/reads?actor={quote(row.actor)}"),
            Column(N_("What"), lambda row: in_words(row.query), below=lambda row: row.query),
            Column(N_("Customers"), lambda row: ", ".join(row.customers), link=_customer),
            Column(N_("From where"), lambda row: row.source, below=lambda row: row.channel),
        ),
        filters=(Field("actor", N_("Who")), Field("customer", N_("Customer"))), after="before",
        empty=N_("The server keeps no views of personal data, or there were none."),
        hint=N_("Whose personal data was shown to whom."),
    ),
)  # fmt: skip
