"""Overpayments, and the batches by which they are paid back."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from adapters.jobs.crumbs import ClearAllCrumbs
from adapters.jobs.pay_backs import DrawUpPayBacks
from adapters.pages.forms import Field, Form, says, to
from adapters.pages.job_forms import JobForm
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Page
from adapters.pages.sellers import sellers
from adapters.pages.visit import Visit
from adapters.views.overpayments import ListOverpayments, ShowMoneyIn, SumOverpayments
from adapters.views.pay_backs import ListPayBackBatches, ShowPayBackBatch, WritePayBackFile
from commands.pay_backs import (
    CancelPayBackBatch,
    ClosePayBackBatch,
    FreezePayBackBatch,
    ReturnPayBack,
    SendPayBackBatch,
    TakeOffPayBackBatch,
)
from projections.pay_backs import PayBackBatchRow, PayBackItemRow

BATCHES = "/pay-backs"
STATES = {
    "drawn up": State(N_("Drawn up"), "info"), "frozen": State(N_("Frozen"), "warn"), "sent": State(N_("Sent"), "info"),
    "closed": State(N_("Closed"), "good"), "cancelled": State(N_("Cancelled"), "calm"),
}  # fmt: skip
ITEM_STATES = {
    "listed": State(N_("Paid back"), "good"), "left out": State(N_("Left out"), "warn"),
    "taken off": State(N_("Taken off"), "calm"), "returned": State(N_("Came back"), "bad"),
}  # fmt: skip


def _path(row: PayBackBatchRow) -> str:
    return f"{BATCHES}/{quote(row.batch)}"


def _is(*states: str) -> Any:
    return lambda row: row.state in states


def _of_item(what: str) -> Any:
    return lambda row: f"{BATCHES}/{quote(row.batch)}/{quote(row.account)}/{what}"


def _listed(row: PayBackItemRow) -> bool:
    return row.state == "listed"


def _file(visit: Visit) -> Response:
    """The file of a batch for the bank, to be saved."""
    version = {"version": visit.query["as"]} if visit.query.get("as") else {}
    found = visit.ask(WritePayBackFile, batch=visit.path["batch"], **version)
    ending = "xml" if found.content.startswith(b"<") else "kpc"
    headers = {"Content-Disposition": f'attachment; filename="{quote(visit.path["batch"])}.{ending}"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


PAGES = (Page(f"{BATCHES}/{{batch}}/file", _file, WritePayBackFile),)
# fmt: off
AROUND = (
    Act(N_("Overpayments"), "/overpayments", ListOverpayments),
    Act(N_("Batches of pay-backs"), BATCHES, ListPayBackBatches),
    Act(N_("Where the money is"), "/money-in", ShowMoneyIn),
)
LISTS = (
    List(
        "/overpayments", ListOverpayments, N_("Overpayments"),
        (
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{quote(row.account)}/credits"),
            Column(N_("Customer"), lambda row: row.customer, link=lambda row: f"/customers/{quote(row.customer)}"),
            Column(N_("Seller"), lambda row: row.seller),
            Column(N_("Since"), lambda row: row.since, "day"),
            Column(N_("Currency"), lambda row: row.unused.currency),
            Column(N_("Unused"), lambda row: row.unused, "amount"),
            Column(N_("Held back"), lambda row: row.held_back, "amount"),
        ),
        filters=(
            Field("older_than_days", N_("Older than so many days"), "whole"),
            Field("seller", N_("Seller"), "choice", choices=sellers),
            Field("currency", N_("Currency")),
            Field("at_least", N_("At least"), "amount"),
        ),
        begins={"older_than_days": "0", "at_least": "0"},
        actions=(
            Act(N_("Draw up a batch"), f"{BATCHES}/draw-up", DrawUpPayBacks, "n"),
            Act(N_("Sums"), "/overpayments/sums", SumOverpayments),
            Act(N_("Clear crumbs"), "/payments/clear-crumbs", ClearAllCrumbs),
        ),
        views=AROUND,
        empty=N_("No account has unused credit."),
    ),
    List(
        "/overpayments/sums", SumOverpayments, N_("Sums of overpayments"),
        (
            Column(N_("Currency"), lambda row: row.unused.currency),
            Column(N_("Accounts"), lambda row: row.accounts, "count"),
            Column(N_("Unused"), lambda row: row.unused, "amount"),
        ),
        filters=(
            Field("older_than_days", N_("Older than so many days"), "whole"),
            Field("seller", N_("Seller"), "choice", choices=sellers),
        ),
        begins={"older_than_days": "0"},
        actions=(Act(N_("Overpayments"), "/overpayments", ListOverpayments),),
        empty=N_("No account has unused credit."),
    ),
    List(
        "/money-in", ShowMoneyIn, N_("Where the money is"),
        (
            Column(N_("Source"), lambda row: row.source),
            Column(N_("Currency"), lambda row: row.currency),
            Column(N_("Came in"), lambda row: f"{row.received:f}"),
            Column(N_("Allocated"), lambda row: f"{row.allocated:f}"),
            Column(N_("Unused"), lambda row: f"{row.unused:f}"),
            Column(N_("Waiting"), lambda row: f"{row.waiting:f}"),
            Column(N_("Gone back"), lambda row: f"{row.returned:f}"),
            Column(N_("Other income"), lambda row: f"{row.income:f}"),
            Column(N_("Transferred"), lambda row: f"{row.transferred:f}"),
        ),
        views=AROUND,
        empty=N_("No money has come in yet."),
    ),
    List(
        BATCHES, ListPayBackBatches, N_("Batches of pay-backs"),
        (
            Column(N_("Batch"), lambda row: row.batch, link=_path),
            Column(N_("Drawn up"), lambda row: row.drawn_up_on, "day"),
            Column(N_("State"), lambda row: STATES[row.state], "state"),
            Column(N_("To be paid on"), lambda row: row.pay_on, "day"),
            Column(N_("Accounts"), lambda row: row.accounts, "count"),
            Column(N_("Left out"), lambda row: row.left_out, "count"),
            Column(N_("Came back"), lambda row: row.returned, "count"),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Amount"), lambda row: row.amount, "amount"),
        ),
        filters=(Field("seller", N_("Seller"), "choice", choices=sellers),),
        actions=(Act(N_("Draw up a batch"), f"{BATCHES}/draw-up", DrawUpPayBacks, "n"),),
        row_actions=(
            Act(N_("Freeze"), lambda row: f"{_path(row)}/freeze", FreezePayBackBatch, when=_is("drawn up")),
            Act(N_("Save the file"), lambda row: f"{_path(row)}/file", WritePayBackFile,
                when=_is("frozen", "sent", "closed")),
            Act(N_("Sent to the bank"), lambda row: f"{_path(row)}/send", SendPayBackBatch, when=_is("frozen")),
            Act(N_("Close"), lambda row: f"{_path(row)}/close", ClosePayBackBatch, when=_is("sent")),
            Act(N_("Cancel"), lambda row: f"{_path(row)}/cancel", CancelPayBackBatch, when=_is("drawn up", "frozen")),
        ),
        views=AROUND,
        empty=N_("No batch was drawn up yet."),
    ),
    List(
        f"{BATCHES}/{{batch}}", ShowPayBackBatch, N_("Batch of pay-backs"),
        (
            Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{quote(row.account)}/credits"),
            Column(N_("State"), lambda row: ITEM_STATES[row.state], "state", below=lambda row: row.reason),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Amount"), lambda row: row.amount, "amount"),
        ),
        items=lambda card: card.items,
        actions=(Act(N_("Batches of pay-backs"), BATCHES, ListPayBackBatches),),
        row_actions=(
            Act(N_("Take off"), _of_item("take-off"), TakeOffPayBackBatch, when=_listed),
            Act(N_("Came back from the bank"), _of_item("return"), ReturnPayBack, when=_listed),
        ),
    ),
)
REASON = Field("reason", N_("Reason"), is_required=True)
ONE, ALL = f"{BATCHES}/{{batch}}", to(BATCHES)


def _named(visit: Visit) -> str:
    return visit.path["batch"]


FORMS = (
    Form(
        f"{ONE}/freeze", FreezePayBackBatch, N_("Freeze the batch"), N_("Freeze and pay out"),
        (Field("pay_on", N_("To be paid on"), "day", hint=N_("Empty is today."), width=6),),
        then=to(ONE), back=to(ONE), about=_named,
        done=says(N_("The credits are paid out on the accounts. Save the file and give it to the bank.")),
    ),
    Form(
        f"{ONE}/send", SendPayBackBatch, N_("The batch is sent to the bank"), N_("It is sent"), (),
        then=ALL, back=ALL, about=_named, done=says(N_("The batch is sent.")),
    ),
    Form(
        f"{ONE}/close", ClosePayBackBatch, N_("The bank carried the batch out"), N_("Close the batch"), (),
        then=ALL, back=ALL, about=_named, done=says(N_("The batch is closed.")),
    ),
    Form(
        f"{ONE}/cancel", CancelPayBackBatch, N_("Cancel the batch"), N_("Cancel the batch"), (REASON,),
        then=ALL, back=ALL, about=_named,
        done=says(N_("The batch is cancelled; the accounts have their credit again.")),
    ),
    Form(
        f"{ONE}/{{account}}/take-off", TakeOffPayBackBatch, N_("Take the account off the batch"), N_("Take it off"),
        (REASON,), then=to(ONE), back=to(ONE), about=lambda visit: visit.path["account"],
        done=says(N_("The account is taken off.")),
    ),
    Form(
        f"{ONE}/{{account}}/return", ReturnPayBack, N_("The bank returned the transfer"), N_("It came back"),
        (REASON,), then=to(ONE), back=to(ONE), about=lambda visit: visit.path["account"],
        done=says(N_("The account has its credit again.")),
    ),
)
JOB_FORMS = (
    JobForm(
        f"{BATCHES}/draw-up", DrawUpPayBacks, N_("Draw up a batch of pay-backs"), N_("Draw up the batch"),
        (
            Field("seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=6),
            Field("currency", N_("Currency"), width=6),
            Field("older_than_days", N_("Credit older than so many days"), "whole", width=6),
            Field("at_least", N_("At least"), "amount", width=6),
        ),
        back=ALL, after=BATCHES,
        begins=lambda visit: {"currency": "EUR", "older_than_days": "30", "at_least": "1"},
    ),
)
# fmt: on
