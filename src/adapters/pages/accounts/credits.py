"""Unused credit of an account: what a payment settles, allocation by hand, release, transfer, what came back."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.pages.forms import Amounted, Effect, Field, Fields, Form, says, to
from adapters.pages.lists import Act, Column, List
from adapters.pages.page import N_
from adapters.pages.shown import amount_with_currency
from adapters.pages.visit import Visit
from adapters.views.billing import ListInvoicesOfAccount
from adapters.views.overpayments import ListUnusedCredits, Settled, ShowPayment
from billing_core.kernel.money import Money, parse_amount
from commands.corrections.payment import MovePayment
from commands.payments.account import ReversePayment
from commands.payments.advances import TaxAdvances
from commands.payments.by_hand import AllocatePayment, FreeCredit, ReleaseAllocation
from commands.payments.crumbs import RestoreKeptCredit
from commands.payments.giving_back import PayOut, RefundPayment, ReturnPayOut
from commands.payments.transfers import TransferCredit
from projections.unused_credits import CreditRow

CREDITS = "/accounts/{account}/credits"


def _credits(account: str) -> str:
    return f"/accounts/{quote(account)}/credits"


def _of_row(row: CreditRow | Settled, what: str) -> str:
    return f"{_credits(row.account)}/{quote(row.credit, safe='')}/{what}"


def _of_payment(visit: Visit, what: str) -> str:
    return f"/accounts/{quote(visit.path['account'])}/payments/{quote(visit.path['payment'], safe='')}/{what}"


def _credit_of_payment(visit: Visit, what: str) -> str:
    return f"{_credits(visit.path['account'])}/{quote(visit.path['payment'], safe='')}/{what}"


def _move(visit: Visit) -> str:
    return f"/payments/{quote(visit.path['payment'], safe='')}/move?of={quote(visit.path['account'])}"


def _about(visit: Visit) -> str:
    return f"{visit.path['credit']}, {visit.path['account']}"


def _open_parts(visit: Visit) -> dict[str, Any]:
    """The open invoices, the oldest first, as far as the credit goes: to be changed by hand."""
    credits = visit.ask(ListUnusedCredits, account=visit.path["account"]).items
    left = next((row.unused for row in credits if row.credit == visit.path["credit"]), None)
    rows = [row for row in visit.ask(ListInvoicesOfAccount, account=visit.path["account"]).items
            if row.open_amount.amount > 0]  # fmt: skip
    lines = []
    for row in sorted(rows, key=lambda row: (row.due_on, row.number)):
        if left is None or left.amount <= 0:
            break
        part = min(left, row.open_amount)
        lines.append(f"{row.number} = {part.amount:f}")
        left = left - part
    return {"parts": "\n".join(lines)}


def _settled(visit: Visit, fields: Fields, command: type) -> Effect:
    """What is settled and what is open again, before it is done."""
    done = visit.carry_out(command, fields, dry_run=True)
    if done.is_waiting:
        return Effect(visit.translated(N_("It waits for a second person, who sees what it would do.")))
    lines = [
        Amounted(visit.translated(text) % {"invoice": each["invoice"]}, each["credit"], amount_with_currency(_of(each)))
        for name, text in (("opened", N_("Open again: %(invoice)s")), ("settled", N_("Settles %(invoice)s")))
        for each in done.result[name]
    ]  # fmt: skip
    headline = N_("These invoices change") if lines else N_("No invoice changes")
    return Effect(visit.translated(headline), tuple(lines))


def _of(part: dict[str, str]) -> Money:
    return parse_amount(part["amount"], part["currency"], "amount")


def _effect(command: type) -> Any:
    return lambda visit, fields: _settled(visit, fields, command)


def _transfer(visit: Visit, fields: Fields) -> Effect:
    done = visit.carry_out(TransferCredit, fields, dry_run=True)
    if done.is_waiting:
        return Effect(visit.translated(N_("It waits for a second person, who sees what it would do.")))
    said = {"amount": amount_with_currency(_of(done.result)), "account": fields.get("to_account", "")}
    return Effect(visit.translated(N_("%(amount)s go to account %(account)s")) % said)


# fmt: off
LISTS = (
    List(
        "/accounts/{account}/payments/{payment}/settles", ShowPayment, N_("What the payment settles"),
        (
            Column(N_("Invoice"), lambda row: row.invoice, "code", link=lambda row: f"/documents/{quote(row.invoice)}"),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Settled"), lambda row: row.amount, "amount"),
        ),
        items=lambda card: card.settles,
        actions=(
            Act(N_("Allocate by hand"), lambda visit: _credit_of_payment(visit, "allocate"), AllocatePayment, "a"),
            Act(N_("Move"), _move, MovePayment, "m"),
            Act(N_("Refund"), lambda visit: _of_payment(visit, "refund"), RefundPayment),
            Act(N_("Take back"), lambda visit: _of_payment(visit, "reverse"), ReversePayment),
            Act(N_("Came back from the bank"), lambda visit: _credit_of_payment(visit, "return"), ReturnPayOut),
            Act(N_("Unused credit"), lambda visit: _credits(visit.path["account"]), ListUnusedCredits),
        ),
        row_actions=(
            Act(N_("Release"), lambda row: _of_row(row, f"release/{quote(row.invoice)}"), ReleaseAllocation),
        ),
        empty=N_("It settles no invoice."),
    ),
    List(
        CREDITS, ListUnusedCredits, N_("Unused credit of the account"),
        (
            Column(N_("Credit"), lambda row: row.credit, "code"),
            Column(N_("Since"), lambda row: row.since, "day"),
            Column(N_("Currency"), lambda row: row.unused.currency),
            Column(N_("Unused"), lambda row: row.unused, "amount"),
            Column(N_("Held back"), lambda row: row.held_back, "amount"),
        ),
        actions=(
            Act(N_("Transfer to another account"), lambda visit: f"/accounts/{quote(visit.path['account'])}/transfer",
                TransferCredit, "t"),
            Act(N_("Tax documents on advances"),
                lambda visit: f"/accounts/{quote(visit.path['account'])}/tax-advances", TaxAdvances),
            Act(N_("Pay credit out"), lambda visit: f"/accounts/{quote(visit.path['account'])}/pay-out", PayOut),
        ),
        row_actions=(
            Act(N_("Allocate by hand"), lambda row: _of_row(row, "allocate"), AllocatePayment,
                when=lambda row: bool(row.held_back.amount)),
            Act(N_("Free"), lambda row: _of_row(row, "free"), FreeCredit,
                when=lambda row: bool(row.held_back.amount)),
        ),
        empty=N_("No credit of the account is unused."),
    ),
)
REASON = Field("reason", N_("Reason"), is_required=True)
PART = Field("amount", N_("Amount"), "amount", N_("Empty: all of it"), width=6)
AGAIN = to(CREDITS)
CREDIT_FORMS = (
    Form(
        f"{CREDITS}/{{credit}}/allocate", AllocatePayment, N_("Allocate by hand"), N_("Settle these invoices"),
        (Field("parts", N_("Invoices"), "pairs", N_("Invoice and amount, one on each line, as 26004102 = 250.00"),
               is_required=True),),
        then=AGAIN, back=AGAIN, done=says(N_("The invoices are settled.")), begins=_open_parts,
        effect=_effect(AllocatePayment), about=_about,
    ),
    Form(
        f"{CREDITS}/{{credit}}/release/{{invoice}}", ReleaseAllocation, N_("Release what is settled"),
        N_("Release it"), (REASON, PART), then=AGAIN, back=AGAIN,
        done=says(N_("The invoice is open again. The credit is held back until you allocate or free it.")),
        effect=_effect(ReleaseAllocation), about=_about,
    ),
    Form(
        f"{CREDITS}/{{credit}}/free", FreeCredit, N_("Free the credit"), N_("Free it"), (PART,),
        then=AGAIN, back=AGAIN, done=says(N_("Invoices use the credit again.")), effect=_effect(FreeCredit),
        about=_about,
    ),
    Form(
        f"{CREDITS}/{{credit}}/return", ReturnPayOut, N_("Money that came back from the bank"), N_("It came back"),
        (REASON, PART), then=AGAIN, back=AGAIN, done=says(N_("The credit is unused again.")), about=_about,
    ),
    Form(
        f"{CREDITS}/{{credit}}/restore", RestoreKeptCredit, N_("Credit that was kept as other income"),
        N_("Give it again"), (REASON,), then=AGAIN, back=AGAIN, done=says(N_("The credit is unused again.")),
        about=_about,
    ),
    Form(
        "/accounts/{from_account}/transfer", TransferCredit, N_("Transfer credit to another account"),
        N_("Transfer it"),
        (
            Field("to_account", N_("To the account"), is_required=True, width=6,
                  hint=N_("Of the same customer or its family, in the same currency")),
            PART,
            Field("credit", N_("Only of this credit"), hint=N_("Empty: the oldest first"), width=6),
            REASON,
        ),
        then=to("/accounts/{from_account}/credits"), back=to("/accounts/{from_account}/credits"),
        done=says(N_("The credit is transferred; both accounts keep the fact.")), effect=_transfer,
        about=lambda visit: visit.path["from_account"],
    ),
)
# fmt: on
