"""An account as dunning looks at it, and what its decisions are made with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from billing_core.accounts.account import Account
from billing_core.billing.monthly_fees import monthly_fees
from billing_core.catalogue.tariffs import Catalogue
from billing_core.dunning.ladder import Debtor, Ladder
from billing_core.dunning.policies import DunningPolicy, Suspend, policy_on
from billing_core.kernel.money import zero
from billing_core.services.events import NON_PAYMENT
from billing_core.services.suspension_reasons import READY, SuspensionReason
from billing_core.time.due_dates import Calendar
from billing_core.usage.records import UsageEntry
from commands.accounts import load_account
from commands.billing.account import load_history
from commands.catalogue import load_tariff
from commands.dunning_policy_streams import load_policy
from commands.parties import load_seller
from commands.platform.ports import Origin, Transaction
from commands.suspensions import known_reason

UsageOf = Callable[[str], Sequence[UsageEntry]]


class Setting(NamedTuple):
    """The ladder of the policy that is in force today, and what else a decision needs in addition to the account.

    `usage_of` gives the usage recorded for a subscription; without it a decision that needs it raises `HistoryNeeded`.
    `reasons` are those of suspensions, as far as they are defined or ready. `clock` is the time of the day in the
    seller's `time_zone`; without one hours do not matter.
    """

    ladder: Ladder
    catalogue: Catalogue
    today: date
    usage_of: UsageOf | None = None
    reasons: Mapping[str, SuspensionReason] = READY
    clock: time | None = None
    time_zone: str = "UTC"

    @property
    def policy(self) -> DunningPolicy:
        return self.ladder.policy

    @property
    def calendar(self) -> Calendar:
        return self.ladder.calendar

    def reason(self, code: str) -> SuspensionReason:
        """The reason of a suspension with its policy; one that nobody defined is lifted by money, as non-payment."""
        ready = READY[NON_PAYMENT]
        return self.reasons.get(code) or READY.get(code) or msgspec.structs.replace(ready, code=code, name=code)


class LoadedDebtor(NamedTuple):
    """An account with its version, and the setting by its policy; None if no policy is in force on it."""

    account: Account
    version: int
    setting: Setting | None


def load_debtor(transaction: Transaction, number: str, origin: Origin) -> LoadedDebtor:
    """An account with the policy that its billing plan names and that is in force today."""
    today = origin.today
    account, version = load_account(transaction, number)
    if not account.plan.dunning:
        return LoadedDebtor(account, version, None)
    known, _ = load_policy(transaction, account.plan.dunning)
    policy = policy_on(known, today)
    if policy is None:
        return LoadedDebtor(account, version, None)
    return LoadedDebtor(account, version, setting_by(policy, account, version, transaction, origin))


def setting_without_policy(account: Account, version: int, transaction: Transaction, origin: Origin) -> Setting:
    """For an account whose plan has no policy any more: one without steps, by which services can only return."""
    none = DunningPolicy(code="none", name="No policy", currency=account.currency, steps=())
    return setting_by(none, account, version, transaction, origin)


def setting_by(
    policy: DunningPolicy, account: Account, version: int, transaction: Transaction, origin: Origin
) -> Setting:
    """What decisions by a policy about an account, as it stands at a version, are made with today."""
    seller, _ = load_seller(transaction, account.seller)
    codes = {code for subscription in account.subscriptions.values() for code in subscription.tariffs()}
    catalogue = {code: load_tariff(transaction, code) for code in sorted(codes)}

    def usage_of(subscription: str) -> Sequence[UsageEntry]:
        return load_history(transaction, account.number, version).usage.get(subscription, ())

    ladder = Ladder(policy, transaction.calendar(seller.address.country))
    reasons = _reasons(transaction, account, policy)
    clock = clock_of(origin.recorded_at, seller.time_zone)
    return Setting(ladder, catalogue, origin.today, usage_of, reasons, clock, seller.time_zone)


def clock_of(at: datetime, time_zone: str) -> time:
    """The time of the day of an instant."""
    return at.astimezone(ZoneInfo(time_zone)).time()


def _reasons(transaction: Transaction, account: Account, policy: DunningPolicy) -> Mapping[str, SuspensionReason]:
    """The reasons of the policy's steps, of the steps that were taken, and of the suspensions of the account."""
    actions = (action for step in policy.steps for action in step.actions)
    codes = {action.reason for action in actions if isinstance(action, Suspend)}
    codes |= {step.suspends for steps in account.dunning.taken.values() for step in steps}
    timelines = (change for each in account.subscriptions.values() for change in each.timeline)
    codes |= {change.reason for change in timelines if change.kind == "suspend" and change.reason}
    return {code: reason for code in sorted(codes) if (reason := known_reason(transaction, code)) is not None}


def debtor_of(account: Account, setting: Setting) -> Debtor:
    """The account's debts. What its services cost in a month is looked up only if a step of the policy asks for it."""
    has_shares = any(step.least_share_percent for step in setting.policy.steps)
    fees = monthly_fees(account, setting.catalogue, setting.today) if has_shares else zero(account.currency)
    return Debtor(account.ledger.open_items, account.dunning, fees)
