"""Suspend services for non-payment, and let them return: the difference of what is to be and what is.

It is settled after every fact that may change it, whatever the order: a payment, its reversal, a dispute, a promise, a
pause. A policy whose services return the next morning leaves the returns to the dunning run. A payment lifts only what
money suspended: another reason for which a service is suspended stays, and a service on hold is left as it is. On days
and at hours at which a policy does not suspend, it is put off, and settled again when it may be done. Of an account
whose plan has no policy any more nothing is suspended, but what steps suspended before returns when it is paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import chain

from billing_core.accounts.account import Account
from billing_core.accounts.debtor import is_spared
from billing_core.accounts.events import BillingPlanChanged
from billing_core.accounts.suspension_fees import with_fees
from billing_core.credit_limits import CreditLimitSet, TemporaryCreditEnded, TemporaryCreditGranted
from billing_core.dunning.facts import (
    DunningHeld,
    DunningHoldEnded,
    DunningPaused,
    DunningPauseEnded,
    FullSpeedRestored,
    InsolvencyEnded,
    InsolvencyNoted,
    ItemDisputed,
    ItemDisputeEnded,
    ServicesSlowed,
    SuspensionPutOff,
)
from billing_core.dunning.ladder import Debtor
from billing_core.dunning.suspension_hours import may_suspend, put_off_to
from billing_core.dunning.suspensions import ServiceDunned, slowed_to, suspensions_wanted, tolerance_of
from billing_core.invoicing.invoices import CreditNoteIssued
from billing_core.kernel.events import Event
from billing_core.kernel.money import zero
from billing_core.payments.events import (
    CreditFreed,
    CreditHeldBack,
    CreditKeptAsIncome,
    CreditPaidOut,
    CreditTransferredAway,
    CreditTransferredIn,
    InvoiceWrittenOff,
    ItemsFellDue,
    KeptCreditRestored,
    PaymentMovedAway,
    PaymentMovedIn,
    PaymentPartlyReversed,
    PaymentReceived,
    PaymentRefunded,
    PaymentReversed,
    PayOutReturned,
    WriteOffCancelled,
)
from billing_core.promises import PromiseBroken, PromiseKept, PromiseOpened
from billing_core.services.events import NON_PAYMENT
from billing_core.services.subscriptions import Subscription
from billing_core.services.suspension_reasons import SuspensionReason
from billing_core.services.suspensions import return_from, suspend_for
from billing_core.services.timeline import Segment, reasons_on
from commands.accounts import account_stream
from commands.dunning.debtors import Setting, load_debtor, setting_without_policy
from commands.platform.bus import Command, Decision, Handlers
from commands.platform.event_log import RecordedEvent
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.reactions import Reaction
from commands.platform.wakes import WakeHandlers, WakeUp

PAUSE_END = "dunning-pause"
PUT_OFF = "suspension"

# --- commands


class SettleSuspensions(Command, frozen=True, kw_only=True):
    """Suspend and return the services of an account as its debts and its dunning policy ask for today.

    Payments, disputes, promises and pauses give it by themselves.
    """

    account: str


# --- handlers


def handle_settle(command: SettleSuspensions, transaction: Transaction, origin: Origin) -> Decision:
    account, version, setting = load_debtor(transaction, command.account, origin)
    if setting is not None:
        events = settle(account, version, setting, may_return=setting.policy.returns == "at-once")
    elif account.dunning.taken:
        without = setting_without_policy(account, version, transaction, origin)
        events = settle(account, version, without, returns_alone=True)
    else:
        events = []
    return Decision((Append(account_stream(account.number), version, events),) if events else ())


def settle(
    account: Account, version: int, setting: Setting, *, may_return: bool = True, returns_alone: bool = False
) -> list[Event]:  # fmt: skip
    """The suspensions and returns that are due on an account today, with their fees; it is moved on by them.

    With `returns_alone` nothing is suspended or slowed down that is not so already.
    """
    if not _may_matter(account):
        return []
    present = services_present(account, setting.today)
    services = services_dunned(account, present, setting)
    # What services cost in a month matters to steps alone, and is dear to find out.
    debtor = Debtor(account.ledger.open_items, account.dunning, zero(account.currency))
    available = account.available_to_dunning(setting.today)
    wanted = suspensions_wanted(setting.policy, debtor, services, available, setting.today)
    events, is_allowed = list[Event](), may_suspend(setting.policy, setting.today, setting.clock, setting.calendar)
    waits = False
    for code, service in services.items():
        subscription = account.subscriptions[code]
        if code in wanted and not service.is_suspended and present[code].in_force.status != "held":
            waits = waits or not (is_allowed or returns_alone)
            if is_allowed and not returns_alone:
                events += suspend_for(subscription, setting.reason(wanted[code]), setting.today)
        elif code not in wanted and service.is_suspended and may_return:
            ended = [setting.reason(each) for each in _of_money(account, subscription, setting)]
            events += [fact for reason in ended for fact in return_from(subscription, reason, setting.today)]
    events = with_fees(account, version, events, _reasons_named(account, wanted, setting), setting.today)
    events += _speed(debtor, setting.today, returns_alone=returns_alone)
    events += _put_off(debtor, setting) if waits else []
    for fact in events:
        account.apply(fact)
    return events


def _put_off(debtor: Debtor, setting: Setting) -> list[Event]:
    """A suspension is put off to the next instant at which it may be made; noted once for that instant."""
    until_at = put_off_to(setting.policy, setting.today, setting.clock, setting.calendar, setting.time_zone)
    is_known = debtor.dunning.put_off_to == until_at
    return [] if is_known else [SuspensionPutOff(effective_on=setting.today, until_at=until_at)]


def _speed(debtor: Debtor, today: date, *, returns_alone: bool) -> list[Event]:
    """The change of speed that is due: services are slowed down, slowed to another profile, or run at their own."""
    profile = slowed_to(debtor, today)
    if profile == debtor.dunning.slowed_to or (profile and returns_alone):
        return []
    changed = ServicesSlowed(effective_on=today, profile=profile) if profile else FullSpeedRestored(effective_on=today)
    return [changed]


def _may_matter(account: Account) -> bool:
    """Whether a step that suspends or slows down was taken on an open item, or a service may be suspended or slow."""
    taken = account.dunning.taken
    steps = (step for invoice in account.ledger.open_items for step in taken.get(invoice, ()))
    if account.dunning.slowed_to or any(step.suspends or step.slows_to for step in steps):
        return True
    return any(change.kind == "suspend" for each in account.subscriptions.values() for change in each.timeline)


def _of_money(account: Account, subscription: Subscription, setting: Setting) -> list[str]:
    """The reasons for which a service is suspended today that steps gave and money lifts; non-payment is one."""
    given = {NON_PAYMENT, *(step.suspends for steps in account.dunning.taken.values() for step in steps)}
    known = reasons_on(subscription.timeline, setting.today)
    return [code for code in known if code in given and setting.reason(code).lifted_by == "money"]


def _reasons_named(account: Account, wanted: Mapping[str, str], setting: Setting) -> dict[str, SuspensionReason]:
    """The reasons for which services are suspended today or are to be."""
    holding = (reasons_on(each.timeline, setting.today) for each in account.subscriptions.values())
    return {code: setting.reason(code) for code in {*chain(*holding), *wanted.values()}}


def services_present(account: Account, today: date) -> dict[str, Segment]:
    """The services that have not ended, each with what is in force of it today."""
    found = {}
    for code, subscription in sorted(account.subscriptions.items()):
        part = next((part for part in subscription.segments() if part.contains(today)), None)
        if part is not None:
            found[code] = part
    return found


def services_dunned(account: Account, present: Mapping[str, Segment], setting: Setting) -> dict[str, ServiceDunned]:
    """The services that are present, each with its tolerance, and whether money suspends it today."""
    found: dict[str, ServiceDunned] = {}
    for code, part in present.items():
        tariff = setting.catalogue[part.in_force.tariff]
        tolerance = tolerance_of(tariff, setting.policy, account.plan.tolerance_days)
        is_suspended = bool(_of_money(account, account.subscriptions[code], setting))
        found[code] = ServiceDunned(tolerance, is_suspended, is_spared(account, part.in_force.tariff, setting.policy))
    return found


# --- what happens by itself

# What settles an invoice, or opens it again, is recorded together with one of these: `CreditAllocated` and
# `CreditReleased` need no second look.
SETTLED_AFTER: tuple[type[Event], ...] = (
    PaymentReceived, PaymentMovedIn, PaymentReversed, PaymentPartlyReversed, PaymentMovedAway, PaymentRefunded,
    CreditPaidOut, CreditHeldBack, CreditFreed, CreditTransferredAway, CreditTransferredIn, PayOutReturned,
    CreditKeptAsIncome, KeptCreditRestored,
    CreditNoteIssued, InvoiceWrittenOff, WriteOffCancelled, ItemsFellDue, ItemDisputed, ItemDisputeEnded, DunningHeld,
    DunningHoldEnded, DunningPaused, DunningPauseEnded, PromiseOpened, PromiseKept, PromiseBroken, InsolvencyNoted,
    InsolvencyEnded, BillingPlanChanged, CreditLimitSet, TemporaryCreditGranted, TemporaryCreditEnded,
)  # fmt: skip


def _settle(entry: RecordedEvent) -> SettleSuspensions:
    return SettleSuspensions(account=entry.number)


def _settle_again(wake_up: WakeUp) -> SettleSuspensions:
    return SettleSuspensions(account=wake_up.number)


HANDLERS: Handlers = {SettleSuspensions: handle_settle}
# A customer who has paid waits for the service.
REACTIONS = (Reaction("settle-suspensions", SETTLED_AFTER, _settle, is_urgent=True),)
WAKES: WakeHandlers = {PAUSE_END: _settle_again, PUT_OFF: _settle_again}
