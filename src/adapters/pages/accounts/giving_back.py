"""Forms by which money goes back: payments taken back or refunded, credit paid out, invoices written off."""

from __future__ import annotations

from decimal import Decimal

from adapters.pages.accounts.effects import balance_effect, of_balances
from adapters.pages.accounts.owner import account_of, card_of, named
from adapters.pages.forms import Amounted, Effect, Field, Fields, Form, says
from adapters.pages.page import N_
from adapters.pages.shown import MINUS, amount_with_currency
from adapters.pages.visit import Visit
from adapters.views.accounts import ShowAccount
from billing_core.kernel.money import Money, require_amount
from commands.payments.account import ReversePayment
from commands.payments.giving_back import CancelWriteOff, PayOut, RefundPayment, WriteOffInvoice

MOST = 1_000


def _payment(visit: Visit) -> str:
    return f"{visit.path['payment']}, {visit.path['account']}"


def _reversal(visit: Visit, fields: Fields) -> Effect:
    """What it settled is open again, what was settled last first; the balance falls by it."""
    visit.carry_out(ReversePayment, fields, dry_run=True)
    postings = visit.ask(ShowAccount, account=visit.path["account"], limit=MOST).postings
    posting = next(each for each in postings if each.kind.startswith("payment") and each.reference == fields["payment"])
    balance = account_of(visit).balance
    part = "amount" in fields
    taken = _typed(fields, balance.currency) if part else posting.amount
    lines = [Amounted(visit.translated(N_("Taken back")), "", f"{MINUS}{amount_with_currency(taken)}")]
    if not part:
        lines += [
            Amounted(visit.translated(N_("Open again: %(invoice)s")) % {"invoice": each.invoice}, "",
                     amount_with_currency(each.amount))
            for each in posting.settled
        ]  # fmt: skip
    return of_balances(visit, balance, balance - taken, tuple(lines))


def _typed(fields: Fields, currency: str) -> Money:
    return require_amount(Decimal(fields["amount"]), currency, "amount")


# fmt: off
REASON = Field("reason", N_("Reason"), is_required=True)
PART = Field("amount", N_("Amount"), "amount", N_("Empty: all of it"), width=6)
TAX_DOCUMENT = Field("tax_document", N_("Corrective tax document"), width=6,
                     hint=N_("Its number, if a tax document was issued on the advance"))
LAW = Field("law", N_("Law"), hint=N_("The provision by which the VAT is corrected, if it is"))
GIVING_BACK = (
    Form(
        "/accounts/{account}/payments/{payment}/reverse", ReversePayment, N_("Take a payment back"),
        N_("Take it back"), (REASON, PART), then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The payment is taken back.")), effect=_reversal, about=_payment,
    ),
    Form(
        "/accounts/{account}/payments/{payment}/refund", RefundPayment, N_("Refund a payment"), N_("Refund it"),
        (REASON, PART, TAX_DOCUMENT), then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The refund is recorded; the bank makes the transfer.")),
        effect=balance_effect(RefundPayment, N_("Refunded")), about=_payment,
    ),
    Form(
        "/accounts/{account}/pay-out", PayOut, N_("Pay credit out"), N_("Pay it out"),
        (REASON, PART), then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The pay-out is recorded; the bank makes the transfer.")),
        effect=balance_effect(PayOut, N_("Paid out")), about=named,
    ),
    Form(
        "/accounts/{account}/invoices/{invoice}/write-off", WriteOffInvoice, N_("Write off an invoice"),
        N_("Write it off"), (REASON, LAW, PART), then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The debt is written off.")),
        effect=balance_effect(WriteOffInvoice, N_("Written off")), about=lambda visit: visit.path["invoice"],
        undo=lambda visit, done: f"/accounts/{visit.path['account']}/invoices/{visit.path['invoice']}/cancel-write-off",
    ),
    Form(
        "/accounts/{account}/invoices/{invoice}/cancel-write-off", CancelWriteOff, N_("Cancel a write-off"),
        N_("It is owed again"), (REASON,), then=lambda visit, done: card_of(visit), back=card_of,
        done=says(N_("The debt is owed again.")),
        effect=balance_effect(CancelWriteOff, N_("Owed again")), about=lambda visit: visit.path["invoice"],
    ),
)
