"""Payments: all of them, and a bank's file."""

from __future__ import annotations

from adapters.files.bank_profile import BankProfile
from adapters.files.profile_files import shipped_profiles
from adapters.jobs.payments import ImportPayments
from adapters.pages.forms import Choice, Field, to
from adapters.pages.job_forms import JobForm
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Entry
from adapters.pages.visit import Visit
from adapters.views.cards import ListCardPayments
from adapters.views.expected_payments import ListExpectedPayments
from adapters.views.payment_requests import ListPaymentRequests
from adapters.views.payments import ListReceivedPayments
from adapters.views.remittances import ListRemittances
from commands.payments.account import ReversePayment
from commands.payments.giving_back import RefundPayment
from projections.payments import PaymentRow


def _state(row: PaymentRow) -> State:
    return State(N_("Booked"), "good") if row.reversed_on is None else State(N_("Taken back"), "bad")


def _profiles(visit: Visit) -> list[Choice]:
    return [Choice(name, name) for name in shipped_profiles(BankProfile)]


LISTS = (
    List(
        "/payments", ListReceivedPayments, N_("Payments"),
        (
            Column(N_("Received"), lambda row: row.received_on, "day"),
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}"),
            Column(N_("Payment"), lambda row: row.payment, "code"),
            Column(N_("State"), _state, "state", below=lambda row: row.reason or ""),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Amount"), lambda row: row.amount, "moved"),
        ),
        filters=(
            Field("from", N_("Received from"), "day"),
            Field("to", N_("before"), "day"),
            Field("account", N_("Account")),
        ),
        actions=(
            Act(N_("Unmatched payments"), "/payments/unmatched", ListRemittances, "u"),
            Act(N_("Expected payments"), "/payments/expected", ListExpectedPayments),
            Act(N_("Card payments"), "/payments/cards", ListCardPayments),
            Act(N_("Requests to pay"), "/payments/requests", ListPaymentRequests),
            Act(N_("Import a bank file"), "/payments/import", ImportPayments, "i"),
        ),
        row_actions=(
            Act(N_("Take back"), lambda row: f"/accounts/{row.account}/payments/{row.payment}/reverse", ReversePayment,
                when=lambda row: row.reversed_on is None),
            Act(N_("Refund"), lambda row: f"/accounts/{row.account}/payments/{row.payment}/refund", RefundPayment,
                when=lambda row: row.reversed_on is None),
        ),
        empty=N_("No money has come in yet. Import a file of the bank, or take a payment at the cash desk."),
    ),
)  # fmt: skip
JOB_FORMS = (
    JobForm(
        "/payments/import", ImportPayments, N_("Import of a bank file"), N_("Import the payments"),
        (Field("profile", N_("Form of the file"), "choice", choices=_profiles,
               hint=N_("Without one the file has the program's own columns.")),),
        back=to("/payments"), file=N_("File of the bank"), result="payments/imported.html",
        after="/payments",
    ),
)  # fmt: skip
MENU = (Entry(N_("Payments"), "/payments", "inbox", (ListReceivedPayments, ListRemittances), (2, 2), "p"),)
