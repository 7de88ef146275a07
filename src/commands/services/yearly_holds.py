"""Yearly holds: plan the season of a subscription, end it, and make the hold when a season begins."""

from __future__ import annotations

from datetime import date

from billing_core.accounts.account import Account
from billing_core.accounts.debtor import overdue_debt
from billing_core.catalogue.tariffs import Catalogue
from billing_core.kernel.errors import BillingError, RuleViolation
from billing_core.kernel.events import Event
from billing_core.services import yearly_holds
from billing_core.services.events import SubscriptionHeld
from billing_core.services.hold_conditions import by_request, refuse
from billing_core.services.holds import hold, hold_terms
from billing_core.services.subscriptions import Subscription
from billing_core.services.timeline import end_of
from billing_core.services.yearly_holds import (
    YearlyHoldEnded,
    YearlyHoldMade,
    YearlyHoldPlanned,
    YearlyHoldSkipped,
    next_season,
    until_of,
)
from commands.accounts import account_stream, load_account
from commands.platform.bus import Decision, Handlers
from commands.platform.ports import Append, Origin, Transaction
from commands.platform.wakes import WakeHandlers, WakeUp
from commands.services.subscriptions import SubscriptionCommand, subscription_of, tariffs_of

# --- commands


class PlanYearlyHold(SubscriptionCommand, frozen=True, kw_only=True):
    """Hold the service every year from one day to another, both inclusive, written as month and day: 10-01 to 03-31.

    The first hold is that of the first season that begins today or later; each is made on its first day.
    """

    from_day: str
    to_day: str


class EndYearlyHold(SubscriptionCommand, frozen=True, kw_only=True):
    """Hold the service no more by itself; a hold that was made stays."""


class MakeYearlyHold(SubscriptionCommand, frozen=True, kw_only=True):
    """Make the hold of the season that has begun. The first day of the season gives it by itself."""


# --- handlers


def handle_plan(command: PlanYearlyHold, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    subscription = subscription_of(account, command.subscription)
    next_on = next_season(command.from_day, origin.today)
    planned = YearlyHoldPlanned(
        effective_on=origin.today, subscription=command.subscription, from_day=command.from_day,
        to_day=command.to_day, next_on=next_on,
    )  # fmt: skip
    events = yearly_holds.plan(account.yearly_holds, planned)
    if events:
        _require_permitted(subscription, planned, tariffs_of(subscription, transaction))
    return Decision((Append(account_stream(account.number), version, events),), result={"next_on": next_on.isoformat()})


def handle_end(command: EndYearlyHold, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    ended = YearlyHoldEnded(effective_on=origin.today, subscription=command.subscription)
    return Decision((Append(account_stream(account.number), version, yearly_holds.end(account.yearly_holds, ended)),))


def handle_make(command: MakeYearlyHold, transaction: Transaction, origin: Origin) -> Decision:
    account, version = load_account(transaction, command.account)
    planned = account.yearly_holds.of.get(command.subscription)
    if planned is None or origin.today < planned.next_on:
        return Decision(())
    subscription = subscription_of(account, command.subscription)
    ends = end_of(subscription.timeline)
    if ends is not None and ends.on <= planned.next_on:
        events: list[Event] = [YearlyHoldEnded(effective_on=origin.today, subscription=command.subscription)]
    else:
        events = _made(account, subscription, tariffs_of(subscription, transaction), origin.today)
    return Decision((Append(account_stream(account.number), version, events),))


def _require_permitted(subscription: Subscription, planned: YearlyHoldPlanned, catalogue: Catalogue) -> None:
    """A season that the tariff permits: repeated every year, and of a length that a hold may have."""
    if not hold_terms(subscription, max(planned.effective_on, subscription.activated_on), catalogue).yearly:
        raise RuleViolation("is not repeated every year on the terms of its tariff", field="hold",
                            value=planned.subscription)  # fmt: skip
    held = SubscriptionHeld(effective_on=planned.next_on, subscription=planned.subscription)
    hold(subscription, held, until_of(planned.next_on, planned.to_day), catalogue)


def _made(account: Account, subscription: Subscription, catalogue: Catalogue, today: date) -> list[Event]:
    """The hold of the season; or why it is skipped."""
    code = subscription.code
    planned = account.yearly_holds.of[code]
    first_on, until = planned.next_on, until_of(planned.next_on, planned.to_day)
    next_on = next_season(planned.from_day, until)
    try:
        terms = hold_terms(subscription, first_on, catalogue)
        # It is known since it was planned, so that no notice is needed.
        refuse(list(by_request(terms, date.max, overdue_debt(account, today), today)))
        held = SubscriptionHeld(effective_on=first_on, subscription=code, charge_percent=terms.charge_percent)
        events: list[Event] = [*hold(subscription, held, until, catalogue)]
    except BillingError as error:
        return [YearlyHoldSkipped(effective_on=today, subscription=code, reason=str(error), next_on=next_on)]
    return [*events, YearlyHoldMade(effective_on=first_on, subscription=code, until_on=until, next_on=next_on)]


HANDLERS: Handlers = {PlanYearlyHold: handle_plan, EndYearlyHold: handle_end, MakeYearlyHold: handle_make}

# --- what happens by itself


def _make(wake_up: WakeUp) -> MakeYearlyHold:
    return MakeYearlyHold(account=wake_up.number, subscription=wake_up.subject)


WAKES: WakeHandlers = {yearly_holds.YEARLY_HOLD: _make}
