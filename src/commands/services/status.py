"""Status of a subscription: activate, hold, suspend, resume, terminate; and cancel a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from billing_core.accounts.debtor import overdue_debt
from billing_core.accounts.suspension_fees import with_fees
from billing_core.billing.unpriced_usage import UnpricedUsage
from billing_core.catalogue.tariffs import Catalogue
from billing_core.charging.next_period import next_period_on
from billing_core.charging.view import view_of
from billing_core.kernel.spans import ONE_DAY
from billing_core.services.changes import activate, cancel_change, suspend
from billing_core.services.events import (
    SubscriptionActivated,
    SubscriptionChangeCancelled,
    SubscriptionEvent,
    SubscriptionHeld,
    SubscriptionResumed,
    SubscriptionSuspended,
    SubscriptionTerminated,
)
from billing_core.services.hold_conditions import by_request, refuse
from billing_core.services.holds import hold, hold_terms, resume
from billing_core.services.suspensions import suspension
from billing_core.services.terminations import Notice, notice_of, terminate
from billing_core.services.timeline import reasons_on
from commands.accounts import account_stream, load_account
from commands.catalogue import load_tariff
from commands.confirmation import require_confirmed
from commands.parties import load_customer_to_serve
from commands.platform.answers import plain
from commands.platform.bus import Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction
from commands.services.subscriptions import (
    Subject,
    SubscriptionChange,
    SubscriptionCommand,
    load_subject,
    require_currency_of,
    subscription_of,
    tariffs_of,
)
from commands.services.usage import usage_settled
from commands.suspensions import load_reason, load_reasons

# --- commands


class ActivateSubscription(SubscriptionCommand, frozen=True, kw_only=True):
    """Activate a subscription on the date `on`, by default today.

    `prices` maps component codes to prices that are kept instead of the list's, up to `until` or always.
    `parameters` are what the tariff asks for, by name. `customer_class` says whose prices hold.
    `address` is the code of the address at which the service is given; a billing plan may invoice by it.
    A date far ahead is asked about first; `confirmed` does it without.
    """

    tariff: str
    on: date | None = None
    agreed_prices: Mapping[str, Decimal] = {}
    agreed_until: date | None = None
    quantity: Decimal = Decimal(1)
    options: tuple[str, ...] = ()
    customer_class: str = ""
    parameters: Mapping[str, str] = {}
    address: str = ""
    confirmed: bool = False


class HoldSubscription(SubscriptionChange, frozen=True, kw_only=True):
    """Pause the service at the customer's request, until the date `until` or until it is resumed.

    The tariff limits the length of a hold and sets the percentage of the fees that is charged meanwhile;
    `charge_percent` overrides that percentage. It may ask for notice, and that nothing is overdue, unless
    `waive_conditions`.
    """

    until: date | None = None
    charge_percent: Decimal | None = None
    waive_conditions: bool = False


class SuspendSubscription(SubscriptionChange, frozen=True, kw_only=True):
    """Suspend the service for a reason, in addition to those for which it is suspended already.

    The policy of the reason says what is charged and who lifts it; `suspension-reasons` lists them. `charge_percent` is
    the percentage of the recurring fees that goes on being charged meanwhile, by default that of the reason: 100 for
    non-payment and abuse. While several reasons hold, it is the lowest of them. The answer says it.
    """

    reason: str
    charge_percent: Decimal | None = None


class ResumeSubscription(SubscriptionChange, frozen=True, kw_only=True):
    """End a hold or a suspension, even if its planned end is later.

    With a `reason` only the suspension for it ends, and the service is active again if no other is left. Without one
    all of them end; of a service on hold the hold ends.
    """

    reason: str = ""


class TerminateSubscription(SubscriptionChange, frozen=True, kw_only=True):
    """Terminate the subscription from the date `on`, by default the end of the notice period of its tariff.

    Notice was given on `notice_given_on`, by default today; an earlier end needs `waive_notice`. Until then the service
    goes on, and its fees go on being charged. With `from_next_period` it ends with the period in which the notice ends.
    Usage recorded for later days is charged at the last price or waived, as `unpriced_usage` says.
    """

    reason: str
    notice_given_on: date | None = None
    waive_notice: bool = False
    unpriced_usage: UnpricedUsage | None = None


class CancelChange(SubscriptionCommand, frozen=True, kw_only=True):
    """Cancel the last change of a kind on the date `on`, in the past or the future.

    The cancellation of a hold or suspension includes its resumption. Recorded usage without a price is charged at the
    last price or waived, as `unpriced_usage` says.
    """

    kind: Literal[
        "change-tariff", "change-quantity", "change-price", "add-option", "drop-option", "grant-discount",
        "end-discount", "hold", "suspend", "resume", "terminate", "waive",
    ]  # fmt: skip
    on: date
    reason: str = ""
    unpriced_usage: UnpricedUsage | None = None


# --- handlers


def handle_activate(command: ActivateSubscription, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    load_customer_to_serve(transaction, account.customer)
    tariff = require_currency_of(account, load_tariff(transaction, command.tariff))
    require_confirmed(command, account.seller, transaction, origin.today, {"on": command.on})
    activated = SubscriptionActivated(
        effective_on=command.on or origin.today,
        subscription=command.subscription,
        tariff=tariff.code,
        agreed_prices=dict(command.agreed_prices),
        agreed_until=command.agreed_until,
        quantity=command.quantity,
        options=command.options,
        customer_class=command.customer_class,
        customer=account.customer,
        asked=tuple(command.parameters),
        parameters=dict(command.parameters),
        address=command.address,
    )
    events = activate(account.subscriptions, activated, tariff, account.opened_on)
    return Decision((Append(account_stream(account.number), version, events),))


def handle_hold(command: HoldSubscription, transaction: Transaction, origin: Origin) -> Decision:
    subject = load_subject(command, transaction, origin)
    require_confirmed(command, subject.account.seller, transaction, origin.today, {"until": command.until})
    catalogue = tariffs_of(subject.subscription, transaction)
    percent = command.charge_percent
    if percent is None:
        percent = hold_terms(subject.subscription, subject.on, catalogue).charge_percent
    held = SubscriptionHeld(effective_on=subject.on, subscription=command.subscription, charge_percent=percent)
    if not command.waive_conditions:
        terms = hold_terms(subject.subscription, subject.on, catalogue)
        refuse(list(by_request(terms, subject.on, overdue_debt(subject.account, origin.today), origin.today)))
    return subject.decision(hold(subject.subscription, held, command.until, catalogue))


def handle_suspend(command: SuspendSubscription, transaction: Transaction, origin: Origin) -> Decision:
    subject = load_subject(command, transaction, origin)
    reason = load_reason(transaction, command.reason)
    suspended = suspension(subject.subscription, reason, subject.on)
    if command.charge_percent is not None:
        suspended = msgspec.structs.replace(suspended, charge_percent=command.charge_percent)
    changes = suspend(subject.subscription, suspended, origin.today)
    decision = _with_fees(subject, changes, transaction, origin)
    (found,) = _suspensions(changes)
    result = {**plain(decision.result), "charge_percent": found.charge_percent}
    return msgspec.structs.replace(decision, result=result)


def handle_resume(command: ResumeSubscription, transaction: Transaction, origin: Origin) -> Decision:
    subject = load_subject(command, transaction, origin)
    resumed = SubscriptionResumed(
        effective_on=subject.on, subscription=command.subscription, reason=command.reason or None
    )
    changes = resume(subject.subscription, resumed, tariffs_of(subject.subscription, transaction))
    return _with_fees(subject, changes, transaction, origin)


def _with_fees(
    subject: Subject, changes: Sequence[SubscriptionEvent], transaction: Transaction, origin: Origin
) -> Decision:
    """The decision with the fees of the reasons that the changes begin or end."""
    known = reasons_on(subject.subscription.timeline, subject.on)
    reasons = load_reasons(transaction, {*known, *(fact.reason for fact in _suspensions(changes))})
    return subject.decision(with_fees(subject.account, subject.version, changes, reasons, origin.today))


def _suspensions(changes: Sequence[SubscriptionEvent]) -> list[SubscriptionSuspended]:
    return [fact for fact in changes if isinstance(fact, SubscriptionSuspended)]


def handle_terminate(command: TerminateSubscription, transaction: Transaction, origin: Origin) -> Decision:
    subject = load_subject(command, transaction, origin)
    catalogue = tariffs_of(subject.subscription, transaction)
    given_on = command.notice_given_on or origin.today
    notice = notice_of(subject.subscription, given_on, origin.today, catalogue)
    subject = subject._replace(on=_end_of_service(command, subject, notice, catalogue))
    terminated = SubscriptionTerminated(
        effective_on=subject.on,
        subscription=command.subscription,
        reason=command.reason,
        notice_given_on=given_on if notice.is_required or command.notice_given_on else None,
    )
    changes = terminate(subject.subscription, terminated, notice, is_waived=command.waive_notice)
    reason = f"waived at the termination on {subject.on}"
    settled = usage_settled(subject, changes, command.unpriced_usage, reason, catalogue, transaction)
    return subject.decision([*changes, *settled])


def _end_of_service(command: TerminateSubscription, subject: Subject, notice: Notice, catalogue: Catalogue) -> date:
    """The day that is named; otherwise the end of the notice period, or of the period in which it lies."""
    if command.on is not None or command.waive_notice or not notice.is_required:
        return subject.on
    if command.from_next_period:
        view = view_of(subject.subscription, subject.account.billing_days)
        return max(subject.on, next_period_on(view, catalogue, notice.ends_on - ONE_DAY))
    return notice.ends_on


def handle_cancel_change(command: CancelChange, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    cancelled = SubscriptionChangeCancelled(
        effective_on=command.on, subscription=command.subscription, kind=command.kind, reason=command.reason
    )
    subscription = subscription_of(account, command.subscription)
    changes = cancel_change(subscription, cancelled)
    reason = f"waived as {command.kind} of {command.on} is cancelled{': ' if command.reason else ''}{command.reason}"
    subject = Subject(account, version, subscription, command.on)
    catalogue = tariffs_of(subscription, transaction)
    settled = usage_settled(subject, changes, command.unpriced_usage, reason, catalogue, transaction)
    return Decision((Append(account_stream(account.number), version, [*changes, *settled]),))


HANDLERS: Handlers = {
    ActivateSubscription: handle_activate,
    HoldSubscription: handle_hold,
    SuspendSubscription: handle_suspend,
    ResumeSubscription: handle_resume,
    TerminateSubscription: handle_terminate,
    CancelChange: handle_cancel_change,
}
