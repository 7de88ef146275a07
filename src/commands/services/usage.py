"""Usage: record it, withdraw it, and settle usage that a change leaves without a price."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from billing_core.accounts.account import Account
from billing_core.billing.unpriced_usage import UnpricedUsage, prices_usage, settle_usage
from billing_core.catalogue.tariffs import Catalogue
from billing_core.kernel.events import Event
from billing_core.services.subscriptions import Subscription
from billing_core.usage.rating.rated import UsageRated
from billing_core.usage.records import UsageWithdrawn, record_usage, require_come, used_once, withdraw_usage
from commands.accounts import load_account
from commands.billing.account import load_history
from commands.platform.bus import Decision, Handlers
from commands.platform.ports import Origin, Transaction
from commands.services.concerned_accounts import ConcernedAccounts
from commands.services.subscriptions import Subject, SubscriptionCommand, subscription_of, tariffs_of

# --- commands


class RecordUsage(SubscriptionCommand, frozen=True, kw_only=True):
    """Record the use of a quantity of a usage component on the date `on`, by default today."""

    component: str
    quantity: Decimal
    on: date | None = None


class WithdrawUsage(SubscriptionCommand, frozen=True, kw_only=True):
    """A quantity that was recorded of a component on the date `on`, today unless given, is taken back.

    It may be a part of what was recorded, as of the sum of a day that a batch records. Charges become those without the
    quantity, even if its period is billed already.
    """

    component: str
    quantity: Decimal
    reason: str
    on: date | None = None


# --- handlers


def handle_record_usage(command: RecordUsage, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    subscription = subscription_of(account, command.subscription)
    on = command.on or origin.today
    require_come(on, origin.today)
    used = used_once(command.subscription, command.component, on, command.quantity)
    events = record_usage(subscription, used, tariffs_of(subscription, transaction))
    return _decision(account, version, subscription, events, transaction)


def handle_withdraw_usage(command: WithdrawUsage, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    subscription = subscription_of(account, command.subscription)
    withdrawn = UsageWithdrawn(
        effective_on=command.on or origin.today,
        subscription=subscription.code,
        component=command.component,
        quantity=command.quantity,
        reason=command.reason,
    )
    recorded = load_history(transaction, account.number, version).usage.get(subscription.code, ())
    return _decision(account, version, subscription, withdraw_usage(recorded, withdrawn), transaction)


def _decision(
    account: Account, version: int, subscription: Subscription, events: Sequence[Event], transaction: Transaction
) -> Decision:
    """The events of an account, and what the accounts learn to which the subscription moved since."""
    concerned = ConcernedAccounts(transaction)
    concerned.add(account, version)
    concerned.record(account.number, subscription.code, events)
    return Decision(tuple(concerned.appends()))


def usage_settled(
    subject: Subject,
    changes: Sequence[Event],
    choice: UnpricedUsage | None,
    reason: str,
    catalogue: Catalogue,
    transaction: Transaction,
    so_far: Sequence[Event] = (),
) -> list[UsageWithdrawn | UsageRated]:
    """Settle the recorded usage that changes of a subscription leave without a price (`settle_usage`).

    `catalogue` has the tariffs before and after the changes, `so_far` are events of this decision that the subject
    shows already. The history is loaded only if usage may have been recorded.
    """
    if not changes or not prices_usage(catalogue.values()):
        return []
    history = load_history(transaction, subject.account.number, subject.version)
    for fact in so_far:
        history.apply(fact)
    usage = history.usage.get(subject.subscription.code, ())
    return settle_usage(subject.subscription, changes, usage, catalogue, choice, reason)


HANDLERS: Handlers = {RecordUsage: handle_record_usage, WithdrawUsage: handle_withdraw_usage}
