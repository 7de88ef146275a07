"""Every account with its balance, and why and since when it is parked: for queries of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, get_args

import msgspec

from billing_core.accounts.events import AccountCustomerChanged, AccountOpened, BillingPlanChanged
from billing_core.accounts.parking import BillingParked, parked_by
from billing_core.charging.charges import ChargesPosted
from billing_core.invoicing.invoices import CreditNoteIssued, InvoiceIssued
from billing_core.kernel.events import Event
from billing_core.kernel.money import Money
from billing_core.payments.events import (
    Adjustment,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentReversed,
    adjusted_credits,
)
from projections import dealers
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows

ACCOUNT_COLUMNS = {
    "number": "text", "customer": "text", "seller": "text", "currency": "text", "billing_day": "int4",
    "due_days": "int4", "tolerance_days": "int4", "opened_on": "date", "balance": "numeric", "parked": "text",
    "parked_on": "date", "parked_subscription": "text", "customers": "text[]",
}  # fmt: skip
UPDATE_BALANCES = """
    UPDATE accounts SET balance = balance + change.amount
    FROM unnest(%b::text[], %b::numeric[]) AS change (number, amount) WHERE accounts.number = change.number
"""
UPDATE_BILLED = """
    UPDATE accounts SET parked = NULL, parked_on = NULL, parked_subscription = NULL
    WHERE parked IS NOT NULL AND number = ANY(%b)
"""
UPDATE_PARKED = """
    UPDATE accounts SET parked = change.parked, parked_on = coalesce(accounts.parked_on, change.parked_on),
        parked_subscription = change.subscription
    FROM unnest(%b::text[], %b::text[], %b::date[], %b::text[]) AS change (number, parked, parked_on, subscription)
    WHERE accounts.number = change.number
"""
UPDATE_CUSTOMERS = """
    UPDATE accounts SET customer = change.customers[array_upper(change.customers, 1)],
        customers = accounts.customers || change.customers
    FROM (SELECT number, array_agg(customer ORDER BY place) AS customers
          FROM unnest(%b::text[], %b::text[]) WITH ORDINALITY AS each (number, customer, place)
          GROUP BY number) AS change
    WHERE accounts.number = change.number
"""
UPDATE_PLANS = """
    UPDATE accounts SET due_days = change.due_days, tolerance_days = change.tolerance_days
    FROM unnest(%b::text[], %b::int4[], %b::int4[]) AS change (number, due_days, tolerance_days)
    WHERE accounts.number = change.number
