"""Promised payments: those that are open, and how others ended."""

from __future__ import annotations

from adapters.pages.dunning.around import LISTED
from adapters.pages.forms import Field
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_
from adapters.pages.promises.terms import FORMS as FORMS
from adapters.views.credit_limits import ListCreditLimits
from adapters.views.promises import ListPromises
from commands.promises import BreakPromise, KeepPromise
from projections.promises import PromiseRow

PROMISES = "/dunning/promises"
STATES = {"open": State(N_("Open"), "info"), "kept": State(N_("Kept"), "good"), "broken": State(N_("Broken"), "bad")}


def _is_open(row: PromiseRow) -> bool:
    return row.state == "open"


LISTS = (
    List(
        PROMISES, ListPromises, N_("Promised payments"),
        (
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}"),
            Column(N_("State"), lambda row: STATES.get(row.state, State(row.state)), "state"),
            Column(N_("Promised"), lambda row: row.opened_on, "day"),
            Column(N_("To be paid by"), lambda row: row.until_on, "day"),
            Column(N_("Instalments kept"), lambda row: f"{row.kept_parts}/{row.parts}" if row.parts > 1 else ""),
            Column(N_("Ended"), lambda row: row.ended_on, "day"),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Amount"), lambda row: row.amount, "amount"),
        ),
        filters=(Field("all", N_("Also those that have ended"), "check"),),
        views=LISTED,
        actions=(
            Act(N_("Credit limits"), "/dunning/credit-limits", ListCreditLimits),
        ),
        row_actions=(
            Act(N_("Kept"), lambda row: f"/accounts/{row.account}/promise/keep", KeepPromise, when=_is_open),
            Act(N_("Broken"), lambda row: f"/accounts/{row.account}/promise/break", BreakPromise, when=_is_open),
        ),
        empty=N_("No promise is open. A promise of an overdue customer puts the suspension off."),
    ),
)  # fmt: skip
