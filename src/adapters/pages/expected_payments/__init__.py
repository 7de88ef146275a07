"""Payments that standing orders let expect, against those that came."""

from __future__ import annotations

from adapters.pages.forms import Field, Form, says, to
from adapters.pages.lists import Column, List, State
from adapters.pages.page import N_
from adapters.views.expected_payments import ListExpectedPayments
from commands.expected_payments import EndStandingOrder, ExpectStandingOrder

STATES = {
    "came": State(N_("Came"), "good"), "other amount": State(N_("Another amount"), "warn"),
    "missing": State(N_("Missing"), "bad"), "expected": State(N_("Expected"), "calm"),
}  # fmt: skip
PAYMENTS = to("/accounts/{account}/payments")

# fmt: off
LISTS = (
    List(
        "/payments/expected", ListExpectedPayments, N_("Expected payments"),
        (
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}"),
            Column(N_("Expected"), lambda row: row.expected_on, "day"),
            Column(N_("State"), lambda row: STATES[row.outcome], "state"),
            Column(N_("Came"), lambda row: row.came_on, "day", below=lambda row: row.payment),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Expected amount"), lambda row: row.amount, "amount"),
            Column(N_("Amount that came"), lambda row: row.came, "amount"),
        ),
        filters=(
            Field("from", N_("Expected from"), "day"), Field("to", N_("before"), "day"),
            Field("missing", N_("Only those that did not come as expected"), "check"),
        ),
        empty=N_("No standing order lets a payment be expected in these days."),
    ),
)
FORMS = (
    Form(
        "/accounts/{account}/standing-order", ExpectStandingOrder, N_("Standing order"), N_("Expect the payments"),
        (
            Field("monthly", N_("Amount each month"), "amount", is_required=True, width=4),
            Field("day", N_("Day of the month"), "whole", is_required=True, width=3,
                  hint=N_("1 to 31; a month without it has it on its last day")),
            Field("from", N_("From"), "day", width=4),
            Field("until", N_("Until"), "day", width=4),
        ),
        then=PAYMENTS, back=PAYMENTS, done=says(N_("The payments are expected.")),
        about=lambda visit: visit.path["account"], undo=to("/accounts/{account}/standing-order/end"),
    ),
    Form(
        "/accounts/{account}/standing-order/end", EndStandingOrder, N_("End the standing order"),
        N_("Expect no more payments"), (Field("reason", N_("Reason"), is_required=True),),
        then=PAYMENTS, back=PAYMENTS, done=says(N_("No further payment is expected.")),
        about=lambda visit: visit.path["account"],
    ),
)
# fmt: on
