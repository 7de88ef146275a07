"""The form in which a payment is taken: it shows what it settles before it is taken."""

from __future__ import annotations

from typing import Any

from adapters.pages.accounts.effects import of_balances
from adapters.pages.accounts.owner import account_of, card_of, named
from adapters.pages.forms import Amounted, Choice, Effect, Field, Fields, Form
from adapters.pages.page import N_
from adapters.pages.shown import amount_with_currency
from adapters.pages.typed import amount_typed
from adapters.pages.visit import Visit
from adapters.views.customer_payments import PreviewPayment
from billing_core.kernel.money import parse_amount
from commands.payments.account import ReceivePayment
from commands.platform.identity import new_id

HOW = (
    Choice("cash", N_("Cash")), Choice("card", N_("Card terminal")), Choice("bank", N_("Bank")),
    Choice("post", N_("Postal order")), Choice("kiosk", N_("Kiosk")),
)  # fmt: skip
SETTLES, PARTLY = N_("Settles %(invoice)s"), N_("%(amount)s of it stays open")
METHODS = {"cash": "cash", "card": "card", "bank": "transfer", "kiosk": "kiosk"}
UNUSED, TAKE = N_("Stays as credit"), N_("Take %(amount)s")


def _begins(visit: Visit) -> dict[str, Any]:
    """What is owed, in cash today, under a number of its own."""
    balance = account_of(visit).balance
    return {
        "amount": f"{-balance.amount:f}" if balance.amount < 0 else "", "currency": balance.currency, "source": "cash",
        "reference": f"{visit.today:%y%m%d}-{new_id().hex[-6:].upper()}", "received_on": visit.today.isoformat(),
    }  # fmt: skip


def _effect(visit: Visit, fields: Fields) -> Effect:
    """Which invoices it settles, what stays unused, and the balance after it."""
    asked = {name: fields[name] for name in ("amount", "payment_reference") if name in fields}
    preview = visit.ask(PreviewPayment, account=visit.path["account"], **asked)
    visit.carry_out(ReceivePayment, fields, dry_run=True)
    lines = [
        Amounted(
            visit.translated(SETTLES) % {"invoice": each.invoice},
            visit.translated(PARTLY) % {"amount": amount_with_currency(preview.left_open[each.invoice])}
            if each.invoice in preview.left_open else "",
            amount_with_currency(each.amount),
        )
        for each in preview.settles
    ]  # fmt: skip
    if preview.unused.amount:
        lines.append(Amounted(visit.translated(UNUSED), "", amount_with_currency(preview.unused)))
    button = visit.translated(TAKE) % {"amount": amount_with_currency(preview.after - preview.before)}
    return of_balances(visit, preview.before, preview.after, tuple(lines), button)


def _with_method(visit: Visit, words: dict[str, Any]) -> dict[str, Any]:
    return words | {"method": METHODS.get(words.get("source", ""), "other")}


def _done(visit: Visit, done: Any) -> str:
    if done.result.get("known"):
        return visit.translated(N_("This payment was recorded before.")) + f" {done.result['payment']}"
    amount = parse_amount(amount_typed(visit.first("amount")), visit.first("currency"), "amount")
    said = {"amount": amount_with_currency(amount), "payment": done.result.get("payment", "")}
    return visit.translated(N_("%(amount)s is taken, receipt %(payment)s.")) % said


# fmt: off
TAKING = Form(
    "/accounts/{account}/payments/new", ReceivePayment, N_("Take payment"), N_("Take the payment"),
    (
        Field("amount", N_("Amount"), "amount", is_required=True, width=6),
        Field("source", N_("How"), "choice", choices=HOW, is_required=True, width=6),
        Field("reference", N_("Receipt or reference"), is_required=True, width=6),
        Field("received_on", N_("Received on"), "day", width=6),
        Field("payment_reference", N_("Payer's reference"), hint=N_("Names an invoice to settle it first"), width=6),
        Field("payer", N_("Payer"), width=6),
        Field("currency", N_("Currency"), "hidden"),
    ),
    then=lambda visit, done: card_of(visit), back=card_of, done=_done, begins=_begins, adds=_with_method,
    effect=_effect, about=named,
)
