"""Unmatched payments: money that came in and that nobody recognises yet, assigned or given back."""

from __future__ import annotations

from adapters.pages.forms import Field, Form, says
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_
from adapters.pages.visit import Visit
from adapters.views.payments import ListReceivedPayments
from adapters.views.remittances import ListedRemittance, ListRemittances
from commands.payments.remittances import AssignRemittance, GiveBackRemittance, ReceiveRemittance

STATES = {"waiting": State(N_("Unmatched"), "warn"), "assigned": State(N_("Assigned"), "good"),
          "given back": State(N_("Given back"), "calm")}  # fmt: skip
QUEUE = "/payments/unmatched"


def _waits(row: ListedRemittance) -> bool:
    return row.state == "waiting"


def _below(row: ListedRemittance) -> str:
    if row.account:
        return row.account
    return row.reason or ""


def _name(visit: Visit) -> str:
    return visit.path["remittance"]


LISTS = (
    List(
        QUEUE, ListRemittances, N_("Unmatched payments"),
        (
            Column(N_("Received"), lambda row: row.received_on, "day"),
            Column(N_("From"), lambda row: row.payer or row.remittance, below=lambda row: row.remittance),
            Column(N_("Reference"), lambda row: row.payment_reference or "–"),
            Column(N_("State"), lambda row: STATES[row.state], "state", below=_below),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Amount"), lambda row: row.amount, "amount"),
        ),
        filters=(Field("all", N_("Also those that were assigned or given back"), "check"),),
        actions=(
            Act(N_("Record money that nobody recognises"), "/payments/unmatched/new", ReceiveRemittance, "n"),
            Act(N_("All payments"), "/payments", ListReceivedPayments),
        ),
        row_actions=(
            Act(N_("Assign"), lambda row: f"{QUEUE}/{row.remittance}/assign", AssignRemittance, when=_waits),
            Act(N_("Give back"), lambda row: f"{QUEUE}/{row.remittance}/give-back", GiveBackRemittance, when=_waits),
        ),
        empty=N_("All money that came in is matched."),
    ),
)  # fmt: skip
FORMS = (
    Form(
        f"{QUEUE}/{{remittance}}/assign", AssignRemittance, N_("Assign the payment"), N_("Assign to this account"),
        (
            Field("account", N_("Account"), is_required=True, width=6),
            Field("invoice", N_("Invoice to be settled first"), width=6,
                  hint=N_("Without one the oldest are settled.")),
        ),
        then=lambda visit, done: QUEUE, back=lambda visit: QUEUE, about=_name,
        done=says(N_("The payment is assigned.")),
    ),
    Form(
        f"{QUEUE}/{{remittance}}/give-back", GiveBackRemittance, N_("Give the payment back"), N_("Give it back"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=lambda visit, done: QUEUE, back=lambda visit: QUEUE, about=_name,
        done=says(N_("The money goes back to its sender.")),
    ),
    Form(
        f"{QUEUE}/new", ReceiveRemittance, N_("Money that nobody recognises"), N_("Record it"),
        (
            Field("source", N_("Source"), is_required=True, width=6, hint=N_("As bank or kiosk")),
            Field("reference", N_("Its own reference"), is_required=True, width=6),
            Field("amount", N_("Amount"), "amount", is_required=True, width=4),
            Field("currency", N_("Currency"), is_required=True, width=4),
            Field("received_on", N_("Received"), "day", width=4),
            Field("payment_reference", N_("Reference of the payer"), width=6),
            Field("payer", N_("Payer"), width=6),
        ),
        then=lambda visit, done: QUEUE, back=lambda visit: QUEUE,
        done=says(N_("The money is recorded.")),
    ),
)  # fmt: skip
