"""What is the balance of an account, and what is its latest state?

Two projections. `Balances` is for queries. `AccountStates` keeps every account's state as a command would fold it, with
its version and next due date: the billing run reads it instead of streams.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, get_args

import msgspec

from billing_core.accounts.account import Account, apply_account
from billing_core.accounts.events import AccountOpened, BillingPlanChanged
from billing_core.accounts.parking import BillingParked, parked_by
from billing_core.billing.run import account_due_on, past_changed
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
from projections.platform.area import Area, Invariant
from projections.platform.projection import Cursor, LoggedEvent, as_columns, insert_rows
from projections.platform.runner import LIVE_SCHEMA

ACCOUNT_COLUMNS = {
    "number": "text", "customer": "text", "seller": "text", "currency": "text", "billing_day": "int4",
    "due_days": "int4", "tolerance_days": "int4", "opened_on": "date", "balance": "numeric", "parked": "text",
    "parked_on": "date", "parked_subscription": "text",
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
SELECT_STATES = "SELECT number, state FROM account_states WHERE number = ANY(%b)"
UPSERT_STATES = """
    INSERT INTO account_states (number, version, next_due_on, past_changed, state)
    SELECT * FROM unnest(%b::text[], %b::int8[], %b::date[], %b::bool[], %b::bytea[])
    ON CONFLICT (number) DO UPDATE
    SET version = excluded.version, next_due_on = excluded.next_due_on, past_changed = excluded.past_changed,
        state = excluded.state
"""

UPDATE_PLANS = """
    UPDATE accounts SET due_days = change.due_days, tolerance_days = change.tolerance_days
    FROM unnest(%b::text[], %b::int4[], %b::int4[]) AS change (number, due_days, tolerance_days)
    WHERE accounts.number = change.number
