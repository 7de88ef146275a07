"""Merge two records of one customer, and undo it."""

from __future__ import annotations

from collections.abc import Iterable

from billing_core.accounts.opening import change_customer_of
from billing_core.parties.merging import merge_customers, require_merged, undo_merge
from commands.accounts import account_stream, accounts_of_customer, load_account
from commands.parties import customer_stream, load_customer, with_merged
from commands.platform.area import Area
from commands.platform.bus import Command, Decision
from commands.platform.concerns import HOUSE
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class MergeCustomers(Command, frozen=True, kw_only=True):
    """Two records are of one customer: `into` is kept, and `customer` points to it from today on.

    Accounts go to the kept customer as they are, with balances and services. The merged number is refused for new
    business; its tickets and history are shown with the kept one's.
    """

    customer: str
    into: str
    reason: str


class UndoMerge(Command, frozen=True, kw_only=True):
    """The customer was another one after all: from today on it has its own number again, with the accounts it had."""

    customer: str
    reason: str


# --- handlers


def handle_merge_customers(command: MergeCustomers, transaction: Transaction, origin: Origin) -> Decision:
    """Both customers are locked, so that no account is opened for one of them meanwhile."""
    _hold(transaction, command.customer, command.into)
    merged, version = load_customer(transaction, command.customer)
    kept, kept_version = load_customer(transaction, command.into)
    accounts = _owned(transaction, command.customer)
    facts, kept_facts = merge_customers(merged, kept, accounts, command.reason, origin.today)
    moved = _moved(transaction, accounts, command.into, origin) if facts else ()
    return Decision(
        (
            Append(customer_stream(command.customer), version, facts),
            Append(customer_stream(command.into), kept_version, kept_facts),
            *moved,
        ),
        result={"accounts": accounts if facts else list(merged.merged_accounts)},
    )


def handle_undo_merge(command: UndoMerge, transaction: Transaction, origin: Origin) -> Decision:
    into = load_customer(transaction, command.customer)[0].merged_into
    _hold(transaction, command.customer, into)
    merged, version = load_customer(transaction, command.customer)
    require_merged(merged)
    kept, kept_version = load_customer(transaction, into)
    facts, kept_facts = undo_merge(merged, kept, command.reason, origin.today)
    return Decision(
        (
            Append(customer_stream(command.customer), version, facts),
            Append(customer_stream(into), kept_version, kept_facts),
            *_moved(transaction, merged.merged_accounts, command.customer, origin),
        ),
        result={"accounts": list(merged.merged_accounts)},
    )


def _hold(transaction: Transaction, *numbers: str) -> None:
    """Customers are locked in the order of their numbers, so that two commands never wait for each other."""
    for number in sorted({number for number in numbers if number}):
        transaction.hold(customer_stream(number), alone=True)


def _owned(transaction: Transaction, customer: str) -> list[str]:
    """The accounts that are a customer's now, also those that came with records that were merged into it."""
    records = with_merged(transaction, customer)
    opened = [account for record in records for account in accounts_of_customer(transaction, record)]
    return sorted(account for account in opened if load_account(transaction, account)[0].customer == customer)


def _moved(transaction: Transaction, accounts: Iterable[str], customer: str, origin: Origin) -> list[Append]:
    """The facts by which accounts are a customer's."""
    appends = []
    for number in accounts:
        account, version = load_account(transaction, number)
        appends.append(Append(account_stream(number), version, change_customer_of(account, customer, origin.today)))
    return appends


AREA = Area(
    handlers={MergeCustomers: handle_merge_customers, UndoMerge: handle_undo_merge},
    concerns={MergeCustomers: HOUSE, UndoMerge: HOUSE},
)
