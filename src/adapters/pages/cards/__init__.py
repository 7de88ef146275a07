"""Cards: card payments, refunds, the stored card of an account."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.jobs.cards import ChargeCards
from adapters.pages.accounts.owner import card_of, named
from adapters.pages.forms import Field, Form, says, to
from adapters.pages.job_forms import JobForm
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Tile
from adapters.pages.visit import Visit
from adapters.views.cards import ListCardPayments, ListRefusedCallbacks, ShowCardTerms
from adapters.views.parties import ListSellers
from adapters.views.payments import ListReceivedPayments
from commands.cards.noting import RefundCardPayment
from commands.cards.stored import RemoveCard, SetCardTerms
from projections.cards.payments import CardPaymentRow

CARDS, REFUSED, TERMS = "/payments/cards", "/payments/cards/refused", "/set-up/card-terms"
STATES = {
    "asked": State(N_("Asked for"), "info"), "waiting": State(N_("Waits for the customer"), "warn"),
    "succeeded": State(N_("Paid"), "good"), "failed": State(N_("Refused"), "bad"),
    "doubted": State(N_("To be looked at"), "bad"),
}  # fmt: skip
DISPUTES = {"inquiry": N_("Inquiry"), "open": N_("Disputed"), "won": N_("Dispute won"), "lost": N_("Dispute lost")}
WAYS = {"stored": N_("Stored card"), "page": N_("Page")}


def _state(row: CardPaymentRow) -> State:
    if row.dispute:
        return State(DISPUTES[row.dispute], "good" if row.dispute == "won" else "bad")
    if row.refund_failed.amount:
        return State(N_("Refund failed"), "bad")
    return STATES[row.state]


def _may_be_refunded(row: CardPaymentRow) -> bool:
    given = row.refunded.amount + row.refund_asked.amount
    return row.state == "succeeded" and given < row.amount.amount and row.dispute != "open"


def _refunded(row: CardPaymentRow) -> Any:
    return row.refunded if row.refunded.amount else None


def _refund_asked(row: CardPaymentRow) -> Any:
    return row.refund_asked if row.refund_asked.amount else None


# fmt: off
COLUMNS = (
    Column(N_("Asked"), lambda row: row.asked_on, "day"),
    Column(N_("Account"), lambda row: row.account, link=lambda row: f"/accounts/{row.account}"),
    Column(N_("Card payment"), lambda row: row.card_payment, "code", below=lambda row: row.reference),
    Column(N_("State"), _state, "state", below=lambda row: row.code),
    Column(N_("Currency"), lambda row: row.amount.currency),
    Column(N_("Amount"), lambda row: row.amount, "amount"),
    Column(N_("Refund asked for"), _refund_asked, "amount"),
    Column(N_("Refunded"), _refunded, "amount"),
)
REFUND = Act(
    N_("Refund"), lambda row: f"/accounts/{row.account}/card-payments/{row.card_payment}/refund", RefundCardPayment,
    when=_may_be_refunded,
)
LISTS = (
    List(
        CARDS, ListCardPayments, N_("Card payments"), COLUMNS,
        filters=(
            Field("account", N_("Account"), width=4),
            Field("all", N_("Also those that need nobody"), "check"),
        ),
        actions=(
            Act(N_("Charge stored cards"), "/payments/cards/charge", ChargeCards),
            Act(N_("Refused callbacks"), REFUSED, ListRefusedCallbacks),
            Act(N_("All payments"), "/payments", ListReceivedPayments),
        ),
        row_actions=(REFUND,), empty=N_("No card payment needs anybody."),
    ),
    List(
        REFUSED, ListRefusedCallbacks, N_("Refused callbacks"),
        (
            Column(N_("Day"), lambda row: row.refused_on, "day"),
            Column(N_("Gateway"), lambda row: row.gateway),
            Column(N_("From"), lambda row: row.source, "code"),
            Column(N_("Why"), lambda row: row.why, below=lambda row: row.content_hash[:12]),
        ),
        empty=N_("No callback was refused."),
    ),
    List(
        "/accounts/{account}/card-payments", ListCardPayments, N_("Card payments of the account"), COLUMNS,
        fixed={"all": True}, row_actions=(REFUND,), empty=N_("Nothing was asked for by card."),
    ),
    List(
        TERMS, ListSellers, N_("Terms of cards"),
        (Column(N_("Seller"), lambda row: row.name, below=lambda row: row.code),),
        row_actions=(Act(N_("Change"), lambda row: f"{TERMS}/{quote(row.code)}", SetCardTerms),),
    ),
)


def _terms(visit: Visit) -> dict[str, Any]:
    terms = visit.ask(ShowCardTerms, seller=visit.path["seller"]).terms
    return {
        "terms.days_after_due": str(terms.days_after_due), "terms.confirm_days": str(terms.confirm_days),
        "terms.retry_days": [str(day) for day in terms.retry_days], "terms.final_codes": list(terms.final_codes),
    }


FORMS = (
    Form(
        "/accounts/{account}/card-payments/{card_payment}/refund", RefundCardPayment, N_("Refund a card payment"),
        N_("Refund it to the card"),
        (
            Field("reason", N_("Reason"), is_required=True),
            Field("amount", N_("Amount"), "amount", N_("Empty: all that no invoice has used"), width=6),
        ),
        then=to(CARDS), back=to(CARDS), done=says(N_("The gateway is asked to give the money back.")),
        about=lambda visit: visit.path["card_payment"],
    ),
    Form(
        "/accounts/{account}/card/remove", RemoveCard, N_("Remove the stored card"), N_("Charge it no more"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=lambda visit, done: card_of(visit), back=card_of, done=says(N_("The card is charged no more.")),
        about=named,
    ),
    Form(
        f"{TERMS}/{{seller}}", SetCardTerms, N_("Terms of cards"), N_("Charge by these terms"),
        (
            Field("terms.days_after_due", N_("Days after the due date"), "whole", width=6),
            Field("terms.confirm_days", N_("Days in which a customer confirms a charge"), "whole", width=6),
            Field("terms.retry_days", N_("Tried again after so many days"), "list",
                  N_("One on each line, counted from the first try"), width=6),
            Field("terms.final_codes", N_("Refusals that are final"), "list", N_("A code on each line"), width=6),
        ),
        then=to(TERMS), back=to(TERMS), done=says(N_("From now on cards are charged so.")), begins=_terms,
        about=lambda visit: visit.path["seller"],
    ),
)
JOB_FORMS = (
    JobForm(
        "/payments/cards/charge", ChargeCards, N_("Charge stored cards"), N_("Charge what is due"), back=to(CARDS),
        after=CARDS,
    ),
)
SET_UP = (Tile("house", N_("Terms of cards"), TERMS, ShowCardTerms, N_("When stored cards are charged, and again")),)
