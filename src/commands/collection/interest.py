"""Publish tables of late interest, and charge the late interest of an account."""

from __future__ import annotations

from datetime import date

from billing_core.accounts.account import Account
from billing_core.accounts.item_courses import ItemCourses, apply_courses
from billing_core.billing.composition import DocumentsDue
from billing_core.billing.late_interest import amounts_of, charge_late_interest, late_interest, require_upto
from billing_core.dunning.interest import (
    InterestTable,
    InterestTablePublished,
    apply_table,
    found_table,
    require_table,
)
from billing_core.dunning.policies import policy_on
from billing_core.kernel.errors import RuleViolation
from commands.accounts import account_stream, load_account
from commands.billing.numbers import issue_for
from commands.dunning_policy_streams import load_policy
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.concerns import HOUSE, Concern, Concerns, Named
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class PublishInterestTable(Command, frozen=True, kw_only=True):
    """Publish the statutory rates of late interest, complete with those of earlier half-years.

    A rate that is corrected changes no document: what was charged too little is charged with the next interest.
    """

    table: InterestTable


class ChargeLateInterest(Command, frozen=True, kw_only=True):
    """Charge the late interest of an account for the days before the date `upto`, today unless it is named.

    The rates are those of the table that the account's dunning policy names. It stands on a document of its own,
    outside VAT, and no day is charged twice. The answer has the number of the document, empty if nothing is due.
    """

    account: str
    upto: date | None = None


class NoInterestTable(RuleViolation):
    """The dunning policy of an account names no table of late interest, or the account has no policy."""

    code = "no-interest-table"


# --- handlers


def table_stream(code: str) -> str:
    return f"interest-table/{code}"


def handle_publish_table(command: PublishInterestTable, transaction: Transaction, origin: Origin) -> Decision:
    table = require_table(command.table)
    stream = table_stream(table.code)
    known, version = transaction.load(stream, apply_table)
    events = [] if known == table else [InterestTablePublished(effective_on=origin.today, table=table)]
    return Decision((Append(stream, version, events),))


def handle_charge_late_interest(command: ChargeLateInterest, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    upto_on = require_upto(command.upto or origin.today, origin.today)
    table = table_of_account(account, transaction, origin.today)
    courses = load_courses(transaction, account.number, version)
    items = late_interest(account, courses, table, upto_on)
    if not items:
        return Decision((), {"document": ""})
    documents = DocumentsDue(invoices=(amounts_of(items),))
    issue = issue_for(account, transaction, origin.today, documents)
    events = charge_late_interest(account, items, table, issue, origin.today)
    document = next(fact.number for fact in events if hasattr(fact, "number"))
    return Decision((Append(account_stream(account.number), version, events),), {"document": document})


def table_of_account(account: Account, transaction: Transaction, on: date) -> InterestTable:
    """The table that the dunning policy of an account names on a day."""
    versions, _ = load_policy(transaction, account.plan.dunning) if account.plan.dunning else (None, 0)
    policy = policy_on(versions, on)
    if policy is None or not policy.interest:
        raise no_interest_table(account.number)
    known, _ = transaction.load(table_stream(policy.interest), apply_table)
    return found_table(known, policy.interest)


def no_interest_table(account: str) -> NoInterestTable:
    return NoInterestTable("has no dunning policy in force that names a table of late interest", field="account",
                           value=account)  # fmt: skip


def load_courses(transaction: Transaction, account: str, version: int) -> ItemCourses:
    """How much of each invoice of an account was open on each day, as of a version of its stream."""
    stream = account_stream(account)
    return transaction.load_all({stream: version}, ItemCourses.KINDS, apply_courses).get(stream) or ItemCourses()


HANDLERS: Handlers = {
    PublishInterestTable: handle_publish_table,
    ChargeLateInterest: handle_charge_late_interest,
}
CONCERNS: Concerns = {
    PublishInterestTable: HOUSE,
    ChargeLateInterest: Concern("named", (Named("account", ("account",)),), is_worth_unknown=True),
}
