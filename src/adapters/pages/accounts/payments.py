"""The list of the payments of an account."""

from __future__ import annotations

from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_
from adapters.pages.payments.methods import METHODS
from adapters.views.overpayments import ShowPayment
from adapters.views.payments import ListPayments
from commands.expected_payments import ExpectStandingOrder
from commands.payments.account import ReversePayment
from commands.payments.giving_back import RefundPayment
from commands.vouchers import RedeemVoucher
from projections.payments import PaymentRow


def _path(row: PaymentRow) -> str:
    return f"/accounts/{row.account}/payments/{row.payment}"


PAYMENTS = (
    List(
        "/accounts/{account}/payments", ListPayments, N_("Payments of the account"),
        (
            Column(N_("Received"), lambda row: row.received_on, "day"),
            Column(N_("Payment"), lambda row: row.payment, link=_path),
            Column(N_("How"), lambda row: METHODS[row.method], "state"),
            Column(N_("State"), lambda row: State(N_("Taken back"), "bad") if row.reversed_on else None, "state",
                   below=lambda row: row.reason or ""),
            Column(N_("Amount"), lambda row: row.amount, "amount"),
            Column(N_("Currency"), lambda row: row.amount.currency),
        ),
        actions=(
            Act(N_("Redeem a voucher"), lambda visit: f"/accounts/{visit.path['account']}/vouchers", RedeemVoucher),
            Act(N_("Standing order"), lambda visit: f"/accounts/{visit.path['account']}/standing-order",
                ExpectStandingOrder),
        ),
        row_actions=(
            Act(N_("What it settles"), lambda row: f"{_path(row)}/settles", ShowPayment),
            Act(N_("Take back"), lambda row: f"{_path(row)}/reverse", ReversePayment,
                when=lambda row: row.reversed_on is None),
            Act(N_("Refund"), lambda row: f"{_path(row)}/refund", RefundPayment,
                when=lambda row: row.reversed_on is None),
        ),
        empty=N_("No payment has come in on this account."),
    ),
)  # fmt: skip
