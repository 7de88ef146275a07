"""Accounts: balances, and the statement that explains one."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from adapters.texts.account_card import account_facts
from adapters.views.explained_postings import ExplainDocument, ExplainPosting, explain_document, explain_posting
from adapters.views.persons import Persons, customers_in, owners
from adapters.views.query import Limit, Queries, Query, Reading
from billing_core.accounts.plans import BillingPlan
from billing_core.kernel.errors import NotFound
from billing_core.kernel.money import Money
from commands.accounts import account_stream
from commands.platform.bus import Seen
from commands.platform.concerns import Concern, Concerns, Named
from projections.accounts.balances import AccountRow, account_named
from projections.statements import Posting, Statement, statement_of


class ShowBalance(Query, frozen=True, kw_only=True):
    """The balance of an account, positive if it is the customer's money, and what its terms are."""

    account: str


class ShowAccount(Query, frozen=True, kw_only=True):
    """An account explained: what is open, and the newest postings that led to the balance, the newest first."""

    account: str
    limit: Limit = 50


class OpenInvoice(msgspec.Struct):
    """An invoice that is not fully paid."""

    invoice: str
    due_on: date
    open: Money


class AccountStatement(msgspec.Struct):
    """An account as of the last event of its stream; `earlier` postings are not listed.

    `facts` are those of the areas, as an open promise or what an instalment still owes.
    """

    account: str
    customer: str
    seller: str
    opened_on: date
    billing_day: int
    plan: BillingPlan
    facts: dict[str, Any]
    open_invoices: list[OpenInvoice]
    postings: list[Posting]
    earlier: int
    version: int

    def seen(self) -> Seen:
        """Its stream as it is shown here."""
        return Seen(account_stream(self.account), self.version)


def _show_balance(query: ShowBalance, reading: Reading) -> AccountRow:
    with reading.source.cursor() as cursor:
        row = account_named(cursor, query.account)
    if row is None:
        raise NotFound("no such account; `billing customers` lists them", field="account", value=query.account)
    return row


def _show_account(query: ShowAccount, reading: Reading) -> AccountStatement:
    events = reading.source.events_of(account_stream(query.account))
    statement = statement_of(events)
    if statement is None:
        raise NotFound("no such account; `billing customers` lists them", field="account", value=query.account)
    account = statement.account
    return AccountStatement(
        account=account.number,
        customer=account.customer,
        seller=account.seller,
        opened_on=account.opened_on,
        billing_day=account.billing_day,
        plan=account.plan,
        facts=account_facts(account, reading.today),
        open_invoices=_open_invoices(statement),
        postings=statement.postings[::-1][: query.limit],
        earlier=max(0, len(statement.postings) - query.limit),
        version=len(events),
    )


def _open_invoices(statement: Statement) -> list[OpenInvoice]:
    """In order of due date."""
    items = statement.account.ledger.open_items.items()
    found = [OpenInvoice(number, item.due_on, item.amount) for number, item in items]
    return sorted(found, key=lambda each: (each.due_on, each.invoice))


PERSONS: Persons = {
    ShowAccount: lambda query, statement, reading: [statement.customer],
    ExplainPosting: lambda query, explained, reading: owners([query.account], reading),
    ExplainDocument: lambda query, explained, reading: customers_in([explained.change], reading),
}
QUERIES: Queries = {
    ShowBalance: _show_balance,
    ShowAccount: _show_account,
    ExplainPosting: explain_posting,
    ExplainDocument: explain_document,
}
CONCERNS: Concerns = {ExplainDocument: Concern("named", (Named("document", ("number",)),))}
