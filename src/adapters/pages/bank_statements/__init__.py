"""Statements of banks: what waits, what became of the movements, returns, balances, bank accounts."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from adapters.jobs.bank_statements import BookStatements
from adapters.jobs.payments import ImportPayments
from adapters.pages.forms import Choice, Field, Form, says, to
from adapters.pages.job_forms import JobForm
from adapters.pages.lists import Act, Column, List, State
from adapters.pages.page import N_, Tile
from adapters.pages.payments.tabs import tabs
from adapters.pages.remittances.words import STATES as REMITTED
from adapters.pages.sellers import sellers
from adapters.pages.visit import Visit
from adapters.views.bank_statements import (
    ListBankAccounts,
    ListBankBalances,
    ListBankReturns,
    ListStatementMovements,
    ListStatements,
)
from commands.bank_statements.statements import (
    CorrectMovement,
    DismissStatement,
    OverruleStatement,
    RegisterBankAccount,
    TakeBackByMovement,
)

STATEMENTS, RETURNS, BALANCES = "/payments/statements", "/payments/returns", "/payments/balances"
ACCOUNTS = "/set-up/bank-accounts"
STATES = {
    "waiting": State(N_("Waits"), "warn"),
    "recorded": State(N_("Being booked"), "info"),
    "overruled": State(N_("Overruled"), "info"),
    "dismissed": State(N_("Dismissed"), "calm"),
    "booked": State(N_("Booked"), "good"),
}
USES = {
    "income": N_("Income"), "outgoing": N_("Outgoing"), "fee": N_("Fee"), "interest": N_("Interest"),
    "collected": N_("Collected debits"), "deposit": N_("Cash deposit"), "payout": N_("Payout"),
    "returned": N_("Came back"), "return": N_("Return"), "reversal": N_("Reversal"), "other": N_("Other"),
}  # fmt: skip


def _path(row: Any) -> str:
    return f"{STATEMENTS}/{quote(row.statement)}"


def _movement(row: Any) -> str:
    return f"{STATEMENTS}/{quote(row.statement)}/movements/{quote(row.movement, safe='')}"


def _of_page(visit: Visit, row: Any) -> str:
    return f"{STATEMENTS}/{quote(visit.path['statement'])}/movements/{quote(row.movement, safe='')}"


def _became(row: Any) -> State:
    if row.use != "income":
        takes_back = row.use in ("return", "reversal")
        kind = ("good" if row.took_back else "warn") if takes_back else "calm"
        return State(USES[row.use], kind)
    if row.reversed_on is not None:
        return State(N_("Taken back"), "bad")
    if row.account:
        return State(N_("On an account"), "good")
    return REMITTED.get(row.remittance, STATES["recorded"])


def _below(row: Any) -> str:
    return row.took_back or row.account or row.return_reason or ""


def _waits(row: Any) -> bool:
    return bool(row.state == "waiting")


def _may_be_overruled(row: Any) -> bool:
    return row.state in ("waiting", "dismissed")


def _statement_of(visit: Visit) -> str:
    return f"{STATEMENTS}/{quote(visit.path['statement'])}"


def _name(visit: Visit) -> str:
    return visit.path["statement"]


# fmt: off
LISTS = (
    List(
        STATEMENTS, ListStatements, N_("Statements of banks"),
        (
            Column(N_("To"), lambda row: row.to_on, "day"),
            Column(N_("Statement"), lambda row: row.statement, link=_path,
                   below=lambda row: " ".join(filter(None, (row.number, row.file_name)))),
            Column(N_("State"), lambda row: STATES[row.state], "state",
                   below=lambda row: row.reason or "; ".join(row.findings)),
            Column(N_("Movements"), lambda row: row.movements, "count"),
            Column(N_("Booked"), lambda row: row.matched, "count"),
            Column(N_("Unmatched"), lambda row: row.waiting, "count"),
            Column(N_("Currency"), lambda row: row.credits.currency),
            Column(N_("Closing balance"), lambda row: row.closing or "–", "moved"),
        ),
        filters=(Field("bank_account", N_("Bank account")),
                 Field("waiting", N_("Only those whose sums do not close"), "check")),
        actions=(
            Act(N_("Import a bank file"), "/payments/import", ImportPayments, "i"),
            Act(N_("Book what is left"), f"{STATEMENTS}/book", BookStatements),
            Act(N_("Returns"), RETURNS, ListBankReturns),
            Act(N_("Balances"), BALANCES, ListBankBalances),
        ),
        row_actions=(
            Act(N_("Take in all the same"), lambda row: f"{_path(row)}/overrule", OverruleStatement,
                when=_may_be_overruled),
            Act(N_("Dismiss"), lambda row: f"{_path(row)}/dismiss", DismissStatement, when=_waits),
        ),
        empty=N_("No statement was taken in yet. Import a file of the bank."), views=tabs,
    ),
    List(
        f"{STATEMENTS}/{{statement}}", ListStatementMovements, N_("Movements of a statement"),
        (
            Column(N_("Line"), lambda row: row.line, "count"),
            Column(N_("Booked on"), lambda row: row.booked_on, "day"),
            Column(N_("Movement"), lambda row: row.movement, "code", below=lambda row: row.message),
            Column(N_("Other side"), lambda row: row.counterparty or "–", below=lambda row: row.counterparty_account),
            Column(N_("Became"), _became, "state", below=_below),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Amount"), lambda row: row.amount, "moved"),
        ),
        actions=(Act(N_("All statements"), STATEMENTS, ListStatements),),
        empty=N_("Nothing is booked of it: it waits, or another statement had brought its movements before."),
    ),
    List(
        RETURNS, ListBankReturns, N_("Returns and reversals"),
        (
            Column(N_("Booked on"), lambda row: row.booked_on, "day"),
            Column(N_("Movement"), lambda row: row.movement, "code", link=_path),
            Column(N_("Reason"), lambda row: row.return_reason or row.code or "–"),
            Column(N_("State"), lambda row: State(N_("Took back"), "good") if row.took_back
                   else State(N_("Payment not found"), "warn"), "state", below=lambda row: row.took_back),
            Column(N_("Currency"), lambda row: row.amount.currency),
            Column(N_("Amount"), lambda row: row.amount, "moved"),
        ),
        filters=(Field("waiting", N_("Only those whose payment is not found"), "check"),),
        actions=(Act(N_("Statements of banks"), STATEMENTS, ListStatements),),
        row_actions=(
            Act(N_("Name the payment"), lambda row: f"{_movement(row)}/take-back", TakeBackByMovement,
                when=lambda row: not row.took_back),
            Act(N_("Correct"), lambda row: f"{_movement(row)}/correct", CorrectMovement,
                when=lambda row: not row.took_back),
        ),
        empty=N_("The banks returned nothing."),
    ),
    List(
        BALANCES, ListBankBalances, N_("Balances of bank accounts"),
        (
            Column(N_("Bank account"), lambda row: row.account),
            Column(N_("Day"), lambda row: row.on, "day"),
            Column(N_("Statement"), lambda row: row.statement, link=_path),
            Column(N_("Currency"), lambda row: row.closing.currency),
            Column(N_("Missing before"), lambda row: row.gap or "–", "moved"),
            Column(N_("Closing balance"), lambda row: row.closing, "moved"),
        ),
        filters=(Field("bank_account", N_("Bank account")), Field("from_on", N_("From"), "day"),
                 Field("to_on", N_("before"), "day"), Field("gaps", N_("Only where a statement is missing"), "check")),
        actions=(Act(N_("Statements of banks"), STATEMENTS, ListStatements),),
        empty=N_("No statement with balances ends on one of these days."),
    ),
    List(
        ACCOUNTS, ListBankAccounts, N_("Bank accounts"),
        (
            Column(N_("IBAN"), lambda row: row.iban, "code", below=lambda row: row.name),
            Column(N_("Seller"), lambda row: row.seller),
            Column(N_("Currency"), lambda row: row.currency or "–"),
            Column(N_("Payments are known by"), lambda row: row.source),
            Column(N_("Pay out to it"), lambda row: ", ".join(row.payouts_from) or "–"),
        ),
        actions=(Act(N_("Register a bank account"), f"{ACCOUNTS}/new", RegisterBankAccount, "n"),),
        empty=N_("No seller has a bank account."),
    ),
)
PAYMENT_TABS = ((3, Act(N_("Statements"), STATEMENTS, ListStatements)),)
FORMS = (
    Form(
        f"{STATEMENTS}/{{statement}}/overrule", OverruleStatement, N_("Take the statement in all the same"),
        N_("Take it in"), (Field("reason", N_("Reason"), is_required=True),),
        then=lambda visit, done: f"{STATEMENTS}/book", back=lambda visit: STATEMENTS, about=_name,
        done=says(N_("The statement will be taken in. Book it now.")),
    ),
    Form(
        f"{STATEMENTS}/{{statement}}/dismiss", DismissStatement, N_("Dismiss the statement"), N_("Dismiss it"),
        (Field("reason", N_("Reason"), is_required=True),),
        then=lambda visit, done: STATEMENTS, back=lambda visit: STATEMENTS, about=_name,
        done=says(N_("The statement is dismissed.")),
    ),
    Form(
        f"{STATEMENTS}/{{statement}}/movements/{{movement}}/correct", CorrectMovement, N_("Correct the movement"),
        N_("Correct it"),
        (Field("use", N_("It is"), "choice", choices=[Choice(code, word) for code, word in USES.items()],
               is_required=True, hint=N_("As income it waits among the unmatched payments.")),
         Field("reason", N_("Reason"), is_required=True)),
        then=lambda visit, done: _statement_of(visit), back=_statement_of, about=lambda visit: visit.path["movement"],
        done=says(N_("The movement is corrected.")),
    ),
    Form(
        f"{STATEMENTS}/{{statement}}/movements/{{movement}}/take-back", TakeBackByMovement,
        N_("Name the payment that was taken back"), N_("Take it back"),
        (Field("payment", N_("Payment"), is_required=True, width=6),
         Field("account", N_("Account"), width=6, hint=N_("Without one it is a payment that nobody recognised."))),
        then=lambda visit, done: RETURNS, back=lambda visit: RETURNS, about=lambda visit: visit.path["movement"],
        done=says(N_("The payment is taken back.")),
    ),
    Form(
        f"{ACCOUNTS}/new", RegisterBankAccount, N_("Bank account of a seller"), N_("Register it"),
        (
            Field("iban", N_("IBAN"), is_required=True, width=6),
            Field("seller", N_("Seller"), "choice", choices=sellers, is_required=True, width=6),
            Field("currency", N_("Currency"), width=3),
            Field("name", N_("Name"), width=5),
            Field("source", N_("Payments are known by"), width=4,
                  hint=N_("The source of its bank profile, if files were imported by one before.")),
            Field("payouts_from", N_("Pay out what is booked already"), "list",
                  hint=N_("Bank accounts of card gateways, kiosk networks and the post, one on each line.")),
        ),
        then=lambda visit, done: ACCOUNTS, back=lambda visit: ACCOUNTS,
        done=says(N_("The bank account is registered.")),
    ),
)
JOB_FORMS = (
    JobForm(f"{STATEMENTS}/book", BookStatements, N_("Book statements"), N_("Book what is left"), back=to(STATEMENTS),
            result="payments/imported.html", after=STATEMENTS),
)
SET_UP = (
    Tile("house", N_("Bank accounts"), ACCOUNTS, ListBankAccounts, N_("Whose statements are taken in")),
)