"""
# The facts by which an account has a balance and by which it changes.
BALANCE_FACTS: tuple[type[Event], ...] = (
    AccountOpened, InvoiceIssued, CreditNoteIssued, PaymentReceived, PaymentMovedIn, PaymentReversed, PaymentMovedAway,
    *get_args(Adjustment),
)  # fmt: skip


class ParkedSince(NamedTuple):
    """The reason, first day and subscription for which an account is parked; all None if it is not."""

    parked: str | None = None
    on: date | None = None
    subscription: str | None = None


class Balances:
    """Every account with its balance (a positive balance is the customer's money), and why and since when it is
    parked. `customers` are those whose account it was, the last one is the present one.
    """

    name = "balances"
    version = 6
    tables = ("accounts",)
    by_stream = True
    definition = """
        CREATE TABLE accounts (
            number text COLLATE "C" PRIMARY KEY, customer text COLLATE "C" NOT NULL, seller text NOT NULL,
            currency text NOT NULL, billing_day integer NOT NULL, due_days integer NOT NULL,
            tolerance_days integer NOT NULL, opened_on date NOT NULL, balance numeric NOT NULL, parked text,
            parked_on date, parked_subscription text, customers text[] COLLATE "C" NOT NULL
        ) WITH (fillfactor = 80);
        CREATE INDEX ON accounts (number) WHERE parked IS NOT NULL;
    """
    indexes = "CREATE INDEX ON accounts (customer);"
    streams: tuple[str, ...] = ("account",)
    folds: tuple[type[Event], ...] = (
        *BALANCE_FACTS, BillingParked, ChargesPosted, BillingPlanChanged, AccountCustomerChanged
    )  # fmt: skip

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        opened: list[AccountOpened] = []
        changes = _changes(page)
        billed: set[str] = set()
        parked: dict[str, ParkedSince] = {}
        for entry in page:
            match entry.event:
                case ChargesPosted() as fact:
                    if not fact.is_by_hand:
                        billed.add(entry.number)
                        parked.pop(entry.number, None)
                case BillingParked() as fact:
                    since = parked[entry.number].on if entry.number in parked else fact.effective_on
                    parked[entry.number] = ParkedSince(str(parked_by(fact)), since, fact.subscription)
                case AccountOpened() as fact:
                    opened.append(fact)
        if billed:
            cursor.execute(UPDATE_BILLED, (list(billed),))
        if opened:
            rows = (
                _account_row(fact, changes.pop(fact.account, Decimal()), parked.pop(fact.account, ParkedSince()))
                for fact in opened
            )
            insert_rows(cursor, "accounts", ACCOUNT_COLUMNS, rows)
        if changes:
            cursor.execute(UPDATE_BALANCES, as_columns(changes.items(), 2))
        if parked:
            cursor.execute(UPDATE_PARKED, as_columns(((number, *why) for number, why in parked.items()), 4))
        _change_plans(cursor, page)
        _change_customers(cursor, page)


def _changes(page: Sequence[LoggedEvent]) -> dict[str, Decimal]:
    """What the events add to the balance of each account."""
    changes: dict[str, Decimal] = defaultdict(Decimal)
    for entry in page:
        match entry.event:
            case InvoiceIssued(gross=gross) | CreditNoteIssued(gross=gross):
                changes[entry.number] -= gross.amount
            case PaymentReceived(amount=amount) | PaymentMovedIn(amount=amount):
                changes[entry.number] += amount.amount
            case PaymentReversed(amount=amount) | PaymentMovedAway(amount=amount):
                changes[entry.number] -= amount.amount
            case fact if isinstance(fact, Adjustment):
                changes[entry.number] += sum(part.amount.amount for part in adjusted_credits(fact))
    return changes


def _change_customers(cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
    moved = [(entry.number, entry.event.customer) for entry in page if isinstance(entry.event, AccountCustomerChanged)]
    if moved:
        cursor.execute(UPDATE_CUSTOMERS, as_columns(moved, 2))


def _change_plans(cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
    changed = {entry.number: entry.event for entry in page if isinstance(entry.event, BillingPlanChanged)}
    if changed:
        rows = ((number, fact.plan.due_days, fact.plan.tolerance_days) for number, fact in changed.items())
        cursor.execute(UPDATE_PLANS, as_columns(rows, 3))


def _account_row(fact: AccountOpened, change: Decimal, parked: ParkedSince) -> tuple[Any, ...]:
    plan = fact.plan
    return (
        fact.account, fact.customer, fact.seller, fact.currency, plan.billing_day, plan.due_days,
        plan.tolerance_days, fact.effective_on, Decimal("0.00") + change,
        parked.parked, parked.on, parked.subscription, [fact.customer],
    )  # fmt: skip


# --- queries


class AccountRow(msgspec.Struct):
    """An account as listed. `parked_on` is the day since which it could not be billed."""

    number: str
    customer: str
    seller: str
    billing_day: int
    due_days: int
    tolerance_days: int
    opened_on: date
    balance: Money
    parked: str | None
    parked_on: date | None
    parked_subscription: str | None


SELECT_ACCOUNTS = """
    SELECT number, customer, seller, billing_day, due_days, tolerance_days, opened_on, balance, currency, parked,
        parked_on, parked_subscription
    FROM accounts
"""


def account_named(cursor: Cursor, number: str) -> AccountRow | None:
    """The account with this number."""
    row = cursor.execute(f"{SELECT_ACCOUNTS} WHERE number = %s", (number,)).fetchone()
    return None if row is None else _listed(row)


def accounts_of(cursor: Cursor, customer: str) -> list[AccountRow]:
    """The accounts of a customer."""
    rows = cursor.execute(f"{SELECT_ACCOUNTS} WHERE customer = %s ORDER BY number", (customer,)).fetchall()
    return [_listed(row) for row in rows]


def customers_of_accounts(cursor: Cursor, accounts: Collection[str]) -> list[str]:
    """The customers to whom these accounts belong, each once."""
    rows = cursor.execute("SELECT DISTINCT customer FROM accounts WHERE number = ANY(%s)", (list(accounts),))
    return [customer for (customer,) in rows]


def accounts_of_customers(cursor: Cursor, customers: Collection[str]) -> dict[str, list[AccountRow]]:
    """The accounts of each of these customers, by customer."""
    found: dict[str, list[AccountRow]] = {customer: [] for customer in customers}
    for row in cursor.execute(f"{SELECT_ACCOUNTS} WHERE customer = ANY(%s) ORDER BY number", (list(customers),)):
        found[row[1]].append(_listed(row))
    return found


def balances_of(cursor: Cursor, numbers: Sequence[str]) -> dict[str, Money]:
    """The balance of each of these accounts."""
    rows = cursor.execute("SELECT number, balance, currency FROM accounts WHERE number = ANY(%s)", (list(numbers),))
    return {number: Money(balance, currency) for number, balance, currency in rows}


def count_parked(cursor: Cursor, after: str = "") -> int:
    """The number of parked accounts."""
    row = cursor.execute("SELECT count(*) FROM accounts WHERE parked IS NOT NULL AND number > %s", (after,)).fetchone()
    assert row is not None
    return int(row[0])


def parked_accounts(cursor: Cursor, limit: int | None = None, after: str = "", dealer: str = "") -> list[AccountRow]:
    """The accounts that could not be billed, with the reason, in order of number; of a dealer's customers if named."""
    condition = f"""WHERE parked IS NOT NULL AND number > %(after)s AND {dealers.accounts_of("number", dealer)}
        ORDER BY number LIMIT %(limit)s"""
    rows = cursor.execute(f"{SELECT_ACCOUNTS} {condition}", {"after": after, "limit": limit, "dealer": dealer})
    return [_listed(row) for row in rows]


def count_accounts(cursor: Cursor) -> int:
    """The number of all accounts."""
    row = cursor.execute("SELECT count(*) FROM accounts").fetchone()
    assert row is not None
    return int(row[0])


def balances_by_currency(cursor: Cursor) -> dict[str, tuple[int, Money]]:
    """The number of accounts and the sum of their balances, per currency."""
    rows = cursor.execute("SELECT currency, count(*), sum(balance) FROM accounts GROUP BY currency ORDER BY currency")
    return {currency: (number, Money(balance, currency)) for currency, number, balance in rows}


def _listed(row: Sequence[Any]) -> AccountRow:
    number, customer, seller, billing_day, due_days, tolerance_days, opened_on, balance, currency, *parked = row
    money = Money(balance, currency)
    return AccountRow(number, customer, seller, billing_day, due_days, tolerance_days, opened_on, money, *parked)


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The streams of its accounts."""
    rows = cursor.execute("SELECT number FROM accounts WHERE customer = %s ORDER BY number", (customer,))
    return [f"account/{row[0]}" for row in rows]


def sellers_of_streams(cursor: Cursor, streams: Collection[str]) -> Mapping[str, str]:
    """The sellers of accounts."""
    numbers = [stream.removeprefix("account/") for stream in streams if stream.startswith("account/")]
    rows = cursor.execute("SELECT number, seller FROM accounts WHERE number = ANY(%s)", (numbers,))
    return {f"account/{number}": seller for number, seller in rows}
