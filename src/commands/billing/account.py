"""Bill one account: the interactive path, and the run's path for special cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial

from billing_core.accounts.account import Account
from billing_core.accounts.items import charge_once, grant_goodwill
from billing_core.accounts.parking import BillingParked, park
from billing_core.billing.bills import BilledAccount, Upto, bills
from billing_core.billing.issuing import bill_events
from billing_core.billing.run import require_business_date, require_near, require_opened
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.identical import MemoOfIdenticalSubscriptions
from billing_core.invoicing.invoices import BillingHistory
from billing_core.kernel.events import Event
from billing_core.kernel.money import require_amount
from billing_core.kernel.spans import ONE_DAY
from commands.accounts import account_stream, load_account
from commands.billing.numbers import Issuing, issue_for
from commands.billing.rerating import rerating_of
from commands.billing.run_ports import RunTotals
from commands.catalogue import load_tariff, tariff_stream
from commands.confirmation import Confirmable, require_confirmed
from commands.parties import load_customer_to_serve
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction

# --- commands


class BillAccount(Confirmable, frozen=True, kw_only=True):
    """Charge and invoice everything that is due on the account up to and including the date `on`, today unless said.

    Documents are dated `on`. To charge ahead, name the day `until` before which everything is charged.
    """

    account: str
    on: date | None = None
    until: date | None = None


class ParkAccount(Command, frozen=True, kw_only=True):
    """Park the account with the reason for which it could not be billed."""

    account: str
    code: str
    reason: str
    on: date
    subscription: str = ""


class ChargeOnce(Confirmable, frozen=True, kw_only=True):
    """Charge an item by hand on the account's next invoice; `amount` is without VAT."""

    account: str
    description: str
    amount: Decimal
    vat_rate: Decimal
    on: date | None = None


class GrantGoodwill(Confirmable, frozen=True, kw_only=True):
    """Grant an amount for a reason; it reduces the account's next invoice. `amount` is without VAT."""

    account: str
    description: str
    amount: Decimal
    vat_rate: Decimal
    reason: str
    on: date | None = None


# --- handlers


def handle_bill_account(command: BillAccount, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    on = command.on or origin.today
    until = command.until or on + ONE_DAY
    require_business_date(on, origin.today, account.seller, transaction.last_issued_on(account.seller))
    require_opened(account, on)
    require_near(until, on, "until")
    require_confirmed(command, account.seller, transaction, on, {"until": until})
    totals = RunTotals()
    events: list[Event] = []
    for bill in bills_due(account, version, transaction, Upto(until - ONE_DAY, on)):
        totals.add(bill)
        events += bill
    appends = (Append(account_stream(account.number), version, events),) if events else ()
    return Decision(appends, result=totals)


def bills_due(
    account: Account, version: int, transaction: Transaction, upto: Upto, recorded: Sequence[Event] = (),
    issue: Issuing = issue_for,
) -> Iterator[list[Event]]:  # fmt: skip
    """The events of one bill after the other until nothing is due; the account is moved on with each of them.

    `version` is the one that was loaded, and `recorded` are events of this decision that the account shows already.
    With the first bill go the revisions of price lists that no run has noted yet. `issue` gives the numbers and dates
    of documents: of what is only foreseen, none of the seller's own.
    """
    catalogue = catalogue_of(account, transaction)
    billed = BilledAccount(account, partial(load_history, transaction, account.number, version), recorded)
    noted: list[Event] = list(rerating_of(account, catalogue, transaction))
    billed.apply(noted)
    for on, bill in bills(billed, catalogue, upto, MemoOfIdenticalSubscriptions(catalogue)):
        events = bill_events(account, bill, issue(account, transaction, upto.today, bill.documents), on)
        billed.apply(events)
        yield [*noted, *events]
        noted = []


def handle_park_account(command: ParkAccount, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    parked = BillingParked(
        effective_on=command.on, code=command.code, reason=command.reason, subscription=command.subscription
    )
    events = park(account.parked, parked)
    return Decision((Append(account_stream(account.number), version, events),))


def handle_charge_once(command: ChargeOnce, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    load_customer_to_serve(transaction, account.customer)
    net = require_amount(command.amount, account.currency, "amount")
    on = command.on or origin.today
    require_confirmed(command, account.seller, transaction, origin.today, {"amount": net, "on": on})
    events = charge_once(account, version, command.description, net, command.vat_rate, on)
    return Decision((Append(account_stream(account.number), version, events),))


def handle_grant_goodwill(command: GrantGoodwill, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    net = require_amount(command.amount, account.currency, "amount")
    on = command.on or origin.today
    require_confirmed(command, account.seller, transaction, origin.today, {"amount": net, "on": on})
    events = grant_goodwill(account, version, command.description, net, command.vat_rate, command.reason, on)
    return Decision((Append(account_stream(account.number), version, events),))


def load_history(transaction: Transaction, account: str, version: int) -> BillingHistory:
    """Everything charged and invoiced on an account up to a version: that of the state which is decided on."""
    return load_histories(transaction, {account: version})[account]


def load_histories(transaction: Transaction, versions: Mapping[str, int]) -> dict[str, BillingHistory]:
    """The same of many accounts, by account, in one look-up."""

    def fold(history: BillingHistory | None, fact: Event) -> BillingHistory:
        history = history or BillingHistory()
        history.apply(fact)
        return history

    streams = {account_stream(account): version for account, version in versions.items()}
    found = transaction.load_all(streams, BillingHistory.KINDS, fold)
    return {account: found.get(account_stream(account)) or BillingHistory() for account in versions}


def catalogue_of(account: Account, transaction: Transaction) -> Catalogue:
    """The tariffs that the account's subscriptions ever had, locked against revision until the decision is written."""
    codes = {code for subscription in account.subscriptions.values() for code in subscription.tariffs()}
    for code in sorted(codes):
        transaction.hold(tariff_stream(code))
    return {code: load_tariff(transaction, code) for code in codes}


HANDLERS: Handlers = {
    BillAccount: handle_bill_account,
    ParkAccount: handle_park_account,
    ChargeOnce: handle_charge_once,
    GrantGoodwill: handle_grant_goodwill,
}
