"""Unmatched payments: money that nobody recognises yet, whose it may be, and what becomes of it."""

from __future__ import annotations

from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_
from adapters.pages.payments.tabs import tabs
from adapters.pages.remittances import desk, forms, payers, rules
from adapters.pages.remittances.addresses import QUEUE, shown_at
from adapters.pages.remittances.to_do import TO_DO as TO_DO
from adapters.pages.remittances.words import STATES
from adapters.views.remittances import ListedRemittance, ListRemittances
from commands.payments.remittances import ReceiveRemittance, UndoRemittance

__all__ = ["FORMS", "LISTS", "PAGES", "PAYMENT_TABS"]


def _state(row: ListedRemittance) -> State:
    return STATES[row.state]


def _below(row: ListedRemittance) -> str:
    return ", ".join(act.account or act.reason for act in row.acts)


LISTS = (
    List(
        f"{QUEUE}/all", ListRemittances, N_("Unmatched payments and what became of them"),
        (
            Column(N_("Received"), lambda row: row.received_on, "day"),
            Column(N_("From"), lambda row: row.payer or row.remittance, link=lambda row: shown_at(row.remittance),
                   below=lambda row: row.remittance),
            Column(N_("Reference"), lambda row: row.payment_reference or "–", below=lambda row: row.message),
            Column(N_("State"), _state, "state", below=_below),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Amount"), lambda row: row.amount, "amount"),
            Column(N_("Waits"), lambda row: row.waiting, "amount"),
        ),
        fixed={"all": "true"},
        actions=(Act(N_("Record money that nobody recognises"), f"{QUEUE}/new", ReceiveRemittance, "n"),),
        row_actions=(
            Act(N_("Undo"), lambda row: f"{QUEUE}/{row.remittance}/undo", UndoRemittance,
                when=lambda row: bool(row.acts)),
        ),
        empty=N_("All money that came in is matched."), views=tabs,
    ),
    *payers.LISTS,
)  # fmt: skip
FORMS = (*forms.FORMS, *rules.FORMS, *payers.FORMS)
PAGES = desk.PAGES
PAYMENT_TABS = ((1, Act(N_("Unmatched"), QUEUE, ListRemittances)),)
