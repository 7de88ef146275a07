"""Requests to pay: those that are open, asking and withdrawing; the standing code of an account."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from adapters.actions.payment_requests import RenewPaymentLink, RequestPayment
from adapters.documents.payment_qr import qr_modules
from adapters.pages.accounts.owner import card_of, named
from adapters.pages.forms import Field, Form, Once, says, to
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Page
from adapters.pages.self_care.payment_code import qr_code
from adapters.pages.visit import Visit
from adapters.views.payment_requests import ListPaymentRequests, ShowPaymentCode
from adapters.views.payments import ListReceivedPayments
from commands.payment_requests import WithdrawPaymentRequest

REQUESTS = "/payments/requests"
STATES = {
    "open": State(N_("Open"), "info"), "paid": State(N_("Paid"), "good"), "expired": State(N_("Expired"), "warn"),
    "withdrawn": State(N_("Withdrawn")),
}  # fmt: skip


def _is_open(row: Any) -> bool:
    return bool(row.state == "open")


def _path(row: Any) -> str:
    return f"/accounts/{row.account}/payment-requests/{row.number}"


def _link(visit: Visit, done: Any) -> Once:
    hint = N_("It is shown this once. Who has it sees the request and pays it without signing in.")
    return Once(visit.translated(N_("The link")), done.result["link"], visit.translated(hint))


# fmt: off
LISTS = (
    List(
        REQUESTS, ListPaymentRequests, N_("Requests to pay"),
        (
            Column(N_("Asked"), lambda row: row.asked_on, "day"),
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}"),
            Column(N_("For"), lambda row: row.invoices or row.reference, below=lambda row: row.request),
            Column(N_("State"), lambda row: STATES[row.state], "state"),
            Column(N_("Valid until"), lambda row: row.valid_until, "day"),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Amount"), lambda row: row.amount, "amount"),
        ),
        filters=(
            Field("account", N_("Account"), width=4),
            Field("all", N_("Also those that have ended"), "check"),
        ),
        actions=(Act(N_("All payments"), "/payments", ListReceivedPayments),),
        row_actions=(
            Act(N_("Another link"), lambda row: f"{_path(row)}/link", RenewPaymentLink, when=_is_open),
            Act(N_("Withdraw"), lambda row: f"{_path(row)}/withdraw", WithdrawPaymentRequest, when=_is_open),
        ),
        empty=N_("Nobody is asked to pay by a link."),
    ),
)
FORMS = (
    Form(
        "/accounts/{account}/request-payment", RequestPayment, N_("Request a payment"), N_("Make the link"),
        (
            Field("invoices", N_("Invoices"), "list", N_("A number on each line; all that is owed if it is empty"),
                  width=6),
            Field("amount", N_("Amount"), "amount", width=6),
            Field("valid_until", N_("Valid until"), "day", N_("14 days if it is empty"), width=6),
            Field("note", N_("Note for the payer"), width=6),
            Field("sends", N_("Send it to the customer"), "check"),
        ),
        then=lambda visit, done: card_of(visit), back=card_of, done=says(N_("The payment is requested.")), about=named,
        begins=lambda visit: {"sends": True}, once=_link,
    ),
    Form(
        "/accounts/{account}/payment-requests/{number}/link", RenewPaymentLink, N_("Another link"),
        N_("Make another link"), (), then=to(REQUESTS), back=to(REQUESTS),
        done=says(N_("The link before leads nowhere.")), once=_link, about=named,
    ),
    Form(
        "/accounts/{account}/payment-requests/{number}/withdraw", WithdrawPaymentRequest, N_("Withdraw the request"),
        N_("Withdraw it"), (Field("reason", N_("Reason"), is_required=True),), then=to(REQUESTS), back=to(REQUESTS),
        done=says(N_("The request is withdrawn.")), about=named,
    ),
)
# fmt: on

# --- the standing code of an account


def code(visit: Visit) -> Response:
    """The standing code of an account as a picture, to be saved or printed."""
    found = visit.ask(ShowPaymentCode, account=visit.path["account"])
    if found.pay is None or found.pay.code is None:
        return Response("", 404)
    rows = qr_modules(found.pay.code)
    drawn = qr_code(found.pay.code)
    content = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawn.size} {drawn.size}" width="{8 * len(rows)}" '
        f'shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path d="{drawn.path}"/></svg>'
    )
    return Response(content, media_type="image/svg+xml")


PAGES = (Page("/accounts/{account}/payment-code", code, ShowPaymentCode),)
