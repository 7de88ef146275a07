"""Income: what came in and went back by day, way or person; who pays for a customer; the statement of an account."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import NamedTuple

import msgspec

from adapters.documents.account_paper import AccountPaper, PaperRow, render_account_paper
from adapters.files.tables_csv import csv_bytes
from adapters.languages.codes import first_known
from adapters.views.persons import Persons, owners
from adapters.views.query import FileAnswer, Page, Queries, Query, Reading
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money, total
from billing_core.payments.events import MoneyReceived
from commands.accounts import account_stream
from commands.platform.concerns import LISTED, Concerns
from projections.account_spans import AccountSpan, days_asked, span_of
from projections.accounts.balances import accounts_of
from projections.income import ChosenIncome, IncomeBy, IncomeRow, income_by
from projections.parties.customer_lists import customer_named
from projections.parties.customers import list_sellers
from projections.statements import statement_of

# --- what is asked


class ListIncome(Query, frozen=True, kw_only=True):
    """Money received and given back, from a day on and before another one, by day, way, source, dealer or operator.

    Money that waits until somebody assigns it counts, and belongs to no dealer. A payment that was moved to another
    account counts where it is now.
    """

    by: IncomeBy = "day"
    from_on: date | None = None
    to_on: date | None = None


class ListPayers(Query, frozen=True, kw_only=True):
    """Who paid on the accounts of a customer: each payer and bank account, with how much and when last."""

    customer: str


class StateAccount(Query, frozen=True, kw_only=True):
    """The statement of an account for some days, both included: opening balance, every posting, closing balance.

    Without days it begins when the account was opened, and ends today.
    """

    account: str
    from_on: date | None = None
    to_on: date | None = None


class PrintAccountStatement(StateAccount, frozen=True, kw_only=True):
    """The statement of an account for some days as a PDF."""


class WriteAccountStatement(StateAccount, frozen=True, kw_only=True):
    """The statement of an account for some days as a CSV file."""


# --- what is answered


class PayerRow(msgspec.Struct):
    """A payer of a customer, as the banks and desks named it."""

    payer: str
    payer_account: str
    accounts: list[str]
    payments: int
    amount: Money
    last_on: date


class StatementPaper(FileAnswer):
    """A statement of account as a PDF."""

    media_type = "application/pdf"


class StatementTable(FileAnswer):
    """A statement of account as CSV."""

    media_type = "text/csv"


# --- answers


def _list_income(query: ListIncome, reading: Reading) -> Page[IncomeRow]:
    with reading.source.cursor() as cursor:
        return Page(income_by(cursor, ChosenIncome(query.by, query.from_on, query.to_on, reading.dealer)), None)


class _Payer(NamedTuple):
    payer: str
    account: str
    currency: str


def _list_payers(query: ListPayers, reading: Reading) -> Page[PayerRow]:
    """Payers are personal and so in no table: they are read from the accounts' streams."""
    with reading.source.cursor() as cursor:
        if customer_named(cursor, query.customer) is None:
            raise NotFound("no such customer; `billing customers` lists them", field="customer", value=query.customer)
        numbers = [row.number for row in accounts_of(cursor, query.customer)]
    found: dict[_Payer, list[tuple[str, MoneyReceived]]] = defaultdict(list)
    for number in numbers:
        for fact in reading.source.events_of(account_stream(number)):
            if isinstance(fact, MoneyReceived):
                found[_Payer(fact.payer, fact.payer_account, fact.amount.currency)].append((number, fact))
    rows = [
        PayerRow(
            payer=payer.payer, payer_account=payer.account, accounts=sorted({number for number, _ in facts}),
            payments=len(facts), amount=total((fact.amount for _, fact in facts), payer.currency),
            last_on=max(fact.effective_on for _, fact in facts),
        )
        for payer, facts in found.items()
    ]  # fmt: skip
    return Page(sorted(rows, key=lambda row: (-row.payments, row.payer, row.payer_account)), None)


def _state_account(query: StateAccount, reading: Reading) -> AccountSpan:
    statement = statement_of(reading.source.events_of(account_stream(query.account)))
    if statement is None:
        raise NotFound("no such account; `billing customers` lists them", field="account", value=query.account)
    return span_of(statement, *days_asked(query.from_on, query.to_on, statement, reading.today))


def _print(query: PrintAccountStatement, reading: Reading) -> StatementPaper:
    return StatementPaper(render_account_paper(_paper(_state_account(query, reading), reading)))


def _paper(span: AccountSpan, reading: Reading) -> AccountPaper:
    """In the customer's language, else in that of the seller; a forgotten customer has no name any more."""
    with reading.source.cursor() as cursor:
        found = customer_named(cursor, span.customer)
        seller = next((each for each in list_sellers(cursor) if each.code == span.seller), None)
    spoken = found.customer.language if found else ""
    recipient = (found.customer.name, *found.customer.address.lines()) if found else ()
    return AccountPaper(
        language=first_known(spoken, seller.language if seller else ""),
        seller=seller.name if seller else span.seller,
        recipient=[line for line in recipient if line],
        account=span.account, from_on=span.from_on, to_on=span.to_on, opening=span.opening, charged=span.charged,
        credited=span.credited, closing=span.closing,
        rows=[PaperRow(row.on, row.kind, row.reference, row.due_on, row.amount, row.balance) for row in span.rows],
    )  # fmt: skip


def _write(query: WriteAccountStatement, reading: Reading) -> StatementTable:
    span = _state_account(query, reading)
    rows: list[tuple[object, ...]] = [(span.from_on, "opening", "", None, "", None, span.opening)]
    rows += [(row.on, row.kind, row.reference, row.due_on, row.reason, row.amount, row.balance) for row in span.rows]
    rows.append((span.to_on, "closing", "", None, "", None, span.closing))
    heading = ("date", "kind", "reference", "due_on", "reason", "amount", "balance", "currency")
    return StatementTable(csv_bytes(heading, ((*row, span.opening.currency) for row in rows)))


def _owners(query: StateAccount, answer: object, reading: Reading) -> list[str]:
    return owners([query.account], reading)


QUERIES: Queries = {
    ListIncome: _list_income,
    ListPayers: _list_payers,
    StateAccount: _state_account,
    PrintAccountStatement: _print,
    WriteAccountStatement: _write,
}
CONCERNS: Concerns = {ListIncome: LISTED}
PERSONS: Persons = {
    ListPayers: lambda query, page, reading: [query.customer] if page.items else [],
    StateAccount: _owners,
    PrintAccountStatement: _owners,
    WriteAccountStatement: _owners,
}