"""

encode_state = msgspec.msgpack.Encoder().encode
decode_state = msgspec.msgpack.Decoder(Account).decode


class ParkedSince(NamedTuple):
    """The reason, first day and subscription for which an account is parked; all None if it is not."""

    parked: str | None = None
    on: date | None = None
    subscription: str | None = None


class Balances:
    """Every account with its balance (a positive balance is the customer's money), and why and since when it is
    parked.
    """

    name = "balances"
    version = 5
    tables = ("accounts",)
    by_stream = True
    definition = """
        CREATE TABLE accounts (
            number text COLLATE "C" PRIMARY KEY, customer text COLLATE "C" NOT NULL, seller text NOT NULL,
            currency text NOT NULL, billing_day integer NOT NULL, due_days integer NOT NULL,
            tolerance_days integer NOT NULL, opened_on date NOT NULL, balance numeric NOT NULL, parked text,
            parked_on date, parked_subscription text
        ) WITH (fillfactor = 80);
        CREATE INDEX ON accounts (number) WHERE parked IS NOT NULL;
    """
    indexes = "CREATE INDEX ON accounts (customer);"
    streams: tuple[str, ...] = ("account",)
    folds: tuple[type[Event], ...] = (
        AccountOpened, InvoiceIssued, CreditNoteIssued, PaymentReceived, PaymentMovedIn, PaymentReversed,
        PaymentMovedAway, *get_args(Adjustment), BillingParked, ChargesPosted, BillingPlanChanged,
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
        parked.parked, parked.on, parked.subscription,
    )  # fmt: skip


class AccountStates:
    """The state a command would decide on, and when the account is due next.

    It is for decisions of today: no such state exists for an effective date in the past.
    """

    name = "account_states"
    version = 11
    tables = ("account_states",)
    by_stream = True
    definition = """
        CREATE TABLE account_states (
            number text COLLATE "C" PRIMARY KEY, version bigint NOT NULL, next_due_on date,
            past_changed boolean NOT NULL, state bytea NOT NULL
        ) WITH (fillfactor = 70);
    """
    indexes = """
        CREATE INDEX ON account_states (next_due_on, number);
        CREATE INDEX ON account_states (number) WHERE past_changed;
    """
    streams = ("account",)
    folds = (Event,)  # Every event of an account's stream raises its version.

    def write(self, cursor: Cursor, page: Sequence[LoggedEvent]) -> None:
        known = {entry.number for entry in page if entry.version > 1}
        states: dict[str, Account] = {}
        if known:
            rows = cursor.execute(SELECT_STATES, (list(known),)).fetchall()
            states = {number: decode_state(state) for number, state in rows}
        versions: dict[str, int] = {}
        for entry in page:
            state = apply_account(states.get(entry.number), entry.event)
            assert state is not None, f"{entry.stream} does not start with its opening"
            states[entry.number] = state
            versions[entry.number] = entry.version
        cursor.execute(UPSERT_STATES, as_columns((_state_row(states[n], v) for n, v in versions.items()), 5))


def _state_row(state: Account, version: int) -> tuple[Any, ...]:
    return state.number, version, account_due_on(state), past_changed(state), encode_state(state)


# --- queries for people


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


def accounts_of_customers(cursor: Cursor, customers: Collection[str]) -> dict[str, list[AccountRow]]:
    """The accounts of each of these customers, by customer."""
    found: dict[str, list[AccountRow]] = {customer: [] for customer in customers}
    for row in cursor.execute(f"{SELECT_ACCOUNTS} WHERE customer = ANY(%s) ORDER BY number", (list(customers),)):
        found[row[1]].append(_listed(row))
    return found


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


# --- queries for commands


class StateRow(NamedTuple):
    """An account's latest state, its version and its customer's version."""

    account: Account
    version: int
    customer_version: int


SELECT_DUE = """
    SELECT states.state, states.version, customers.version
    FROM (SELECT number, state, version FROM account_states WHERE {condition} ORDER BY number LIMIT %(limit)s) AS states
    JOIN accounts USING (number) JOIN customers ON customers.number = accounts.customer ORDER BY states.number
"""


# For loading one account: its state if the table was made by this version of the fold.
SELECT_LATEST = f"""
    SELECT latest.version, latest.state FROM {LIVE_SCHEMA}.account_states AS latest
    JOIN billing.checkpoints AS built ON built.schema_name = '{LIVE_SCHEMA}'
    AND built.projection = '{AccountStates.name}' AND built.version = {AccountStates.version}
    WHERE latest.number = substr(%(stream)s, {len("account/") + 1})
"""


def states_due_before(cursor: Cursor, until: date, after: str, limit: int) -> list[StateRow]:
    """Accounts due before that date or changed in their past, in order of number."""
    condition = "(next_due_on < %(on)s OR past_changed) AND number > %(after)s"
    return _states(cursor, condition, on=until, after=after, limit=limit)


def states_after(cursor: Cursor, after: str, limit: int) -> list[StateRow]:
    """All accounts, in order of number."""
    return _states(cursor, "number > %(after)s", after=after, limit=limit)


def states_named(cursor: Cursor, numbers: Collection[str]) -> list[StateRow]:
    """The states of the named accounts."""
    return _states(cursor, "number = ANY(%(numbers)s)", numbers=list(numbers), limit=len(numbers))


def expected_accounts(cursor: Cursor, until: date) -> int:
    """How many accounts are due before a date or changed in their past."""
    row = cursor.execute(
        "SELECT count(*) FROM account_states WHERE next_due_on < %s OR past_changed", (until,)
    ).fetchone()
    return int(row[0])


def _states(cursor: Cursor, condition: str, **parameters: Any) -> list[StateRow]:
    rows = cursor.execute(SELECT_DUE.format(condition=condition), parameters).fetchall()
    return [StateRow(decode_state(state), version, customer_version) for state, version, customer_version in rows]


# --- what must hold

PAGE_ACCOUNTS = 1_000
SELECT_BOTH = """
    SELECT number, balance, next_due_on, past_changed, state FROM accounts FULL JOIN account_states USING (number)
    WHERE number > %s ORDER BY number LIMIT %s
"""


def differing_from_states(cursor: Cursor) -> Iterator[str]:
    """The accounts whose balance or next due date is not that of their state, with both."""
    after = ""
    while rows := cursor.execute(SELECT_BOTH, (after, PAGE_ACCOUNTS)).fetchall():
        for number, balance, *listed, state in rows:
            if balance is None or state is None:
                yield f"{number}: has no {'state' if state is None else 'balance'}"
                continue
            account = decode_state(state)
            if balance != account.ledger.balance.amount:
                yield f"{number}: balance {balance}, by its state {account.ledger.balance.amount}"
            if listed != [account_due_on(account), past_changed(account)]:
                yield f"{number}: next due on {listed[0]}, by its state on {account_due_on(account)}"
        after = rows[-1][0]


INVARIANTS: dict[str, Invariant] = {
    "a balance is the sum of its postings": """
        SELECT number FROM accounts LEFT JOIN (
            SELECT account, sum(amount) AS posted FROM (
                SELECT account, -gross AS amount FROM documents
                UNION ALL SELECT account, amount FROM payments WHERE reversed_on IS NULL
                UNION ALL SELECT account, amount FROM credit_adjustments AS adjusted WHERE NOT EXISTS (
                    SELECT FROM payments WHERE payments.account = adjusted.account AND payment = credit
                        AND reversed_on IS NOT NULL)
            ) AS postings GROUP BY account
        ) AS sums ON sums.account = accounts.number WHERE balance <> coalesce(posted, 0)
    """,
    "an account is listed as the state says on which billing decides": differing_from_states,
}


def streams_of_customer(cursor: Cursor, customer: str) -> list[str]:
    """The streams of its accounts."""
    rows = cursor.execute("SELECT number FROM accounts WHERE customer = %s ORDER BY number", (customer,))
    return [f"account/{row[0]}" for row in rows]


AREA = Area(
    true_by_date=(Balances(),),
    recorded=(AccountStates(),),
    invariants=INVARIANTS,
    streams_of_customer=streams_of_customer,
)
