"""Payments: all of them, and a bank's file."""

from __future__ import annotations

from adapters.files.bank_profile import BankProfile
from adapters.files.profile_files import shipped_profiles
from adapters.jobs.crumbs import ClearAllCrumbs
from adapters.jobs.payments import ImportPayments
from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.job_forms import JobForm
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Entry, Tile
from adapters.pages.payments.methods import METHODS
from adapters.pages.payments.tabs import tabs
from adapters.pages.sellers import sellers
from adapters.pages.visit import Visit
from adapters.views.advances import ListAdvanceDocuments
from adapters.views.cards import ListCardPayments
from adapters.views.expected_payments import ListExpectedPayments
from adapters.views.overpayments import ListCrumbLimits, ListOverpayments, ShowPayment
from adapters.views.payment_requests import ListPaymentRequests
from adapters.views.payments import ListReceivedPayments
from adapters.views.remittances import ListRemittances
from commands.payments.account import ReversePayment
from commands.payments.crumbs import SetCrumbLimits
from commands.payments.giving_back import RefundPayment
from projections.payments import PaymentRow

CRUMBS = "/set-up/crumbs"


def _state(row: PaymentRow) -> State | None:
    return None if row.reversed_on is None else State(N_("Taken back"), "bad")


def _profiles(visit: Visit) -> list[Choice]:
    return [Choice(name, name) for name in shipped_profiles(BankProfile)]


COLUMNS = (
    Column(N_("Received"), lambda row: row.received_on, "day", sorts=("received_on", "-received_on")),
    Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}"),
    Column(N_("Payment"), lambda row: row.payment, "code"),
    Column(N_("How"), lambda row: METHODS[row.method], "state"),
    Column(N_("State"), _state, "state", below=lambda row: row.reason or ""),
    Column(N_("Currency"), lambda row: row.amount.currency),
    Column(N_("Amount"), lambda row: row.amount, "moved", sorts=("amount", "-amount")),
)
FILTERS = (
    Field("from", N_("Received from"), "day"),
    Field("to", N_("before"), "day"),
    Field("account", N_("Account")),
)
LISTS = (
    List(
        "/payments", ListReceivedPayments, N_("Payments"),
        COLUMNS, FILTERS,
        actions=(
            Act(N_("Import a bank file"), "/payments/import", ImportPayments, "i"),
            Act(N_("Expected payments"), "/payments/expected", ListExpectedPayments),
            Act(N_("Card payments"), "/payments/cards", ListCardPayments),
            Act(N_("Requests to pay"), "/payments/requests", ListPaymentRequests),
            Act(N_("Overpayments"), "/overpayments", ListOverpayments, "o"),
            Act(N_("Advances"), "/payments/advances", ListAdvanceDocuments),
        ),
        row_actions=(
            Act(N_("What it settles"), lambda row: f"/accounts/{row.account}/payments/{row.payment}/settles",
                ShowPayment),
            Act(N_("Take back"), lambda row: f"/accounts/{row.account}/payments/{row.payment}/reverse", ReversePayment,
                when=lambda row: row.reversed_on is None),
            Act(N_("Refund"), lambda row: f"/accounts/{row.account}/payments/{row.payment}/refund", RefundPayment,
                when=lambda row: row.reversed_on is None),
        ),
        empty=N_("No money has come in yet. Import a file of the bank, or take a payment at the cash desk."),
        views=tabs,
    ),
    List(
        "/payments/returned", ListReceivedPayments, N_("Payments that were taken back"), COLUMNS, FILTERS,
        fixed={"reversed_only": "true"}, empty=N_("No payment was taken back."), views=tabs,
    ),
    List(
        CRUMBS, ListCrumbLimits, N_("Crumbs"),
        (
            Column(N_("Seller"), lambda row: row.seller),
            Column(N_("Currency"), lambda row: row.limit.currency),
            Column(N_("Open items up to"), lambda row: f"{row.limit.item:f}"),
            Column(N_("Unused credits up to"), lambda row: f"{row.limit.credit:f}"),
            Column(N_("Older than days"), lambda row: row.limit.older_than_days, "count"),
        ),
        actions=(Act(N_("Set the limits"), f"{CRUMBS}/limits", SetCrumbLimits, "n"),
                 Act(N_("Clear crumbs"), "/payments/clear-crumbs", ClearAllCrumbs)),
        empty=N_("No seller has set limits, so nothing is a crumb."),
    ),
)  # fmt: skip
FORMS = (
    Form(
        f"{CRUMBS}/limits", SetCrumbLimits, N_("Limits of crumbs"), N_("Set the limits"),
        (
            Field("seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=6),
            Field("limits", N_("Limits"), "rows", N_("One row for each currency; without any nothing is a crumb"),
                  columns=(
                      Field("currency", N_("Currency"), width=3),
                      Field("item", N_("Open items up to"), "amount", width=3),
                      Field("credit", N_("Unused credits up to"), "amount", width=3),
                      Field("older_than_days", N_("Older than days"), "whole", width=3),
                  )),
        ),
        then=to(CRUMBS), back=to(CRUMBS), done=says(N_("The limits are set.")),
    ),
)  # fmt: skip
SET_UP = (Tile("house", N_("Crumbs"), CRUMBS, ListCrumbLimits, N_("Which small debts and credits are given up")),)
JOB_FORMS = (
    JobForm(
        "/payments/clear-crumbs", ClearAllCrumbs, N_("Clear crumbs"), N_("Clear them"), back=to("/overpayments"),
    ),
    JobForm(
        "/payments/import", ImportPayments, N_("Import of a bank file"), N_("Import the payments"),
        (Field("profile", N_("Form of the file"), "choice", choices=_profiles,
               hint=N_("Without one the file has the program's own columns.")),),
        back=to("/payments"), file=N_("File of the bank"), result="payments/imported.html",
        after="/payments",
    ),
)  # fmt: skip
PAYMENT_TABS = (
    (2, Act(N_("All payments"), "/payments", ListReceivedPayments)),
    (5, Act(N_("Returned"), "/payments/returned", ListReceivedPayments)),
)
MENU = (Entry(N_("Payments"), "/payments", "inbox", (ListReceivedPayments, ListRemittances), (2, 2), "p"),)
