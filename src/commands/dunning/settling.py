"""Suspend services for non-payment, and let them return: the difference of what is to be and what is.

It is settled after every fact that may change it, whatever the order: a payment, its reversal, a dispute, a promise, a
pause. A policy whose services return the next morning leaves the returns to the dunning run. A payment lifts only what
money suspended: a service that is suspended for another reason, or on hold, is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from billing_core.accounts.account import Account
from billing_core.accounts.events import BillingPlanChanged
from billing_core.dunning.facts import (
    DunningPaused,
    DunningPauseEnded,
    InsolvencyEnded,
    InsolvencyNoted,
    ItemDisputed,
    ItemDisputeEnded,
)
from billing_core.dunning.suspensions import ServiceDunned, suspensions_wanted, tolerance_of
from billing_core.invoicing.invoices import CreditNoteIssued
from billing_core.kernel.events import Event
from billing_core.payments.events import (
    CreditPaidOut,
    InvoiceWrittenOff,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentReceived,
    PaymentRefunded,
    PaymentReversed,
    WriteOffCancelled,
)
from billing_core.promises import PromiseBroken, PromiseKept, PromiseOpened
from billing_core.services.changes import suspend
from billing_core.services.events import NON_PAYMENT, SubscriptionResumed, SubscriptionSuspended
from billing_core.services.holds import resume
from billing_core.services.subscriptions import Subscription
from billing_core.services.timeline import Segment
from commands.accounts import account_stream
from commands.dunning.debtors import Setting, debtor_of, load_debtor
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.platform.wakes import WakeHandlers, WakeUp

PAUSE_END = "dunning-pause"

# --- commands


class SettleSuspensions(Command, frozen=True, kw_only=True):
    """Suspend and return the services of an account as its debts and its dunning policy ask for today.

    Payments, disputes, promises and pauses give it by themselves.
    """

    account: str


# --- handlers


def handle_settle(command: SettleSuspensions, transaction: Transaction, origin: Origin) -> Decision:
    account, version, setting = load_debtor(transaction, command.account, origin.today)
    if setting is None:
        return Decision(())
    events = settle(account, setting, may_return=setting.policy.returns == "at-once")
    return Decision((Append(account_stream(account.number), version, events),) if events else ())


def settle(account: Account, setting: Setting, *, may_return: bool = True) -> list[Event]:
    """The suspensions and returns that are due on an account today; the account is moved on by them."""
    if not _may_matter(account):
        return []
    present = services_present(account, setting.today)
    services = services_dunned(account, present, setting)
    debtor = debtor_of(account, setting)
    wanted = suspensions_wanted(setting.policy, debtor, services, account.ledger.balance, setting.today)
    events: list[Event] = []
    for code, service in services.items():
        subscription = account.subscriptions[code]
        if code in wanted and present[code].in_force.status == "active":
            events += _suspended(subscription, wanted[code], setting.today)
        elif code not in wanted and service.is_suspended and may_return:
            events += _returned(subscription, present[code], setting)
    for fact in events:
        account.apply(fact)
    return events


# Who suspends for several reasons at once, with the policy of each reason, takes the place of these two.


def _suspended(subscription: Subscription, reason: str, on: date) -> list[Event]:
    fact = SubscriptionSuspended(effective_on=on, subscription=subscription.code, reason=reason)
    return list(suspend(subscription, fact, on))


def _returned(subscription: Subscription, part: Segment, setting: Setting) -> list[Event]:
    fact = SubscriptionResumed(effective_on=setting.today, subscription=subscription.code, reason=part.in_force.reason)
    return list(resume(subscription, fact, setting.catalogue))


def _may_matter(account: Account) -> bool:
    """Whether a step that suspends was taken on an open item, or a service may be suspended."""
    taken = account.dunning.taken
    if any(step.suspends for invoice in account.ledger.open_items for step in taken.get(invoice, ())):
        return True
    return any(change.kind == "suspend" for each in account.subscriptions.values() for change in each.timeline)


def _reasons_of_money(account: Account) -> set[str]:
    """The reasons for which steps suspended services of the account; non-payment always is one."""
    return {NON_PAYMENT, *(step.suspends for steps in account.dunning.taken.values() for step in steps)}


def _on(subscription: Subscription, on: date) -> Segment | None:
    return next((part for part in subscription.segments() if part.contains(on)), None)


def services_present(account: Account, today: date) -> dict[str, Segment]:
    """The services that have not ended, each with what is in force of it today."""
    return {code: part for code, each in sorted(account.subscriptions.items()) if (part := _on(each, today))}


def services_dunned(account: Account, present: Mapping[str, Segment], setting: Setting) -> dict[str, ServiceDunned]:
    """The services that are present, each with its tolerance, and whether money suspends it today."""
    reasons = _reasons_of_money(account)
    found: dict[str, ServiceDunned] = {}
    for code, part in present.items():
        in_force = part.in_force
        tolerance = tolerance_of(setting.catalogue[in_force.tariff], setting.policy, account.plan.tolerance_days)
        found[code] = ServiceDunned(tolerance, in_force.status == "suspended" and in_force.reason in reasons)
    return found


# --- what happens by itself

# What settles an invoice, or opens it again, is recorded together with one of these: `CreditAllocated` and
# `CreditReleased` need no second look.
SETTLED_AFTER: tuple[type[Event], ...] = (
    PaymentReceived, PaymentMovedIn, PaymentReversed, PaymentMovedAway, PaymentRefunded, CreditPaidOut,
    CreditNoteIssued, InvoiceWrittenOff, WriteOffCancelled, ItemDisputed, ItemDisputeEnded, DunningPaused,
    DunningPauseEnded, PromiseOpened, PromiseKept, PromiseBroken, InsolvencyNoted, InsolvencyEnded, BillingPlanChanged,
)  # fmt: skip


def _settle(entry: RecordedEvent) -> SettleSuspensions:
    return SettleSuspensions(account=entry.number)


def _pause_over(wake_up: WakeUp) -> SettleSuspensions:
    return SettleSuspensions(account=wake_up.number)


HANDLERS: Handlers = {SettleSuspensions: handle_settle}
REACTIONS = (Reaction("settle-suspensions", SETTLED_AFTER, _settle),)
WAKES: WakeHandlers = {PAUSE_END: _pause_over}
